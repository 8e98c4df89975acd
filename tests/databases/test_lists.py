import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from tests.databases.samples import add_database

from jusur.accounts.api import Actor
from jusur.databases import selectors, walls
from jusur.databases.errors import EditionStateError, ListUnreadableError, MayNotWriteError
from jusur.databases.lists import editions, formats, reading, taking
from jusur.databases.lists.editions import edition_accept, edition_open, edition_run, path_of
from jusur.databases.models import Database, Edition, Identifier, Record, RecordVersion, Staged
from jusur.kernel.errors import ForbiddenError, InvalidInputError
from jusur.ledger import api as ledger
from jusur.standards import ftm

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("node")]

SUPERVISOR = Actor(uuid4(), "Supervisor", "officer", ("supervisor",), None)
OFFICER = Actor(uuid4(), "Officer", "officer", ("officer",), None)


def person(number: int, name: str = "Person") -> dict[str, Any]:
    return {
        "id": f"p-{number}",
        "schema": "Person",
        "properties": {"name": [f"{name} {number}"], "passportNumber": [f"AB{number:07d}"]},
    }


def write(folder: Path, entries: list[Any], *, name: str = "list.json", tail: str = "") -> Path:
    path = folder / name
    lines = [each if isinstance(each, str) else json.dumps(each) for each in entries]
    path.write_text("".join(line + "\n" for line in lines) + tail, encoding="utf-8")
    return path


@pytest.fixture
def sanctions() -> Database:
    return add_database("list-test", host="MA", recipients=["NO"])


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BATCH", 7)
    monkeypatch.setattr(taking, "BATCH", 5)


def imported(database: Database, file: Path) -> Edition:
    return edition_run(edition_open(database=database, file=file, format="ftm", actor="node").id)


def counts(edition: Edition) -> dict[str, int | None]:
    names = ("read", "refused", "new", "changed", "unchanged", "gone", "taken", "withdrawn")
    return {name: getattr(edition, name) for name in names if getattr(edition, name)}


def held(database: Database) -> dict[str, str]:
    with walls.duty():
        found = Record.objects.filter(database=database, state="held")
        return {record.reference: record.entity["properties"].get("name", [""])[0] for record in found if record.entity}


def test_a_first_edition_is_taken_whole(sanctions: Database, tmp_path: Path, small: None) -> None:
    edition = imported(sanctions, write(tmp_path, [person(number) for number in range(23)]))
    assert (edition.state, counts(edition)) == ("taken", {"read": 23, "new": 23, "taken": 23})
    assert held(sanctions) == {f"p-{number}": f"Person {number}" for number in range(23)}
    with walls.duty():
        assert Identifier.objects.filter(key__startswith="passport").count() == 23
        assert not Staged.objects.exists()
    assert not path_of(edition.id).exists()
    (event,) = ledger.events("database.list", str(edition.id))
    assert event.kind == "list.imported"
    assert event.data is not None
    assert event.data["changes_sha256"] == edition.changes_sha256 != ""


def test_its_records_are_seen_by_whom_the_list_is_shared_with(sanctions: Database, tmp_path: Path) -> None:
    imported(sanctions, write(tmp_path, [person(1)]))
    with walls.duty():
        record = Record.objects.get()
    seen = selectors.record_visible(record.id, asker="NO", purpose="sanctions-screening")
    assert (seen.originator, seen.handling_code, seen.source_evaluation) == ("MA", "H0", "A2")
    assert selectors.records_visible([record.id], asker="SE", purpose="sanctions-screening") == {}


def test_a_new_edition_becomes_a_difference(sanctions: Database, tmp_path: Path, small: None) -> None:
    imported(sanctions, write(tmp_path, [person(number) for number in range(20)]))
    entries = [person(number) for number in range(2, 18)] + [person(18, "Corrected"), person(30)]
    edition = imported(sanctions, write(tmp_path, entries, name="second.json"))
    expected = {"read": 18, "new": 1, "changed": 1, "unchanged": 16, "gone": 3, "taken": 2, "withdrawn": 3}
    assert counts(edition) == expected
    now_held = held(sanctions)
    assert set(now_held) == {f"p-{number}" for number in (*range(2, 19), 30)}
    assert now_held["p-18"] == "Corrected 18"
    with walls.duty():
        versions = RecordVersion.objects.filter(record__reference="p-18")
        assert [version.content["entity"]["properties"]["name"] for version in versions] == [["Person 18"]]
        assert Record.objects.get(reference="p-18").version == 2
        assert Record.objects.get(reference="p-0").state == "withdrawn"


