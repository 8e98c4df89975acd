from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from jusur.indicators.cases import sheet
from jusur.indicators.stages import Timeline, timelines

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@dataclass
class Event:
    kind: str
    minutes: float
    subject_id: str = "request-1"
    data: dict[str, Any] | None = field(default_factory=dict)

    @property
    def occurred_at(self) -> datetime:
        return NOON + timedelta(minutes=self.minutes)


def span(timeline: Timeline, stage: str, now: datetime) -> tuple[float, bool]:
    """The one time of a stage, and whether it ended."""
    spans, _whose = sheet([timeline]).spans(stage, now.timestamp())
    return float(spans.seconds[0]), bool(spans.observed[0])


def test_the_evidence_exchange_runs_from_sending_to_verification() -> None:
    events = [
        Event("evidence.request.sent", 0, data={"partner": "NO", "urgency": "urgent"}),
        Event("custody.received", 5, "package-1", {"request": "request-1"}),
        Event("custody.verified", 6, "package-1", {"request": "request-1"}),
    ]
    timeline = timelines(events)["request-1"]
    assert span(timeline, "evidence_exchange", NOON) == (360, True)
    assert timeline.groups["partner"] == "NO"


def test_an_open_request_is_censored_at_the_present() -> None:
    timeline = timelines([Event("evidence.request.sent", 0)])["request-1"]
    assert span(timeline, "answer", NOON + timedelta(hours=1)) == (3600, False)


def test_a_withdrawn_request_is_censored_at_its_withdrawal() -> None:
    timeline = timelines([Event("evidence.request.sent", 0), Event("evidence.request.withdrawn", 10)])["request-1"]
    assert span(timeline, "answer", NOON + timedelta(hours=1)) == (600, False)


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


def test_events_may_come_in_any_order() -> None:
    events = [Event("evidence.request.sent", 3), Event("evidence.request.sent", 1)]
    assert timelines(events)["request-1"].first == {"evidence.request.sent": NOON + timedelta(minutes=1)}


def test_a_package_that_names_no_request_belongs_to_none() -> None:
    assert timelines([Event("custody.received", 5, "package-1")]) == {}
