import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from jusur.crypto.age import AgeIdentity
from jusur.crypto.keys import SealingKey, VerifyKey
from jusur.directory import possession, requests, rules
from jusur.directory.errors import JoinRefusedError
from jusur.kernel import canonical
from jusur.kernel.clock import parse_timestamp
from jusur.kernel.errors import JusurError

FOLDER = Path(__file__).parents[2] / "docs" / "vectors" / "directory"
CASES = json.loads((FOLDER / "acceptance.json").read_text())
WELCOME = json.loads((FOLDER / "welcome.json").read_text())


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


@pytest.mark.parametrize("case", WELCOME["cases"], ids=lambda case: case["name"])
def test_published_answers(case: dict[str, Any]) -> None:
    request = msgspec.convert(WELCOME["request"], requests.KeyRequest)
    assert canonical.sha256_hex(requests.encode(request)) == WELCOME["digest"]
    sealing = SealingKey.from_seed(bytes.fromhex(WELCOME["sealing_seed"]))
    keys = possession.HolderKeys(sealing, AgeIdentity.parse(WELCOME["evidence_identity"]))
    try:
        content = possession.open_sealed(case["answer"].encode(), request, WELCOME["digest"], keys)
        outcome = "opened" if content.decode() == WELCOME["content"] else "other"
    except JoinRefusedError:
        outcome = "refused"
    except JusurError as error:
        outcome = error.code
    assert outcome == case["outcome"]
