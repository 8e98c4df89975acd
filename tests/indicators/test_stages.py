from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from jusur.indicators.rules import Span
from jusur.indicators.stages import STAGES, timelines

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
STAGE = {stage.name: stage for stage in STAGES}


@dataclass
class Event:
    kind: str
    minutes: float
    subject_id: str = "request-1"
    data: dict[str, Any] | None = field(default_factory=dict)

    @property
    def occurred_at(self) -> datetime:
        return NOON + timedelta(minutes=self.minutes)


def test_the_evidence_exchange_runs_from_sending_to_verification() -> None:
    events = [
        Event("evidence.request.sent", 0, data={"partner": "NO", "urgency": "urgent"}),
        Event("custody.received", 5, "package-1", {"request": "request-1"}),
        Event("custody.verified", 6, "package-1", {"request": "request-1"}),
    ]
    timeline = timelines(events)["request-1"]
    assert timeline.span(STAGE["evidence_exchange"], NOON) == Span(360, observed=True)
    assert timeline.groups["partner"] == "NO"


def test_an_open_request_is_censored_at_the_present() -> None:
    timeline = timelines([Event("evidence.request.sent", 0)])["request-1"]
    assert timeline.span(STAGE["answer"], NOON + timedelta(hours=1)) == Span(3600, observed=False)


def test_a_withdrawn_request_is_censored_at_its_withdrawal() -> None:
    timeline = timelines([Event("evidence.request.sent", 0), Event("evidence.request.withdrawn", 10)])["request-1"]
    assert timeline.span(STAGE["answer"], NOON + timedelta(hours=1)) == Span(600, observed=False)


def test_an_answer_after_its_due_time_is_late() -> None:
    due = (NOON + timedelta(minutes=5)).isoformat()
    late = timelines([Event("evidence.request.fulfilled", 6, data={"due_at": due})])["request-1"]
    in_time = timelines([Event("evidence.request.fulfilled", 4, data={"due_at": due})])["request-1"]
    assert late.late
    assert not in_time.late


def test_refusals_are_counted_by_ground() -> None:
    timeline = timelines([Event("evidence.request.refused", 1, data={"ground": "political_offence"})])["request-1"]
    assert timeline.grounds == ["political_offence"]


def test_a_forgotten_event_still_counts_its_time() -> None:
    assert timelines([Event("evidence.request.sent", 0, data=None)])["request-1"].first
