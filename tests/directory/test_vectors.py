import json
from pathlib import Path
from typing import Any

import pytest

from jusur.crypto.keys import VerifyKey
from jusur.directory import rules
from jusur.kernel.clock import parse_timestamp
from jusur.kernel.errors import JusurError

CASES = json.loads((Path(__file__).parents[2] / "docs" / "vectors" / "directory" / "acceptance.json").read_text())


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["name"])
def test_published_vectors(case: dict[str, Any]) -> None:
    key = VerifyKey.from_pem(CASES["directory_key"])
    held = rules.open_signed(CASES["held"], {key.keyid: key})
    now = parse_timestamp(case["now"])
    try:
        candidate = rules.open_signed(case["candidate"], rules.pinned_keys(held.document))
        outcome = "accepted" if rules.check_successor(candidate, held, now) else "same"
    except JusurError as error:
        outcome = error.code
    assert outcome == case["outcome"]
