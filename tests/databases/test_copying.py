from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from tests.databases.samples import add_database, add_record
from tests.databases.test_records import OFFICER, SUPERVISOR, draft

from jusur.databases import content as contents
from jusur.databases import feed, messages, selectors, walls
from jusur.databases.catalogue import Names
from jusur.databases.messages import RecordsBody, SharedBody, TakenBody, WantedBody, WireRecord
from jusur.databases.models import Follower, Record
from jusur.databases.services import copying, describing, reconciling, statements
from jusur.databases.services.records import record_create, record_withdraw
from jusur.exchange import api as exchange
from jusur.kernel import clock
from jusur.kernel.ids import new_id
from jusur.ledger import api as ledger

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("node")]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, Any]]:
    """What would be sent: kind, recipient, body."""
    found: list[tuple[str, str, Any]] = []

    def send(kind: str, *, to: str, body: msgspec.Struct, **_: Any) -> None:
        schema = type(body)
        found.append((kind, to, msgspec.convert(msgspec.to_builtins(body), schema)))

    monkeypatch.setattr(messages, "send", send)
    monkeypatch.setattr("jusur.directory.api.may_receive", lambda _address, _kind, name: name != "confidential")
    monkeypatch.setattr(copying, "country_of", lambda address: address)
    monkeypatch.setattr("jusur.databases.services.records.country_of", lambda address: address)
    return found


