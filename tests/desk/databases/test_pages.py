"""The pages of databases, records and lists: who may open them, and what is done there."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.desk import samples
from tests.desk.conftest import As
from tests.desk.databases import samples as rows

from jusur.databases import api as databases
from jusur.kernel.languages import LANGUAGES

NEW = "/databases/records/new?database=nominal@GS&schema=Person"
WRITTEN = {
    "entity_name": "ليلى الحداد\nLeïla Haddad",
    "entity_birthDate": "1990-04-11",
    "entity_nationality": "MA fr",
    "entity_gender": "female",
    "entity_topics": ["missing"],
    "purpose": "To find a missing person, case 2026/44",
    "purposes": ["missing-person"],
    "recipients": "chosen",
    "chosen": ["NO"],
    "classification": "restricted",
    "handling_code": "H1",
    "source": "B",
    "accuracy": "2",
    "retention_days": "90",
    "reference": "DISP-45",
}


@pytest.fixture
def made(desk: samples.Desk) -> dict[str, Any]:
    found: dict[str, Any] = rows.make(desk)
    desk.made["databases"] = found
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_in_every_language(
    as_role: As, desk: samples.Desk, made: dict[str, Any], language: str
) -> None:
    browser = as_role(language=language)
    for path in rows.pages(desk):
        response = browser.get(path)
        assert response.status_code == 200, path
        assert rows.HOSTILE not in response.content.decode(), path


def test_an_administrator_sees_databases_and_no_record(as_role: As, desk: samples.Desk, made: dict[str, Any]) -> None:
    browser = as_role("administrator")
    assert browser.get("/databases/").status_code == 200
    for path in rows.pages(desk)[1:]:
        assert browser.get(path).status_code == 403, path


@pytest.mark.parametrize("role", ["auditor", "delegate"])
def test_databases_are_no_business_of(as_role: As, desk: samples.Desk, made: dict[str, Any], role: str) -> None:
    browser = as_role(role)
    for path in rows.pages(desk):
        assert browser.get(path).status_code == 403, path


def test_an_officer_enters_a_record_and_reads_it_again(as_role: As, made: dict[str, Any]) -> None:
    browser = as_role("officer")
    answer = browser.post(NEW, WRITTEN)
    assert answer.status_code == 302, answer.content.decode()
    page = browser.get(answer["Location"]).content.decode()
    assert "ليلى الحداد" in page
    assert "Morocco" in page
    assert "France" in page
    record = databases.records_own(text="DISP-45")["items"][0]["record"]
    assert record.entity
    assert record.entity["properties"]["name"] == ["ليلى الحداد", "Leïla Haddad"]
    assert record.entity["properties"]["nationality"] == ["ma", "fr"]
    assert record.allowed_recipients == ["NO"]
    assert record.purposes == ["missing-person"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("entity_name", ""),
        ("entity_nationality", "ZZ"),
        ("entity_birthDate", "1990-13-40"),
        ("purposes", []),
        ("retention_days", "999999"),
        ("handling_code", "H3"),
        ("chosen", []),
    ],
)
def test_what_is_wrong_with_a_record_is_said_and_nothing_is_entered(
    as_role: As, made: dict[str, Any], field: str, value: Any
) -> None:
    answer = as_role("officer").post(NEW, WRITTEN | {field: value})
    assert answer.status_code == 422
    assert "form-faults" in answer.content.decode()
    assert databases.records_own(text="DISP-45")["items"] == []


def test_a_correction_keeps_what_the_page_does_not_ask_for_and_shows_what_changed(
    as_role: As, made: dict[str, Any]
) -> None:
    browser, path = as_role("officer"), f"/databases/records/{made['corrected']}"
    page = browser.get(f"{path}/correct").content.decode()
    assert "1990-04-11" in page
    given = WRITTEN | {"version": "2", "reason": "Her passport was found.", "entity_passportNumber": "XA1234567"}
    assert browser.post(f"{path}/correct", given).status_code == 302
    record = databases.record_own(made["corrected"])
    assert record.version == 3
    assert record.entity
    assert record.entity["properties"]["religion"] == ["unknown"]
    page = browser.get(path).content.decode()
    assert "Her passport was found." in page
    assert "<ins>XA1234567</ins>" in page
    again = browser.post(f"{path}/correct", given)
    assert again.status_code == 422
    assert databases.record_own(made["corrected"]).version == 3


def test_a_supervisor_withdraws_and_an_officer_does_not(as_role: As, made: dict[str, Any]) -> None:
    path = f"/databases/records/{made['corrected']}"
    assert as_role("officer").post(f"{path}/withdraw", {"reason": "Found."}).status_code == 403
    assert as_role("supervisor").post(f"{path}/withdraw", {"reason": ""}).status_code == 422
    assert as_role("supervisor").post(f"{path}/withdraw", {"reason": "Found."}).status_code == 302
    assert databases.record_own(made["corrected"]).entity is None
    assert as_role("officer").get(path).status_code == 200


def test_own_records_are_found_by_their_words_and_references(as_role: As, made: dict[str, Any]) -> None:
    browser = as_role("officer")
    assert "DISP-2026-44" in browser.get("/databases/records/?text=الحداد").content.decode()
    assert "DISP-2026-44" in browser.get("/databases/records/?text=disp-2026").content.decode()
    assert "DISP-2026-44" not in browser.get("/databases/records/?text=ekholm").content.decode()


def test_a_file_is_brought_and_its_edition_taken_by_the_worker(as_role: As, desk: samples.Desk) -> None:
    brought = SimpleUploadedFile("../../own list.json", rows.listed(rows.NAMES, broken=1).encode())
    given = {"publisher": "own", "database": "list-own", "format": "ftm", "file": brought}
    browser = as_role("supervisor")
    assert as_role("officer").post("/databases/lists/import", given).status_code == 403
    brought.seek(0)
    answer = browser.post("/databases/lists/import", given)
    assert answer.status_code == 302, answer.content.decode()
    edition = databases.editions_page()["items"][0]["edition"]
    assert edition.state == "reading"
    databases.edition_run(edition.id)
    page = browser.get(answer["Location"]).content.decode()
    assert "bad-0" in page
    refused = browser.get(f"{answer['Location']}/refused")
    assert refused["Content-Type"].startswith("text/csv")
    assert b"bad-0" in refused.content
    assert databases.edition(edition.id).new == len(rows.NAMES)


@pytest.mark.parametrize(
    "given", [{"publisher": "own"}, {"publisher": "own", "database": "list-own"}, {"publisher": "un"}, {}]
)
def test_an_import_lacks_nothing(as_role: As, desk: samples.Desk, given: dict[str, str]) -> None:
    answer = as_role("supervisor").post("/databases/lists/import", given)
    assert answer.status_code == 422
    assert databases.editions_page()["items"] == []


def test_a_held_edition_waits_for_a_supervisor(as_role: As, made: dict[str, Any]) -> None:
    path = f"/databases/lists/{made['held']}"
    assert "Take this edition" not in as_role("officer").get(path).content.decode()
    assert as_role("officer").post(f"{path}/accept", {"reason": "The publisher says so."}).status_code == 403
    assert databases.edition(made["held"]).state == "held"
    assert as_role("supervisor").post(f"{path}/accept", {"reason": ""}).status_code == 422
    assert as_role("supervisor").post(f"{path}/accept", {"reason": "The publisher says so."}).status_code == 302
    databases.edition_run(made["held"])
    assert databases.edition(made["held"]).state == "taken"
    assert as_role("supervisor").post(f"{path}/discard", {"drop-reason": "No."}).status_code == 422


def test_a_held_edition_is_discarded_and_what_was_held_stays(as_role: As, made: dict[str, Any]) -> None:
    before = databases.held_numbers()["list-own@MA"]["held"]
    path = f"/databases/lists/{made['held']}/discard"
    assert as_role("supervisor").post(path, {"drop-reason": "Half of it is missing."}).status_code == 302
    assert databases.edition(made["held"]).state == "discarded"
    assert databases.held_numbers()["list-own@MA"]["held"] == before