def test_a_version_of_a_list_is_of_the_published_form(sanctions: Database, tmp_path: Path) -> None:
    from jusur.databases import content

    imported(sanctions, write(tmp_path, [person(1)]))
    imported(sanctions, write(tmp_path, [person(1, "Corrected")], name="second.json"))
    with walls.duty():
        kept = content.parse(RecordVersion.objects.get().content, content.RecordContent)
    assert kept.entity["properties"]["name"] == ["Person 1"]


def test_an_entry_that_comes_back_is_the_same_record(sanctions: Database, tmp_path: Path) -> None:
    imported(sanctions, write(tmp_path, [person(1), person(2), person(3)]))
    with walls.duty():
        first = Record.objects.get(reference="p-3")
    imported(sanctions, write(tmp_path, [person(1), person(2)], name="b"))
    edition = imported(sanctions, write(tmp_path, [person(1), person(2), person(3, "Again")], name="c"))
    assert counts(edition) == {"read": 3, "new": 1, "unchanged": 2, "taken": 1}
    with walls.duty():
        again = Record.objects.get(reference="p-3")
    assert (again.id, again.version, again.state) == (first.id, 3, "held")


def test_the_same_file_again_changes_nothing(sanctions: Database, tmp_path: Path) -> None:
    file = write(tmp_path, [person(1)])
    imported(sanctions, file)
    with pytest.raises(EditionStateError, match="nothing has changed"):
        imported(sanctions, file)


def test_what_is_refused_is_said_and_the_rest_taken(sanctions: Database, tmp_path: Path, small: None) -> None:
    wrong = {"id": "p-wrong", "schema": "Person", "properties": {"zodiac": ["lion"]}}
    entries = [*(person(number) for number in range(10)), person(3, "Again"), wrong, "{not json", person(11)]
    edition = imported(sanctions, write(tmp_path, entries))
    assert counts(edition) == {"read": 14, "refused": 3, "new": 11, "taken": 11}
    assert held(sanctions)["p-3"] == "Person 3"
    found = {refusal.number: refusal for refusal in selectors.refusals(edition.id)}
    assert sorted(found) == [10, 11, 12]
    assert "twice" in found[10].reason
    assert found[10].reference == "p-3"
    assert "zodiac" in found[11].reason


def test_an_entry_that_is_refused_now_stays_as_it_was(sanctions: Database, tmp_path: Path) -> None:
    imported(sanctions, write(tmp_path, [person(number) for number in range(5)]))
    wrong = {"id": "p-2", "schema": "Person", "properties": {"zodiac": ["lion"]}}
    edition = imported(sanctions, write(tmp_path, [person(0), person(1), wrong, person(3), person(4)], name="b"))
    assert counts(edition) == {"read": 5, "refused": 1, "unchanged": 4}
    assert held(sanctions)["p-2"] == "Person 2"


def test_a_list_that_shrinks_by_half_is_held_and_drops_nothing(sanctions: Database, tmp_path: Path) -> None:
    imported(sanctions, write(tmp_path, [person(number) for number in range(10)]))
    edition = imported(sanctions, write(tmp_path, [person(number) for number in range(4)], name="b"))
    assert (edition.state, edition.gone) == ("held", 6)
    assert "6 of 10" in edition.held_for
    assert len(held(sanctions)) == 10
    assert [event.kind for event in ledger.events("database.list", str(edition.id))] == ["list.held"]
    with pytest.raises(ForbiddenError):
        edition_accept(edition_id=edition.id, reason="the committee delisted them", actor=OFFICER)
    edition_accept(edition_id=edition.id, reason="the committee delisted them", actor=SUPERVISOR)
    assert editions.work() == 1
    assert len(held(sanctions)) == 4
    kinds = [event.kind for event in ledger.events("database.list", str(edition.id))]
    assert kinds == ["list.held", "list.accepted", "list.imported"]


