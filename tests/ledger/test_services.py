import json
import threading
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from jusur.kernel import canonical
from jusur.kernel.ids import new_id
from jusur.ledger import api, leaves
from jusur.ledger.models import Checkpoint, Event, Tile
from jusur.tlog import checkpoint as checkpoints
from jusur.tlog.errors import TileError
from jusur.tlog.merkle import EMPTY_ROOT, leaf_hash, verify_consistency, verify_inclusion
from jusur.tlog.note import NoteSigner
from jusur.tlog.tiles import decode_entries


def record(number: int = 0, **data: Any) -> api.LedgerEvent:
    return api.record(
        "evidence.request.sent",
        subject_type="evidence.request",
        subject_id=f"r-{number}",
        actor="officer-1",
        purpose="case 12",
        data=data,
    )


def check(proof: api.InclusionProof) -> None:
    head = proof.checkpoint
    verify_inclusion(proof.leaf_index, head.size, leaf_hash(proof.leaf), proof.hashes, head.root)


@pytest.mark.django_db
def test_an_empty_log_has_a_signed_empty_checkpoint(signer: NoteSigner) -> None:
    head = api.integrate()
    assert (head.size, head.root) == (0, EMPTY_ROOT)
    assert checkpoints.verify(head.text, signer.verifier) == head
    assert api.integrate() == head
    assert Checkpoint.objects.count() == 1


@pytest.mark.django_db
def test_events_get_their_places_in_order_and_are_proved(signer: NoteSigner) -> None:
    events = [record(number, turn=number) for number in range(7)]
    assert all(event.leaf_index is None for event in events)
    proven = api.integrate_and_prove([event.id for event in events])
    assert checkpoints.verify(proven.checkpoint.text, signer.verifier).size == 7
    assert [proven.proofs[event.id].leaf_index for event in events] == list(range(7))
    for event in events:
        check(proven.proofs[event.id])
        assert proven.proofs[event.id].leaf == event.leaf


@pytest.mark.django_db
def test_the_log_grows_consistently_over_many_batches() -> None:
    heads = [api.integrate()]
    for batch in (1, 255, 1, 300, 3):
        api.record_many(
            [
                api.NewEvent(kind="a.b", subject_type="s", subject_id=str(n), actor="node", data={"n": n})
                for n in range(batch)
            ]
        )
        heads.append(api.integrate())
    for old in heads:
        for new in heads:
            if old.size <= new.size:
                proof = api.consistency(old.size, new.size)
                verify_consistency(old.size, new.size, old.root, new.root, proof.hashes)
    ids = [event.id for event in api.iter_events()]
    for included in api.proofs(ids[:20] + ids[-20:]).values():
        check(included)
    assert api.checkpoint_at(heads[2].size) == heads[2]


@pytest.mark.django_db
def test_integrating_again_changes_nothing() -> None:
    record()
    head = api.integrate()
    assert api.integrate() == head
    assert (Checkpoint.objects.count(), Tile.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_what_is_not_in_the_log_is_not_proved() -> None:
    event = record()
    for wanted in ([event.id], [new_id()]):
        with pytest.raises(api.EventNotFoundError):
            api.proofs(wanted)
    api.integrate()
    with pytest.raises(api.EventNotFoundError):
        api.proofs([event.id, new_id()])


@pytest.mark.django_db
def test_an_event_is_kept_as_given_and_its_commitment_opens() -> None:
    moment = datetime(2026, 11, 21, 20, 5, 6, 123456, tzinfo=UTC)
    data = {
        "name": "الأدلة الرقمية",
        "rate": 0.1,
        "tiny": 1e-9,
        "whole": 3.0,
        "none": None,
        "list": [True, {"a": -0.0}],
    }
    recorded = api.record(
        "custody.sealed", subject_type="evidence.package", subject_id="p-1", actor="o", data=data, occurred_at=moment
    )
    row = Event.objects.get(id=recorded.id)
    assert row.salt is not None
    content = leaves.payload(
        subject_type=row.subject_type, subject_id=row.subject_id, actor=row.actor, purpose=row.purpose, data=row.data
    )
    assert leaves.commitment(bytes(row.salt), content) == bytes(row.commitment)
    assert json.loads(recorded.leaf)["occurred_at"] == "2026-11-21T20:05:06.123456Z"
    assert api.events("evidence.package", "p-1") == [recorded]
    for guessable in ("p-1", "الأدلة", "evidence.package"):
        assert guessable.encode() not in recorded.leaf


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e15, 1e15) | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=10,
    )
)
@pytest.mark.django_db
def test_whatever_is_accepted_comes_back_with_its_commitment(value: Any) -> None:
    with transaction.atomic():
        try:
            recorded = record(value=value)
        except (api.EventError, canonical.CanonicalJSONError):
            return
        row = Event.objects.get(id=recorded.id)
        content = leaves.payload(
            subject_type=row.subject_type,
            subject_id=row.subject_id,
            actor=row.actor,
            purpose=row.purpose,
            data=row.data,
        )
        assert leaves.commitment(bytes(row.salt or b""), content) == recorded.commitment


