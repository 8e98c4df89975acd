"""Searching from the page, answered by the real search process on a small index."""

import pytest
from tests.databases.searching import person, record
from tests.desk import samples
from tests.desk.conftest import As
from tests.screening.conftest import Process

from jusur.databases.search_models import Hit, Search, Watch

ASKED = {"purpose": "criminal-investigation", "reference": "MA-2026-0117"}
ZONE = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\r\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"


def test_an_arabic_name_finds_the_latin_record_without_standing_in_the_address(as_role: As, searching: Process) -> None:
    sought = person("Youssef Benhaddou", birth="1985-03-02", country="ma")
    searching.followed()
    browser = as_role("officer", language="ar")
    answer = browser.post("/search/", ASKED | {"text": "يوسف بنحدو", "birth_date": "2/3/1985"})
    assert answer.status_code == 302, answer.content.decode()
    assert answer["Location"] == f"/search/{Search.objects.get().id}"
    page = browser.get(answer["Location"]).content.decode()
    assert "Youssef Benhaddou" in page
    assert "اسم شخص" in page
    compared = browser.get(f"{answer['Location']}/1").content.decode()
    assert "1985-03-02" in compared
    assert "يوسف بنحدو" in compared
    assert str(sought.id) not in answer["Location"]


def test_purpose_and_reference_are_compulsory_and_remembered(as_role: As, searching: Process) -> None:
    browser = as_role("officer")
    for lacking in ("purpose", "reference", "text"):
        given = {**ASKED, "text": "Karin Ekholm"} | {lacking: ""}
        assert browser.post("/search/", given).status_code == 422
    assert not Search.objects.exists()
    answer = browser.post("/search/", ASKED | {"text": "Karin Ekholm"})
    page = browser.get(answer["Location"]).content.decode()
    assert "No hit in any database that was asked" in page
    box = browser.get("/search/").content.decode()
    assert ASKED["reference"] in box
    assert "Karin Ekholm" not in box


def test_what_a_text_was_taken_for_is_said_and_can_be_changed(as_role: As, searching: Process) -> None:
    lost = record("Passport", {"number": ["XA1234567"], "country": ["no"]}, key="travel-documents")
    searching.followed()
    browser = as_role("officer")
    first = browser.post("/search/", ASKED | {"text": "xa 1234567", "kind": "passport", "country": "NO"})
    page = browser.get(first["Location"]).content.decode()
    assert "Taken for: Passport number" in page
    assert "Exact" in page
    named = browser.post("/search/", ASKED | {"text": "xa 1234567", "kind": "name"})
    assert "Taken for: Name of a person" in browser.get(named["Location"]).content.decode()
    assert Hit.objects.get().record == str(lost.id)


def test_a_hit_is_decided_by_a_person_with_a_reason(as_role: As, searching: Process) -> None:
    record("Passport", {"number": ["XA1234567"], "country": ["no"]}, key="travel-documents")
    searching.followed()
    answer = as_role("officer").post("/search/", ASKED | {"text": "XA1234567", "kind": "passport", "country": "NO"})
    page = as_role("officer").get(f"{answer['Location']}/1").content.decode()
    found = Hit.objects.get()
    path = f"/search/hits/{found.id}"
    assert f'action="{path}/decision"' in page
    assert as_role("legal_adviser").post(f"{path}/decision", {"decision": "confirmed:same-object"}).status_code == 403
    assert as_role("officer").post(f"{path}/decision", {"decision": ""}).status_code == 422
    assert as_role("officer").post(f"{path}/decision", {"decision": "confirmed:other-person"}).status_code == 422
    given = {"decision": "discarded:other-object", "remark": "Another series."}
    assert as_role("officer").post(f"{path}/decision", given).status_code == 302
    found.refresh_from_db()
    assert (found.state, found.reason, found.remark) == ("discarded", "other-object", "Another series.")
    assert "Another series." in as_role("officer").get(path).content.decode()
    assert as_role("officer").post(f"{path}/decision", given).status_code == 422