def test_half_a_file_is_held_and_drops_nothing_even_when_accepted(sanctions: Database, tmp_path: Path) -> None:
    def published(numbers: range) -> bytes:
        people = "".join(
            f"<INDIVIDUAL><DATAID>{n}</DATAID><VERSIONNUM>1</VERSIONNUM><FIRST_NAME>OLA</FIRST_NAME>"
            f"<SECOND_NAME>TESTMANN {n}</SECOND_NAME><UN_LIST_TYPE>Test</UN_LIST_TYPE>"
            f"<REFERENCE_NUMBER>TEi.{n}</REFERENCE_NUMBER><LISTED_ON>2026-01-01</LISTED_ON></INDIVIDUAL>"
            for n in numbers
        )
        head = '<?xml version="1.0" encoding="UTF-8"?><CONSOLIDATED_LIST dateGenerated="2026-11-22T00:00:00Z">'
        return f"{head}<INDIVIDUALS>{people}</INDIVIDUALS><ENTITIES></ENTITIES></CONSOLIDATED_LIST>".encode()

    def run(name: str, data: bytes) -> Edition:
        file = tmp_path / name
        file.write_bytes(data)
        return edition_run(edition_open(database=sanctions, file=file, format="un", actor="node").id)

    whole = published(range(100, 900))
    assert run("a", whole).state == "taken"
    before = held(sanctions)
    cut = run("b", published(range(90, 890))[: len(whole) // 2])
    assert (cut.state, cut.whole) == ("held", False)
    assert "could not be read to its end" in cut.held_for
    assert held(sanctions) == before
    edition_accept(edition_id=cut.id, reason="take what there is of it", actor=SUPERVISOR)
    editions.work()
    after = held(sanctions)
    assert before.items() < after.items()


def test_a_doubled_identifier_across_parts_is_refused(
    sanctions: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: None
) -> None:
    def unguarded(_name: str, stream: Any, _mapping: Any) -> Any:
        return (ftm.Entity.parse(json.loads(line)) for line in stream)

    monkeypatch.setattr(formats, "read", unguarded)
    edition = imported(
        sanctions, write(tmp_path, [person(1), person(1, "Again"), *map(person, range(2, 12)), person(2)])
    )
    assert counts(edition) == {"read": 13, "refused": 2, "new": 11, "taken": 11}
    assert all("same identifier" in refusal.reason for refusal in selectors.refusals(edition.id))


def test_a_table_is_imported_by_its_mapping(sanctions: Database, tmp_path: Path) -> None:
    mapping = """
schema = "Person"
id = "case-{number}"
[properties]
name = "{family}, {given}"
birthDate = "{dob}"
"""
    file = tmp_path / "wanted.csv"
    file.write_text("number,family,given,dob\n1,Testmann,Ola,1980-01-01\n2,Prøvemann,Kari,1990\n,,,\n")
    opened = edition_open(database=sanctions, file=file, format="csv", mapping=mapping, actor="node")
    edition = edition_run(opened.id)
    assert edition.state == "taken"
    assert held(sanctions) == {"case-1": "Testmann, Ola", "case-2": "Prøvemann, Kari"}


def test_exactly_half_is_not_less_than_half(sanctions: Database, tmp_path: Path) -> None:
    imported(sanctions, write(tmp_path, [person(number) for number in range(10)]))
    edition = imported(sanctions, write(tmp_path, [person(number) for number in range(5)], name="b"))
    assert edition.state == "taken"


def test_an_empty_edition_is_held(sanctions: Database, tmp_path: Path) -> None:
    imported(sanctions, write(tmp_path, [person(number) for number in range(10)]))
    assert imported(sanctions, write(tmp_path, [], name="b")).state == "held"


def test_a_held_edition_can_be_dropped(sanctions: Database, tmp_path: Path) -> None:
    imported(sanctions, write(tmp_path, [person(number) for number in range(10)]))
    edition = imported(sanctions, write(tmp_path, [person(1)], name="b"))
    with pytest.raises(EditionStateError, match="is held"):
        imported(sanctions, write(tmp_path, [person(2)], name="c"))
    editions.edition_discard(edition_id=edition.id, reason="half the file is missing", actor=SUPERVISOR)
    with walls.duty():
        assert not Staged.objects.exists()
    assert len(held(sanctions)) == 10
    assert imported(sanctions, write(tmp_path, [person(number) for number in range(9)], name="c")).state == "taken"
    with pytest.raises(EditionStateError):
        editions.edition_discard(edition_id=edition.id, reason="again", actor=SUPERVISOR)


def test_most_entries_refused_waits_for_a_word(sanctions: Database, tmp_path: Path) -> None:
    wrong = {"id": "w", "schema": "Zebra", "properties": {}}
    edition = imported(sanctions, write(tmp_path, [person(1), *({**wrong, "id": f"w{n}"} for n in range(4))]))
    assert edition.state == "held"
    assert "4 of its 5 entries were refused" in edition.held_for


@pytest.mark.parametrize("kind", ["un", "ofac", "ofac-xml", "eu", "notices"])
def test_a_file_that_is_no_such_list_is_dropped_and_said(sanctions: Database, tmp_path: Path, kind: str) -> None:
    file = write(tmp_path, ["this is no list"])
    with pytest.raises(ListUnreadableError):
        edition_run(edition_open(database=sanctions, file=file, format=kind, actor="node").id)
    with walls.duty():
        assert Edition.objects.get().state == "discarded"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"format": "excel"}, InvalidInputError),
        ({"format": "csv"}, InvalidInputError),
        ({"mapping": "schema = 1"}, InvalidInputError),
        ({"format": "csv", "mapping": "no toml ["}, InvalidInputError),
        ({"handling": {"classification": "secret"}}, InvalidInputError),
    ],
)
def test_what_cannot_be_imported_is_refused_at_once(
    sanctions: Database, tmp_path: Path, changes: dict[str, Any], error: type[Exception]
) -> None:
    values: dict[str, Any] = {"format": "ftm", "actor": "node", **changes}
    with pytest.raises(error):
        edition_open(database=sanctions, file=write(tmp_path, [person(1)]), **values)


