import base64
import hashlib
from collections.abc import Callable
from uuid import UUID

import pytest
from tests.web.conftest import Caller, enter, problem

from jusur.ledger import api as ledger
from jusur.node.context import Node
from jusur.tlog import tiles
from jusur.tlog.merkle import leaf_hash
from jusur.tlog.note import NoteVerifier

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.web.frame_urls")]


@pytest.fixture
def auditor(db: None, node: Node) -> Caller:
    caller = enter("auditor")
    for number in range(300):
        ledger.record("probe.done", subject_type="probe", subject_id=str(number), actor="test", data={"secret": 1})
    ledger.integrate()
    return caller


def test_an_outsider_recomputes_the_log_from_its_resources(auditor: Caller) -> None:
    note = auditor.get("/ledger/checkpoint").content.decode()
    size = int(note.splitlines()[1])
    assert size == 302 == ledger.size()
    hashes = auditor.get("/ledger/tile/0/000").content
    hashes += auditor.get(f"/ledger/tile/0/001.p/{size - 256}").content
    bundle = auditor.get("/ledger/tile/entries/000").content
    entries = tiles.decode_entries(bundle) + tiles.decode_entries(
        auditor.get(f"/ledger/tile/entries/001.p/{size - 256}").content
    )
    assert b"".join(leaf_hash(entry) for entry in entries) == hashes
    assert NoteVerifier.parse(ledger.log_key()) is not None


def test_a_proof_leads_from_an_event_to_the_signed_root(auditor: Caller) -> None:
    event = ledger.events("probe", "7")[0]
    proof = auditor.get(f"/ledger/events/{event.id}/proof").json()
    root = _root(
        leaf_hash(proof["leaf"].encode()),
        proof["leaf_index"],
        ledger.size(),
        [bytes.fromhex(h) for h in proof["inclusion"]],
    )
    assert base64.b64decode(proof["checkpoint"].splitlines()[2]) == root


def _root(value: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.3.2."""
    last = size - 1
    for step in path:
        if index & 1 or index == last:
            value = hashlib.sha256(b"\1" + step + value).digest()
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            value = hashlib.sha256(b"\1" + value + step).digest()
        index, last = index >> 1, last >> 1
    return value


def test_events_are_paged_in_the_order_of_the_log_without_content(auditor: Caller) -> None:
    seen: list[int] = []
    after: int | None = -1
    while after is not None:
        page = auditor.get("/ledger/events", query_params={"after": after, "limit": 100})
        assert b"secret" not in page.content
        seen += [event["leaf_index"] for event in page.json()["items"]]
        after = page.json()["next"]
    assert seen == list(range(302))


def test_consistency_is_proved_between_sizes_the_log_has_had(auditor: Caller) -> None:
    assert auditor.get("/ledger/consistency", query_params={"old": 256, "new": 302}).json()["proof"]
    problem(auditor.get("/ledger/consistency", query_params={"old": 5, "new": 303}), 404)
    problem(auditor.get("/ledger/consistency", query_params={"old": 9, "new": 5}), 422)
    problem(auditor.get("/ledger/consistency", query_params={"old": 0, "new": 10**19}), 422)
    assert auditor.get("/ledger/consistency", query_params={"old": 0, "new": 0}).status_code in {200, 422}


@pytest.mark.parametrize(
    "path",
    ["0/002", "0/001", "9/000", "99/000", "0/0", "x/000", "0/000.p/0", "0/000.p/256", "0/000.p/257", "entries/900",
     "0/x999/x999/x999/x999/x999/x999/999", "../checkpoint", "0/000/..", "\u0660/000"],
)  # fmt: skip
def test_tiles_there_are_not_are_not_found(auditor: Caller, path: str) -> None:
    problem(auditor.get(f"/ledger/tile/{path}"), 404)


def test_an_event_there_is_not_has_no_proof(auditor: Caller) -> None:
    problem(auditor.get(f"/ledger/events/{UUID(int=3)}/proof"), 404)
    problem(auditor.get("/ledger/events/x/proof"), 422)


def test_a_log_without_checkpoint_is_not_found(entered: Callable[..., Caller]) -> None:
    problem(entered("auditor").get("/ledger/checkpoint"), 404)