@pytest.fixture
def signatures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signatures that hold where they are there."""
    mark = messages.Signature("ab" * 16, "A" * 86 + "==")
    monkeypatch.setattr(statements, "sign", lambda _database, _record: mark)
    monkeypatch.setattr(statements, "fault", lambda _name, wire: "" if wire.signature else "not signed")


def message(body: Any, sender: str, **changes: Any) -> exchange.ReceivedMessage:
    values: dict[str, Any] = {
        "id": uuid4(),
        "envelope_id": uuid4(),
        "kind": "x",
        "sender": sender,
        "recipients": ("MA",),
        "conversation": uuid4(),
        "sequence": 1,
        "priority": "routine",
        "created_at": clock.now(),
        "received_at": clock.now(),
        "handling": exchange.for_recipients(["MA"]),
        "purpose": "",
        "legal_basis": "",
        "body": body,
        "attachments": (),
        **changes,
    }
    return exchange.ReceivedMessage(**values)


def wire(originator: str = "NO", record: UUID | None = None, **changes: Any) -> WireRecord:
    identifier = record or new_id()
    content = {
        "entity": {"id": str(identifier), "schema": "Person", "properties": {"name": ["Ola Nordmann"]}},
        "handling": {
            "classification": "restricted",
            "handling_code": "H1",
            "source_evaluation": "A1",
            "allowed_recipients": ["MA", "SE"],
        },
        "purpose": "missing since May",
        "purposes": ["border-check"],
        "expires_at": clock.timestamp(clock.now() + timedelta(days=90)),
        **changes.pop("content", {}),
    }
    values: dict[str, Any] = {
        "record": str(identifier),
        "version": 1,
        "originator": originator,
        "reference": str(identifier),
        "content": contents.parse(content, contents.RecordContent),
        "created_at": clock.timestamp(clock.now()),
        "changed_at": clock.timestamp(clock.now()),
        "signature": messages.Signature("ab" * 16, "A" * 86 + "=="),
        **changes,
    }
    return WireRecord(**values)


def receive(records: list[WireRecord], sender: str = "GS", database: str = "nominal@GS", **changes: Any) -> None:
    copying.receive_records(message(RecordsBody(database, 9, records, **changes), sender))


def reasons(sent: list[tuple[str, str, Any]]) -> list[str]:
    kind, _, body = sent[-1]
    assert kind == messages.TAKEN
    return [refused.reason for refused in body.refused]


def held() -> dict[str, int]:
    with walls.duty():
        return {str(record.id): record.version for record in Record.objects.filter(state="held")}


def test_a_copy_is_taken_from_the_host_and_read_for_its_purposes(sent: Any, signatures: None) -> None:
    add_database(recipients=["MA"])
    one = wire()
    receive([one])
    seen = selectors.record_visible(UUID(one.record), asker="MA", purpose="border-check")
    assert (seen.originator, seen.purpose) == ("NO", "missing since May")
    assert selectors.records_visible([UUID(one.record)], asker="MA", purpose="vetting") == {}
    kind, to, body = sent[-1]
    assert (kind, to, body.taken, body.known, body.refused) == ("database.taken", "GS", 1, 0, [])
    (event,) = ledger.events("database", "nominal@GS")
    assert (event.kind, event.actor) == ("record.received", "GS")


def test_what_comes_twice_late_or_in_another_order_ends_in_the_same(sent: Any, signatures: None) -> None:
    add_database(recipients=["MA"])
    first = wire()
    number = UUID(first.record)
    second = wire(record=number, version=2, content={"purpose": "found"})
    gone = msgspec.structs.replace(first, version=3, content=None)
    other = wire()
    for batch in ([second, other], [first], [second]):
        receive(batch)
    assert held() == {first.record: 2, other.record: 1}
    assert (sent[-1][2].taken, sent[-1][2].known) == (0, 1)
    for batch in ([gone], [second], [first], [gone]):
        receive(batch)
    assert held() == {other.record: 1}


def test_only_the_host_passes_on_and_only_owners_write(sent: Any, signatures: None) -> None:
    add_database(recipients=["MA"])
    with pytest.raises(exchange.MessageRefusedError, match="do not copy"):
        receive([wire()], sender="NO")
    with pytest.raises(exchange.MessageRefusedError, match="no open database"):
        receive([wire()], database="wallets@GS")
    receive([wire("MA")])
    assert "own records are changed at its own node" in reasons(sent)[0]
    mine = add_database("wallets", host="MA", recipients=["NO"])
    mine.schemata = ["Person"]
    mine.save()
    receive([wire("SE")], sender="NO", database="wallets@MA")
    assert "Only SE writes" in reasons(sent)[0]
    with pytest.raises(exchange.MessageRefusedError):
        receive([wire("SE")], sender="SE", database="wallets@MA")


def test_a_record_never_changes_hands(sent: Any, signatures: None) -> None:
    add_database(recipients=["MA"])
    one = wire()
    receive([one])
    receive([wire("SE", record=UUID(one.record), version=5)])
    assert "another record's" in reasons(sent)[0]
    assert held() == {one.record: 1}


def test_what_is_passed_on_bears_its_owners_signature(sent: Any, signatures: None) -> None:
    add_database(recipients=["MA"])
    receive([wire(signature=None)])
    assert reasons(sent) == ["not signed"]
    receive([wire("GS", signature=None)])  # the host's own comes signed with the message
    assert reasons(sent) == []


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"content": {"handling": {"allowed_recipients": ["SE"]}}}, "does not allow MA"),
        ({"content": {"handling": {"allowed_recipients": []}}}, "does not allow MA"),
        ({"content": {"handling": {"handling_code": "H3"}}}, "H3"),
        ({"content": {"expires_at": "2020-01-01T00:00:00Z"}}, "over"),
        ({"content": {"expires_at": "2099-01-01T00:00:00Z"}}, "at most"),
        ({"content": {"entity": {"id": "x", "schema": "Vehicle", "properties": {}}}}, "holds no Vehicle"),
        ({"content": {"entity": {"id": "x", "schema": "Person", "properties": {"name": ["A\u202eB"]}}}}, "name"),
        ({"content": {"entity": {"id": "x", "schema": "Person", "properties": {"name": ["A\x00B"]}}}}, "name"),
        ({"content": {"entity": {"id": "x", "schema": "Person", "properties": {"name": ["A  B"]}}}}, "would write"),
        ({"content": {"purpose": "a\u202eb"}}, "purpose"),
        ({"content": {"legal_basis": "a\x00b"}}, "legal basis"),
        ({"reference": "a\x00b"}, "reference"),
    ],
    ids=str,
)
def test_a_bad_record_is_refused_with_its_reason_and_the_others_taken(
    sent: Any, signatures: None, changes: dict[str, Any], why: str
) -> None:
    add_database(recipients=["MA"])
    good = wire()
    block = changes.get("content", {}).get("handling")
    if block is not None:
        whole = msgspec.to_builtins(contents.parse(good.content, contents.RecordContent).handling)
        changes = {"content": {"handling": whole | block}}
    receive([wire(**changes), good])
    assert why in reasons(sent)[0]
    assert held() == {good.record: 1}


def test_a_travel_document_comes_from_its_issuing_country_only(sent: Any, signatures: None) -> None:
    add_database("travel-documents", host="MA", recipients=["NO"])
    for country in ("se", "no"):
        number = new_id()
        entity = {"id": str(number), "schema": "Passport", "properties": {"number": ["N1234567"], "country": [country]}}
        receive([wire(record=number, content={"entity": entity})], sender="NO", database="travel-documents@MA")
    assert [len(body.refused) for _, _, body in sent] == [1, 0]
    assert "issued" in sent[0][2].refused[0].reason


def test_followers_get_what_they_may_see_and_no_more(sent: Any) -> None:
    nominal = add_database(host="MA", recipients=["NO", "SE"])
    for peer in ("NO", "SE"):
        Follower.objects.create(database=nominal, peer=peer)
    ours = add_record(nominal, "MA", allowed_recipients=["NO"])
    everybodys = add_record(nominal, "FR", allowed_recipients=["*"])
    add_record(nominal, "FR", allowed_recipients=[])
    add_record(nominal, "MA", allowed_recipients=["NO"], classification="confidential")
    add_record(nominal, "NO", allowed_recipients=["NO"])
    assert copying.follow() == 2
    bodies = {to: [record.record for record in body.records] for _, to, body in sent}
    assert bodies == {"NO": [str(ours.id), str(everybodys.id)], "SE": [str(everybodys.id)]}
    assert copying.follow() == 0


def test_only_what_has_changed_is_sent_again(sent: Any) -> None:
    nominal = add_database(host="MA", recipients=["NO"])
    Follower.objects.create(database=nominal, peer="NO")
    records = [record_create(database="nominal", draft=draft(), actor=OFFICER) for _ in range(5)]
    copying.follow()
    record_withdraw(record_id=records[2].id, reason="found", actor=SUPERVISOR)
    copying.follow()
    ((first,), (again,)) = ([body] for _, _, body in sent)
    assert len(first.records) == 5
    assert [(record.record, record.content) for record in again.records] == [(str(records[2].id), None)]
    assert again.records[0].reference == again.records[0].record  # a tombstone says nothing


def test_who_is_no_longer_allowed_is_told_to_drop(sent: Any) -> None:
    nominal = add_database(host="MA", recipients=["NO", "SE"])
    Follower.objects.create(database=nominal, peer="NO")
    record = add_record(nominal, "MA", allowed_recipients=["SE"], dropped=["NO"])
    copying.follow()
    assert [(wired.record, wired.content) for wired in sent[0][2].records] == [(str(record.id), None)]


def test_a_remote_database_never_leaves(sent: Any) -> None:
    nominal = add_database(host="MA", recipients=["NO"], mode="remote")
    Follower.objects.create(database=nominal, peer="NO")
    add_record(nominal, "MA", allowed_recipients=["NO"])
    assert copying.follow() == 0
    assert sent == []


def test_an_owner_sends_its_own_to_the_host_signed(sent: Any, signatures: None) -> None:
    nominal = add_database(host="GS", recipients=["MA"])
    Follower.objects.create(database=nominal, peer="GS")
    mine = record_create(database="nominal", draft=draft(), actor=OFFICER)
    add_record(nominal, "NO", allowed_recipients=["MA"])
    copying.follow()
    ((kind, to, body),) = sent
    assert (kind, to, [record.record for record in body.records]) == ("database.records", "GS", [str(mine.id)])
    assert body.records[0].signature is not None
    assert body.records[0].content.entity["properties"]["name"] == ["Karim El Amrani"]


def test_what_the_host_refused_is_kept_with_its_reason(sent: Any, signatures: None) -> None:
    nominal = add_database(host="GS", recipients=["MA"])
    follower = Follower.objects.create(database=nominal, peer="GS")
    mine = record_create(database="nominal", draft=draft(), actor=OFFICER)
    copying.follow()
    refused = messages.RefusedRecord(str(mine.id), 1, "The record's time is over.")
    copying.receive_taken(message(TakenBody("nominal@GS", feed.latest(), 0, 0, [refused], "0" * 64), "GS"))
    assert selectors.record_visible(mine.id, asker="MA").refusal == "The record's time is over."
    follower.refresh_from_db()
    assert (follower.in_flight, follower.acknowledged) == (0, feed.latest())


def test_no_more_batches_are_under_way_than_the_window(sent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copying, "MAX_RECORDS", 2)
    monkeypatch.setattr(copying, "WINDOW", 3)
    nominal = add_database(host="MA", recipients=["NO"])
    Follower.objects.create(database=nominal, peer="NO")
    for _ in range(10):
        add_record(nominal, "MA", allowed_recipients=["NO"])
    assert copying.follow() == 3
    assert copying.follow() == 0
    copying.receive_taken(message(TakenBody("nominal@MA", sent[0][2].upto, 2, 0, [], "0" * 64), "NO"))
    assert copying.follow() == 1
    with walls.duty():
        Follower.objects.update(sent_at=clock.now() - copying.PATIENCE * 2)
    assert copying.follow() == 3  # without word, from what was acknowledged on
    assert sent[4][2].records[0].record == sent[1][2].records[0].record


def test_a_database_is_learned_of_its_host_and_dropped_with_it(sent: Any, signatures: None) -> None:
    described = SharedBody(
        database="nominal@GS",
        shared=True,
        kind="shared",
        mode="replicated",
        writers="members",
        names=msgspec.convert({"ar": "", "en": "Persons", "fr": "", "es": ""}, Names),
        schemata=["Person"],
        purposes=["border-check"],
        retention_days=100,
    )
    with pytest.raises(exchange.MessageRefusedError, match="not NO's"):
        describing.receive_shared(message(described, "NO"))
    describing.receive_shared(message(described, "GS"))
    assert selectors.database("nominal").recipients == ["MA"]
    one = wire()
    receive([one])
    closing = msgspec.structs.replace(described, shared=False)
    describing.receive_shared(message(closing, "GS"))
    assert held() == {}
    late = message(described, "GS", created_at=clock.now() - timedelta(hours=1))
    describing.receive_shared(late)
    with pytest.raises(exchange.MessageRefusedError, match="no open database"):
        receive([one])
    describing.receive_shared(message(described, "GS"))
    receive([one])
    assert held() == {one.record: 1}
    describing.receive_shared(message(msgspec.structs.replace(described, mode="remote"), "GS"))
    assert held() == {}
    assert selectors.remote_hosts() == {"GS": ["nominal@GS"]}


def test_sharing_tells_each_member_and_leaving_ones_too(sent: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jusur.directory.api.organisation", lambda address: address)
    describing.share("nominal", recipients=["NO", "SE"], actor="node")
    assert [(to, body.shared) for _, to, body in sent] == [("NO", True), ("SE", True)]
    sent.clear()
    database = describing.share("nominal", recipients=["SE"], actor="node")
    assert [(to, body.shared) for _, to, body in sent] == [("NO", False), ("SE", True)]
    assert [follower.peer for follower in database.followers.all()] == ["SE"]
    sent.clear()
    assert describing.close("nominal", actor="node").closed_at is not None
    assert [(to, body.shared) for _, to, body in sent] == [("SE", False)]
    kinds = [event.kind for event in ledger.events("database", "nominal@MA")]
    assert kinds == ["database.shared"] * 3 + ["database.closed"]


def test_both_sides_compare_and_only_what_differs_is_sent_again(sent: Any, signatures: None) -> None:
    nominal = add_database(recipients=["MA"])
    records = [wire() for _ in range(8)]
    receive(records)
    lost, stray = records[3], wire()
    with walls.duty():
        Record.objects.filter(id=lost.record).delete()
    receive([stray])
    theirs = reconciling.digests(((UUID(each.record), 1) for each in records), 1)
    sent.clear()
    body = messages.DigestsBody(nominal.id, 9, 1, theirs)
    reconciling.receive_digests(message(body, "GS"))
    ((kind, to, wanted),) = sent
    differing = {copying.prefix(UUID(each.record), 1) for each in (lost, stray)}
    assert (kind, to, set(wanted.prefixes)) == ("database.wanted", "GS", differing)
    parts = [[each for each in records if copying.prefix(UUID(each.record), 1) == part] for part in wanted.prefixes]
    for part, found in zip(wanted.prefixes, parts, strict=True):
        receive(found, complete=[part])
    assert held() == {each.record: 1 for each in records}
    sent.clear()
    reconciling.receive_digests(message(body, "GS"))
    assert sent == []


def test_wanted_parts_are_sent_whole_to_followers_only(sent: Any) -> None:
    nominal = add_database(host="MA", recipients=["NO", "SE"])
    Follower.objects.create(database=nominal, peer="NO")
    record = add_record(nominal, "MA", allowed_recipients=["NO"])
    copying.follow()
    sent.clear()
    part = copying.prefix(record.id, 1)
    empty = next(each for each in "0123456789abcdef" if each != part)
    reconciling.receive_wanted(message(WantedBody("nominal@MA", [part, empty]), "NO"))
    assert [([each.record for each in body.records], body.complete) for _, _, body in sent] == [
        ([str(record.id)], [part]),
        ([], [empty]),
    ]
    with pytest.raises(exchange.MessageRefusedError):
        reconciling.receive_wanted(message(WantedBody("nominal@MA", [part]), "SE"))


def test_digests_go_out_once_all_changes_have(sent: Any) -> None:
    nominal = add_database(host="MA", recipients=["NO"])
    follower = Follower.objects.create(database=nominal, peer="NO")
    record = add_record(nominal, "MA", allowed_recipients=["NO"])
    assert not reconciling.reconcile(follower.id)
    copying.follow()
    sent.clear()
    assert reconciling.reconcile(follower.id)
    ((_, _, body),) = sent
    assert body.digests == reconciling.digests([(record.id, 1)], 0)
    assert reconciling.reconcile_due() == 0