def test_a_list_is_imported_where_it_is_hosted(tmp_path: Path) -> None:
    for database in (add_database("list-un", host="GS"), add_database("nominal", host="MA")):
        with pytest.raises(MayNotWriteError):
            imported(database, write(tmp_path, [person(1)]))


def test_after_a_failure_in_the_middle_nothing_is_lost_or_counted_twice(
    sanctions: Database, tmp_path: Path, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(sanctions, write(tmp_path, [person(number) for number in range(30)]))
    entries = [person(number, "New" if number % 3 else "Person") for number in range(4, 44)]
    edition = edition_open(database=sanctions, file=write(tmp_path, entries, name="b"), format="ftm", actor="node")
    left = iter(range(1000))
    for module, name in ((reading, "_keep"), (taking, "_chain")):
        original = getattr(module, name)

        def failing(*arguments: Any, original: Any = original) -> Any:
            result = original(*arguments)
            if next(left) % 2:
                raise KeyboardInterrupt
            return result

        monkeypatch.setattr(module, name, failing)
    for _ in range(40):
        try:
            edition = edition_run(edition.id)
            break
        except KeyboardInterrupt:
            continue
    assert edition.state == "taken"
    expected = {"read": 40, "new": 14, "changed": 18, "unchanged": 8, "gone": 4, "taken": 32, "withdrawn": 4}
    assert counts(edition) == expected
    assert held(sanctions) == {each["id"]: each["properties"]["name"][0] for each in entries}


SCRIPT = """
import sys, time
import django; django.setup()
from uuid import UUID
from jusur.databases.lists import editions, formats, reading, taking
reading.BATCH = taking.BATCH = 20
def slow(stage, done, total):
    print(stage, flush=True); time.sleep(0.05)
editions.edition_run(UUID(sys.argv[1]), progress=slow)
"""


@pytest.fixture
def shared() -> Database:
    return add_database("list-test", host="MA", recipients=["NO"])


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_goes_on_where_it_was(shared: Database, tmp_path: Path, node: Any) -> None:
    entries = [person(number) for number in range(400)]
    edition = edition_open(database=shared, file=write(tmp_path, entries), format="ftm", actor="node")
    settings = connection.settings_dict
    url = f"postgresql://{settings['USER']}@/{settings['NAME']}?host={settings['HOST']}"
    environment = {
        **os.environ,
        "JUSUR_DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "jusur.config.settings",
        "JUSUR_PAGES": "no",
        "JUSUR_SECRET_KEY": "x",
    }
    states = []
    for stage in ("reading", "taking"):
        with subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(edition.id)], env=environment, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            for _ in range(3):
                while process.stdout.readline().strip() != stage:
                    assert process.poll() is None
            process.send_signal(signal.SIGKILL)
        with walls.duty():
            found = Edition.objects.get()
            states.append((found.state, 0 < found.read <= 400, 0 < found.taken < 400))
    assert states == [("reading", True, False), ("taking", True, True)]
    give_up = time.monotonic() + 20
    while (done := editions.work()) == 0 and time.monotonic() < give_up:
        time.sleep(0.2)  # the killed process's claim ends when the database notices
    assert done == 1
    with walls.duty():
        found = Edition.objects.get()
    assert counts(found) == {"read": 400, "new": 400, "taken": 400}
    assert len(held(shared)) == 400
