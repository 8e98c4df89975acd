"""Canonical JSON (RFC 8785) of values without fractions, at the speed of the library's own JSON."""

import json
from collections.abc import Mapping
from typing import Any


def canonical_plain(value: Mapping[str, Any]) -> bytes:
    """Canonical JSON of an object of texts, whole numbers, booleans, nulls, lists and objects with ASCII names.

    Without fractions, and with names whose order is the same in UTF-16 and in code points, sorted compact JSON is
    canonical: the library escapes the same characters in the same way. A test holds it against ``kernel.canonical``.
    """
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
