"""Searches as officers and systems meet them, against the real indexes and the real database."""

import time
from typing import Any

import pytest
from tests.databases.searching import officer, person, record, withdraw
from tests.screening.conftest import BODY, Process

from jusur.databases.search_models import Hit, Search
from jusur.ledger import api as ledger


def test_an_arabic_name_finds_the_latin_record_and_says_why(process: Process) -> None:
    sought = person("Youssef Benhaddou", birth="1985-03-02", country="ma")
    person("Erik Lindqvist", birth="1985-03-02", country="se")
    process.followed()
    found = process.search(text="يوسف بنحدو", language="ar")
    assert found["outcome"] == "hit" or found["answers"]
    best = found["answers"][0]
    assert best["record"] == str(sought.id)
    assert best["owner"] == "NO"
    assert best["handling"]["classification"] == "restricted"
    assert best["reasons"]
    assert any("\u0600" <= letter <= "\u06ff" for reason in best["reasons"] for letter in reason["sentence"])


def test_a_document_number_is_found_exactly(process: Process) -> None:
    lost = record("Passport", {"number": ["XA1234567"], "country": ["ma"]}, key="travel-documents", originator="MA")
    process.followed()
    found = process.search(query={"identifiers": [{"kind": "passport", "value": "xa 1234567", "country": "MA"}]})
    assert [each["record"] for each in found["answers"]] == [str(lost.id)]
    assert found["answers"][0]["exact"]
    assert found["outcome"] == "hit"
    assert found["answers"][0]["hit"] == str(Hit.objects.get().id)
    assert process.search(text="XA1234567")["answers"][0]["record"] == str(lost.id)
    other = process.search(query={"identifiers": [{"kind": "passport", "value": "XA1234568", "country": "MA"}]})
    assert other["outcome"] == "no-hit"


def test_a_passport_under_the_reader_finds_person_and_document(process: Process) -> None:
    sought = person("Anna Maria Eriksson", birth="1974-08-12")
    lost = record("Passport", {"number": ["L898902C3"], "country": ["se"]}, key="travel-documents")
    process.followed()
    zone = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
    found = process.search(text=zone)
    assert found["recognised"]["kind"] == "mrz"
    assert str(sought.id) in {each["record"] for each in found["answers"]}
    assert str(lost.id) not in {each["record"] for each in found["answers"] if each["exact"]}


def test_a_change_is_searchable_within_a_second(process: Process) -> None:
    person("Somebody Else")
    process.followed()
    made = person("Zineb Ouazzani")
    began = time.monotonic()
    process.until(lambda: process.search(text="Zineb Ouazzani")["answers"], seconds=5)
    assert time.monotonic() - began < 1.0
    withdraw(made.id)
    process.followed()
    assert process.search(text="Zineb Ouazzani")["answers"] == []


def test_a_record_that_is_not_ours_to_see_is_as_if_it_were_not(process: Process) -> None:
    person("Hidden Person", allowed_recipients=["SE"])
    person("Other Purpose", purposes=["vetting"])
    process.followed()
    assert process.search(text="Hidden Person")["answers"] == []
    assert process.search(text="Other Purpose")["answers"] == []
    assert process.search(text="Other Purpose", purpose="vetting")["answers"]
    assert Hit.objects.filter(record__isnull=False).count() <= 1


def test_a_confidential_record_says_no_more_than_whom_to_ask(process: Process) -> None:
    person("Secret Personality", birth="1970", classification="confidential")
    process.followed()
    best = process.search(text="Secret Personality")["answers"][0]
    assert best["properties"] == {}
    assert best["caption"] == "Person"
    assert best["owner"] == "NO"


def test_a_search_is_durable_before_it_is_answered(process: Process) -> None:
    found = process.search(text="Nobody At All")
    row = Search.objects.get(id=found["id"])
    assert (row.outcome, row.purpose, row.reference) == ("no-hit", BODY["purpose"], BODY["reference"])
    assert ledger.events("search", found["id"])


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"purpose": "curiosity"}, "purpose"),
    ({"reference": ""}, "reference"),
    ({"query": {"text": "a\u202eb"}}, "override"),
    ({"query": {"text": "a\u200bb c"}}, ""),
    ({"query": {"text": "x" * 3000}}, "2000"),
    ({"query": {"names": ["A B"], "birth_dates": ["1971-02-30"]}}, "calendar"),
    ({"query": {"names": ["A B"], "birth_dates": ["02/03/1971"]}}, "form"),
    ({"query": {"names": ["A B"], "text": "A B"}}, "several"),
    ({"query": {}}, "empty"),
    ({"query": {"text": "A B"}, "unknown": 1}, "unknown"),
    ({"query": {"text": "A B"}, "limit": 1000}, "limit"),
    ({"query": {"entity": {"schema": "Wizard", "properties": {}}}}, ""),
    ({"query": {"entity": {"schema": "Person", "properties": {"wand": ["x"]}}}}, "wand"),
    ({"query": {"identifiers": [{"kind": "palm", "value": "x"}]}}, "kind"),
)
"""What is changed of a good search, and a word of the refusal that says what is wrong."""


