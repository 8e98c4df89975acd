"""Canonical JSON (RFC 8785) out, strict JSON in.

What is signed must have one form, and what comes from outside must not hide a second meaning: duplicate names,
NaN, over-deep nesting, numbers beyond exact doubles and broken UTF-8 are refused (RFC 7493, I-JSON).
"""

import hashlib
import json
import math
from typing import Any

import rfc8785

from jusur.kernel.errors import InvalidInputError

MAX_DEPTH = 32
MAX_INTEGER = 2**53 - 1

_PLAIN = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


class CanonicalJSONError(InvalidInputError):
    """The JSON is not acceptable: malformed, ambiguous, too large or too deep."""

    code = "invalid-json"
    title = "The JSON is not acceptable"


def encode(value: Any) -> bytes:
    """``value`` as canonical JSON.

    Raises:
        CanonicalJSONError: the value has no canonical form (NaN, integers beyond 2^53-1, other types).
    """
    try:
        if _is_plain(value):
            return _PLAIN.encode(value).encode()
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise CanonicalJSONError(f"The value has no canonical JSON form: {type(error).__name__}.") from None


def decode(data: bytes, *, max_bytes: int, max_depth: int = MAX_DEPTH) -> Any:
    """The value of untrusted JSON ``data``.

    Args:
        data: UTF-8 text without a byte order mark.
        max_bytes: the most bytes accepted.
        max_depth: the deepest nesting accepted.

    Raises:
        CanonicalJSONError: too large, too deep, malformed, duplicate names, NaN or infinities, integers that a
            double cannot hold, lone surrogates.
    """
    if len(data) > max_bytes:
        raise CanonicalJSONError(
            f"The JSON has {len(data)} bytes; at most {max_bytes} are accepted.", fix="Send less at once."
        )
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_int=_integer,
            parse_float=_fraction,
        )
    except CanonicalJSONError:
        raise
    except (ValueError, RecursionError):
        raise CanonicalJSONError("The text is not JSON in UTF-8.") from None
    _check_tree(value, max_depth)
    return value


def sha256_hex(data: bytes) -> str:
    """SHA-256 of ``data`` in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _is_plain(root: Any) -> bool:
    """Whether sorted compact JSON of ``root`` is canonical already.

    It is where there are no fractions, and names sort alike in UTF-16 and in code points: the standard library escapes
    the same characters in the same way as RFC 8785 asks, at ten times the speed.
    """
    pending = [root]
    while pending:
        value = pending.pop()
        kind = type(value)
        if kind is dict:
            if not all(type(name) is str and name.isascii() for name in value):
                return False
            pending.extend(value.values())
        elif kind is list or kind is tuple:
            pending.extend(value)
        elif kind is int:
            if not -MAX_INTEGER <= value <= MAX_INTEGER:
                return False
        elif kind is not str and value is not None and kind is not bool:
            return False
    return True


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise CanonicalJSONError("A JSON object names a member twice.")
    return value


def _refuse_constant(name: str) -> None:
    raise CanonicalJSONError(f"{name} is not a JSON number.")


def _integer(digits: str) -> int:
    if len(digits) > len(str(MAX_INTEGER)) + 1 or abs(int(digits)) > MAX_INTEGER:
        raise CanonicalJSONError("A JSON number is too large to be exact.", fix="Send it as text.")
    return int(digits)


def _fraction(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise CanonicalJSONError("A JSON number is beyond what a double can hold.", fix="Send it as text.")
    return value


def _check_tree(root: Any, max_depth: int) -> None:
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > max_depth:
            raise CanonicalJSONError(f"The JSON nests deeper than {max_depth} levels.")
        below: list[Any] = []
        for value in level:
            if isinstance(value, str):
                _check_text(value)
            elif isinstance(value, dict):
                below.extend(value)
                below.extend(value.values())
            elif isinstance(value, list):
                below.extend(value)
        level = below


def _check_text(value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise CanonicalJSONError("A JSON text holds half of a surrogate pair.") from None
