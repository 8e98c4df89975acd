from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.databases.samples import add_database, add_record

from jusur.accounts.api import Actor
from jusur.databases import feed, selectors, walls
from jusur.databases.content import MAX_CONTENT_BYTES
from jusur.databases.errors import (
    DatabaseNotFoundError,
    MayNotWriteError,
    NotTheOwnerError,
    RecordChangedError,
    RecordGoneError,
    RecordInvalidError,
    RecordNotFoundError,
    ReferenceTakenError,
)
from jusur.databases.models import Database, Record, RecordVersion
from jusur.databases.services import retention
from jusur.databases.services.records import record_correct, record_create, record_withdraw
from jusur.kernel.clock import now
from jusur.kernel.errors import ForbiddenError, InvalidInputError, JusurError
from jusur.ledger import api as ledger

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("node")]

OFFICER = Actor(uuid4(), "Officer", "officer", ("officer",), None)
SUPERVISOR = Actor(uuid4(), "Supervisor", "officer", ("supervisor",), None)
AUDITOR = Actor(uuid4(), "Auditor", "officer", ("auditor",), None)


def draft(**changes: Any) -> dict[str, Any]:
    handling = {
        "classification": "restricted",
        "handling_code": "H1",
        "source_evaluation": "A1",
        "allowed_recipients": ["NO", "SE"],
        **changes.pop("handling", {}),
    }
    return {
        "entity": {"schema": "Person", "properties": {"name": ["Karim El Amrani"], "nationality": ["ma"]}},
        "handling": handling,
        "purpose": "wanted for trial, case 17/2026",
        "purposes": ["border-check", "criminal-investigation"],
        **changes,
    }


def passport(country: str) -> dict[str, Any]:
    return {"schema": "Passport", "properties": {"number": ["AB1234567"], "country": [country]}}


@pytest.fixture
def nominal() -> Database:
    return add_database(recipients=["MA"])


def create(**changes: Any) -> Record:
    database = changes.pop("database", "nominal")
    return record_create(database=database, draft=draft(**changes), actor=OFFICER)


def kinds(record: Record) -> list[str]:
    return [event.kind for event in ledger.events("database.record", str(record.id))]


def test_a_record_is_created_with_its_owner_and_its_end(nominal: Database) -> None:
    record = create()
    seen = selectors.record_visible(record.id, asker="NO", purpose="border-check")
    assert (seen.originator, seen.version, seen.entity["properties"]["name"]) == ("MA", 1, ["Karim El Amrani"])
    assert timedelta(days=1825) < seen.expires_at - now() <= timedelta(days=1826)
    assert kinds(record) == ["record.created"]


def test_the_ledger_is_told_nothing_of_the_person(nominal: Database) -> None:
    (event,) = ledger.events("database.record", str(create().id))
    assert "Karim" not in repr(event)


def test_a_correction_keeps_the_version_before(nominal: Database) -> None:
    record = create()
    entity = {"schema": "Person", "properties": {"name": ["Karim Amrani"]}}
    corrected = record_correct(
        record_id=record.id, draft=draft(entity=entity), reason="spelling", actor=OFFICER, version=1
    )
    assert corrected.version == 2
    (before,) = selectors.versions(record.id)
    assert (before.version, before.reason) == (1, "spelling")
    assert before.content["entity"]["properties"]["name"] == ["Karim El Amrani"]
    assert kinds(record) == ["record.created", "record.corrected"]


def test_of_two_who_correct_at_once_the_second_is_told(nominal: Database) -> None:
    record = create()
    record_correct(record_id=record.id, draft=draft(), reason="first", actor=OFFICER, version=1)
    with pytest.raises(RecordChangedError, match="version 2"):
        record_correct(record_id=record.id, draft=draft(), reason="second", actor=OFFICER, version=1)


def test_who_is_no_longer_allowed_is_remembered(nominal: Database) -> None:
    record = create()
    corrected = record_correct(
        record_id=record.id, draft=draft(handling={"allowed_recipients": ["SE"]}), reason="narrower", actor=OFFICER
    )
    assert corrected.dropped == ["NO"]
    again = record_correct(record_id=record.id, draft=draft(), reason="wider again", actor=OFFICER)
    assert again.dropped == []


def test_a_withdrawn_record_is_found_no_more_and_stays_with_its_owner(nominal: Database) -> None:
    record = create()
    record_withdraw(record_id=record.id, reason="found", actor=SUPERVISOR)
    for asker in ("NO", "MA"):
        with pytest.raises(RecordNotFoundError):
            selectors.record_visible(record.id, asker=asker, purpose="border-check")
    with walls.duty():
        assert RecordVersion.objects.get(record=record).content["purpose"].startswith("wanted")
        assert Record.objects.get(id=record.id).entity is None
    with pytest.raises(RecordGoneError):
        record_correct(record_id=record.id, draft=draft(), reason="again", actor=OFFICER)
    assert kinds(record) == ["record.created", "record.withdrawn"]


def test_others_records_are_refused_with_a_reason(nominal: Database) -> None:
    theirs, hidden = add_record(nominal, "NO"), add_record(nominal, "NO", allowed_recipients=["SE"])
    with pytest.raises(NotTheOwnerError, match="NO's"):
        record_correct(record_id=theirs.id, draft=draft(), reason="mine now", actor=OFFICER)
    with pytest.raises(NotTheOwnerError):
        record_withdraw(record_id=theirs.id, reason="mine now", actor=SUPERVISOR)
    with pytest.raises(RecordNotFoundError):  # not even that it exists
        record_withdraw(record_id=hidden.id, reason="mine now", actor=SUPERVISOR)