@given(st.uuids(), st.from_regex(r"[a-z][a-z0-9_-]{0,8}\.[a-z][a-z0-9_-]{0,8}", fullmatch=True), st.datetimes())
def test_the_leaf_is_canonical_json(event_id: Any, kind: str, moment: datetime) -> None:
    leaf = leaves.leaf(event_id, kind, moment.replace(tzinfo=UTC), bytes(32))
    assert canonical.encode(canonical.decode(leaf, max_bytes=1000)) == leaf


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "Sent"},
        {"kind": "sent"},
        {"kind": "a." + "b" * 100},
        {"kind": 'a.b"'},
        {"subject_id": ""},
        {"actor": "a" * 201},
        {"purpose": "nul\x00"},
        {"data": {"a": "\x00"}},
        {"data": {"a\x00": 1}},
        {"data": {"a": [1e300]}},
        {"data": {"a": float("nan")}},
        {"data": {"a": 2**53}},
        {"data": {"a": "\ud800"}},
        {"data": {"a": "x" * 300_000}},
        {"data": []},
    ],
)
def test_an_event_that_cannot_be_kept_exactly_is_refused(wrong: dict[str, Any]) -> None:
    given: dict[str, Any] = {"subject_type": "s", "subject_id": "1", "actor": "node", "data": {}, **wrong}
    with pytest.raises((api.EventError, canonical.CanonicalJSONError)):
        api.record(given.pop("kind", "a.b"), **given)


@pytest.mark.django_db
def test_events_are_found_by_kind_time_and_subject() -> None:
    first = api.record("a.b.c", subject_type="s", subject_id="1", actor="node", data={})
    second = api.record("a.bc", subject_type="s", subject_id="1", actor="node", data={})
    assert list(api.iter_events()) == [first, second]
    assert list(api.iter_events(["a.b.*"])) == [first]
    assert list(api.iter_events(["a.b.c", "a.bc"], since=first.occurred_at)) == [first, second]
    assert list(api.iter_events(["a.bc"], since=second.occurred_at)) == [second]
    assert list(api.iter_events([])) == []
    assert api.events("s", "2") == []


