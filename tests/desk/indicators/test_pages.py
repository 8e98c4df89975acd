"""The indicators' pages: the same figures as the API's, safe tables, paper in four languages."""

import csv
import io
from typing import Any

import pytest
from tests.desk.conftest import As
from tests.desk.indicators import samples
from tests.desk.samples import Desk

from jusur.indicators import api as indicators
from jusur.kernel import clock
from jusur.ledger import api as ledger


@pytest.fixture
def counted(desk: Desk) -> Desk:
    samples.make(desk)
    return desk


@pytest.mark.parametrize("language", ["en", "ar", "fr", "es"])
def test_every_page_opens(counted: Desk, as_role: As, language: str) -> None:
    client = as_role("auditor", language=language)
    for path in samples.pages(counted):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert b" style=" not in answer.content


@pytest.mark.parametrize(
    ("role", "status"), [("officer", 200), ("auditor", 200), ("administrator", 403), ("delegate", 403)]
)
@pytest.mark.parametrize("path", ["", "definitions", "evidence-exchange.csv", "evidence-exchange.pdf"])
def test_only_who_may_read_indicators_reads_them(desk: Desk, as_role: As, role: str, status: int, path: str) -> None:
    assert as_role(role).get(f"/indicators/{path}").status_code == status


def test_an_empty_node_says_what_will_be_counted(desk: Desk, as_role: As) -> None:
    assert "No request to count yet" in as_role("auditor").get("/indicators/").content.decode()


def figures(answer: Any) -> Any:
    return answer.context["figures"]


@pytest.mark.parametrize("query", ["", "?partner=FR", "?urgency=urgent&instrument=budapest-2001", "?period=90"])
def test_the_page_says_what_the_api_says(counted: Desk, as_role: As, query: str) -> None:
    shown = figures(as_role("auditor").get(f"/indicators/{query}"))
    said = indicators.evidence_exchange(narrowing=shown.asked.narrowing())["groups"]["all"]
    assert {name: shown.all[name] for name in ("requests", "fulfilled", "refused", "late", "refused_by_ground")} == {
        name: said[name] for name in ("requests", "fulfilled", "refused", "late", "refused_by_ground")
    }
    for row in shown.stages:
        told = said["stages"][row.name]
        assert (row.count, row.open) == (told["count"], told["open"])
        for mine, theirs in ((row.median, told["median_seconds"]), (row.ninetieth, told["p90_seconds"])):
            assert mine == pytest.approx(theirs, abs=5) if theirs is not None else mine is None


def test_the_groups_add_up_to_the_whole(counted: Desk, as_role: As) -> None:
    shown = figures(as_role("auditor").get("/indicators/?by=urgency"))
    assert sum(counts["requests"] for _code, _label, counts in shown.outcomes) == shown.all["requests"] == samples.COUNT


def test_an_unknown_filter_counts_as_none(counted: Desk, as_role: As) -> None:
    answer = as_role("auditor").get("/indicators/?partner=%3Cscript%3E&period=99999999999&stage=nothing&by=nothing")
    assert answer.status_code == 200
    assert figures(answer).all["requests"] == samples.COUNT
    assert b"<script>" not in answer.content.replace(b"<script src", b"")


def test_each_chart_is_an_image_with_words_and_its_table(counted: Desk, as_role: As) -> None:
    page = as_role("auditor").get("/indicators/").content.decode()
    assert page.count('role="img"') >= page.count('class="chart"') == 4
    assert page.count("<desc id=") == 4
    assert page.count("<table") >= 5


def test_the_table_of_a_spreadsheet_holds_no_formula(desk: Desk, as_role: As) -> None:
    for number, partner in enumerate(('=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\tx")):
        ledger.record(
            "evidence.request.sent",
            subject_type="evidence.request",
            subject_id=str(number),
            actor="node",
            data={"partner": partner},
        )
    answer = as_role("auditor").get("/indicators/evidence-exchange.csv")
    assert answer["Content-Type"].startswith("text/csv")
    assert "attachment" in answer["Content-Disposition"]
    cells = [cell for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert '\'=HYPERLINK("http://x")' in cells


@pytest.mark.parametrize("language", ["en", "ar", "fr", "es"])
def test_the_paper_is_set_in_every_language(counted: Desk, as_role: As, language: str) -> None:
    answer = as_role("auditor", language=language).get("/indicators/evidence-exchange.pdf?by=instrument")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_a_request_that_is_open_counts_as_longer_than_so_far(desk: Desk, as_role: As) -> None:
    ledger.record(
        "evidence.request.sent",
        subject_type="evidence.request",
        subject_id="1",
        actor="node",
        data={"partner": "NO"},
        occurred_at=clock.now(),
    )
    shown = figures(as_role("auditor").get("/indicators/"))
    assert (shown.main.count, shown.main.open, shown.main.median_shown) == (1, 1, "—")