def test_each_act_is_of_its_role(nominal: Database) -> None:
    with pytest.raises(ForbiddenError):
        record_create(database="nominal", draft=draft(), actor=AUDITOR)
    record = create()
    with pytest.raises(ForbiddenError):
        record_withdraw(record_id=record.id, reason="found", actor=OFFICER)


def test_only_the_issuing_country_enters_a_travel_document() -> None:
    add_database("travel-documents", recipients=["MA"])
    assert create(database="travel-documents", entity=passport("ma"), purposes=None).schema == "Passport"
    with pytest.raises(MayNotWriteError, match="issued"):
        create(database="travel-documents", entity=passport("no"), purposes=None)
    with pytest.raises(MayNotWriteError, match="does not say"):
        create(
            database="travel-documents",
            entity={"schema": "Passport", "properties": {"number": ["AB1234567"]}},
            purposes=None,
        )


def test_a_list_is_written_by_its_host_alone() -> None:
    add_database("list-un", host="GS", recipients=["MA"])
    with pytest.raises(MayNotWriteError, match="GS"):
        create(database="list-un")


def test_a_reference_is_used_once(nominal: Database) -> None:
    record_create(database="nominal", draft=draft(), reference="DGSN 17", actor=OFFICER)
    with pytest.raises(ReferenceTakenError):
        record_create(database="nominal", draft=draft(), reference="DGSN 17", actor=OFFICER)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"purposes": ["curiosity"]}, "does not permit the purpose"),
        ({"purposes": []}, "what it may be used for"),
        ({"purposes": ["vetting", "vetting"]}, "each purpose once"),
        ({"purpose": ""}, "length >= 1"),
        ({"retention_days": 4000}, "kept 1826 days at most"),
        ({"retention_days": 0}, ">= 1"),
        ({"handling": {"source_evaluation": "E5"}}, "regex"),
        ({"handling": {"classification": "secret"}}, "Invalid enum"),
        ({"handling": {"handling_code": "H3"}}, "H3"),
        ({"handling": {"allowed_recipients": ["NO", "NO"]}}, "twice"),
        ({"handling": {"allowed_recipients": ["*", "NO"]}}, "alone"),
        ({"handling": {"allowed_recipients": ["norway"]}}, "regex"),
        ({"handling": {"allowed_recipients": None}}, "Expected `array`"),
        ({"entity": {"schema": "Vehicle", "properties": {}}}, "holds no Vehicle"),
        ({"entity": {"schema": "Person", "properties": {}, "target": True}}, "unknown field"),
        ({"entity": {"schema": "Person", "properties": {"name": ["x" * 200] * 1, "zodiac": ["lion"]}}}, "zodiac"),
        ({"entity": {"schema": "Person", "properties": {"birthDate": ["31/02/1971"]}}}, "birthDate"),
        ({"surprise": 1}, "surprise"),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_record_is_said(nominal: Database, changes: dict[str, Any], why: str) -> None:
    with pytest.raises(InvalidInputError, match=why):
        create(**changes)
    assert feed.latest() == 0


@pytest.mark.parametrize("name", ["A\u202eB", "A\x00B", "\ud800", "x" * 10_000_000])
def test_hostile_names_are_refused_and_said(nominal: Database, name: str) -> None:
    with pytest.raises(JusurError):
        create(entity={"schema": "Person", "properties": {"name": [name]}})


def test_a_record_that_is_too_large_to_travel_is_refused(nominal: Database) -> None:
    notes = [f"{place} " + "x" * 4000 for place in range(MAX_CONTENT_BYTES // 4000 + 1)]
    with pytest.raises(RecordInvalidError, match="KiB"):
        create(entity={"schema": "Person", "properties": {"name": ["K"], "notes": notes}})


def test_a_database_is_found_by_its_key_where_there_is_but_one() -> None:
    add_database(host="NO")
    assert selectors.database("nominal").id == "nominal@NO"
    add_database(host="SE")
    with pytest.raises(DatabaseNotFoundError, match="Several"):
        selectors.database("nominal")
    add_database(host="GS")
    assert selectors.database("nominal").id == "nominal@GS"
    add_database(host="MA")
    assert selectors.database("nominal").id == "nominal@MA"
    with pytest.raises(DatabaseNotFoundError):
        selectors.database("horses")


def test_the_feed_holds_each_record_once_at_its_last_change(nominal: Database) -> None:
    first, second = create(), create()
    place = feed.latest()
    record_correct(record_id=first.id, draft=draft(), reason="check", actor=OFFICER)
    record_withdraw(record_id=second.id, reason="found", actor=SUPERVISOR)
    assert [(change.record, change.gone) for change in feed.changes_after(0)] == [(first.id, False), (second.id, True)]
    assert [change.record for change in feed.changes_after(place)] == [first.id, second.id]
    assert [record.id for record in feed.all_for_index()] == [first.id]
    assert feed.changes_after(feed.latest()) == []


def test_a_record_whose_time_is_over_is_purged_and_its_proof_kept(nominal: Database) -> None:
    record, kept = create(), create()
    record_correct(record_id=record.id, draft=draft(), reason="check", actor=OFFICER)
    with walls.duty():
        Record.objects.filter(id=record.id).update(created_at=now() - timedelta(9), expires_at=now() - timedelta(1))
    place = feed.latest()
    assert retention.retention_purge() == 1
    assert retention.retention_purge() == 0
    with walls.duty():
        gone = Record.objects.get(id=record.id)
        assert (gone.state, gone.entity, gone.purpose, gone.reference) == ("purged", None, "", str(record.id))
        assert not RecordVersion.objects.filter(record=record).exists()
    events = list(ledger.events("database.record", str(record.id)))
    assert len(events) == 2
    assert all(event.data is None for event in events)
    assert [change.record for change in feed.changes_after(place)] == [record.id]
    assert selectors.record_visible(kept.id, asker="NO", purpose="border-check").version == 1