@pytest.mark.django_db
def test_forgetting_drops_data_and_salt_and_keeps_the_proof() -> None:
    event = record(secret="Åse")
    api.integrate()
    forgotten = api.forget(event.id, actor="officer-2", reason="retention")
    proven = api.integrate_and_prove([event.id, forgotten.id])
    row = Event.objects.get(id=event.id)
    assert (row.data, row.salt) == (None, None)
    assert proven.proofs[event.id].leaf == event.leaf
    check(proven.proofs[event.id])
    check(proven.proofs[forgotten.id])
    assert (forgotten.kind, forgotten.subject_id) == ("ledger.event.forgotten", str(event.id))
    with pytest.raises(api.EventForgottenError):
        api.forget(event.id)
    with pytest.raises(api.EventNotFoundError):
        api.forget(new_id())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_event SET kind = 'x.y'",
        "UPDATE ledger_event SET subject_id = 'other'",
        "UPDATE ledger_event SET actor = 'other'",
        "UPDATE ledger_event SET occurred_at = now()",
        "UPDATE ledger_event SET data = '{}'",
        "UPDATE ledger_event SET salt = NULL",
        "UPDATE ledger_event SET commitment = ''",
        "UPDATE ledger_event SET leaf_index = leaf_index + 5",
        "UPDATE ledger_event SET leaf_index = NULL",
        "UPDATE ledger_event SET forgotten_at = now()",
        "UPDATE ledger_event SET forgotten_at = now(), data = NULL, salt = NULL, purpose = 'x'",
        "DELETE FROM ledger_event",
        "UPDATE ledger_checkpoint SET size = 9",
        "DELETE FROM ledger_checkpoint",
        "UPDATE ledger_tile SET data = data || 'x', level = 3",
        "UPDATE ledger_tile SET data = ''",
        "DELETE FROM ledger_tile",
    ],
)
def test_the_database_refuses_to_rewrite_the_log(statement: str) -> None:
    record(secret=1)
    api.integrate()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_what_was_forgotten_cannot_be_filled_in_again() -> None:
    event = record(secret=1)
    api.forget(event.id)
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.filter(id=event.id).update(data={}, salt=bytes(32), forgotten_at=None)


@pytest.mark.django_db(transaction=True)
def test_a_signed_checkpoint_never_leaves_an_open_transaction() -> None:
    with transaction.atomic(), pytest.raises(RuntimeError):
        api.integrate()


@pytest.mark.django_db(transaction=True)
def test_events_of_a_transaction_that_is_undone_never_enter_the_log() -> None:
    def undone() -> None:
        with transaction.atomic():
            record(1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    record(2)
    assert api.integrate().size == 1


@pytest.mark.django_db(transaction=True)
def test_many_threads_at_once_place_every_event_once() -> None:
    failures: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(5):
                event = record(number, turn=turn)
                check(api.integrate_and_prove([event.id]).proofs[event.id])
        except BaseException as error:  # noqa: BLE001 - told to the main thread
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert set(Event.objects.values_list("leaf_index", flat=True)) == set(range(30))
    heads = [checkpoints.parse(row.note) for row in Checkpoint.objects.order_by("size")]
    for old, new in pairwise(heads):
        verify_consistency(old.size, new.size, old.root, new.root, api.consistency(old.size, new.size).hashes)


@pytest.mark.django_db
def test_the_log_serves_tiles_and_entries() -> None:
    with pytest.raises(api.EventNotFoundError):
        api.resource("checkpoint")
    api.record_many(
        [api.NewEvent(kind="a.b", subject_type="s", subject_id=str(n), actor="node", data={}) for n in range(260)]
    )
    head = api.integrate()
    assert api.resource("checkpoint") == head.text.encode()
    for path, count in (("000", 256), ("000.p/7", 7), ("001.p/4", 4)):
        entries = decode_entries(api.resource(f"tile/entries/{path}"))
        assert b"".join(map(leaf_hash, entries)) == api.resource(f"tile/0/{path}")
        assert len(entries) == count
    assert len(api.resource("tile/1/000.p/1")) == 32
    for path in ("tile/0/001", "tile/0/001.p/5", "tile/0/002.p/1", "tile/entries/001", "tile/2/000.p/1"):
        with pytest.raises(api.EventNotFoundError):
            api.resource(path)
    for path in (
        "tile/0/1",
        "tile/0/000.p/256",
        "tile/0/000.p/0",
        "tile/00/000",
        "tile/64/000",
        "../x",
        "tile/0/x000/000",
    ):
        with pytest.raises(TileError):
            api.resource(path)