def test_what_is_wrong_is_said(process: Process) -> None:
    for changes, said in WRONG:
        answer = process.ask("POST", "/v1/search", json={**BODY, "query": {"text": "A B"}, **changes})
        assert answer.status_code == 422, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert said in answer.json()["detail"] + answer.json().get("fix", ""), answer.text
    assert not Search.objects.exclude(outcome="refused").exists()


def test_what_is_no_search_is_refused(process: Process) -> None:
    for body in (b"", b"[]", b"{", b"\xff\xfe", b'{"purpose":1}', b"[" * 100_000):
        assert process.ask("POST", "/v1/search", content=body).status_code == 422, body[:20]


def test_ten_megabytes_are_too_much(process: Process) -> None:
    answer = process.ask("POST", "/v1/search", content=b'{"text":"' + b"x" * 10_000_000)
    assert answer.status_code == 413
    assert "bytes" in answer.json()["detail"]


def test_who_may_not_search_is_told_so(process: Process) -> None:
    assert process.ask("POST", "/v1/search", token="jusur_nothing", json=BODY).status_code == 401
    _, auditor = officer("auditor")
    process.search(text="A B", token=auditor, status=403)
    _, examiner = officer("examiner")
    process.search(text="A B", token=examiner)
    batch = process.ask("POST", "/v1/search/batch", token=examiner, json={**BODY, "queries": [{"text": "A B"}]})
    assert batch.status_code == 403


def test_a_batch_answers_each_query_and_says_what_is_wrong_with_one(process: Process) -> None:
    sought = person("Amina Berrada")
    process.followed()
    queries = [
        {"text": "Amina Berrada"},
        {"names": ["A"], "birth_dates": ["1971-13"]},
        {"nonsense": 1},
        {"text": "X Y"},
    ]
    answer = process.ask("POST", "/v1/search/batch", json={**BODY, "queries": queries})
    assert answer.status_code == 200, answer.text
    results = answer.json()["results"]
    assert [each["outcome"] for each in results] == ["hit", "invalid", "invalid", "no-hit"]
    assert results[0]["answers"][0]["record"] == str(sought.id)
    row = Search.objects.get(id=answer.json()["id"])
    assert (row.queries, row.channel, row.outcome) == (4, "batch", "hit")


def test_reading_a_database_out_is_refused_and_reported(process: Process) -> None:
    from jusur.exchange import api as exchange

    statuses = []
    for number in range(30):
        query = {"identifiers": [{"kind": "passport", "value": f"AB{number:06}", "country": "MA"}]}
        statuses.append(process.ask("POST", "/v1/search", json={**BODY, "query": query}).status_code)
    assert statuses[:24] == [200] * 24
    assert statuses[24:] == [429] * 6
    assert Search.objects.filter(refusal="enumeration").count() == 6
    assert "search-enumeration" in {alarm["kind"] for alarm in exchange.open_alarms()}
    assert process.search(text="Somebody Honest")["outcome"] == "no-hit"


def test_a_person_has_so_many_searches_a_minute(process: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    from jusur.databases import budgets

    rules = {("officer", "person", "*"): (3, 100, 100), ("bureau", "own", "*"): (100, 100, 100)}
    monkeypatch.setattr(budgets, "_rules", lambda: {"budgets": rules, "batch": {}})
    names = ("Anders Holm", "Beatriz Costa", "Chen Wei", "Dmitri Orlov")
    answers = [process.ask("POST", "/v1/search", json={**BODY, "query": {"text": name}}) for name in names]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].json()["type"] == "urn:jusur:problem:budget-spent"
    assert int(answers[-1].headers["retry-after"]) <= 61


def test_health_and_metrics_tell_nothing_of_anybody(process: Process) -> None:
    process.search(text="Very Secret Name")
    health = process.ask("GET", "/health")
    assert health.json()["state"] == "serving"
    metrics = process.ask("GET", "/metrics").text
    assert "jusur_searches_total" in metrics
    assert "Secret" not in metrics + health.text
