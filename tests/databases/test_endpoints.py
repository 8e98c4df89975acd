from typing import Any

import pytest
from tests.databases.samples import add_database, add_record
from tests.databases.test_lists import person, write
from tests.databases.test_records import draft
from tests.web.conftest import Caller, enter

from jusur.databases import walls
from jusur.databases.lists.editions import edition_open, edition_run
from jusur.databases.models import Record
from jusur.ledger import api as ledger

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("node")]


@pytest.fixture
def officer() -> Caller:
    return enter("officer")


@pytest.fixture
def supervisor() -> Caller:
    return enter("supervisor")


def added(caller: Caller, **body: Any) -> Any:
    answer = caller.post("/records", {"database": "nominal", "record": draft(), **body})
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_record_from_its_creation_to_its_withdrawal(officer: Caller, supervisor: Caller) -> None:
    add_database(recipients=["MA"])
    record = added(officer, reference="17/2026")
    where = f"/records/{record['id']}"
    assert officer.get(where).json() == record
    body = {"record": draft(purpose="wanted for trial and sentenced"), "reason": "sentence", "version": 1}
    answer = officer.http.put(f"/v1{where}", body, content_type="application/json")
    assert (answer.status_code, answer.json()["version"]) == (200, 2)
    late = officer.http.put(f"/v1{where}", body, content_type="application/json")
    assert (late.status_code, late.json()["type"]) == (409, "urn:jusur:problem:record-changed")
    (version,) = officer.get(f"{where}/versions").json()["items"]
    assert (version["version"], version["reason"]) == (1, "sentence")
    assert officer.post(f"{where}/withdrawal", {"reason": "found"}).status_code == 403
    assert supervisor.post(f"{where}/withdrawal", {"reason": "found"}).json()["version"] == 3
    assert officer.get(where).status_code == 404


def test_the_same_request_twice_enters_one_record(officer: Caller) -> None:
    add_database(recipients=["MA"])
    body = {"database": "nominal", "record": draft()}
    answers = [officer.post("/records", body, key="0123456789abcdef") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    with walls.duty():
        assert Record.objects.count() == 1


def test_others_records_are_shown_for_a_purpose_and_that_is_recorded(officer: Caller) -> None:
    record = add_record(add_database(), "NO")
    assert officer.get(f"/records/{record.id}").status_code == 404
    assert officer.get(f"/records/{record.id}?purpose=vetting").status_code == 404
    assert officer.get(f"/records/{record.id}?purpose=border-check").json()["originator"] == "NO"
    (event,) = ledger.events("database.record", str(record.id))
    assert (event.kind, event.purpose) == ("record.read", "border-check")


def test_only_own_records_are_listed(officer: Caller) -> None:
    nominal = add_database(recipients=["MA"])
    add_record(nominal, "NO")
    mine = [added(officer)["id"] for _ in range(3)]
    first = officer.get("/records?database=nominal&limit=2").json()
    assert [row["id"] for row in first["items"]] == mine[:0:-1]
    second = officer.get(f"/records?cursor={first['next']}").json()
    assert ([row["id"] for row in second["items"]], second["next"]) == ([mine[0]], None)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"database": "nominal"},
        {"database": "nominal", "record": draft(), "more": 1},
        {"database": "nominal", "record": []},
        {"database": "nominal", "record": {**draft(), "purposes": ["curiosity"]}},
        {"database": "nominal", "record": {**draft(), "handling": {}}},
        {"database": "nominal", "reference": "x" * 256, "record": draft()},
        {"database": "nominal", "reference": "a\u202eb", "record": draft()},
        {"database": "n" * 65, "record": draft()},
    ],
)
def test_what_is_wrong_is_a_problem_that_says_so(officer: Caller, body: Any) -> None:
    add_database(recipients=["MA"])
    answer = officer.post("/records", body)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_databases_are_seen_by_keepers_and_readers_and_shared_by_keepers(officer: Caller) -> None:
    add_database()
    keeper = enter("administrator")
    for caller in (officer, keeper):
        (shown,) = caller.get("/databases").json()["items"]
        assert (shown["id"], shown["recipients"]) == ("nominal@GS", ["MA", "NO", "SE"])
    assert keeper.get("/databases/nominal").json()["followers"] == []
    assert officer.post("/databases", {"key": "wallets", "recipients": []}).status_code == 403
    assert keeper.post("/databases", {"key": "wallets", "recipients": []}).json()["id"] == "wallets@MA"
    assert keeper.post("/databases", {"key": "horses", "recipients": []}).status_code == 422
    assert keeper.post("/databases/wallets/closing").json()["closed_at"]
    assert keeper.get("/records").status_code == 403
    for nobody in (enter("auditor"), enter("delegate")):
        assert nobody.get("/databases").status_code == 403


def test_editions_are_shown_accepted_and_their_refusals_downloaded(supervisor: Caller, tmp_path: Any) -> None:
    database = add_database("list-test", host="MA")
    wrong = {"id": "=cmd", "schema": "Person", "properties": {}}
    for name, entries in (("a", [person(number) for number in range(9)]), ("b", [person(1), wrong])):
        file = write(tmp_path, entries, name=name)
        edition = edition_run(edition_open(database=database, file=file, format="ftm", actor="node").id)
    first, second = (row["state"] for row in supervisor.get("/lists/editions?database=list-test").json()["items"])
    assert (first, second) == ("held", "taken")
    where = f"/lists/editions/{edition.id}"
    assert supervisor.get(where).json()["refused"] == 1
    assert [row["number"] for row in supervisor.get(f"{where}/refusals").json()["items"]] == [1]
    file = supervisor.get(f"{where}/refusals-file")
    assert file["Content-Type"].startswith("text/csv")
    assert file.content.decode().count("\n") == 2
    officer = enter("officer")
    assert officer.get(where).status_code == 200
    assert officer.post(f"{where}/acceptance", {"reason": "looked at"}).status_code == 403
    assert supervisor.post(f"{where}/acceptance", {"reason": "looked at"}).json()["state"] == "taking"
    again = supervisor.post(f"{where}/discarding", {"reason": "no"})
    assert (again.status_code, again.json()["type"]) == (409, "urn:jusur:problem:edition-state")
