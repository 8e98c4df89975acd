"""What a large node keeps of what was asked."""

from datetime import timedelta
from typing import Any

import pytest
from tests.indicators.conftest import exchange, happens

from jusur.indicators import answers, api, reading
from jusur.indicators.answers import Question
from jusur.indicators.cases import Narrowing
from jusur.indicators.models import KeptAnswer
from jusur.indicators.selectors import reckon
from jusur.kernel import clock
from jusur.ledger import api as ledger

pytestmark = pytest.mark.django_db


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """A node that is large with one request."""
    monkeypatch.setattr(answers, "MANY", 1)
    exchange(1)
    exchange(2, partner="FR")
    ledger.integrate()
    reading.advance()


def requests(**narrowing: Any) -> int:
    groups = api.evidence_exchange(narrowing=Narrowing(**narrowing))["groups"]
    return int(groups["all"]["requests"]) if groups else 0


def test_a_small_node_reckons_each_time() -> None:
    exchange(1)
    assert requests() == 1
    exchange(2)
    assert requests() == 2
    assert not KeptAnswer.objects.exists()


def test_a_large_node_keeps_what_was_found(large: None) -> None:
    assert requests() == 2
    assert requests(partner="FR") == 1
    exchange(3)
    ledger.integrate()
    reading.advance()
    assert requests() == 2
    assert answers.refresh(reckon) == len(answers.STANDARD) + 1
    assert requests() == 3
    assert requests(partner="FR") == 1


def test_the_first_reader_after_a_start_waits_for_nothing(large: None, monkeypatch: pytest.MonkeyPatch) -> None:
    answers.refresh(reckon)
    monkeypatch.setattr(reading, "_load", lambda _without: pytest.fail("the requests were loaded"))
    assert api.evidence_exchange()["groups"]["all"]["requests"] == 2
    assert sorted(api.evidence_exchange(by="partner")["groups"]) == ["FR", "NO"]
    assert api.stage_curve("evidence_exchange") == [(360.0, 1.0)]
    assert api.known_groups()["partner"] == ["FR", "NO"]


def test_a_kept_answer_is_what_would_be_reckoned(large: None) -> None:
    happens("evidence.request.refused", "request-1", 9, ground="sovereignty")
    ledger.integrate()
    reading.advance()
    for by in ("", *api.GROUPINGS):
        first, again = api.evidence_exchange(by=by), api.evidence_exchange(by=by)
        assert first == again
        anew = reckon(Question("exchange", by, Narrowing()), reading.present_sheet())
        assert again | {"computed_at": ""} == anew | {"computed_at": ""}


def test_what_nobody_asks_any_more_is_dropped(large: None) -> None:
    requests(partner="FR")
    KeptAnswer.objects.update(asked_at=clock.now() - answers.ASKED_LATELY - timedelta(hours=1))
    assert answers.refresh(reckon) == len(answers.STANDARD)
    assert KeptAnswer.objects.count() == len(answers.STANDARD)


def test_a_question_survives_being_written_down() -> None:
    asked = Question("exchange", "urgency", Narrowing(partner="NO", since=clock.now().replace(microsecond=0)))
    assert Question.parse(asked.key) == asked


def test_a_question_too_long_to_be_one_is_not_kept(large: None) -> None:
    assert requests(partner="X" * 2_000) == 0
    assert not KeptAnswer.objects.exists()
