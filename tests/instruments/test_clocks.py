from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jusur.instruments import shipped
from jusur.instruments.clocks import Deadline, Stop, run_clock, select_clock
from jusur.instruments.errors import InvalidInstrumentError
from jusur.instruments.schema import Clock, Urgency

START = datetime(2026, 10, 24, 20, tzinfo=UTC)  # the night local clocks in Europe go back an hour


def hours(count: float) -> datetime:
    return START + timedelta(hours=count)


def shipped_deadline(
    instrument_id: str, measure_id: str, urgency: Urgency, *, accessible: bool = False, name: str = "answer"
) -> Deadline:
    instrument = next(one for one in shipped.instruments() if one.id == instrument_id)
    measure = instrument.measure(measure_id)
    assert measure
    clock = select_clock(measure, name, urgency=urgency, directly_accessible=accessible)
    assert clock
    return run_clock(clock, START)


@pytest.mark.parametrize(
    ("urgency", "accessible", "span"),
    [
        ("urgent", True, timedelta(hours=8)),
        ("emergency", True, timedelta(hours=8)),
        ("urgent", False, timedelta(days=3)),
        ("routine", False, timedelta(days=7)),
        ("routine", True, timedelta(days=7)),
    ],
)
def test_directive_2023_977(urgency: Urgency, accessible: bool, span: timedelta) -> None:
    deadline = shipped_deadline("eu-2023-977", "subscriber_information", urgency, accessible=accessible)
    assert deadline.due == START + span
    assert deadline.binding
    assert deadline.assumed is (span == timedelta(days=7))


def test_regulation_2023_1543() -> None:
    assert shipped_deadline("eu-2023-1543", "stored_content", "routine").due == START + timedelta(days=10)
    assert shipped_deadline("eu-2023-1543", "stored_content", "emergency").due == START + timedelta(hours=8)
    keep = shipped_deadline("eu-2023-1543", "preservation", "routine", name="keep")
    assert keep.due == START + timedelta(days=60)
    assert run_clock(keep.clock, START, extensions=["P30D"]).due == START + timedelta(days=90)


def test_european_investigation_order() -> None:
    assert shipped_deadline("eio-2014-41", "traffic_data", "routine", name="recognise").due == START + timedelta(
        days=30
    )
    assert shipped_deadline("eio-2014-41", "traffic_data", "routine").due == START + timedelta(days=90)


def test_budapest_keeps_sixty_days_and_sets_targets_only() -> None:
    assert shipped_deadline("budapest-2001", "preservation", "urgent", name="keep").due == START + timedelta(days=60)
    answer = shipped_deadline("budapest-2001", "preservation", "urgent")
    assert answer.due == START + timedelta(days=3)
    assert not answer.binding


def test_a_clock_that_does_not_apply_is_none() -> None:
    instrument = next(one for one in shipped.instruments() if one.id == "eu-2023-1543")
    measure = instrument.measure("emergency")
    assert measure
    assert select_clock(measure, "answer", urgency="routine", directly_accessible=False) is None
    assert select_clock(measure, "serve", urgency="emergency", directly_accessible=False) is None


def ten_hours(*, stops_allowed: bool = True) -> Clock:
    return Clock(name="answer", duration="PT10H", stops_allowed=stops_allowed, source="test")


def test_alarms_come_at_half_four_fifths_and_the_whole() -> None:
    deadline = run_clock(ten_hours(), START)
    assert [(alarm.percent, alarm.at) for alarm in deadline.alarms] == [
        (50, hours(5)),
        (80, hours(8)),
        (100, hours(10)),
    ]


def test_a_stop_moves_what_comes_after_it() -> None:
    deadline = run_clock(ten_hours(), START, stops=[(hours(6), hours(30))])
    assert deadline.due == hours(34)
    assert deadline.stopped_for == timedelta(hours=24)
    assert [alarm.at for alarm in deadline.alarms] == [hours(5), hours(32), hours(34)]


def test_overlapping_stops_count_once_and_early_ones_only_after_the_start() -> None:
    stops: list[Stop] = [(hours(4), hours(6)), (hours(-5), hours(1)), (hours(2), hours(5)), (hours(-9), hours(-8))]
    assert run_clock(ten_hours(), START, stops=stops).due == hours(15)


def test_an_open_stop_leaves_the_deadline_open_but_not_the_alarms_before_it() -> None:
    deadline = run_clock(ten_hours(), START, stops=[(hours(6), None), (hours(1), hours(2))])
    assert deadline.due is None
    assert [alarm.at for alarm in deadline.alarms] == [hours(6), None, None]
    assert deadline.stopped_for == timedelta(hours=1)


def test_a_stop_after_the_deadline_does_not_help() -> None:
    assert run_clock(ten_hours(), START, stops=[(hours(10), hours(20))]).due == hours(10)
    assert run_clock(ten_hours(), START, stops=[(hours(11), None)]).due == hours(10)


def test_stops_are_ignored_where_the_instrument_allows_none() -> None:
    assert run_clock(ten_hours(stops_allowed=False), START, stops=[(hours(1), None)]).due == hours(10)


def test_nonsense_is_refused() -> None:
    with pytest.raises(InvalidInstrumentError, match="ends before it begins"):
        run_clock(ten_hours(), START, stops=[(hours(2), hours(1))])
    naive = hours(1).replace(tzinfo=None)
    for allowed in (True, False):
        with pytest.raises(InvalidInstrumentError, match="time zone"):
            run_clock(ten_hours(stops_allowed=allowed), naive)
    with pytest.raises(InvalidInstrumentError, match="time zone"):
        run_clock(ten_hours(), START, stops=[(naive, None)])


def test_the_same_moment_in_another_zone_has_the_same_deadline() -> None:
    oslo = START.astimezone(timezone(timedelta(hours=2)))
    assert run_clock(ten_hours(), oslo).due == run_clock(ten_hours(), START).due


spans = st.tuples(st.integers(-20, 40), st.integers(0, 20)).map(lambda pair: (hours(pair[0]), hours(sum(pair))))


@settings(max_examples=100, deadline=None)
@given(st.lists(spans, max_size=6))
def test_running_time_until_the_deadline_is_the_whole_period(stops: list[Stop]) -> None:
    due = run_clock(ten_hours(), START, stops=stops).due
    assert due
    minutes = [START + timedelta(minutes=30 * step) for step in range(int((due - START) / timedelta(minutes=30)))]
    running = [minute for minute in minutes if not any(begin <= minute < end for begin, end in stops if end)]
    assert len(running) == 20