def test_a_record_withdrawn_since_the_search_is_no_longer_shown(as_role: As, searching: Process) -> None:
    from tests.databases.searching import withdraw

    sought = person("Zineb Ouazzani")
    searching.followed()
    browser = as_role("officer")
    answer = browser.post("/search/", ASKED | {"text": "Zineb Ouazzani", "kind": "name"})
    assert "Speaks for it" in browser.get(f"{answer['Location']}/1").content.decode()
    withdraw(sought.id)
    assert "No longer held" in browser.get(answer["Location"]).content.decode()
    assert "Why it was found" not in browser.get(f"{answer['Location']}/1").content.decode()


def test_reading_a_database_out_is_refused_and_explained(as_role: As, searching: Process) -> None:
    browser = as_role("officer")
    statuses = [
        browser.post("/search/", ASKED | {"text": f"XA12345{number:02}", "kind": "passport", "country": "MA"})
        for number in range(40)
    ]
    refused = [answer for answer in statuses if answer.status_code == 429]
    assert refused
    assert "look like reading a database out" in refused[0].content.decode()
    assert Search.objects.filter(outcome="refused").exists()


@pytest.mark.parametrize(
    ("field", "value"), [("birth_date", "1985-02-30"), ("birth_date", "spring"), ("text", "a\u202eb"), ("sex", "?")]
)
def test_what_is_wrong_with_a_question_is_said(as_role: As, searching: Process, field: str, value: str) -> None:
    answer = as_role("officer").post("/search/", ASKED | {"text": "Karin Ekholm"} | {field: value})
    assert 400 <= answer.status_code < 500
    assert "form-faults" in answer.content.decode()
    assert not Search.objects.exists()


def test_without_a_search_process_the_page_says_so(as_role: As, desk: samples.Desk) -> None:
    answer = as_role("officer").post("/search/", ASKED | {"text": "Karin Ekholm"})
    assert answer.status_code == 503
    assert "The search process does not run." in answer.content.decode()


def test_a_checkpoint_answers_at_once_and_is_ready_for_the_next(as_role: As, searching: Process) -> None:
    browser = as_role("officer")
    assert browser.get("/search/checkpoint/")["Location"] == "/search/checkpoint/post"
    browser.post("/search/checkpoint/post", {"purpose": "border-check", "reference": "TNG-1"})
    clear = browser.post("/search/checkpoint/", {"text": ZONE})
    page = browser.get(clear["Location"]).content.decode()
    assert "Nothing found" in page
    assert "ERIKSSON, ANNA MARIA" in page
    assert "data-reader" in page
    record("Passport", {"number": ["L898902C3"], "country": ["de"]}, key="travel-documents")
    record("Passport", {"number": ["XA1234567"], "country": ["ma"]}, key="travel-documents", originator="MA")
    searching.followed()
    stop = browser.post("/search/checkpoint/", {"text": "XA1234567"})
    assert "Stop and check" in browser.get(stop["Location"]).content.decode()
    faulty = browser.post("/search/checkpoint/", {"text": ZONE.replace("7408122F", "7408123F")})
    page = browser.get(faulty["Location"]).content.decode()
    assert "Look closer" in page
    assert "Wrong in the machine-readable zone" in page


def test_a_watch_is_placed_from_a_search_shown_and_lifted(as_role: As, searching: Process) -> None:
    browser = as_role("officer")
    answer = browser.post("/search/", ASKED | {"text": "Karin Ekholm", "kind": "name", "birth_date": "1979"})
    begun = browser.get(f"/search/watches/new?search={answer['Location'].rpartition('/')[2]}").content.decode()
    assert "Karin Ekholm" in begun
    given = ASKED | {"text": "Karin Ekholm", "kind": "name", "birth_date": "1979", "days": "30"}
    assert browser.post("/search/watches/new", given | {"purpose": "border-check"}).status_code == 422
    placed = browser.post("/search/watches/new", given)
    assert placed.status_code == 302, placed.content.decode()
    assert "Karin Ekholm" in browser.get(placed["Location"]).content.decode()
    assert "MA-2026-0117" in browser.get("/search/watches/").content.decode()
    assert as_role("supervisor").get(placed["Location"]).status_code == 404
    assert browser.post(f"{placed['Location']}/lift").status_code == 302
    assert Watch.objects.get().sealed_query is None
    assert "Karin Ekholm" not in browser.get(placed["Location"]).content.decode()
