"""Deadlines: which clock runs, when it ends, and when to warn. Pure calendar time, UTC.

A clock that may be stopped (more information asked of the requesting authority) ends later by the time it stood
still; overlapping stops count once, and a stop after the deadline has passed no longer helps.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from jusur.instruments.durations import Duration
from jusur.instruments.errors import InvalidInstrumentError
from jusur.instruments.schema import Clock, Measure, Urgency

ALARM_PERCENTAGES: Final = (50, 80, 100)

Stop = tuple[datetime, datetime | None]
"""From when to when a clock stood still; it still does where the end is empty."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """The moment at which ``percent`` of the time is used up; empty while the clock stands still before it."""

    percent: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Deadline:
    """When an act is due.

    ``due`` is empty while the clock stands still; ``stopped_for`` is how long it has been stopped in closed stops.
    """

    clock: Clock
    started_at: datetime
    due: datetime | None
    stopped_for: timedelta
    alarms: tuple[Alarm, ...]

    @property
    def binding(self) -> bool:
        """Whether the instrument itself sets the period."""
        return self.clock.binding

    @property
    def assumed(self) -> bool:
        """Whether the period is not yet confirmed in its source."""
        return self.clock.assumed


def select_clock(measure: Measure, name: str, *, urgency: Urgency, directly_accessible: bool) -> Clock | None:
    """The first of the measure's clocks of that ``name`` whose conditions the request meets, or none.

    Instruments list their clocks from the most particular to the general one.
    """
    for clock in measure.clocks:
        urgent_enough = not clock.urgency or urgency in clock.urgency
        reachable = clock.directly_accessible in {None, directly_accessible}
        if clock.name == name and urgent_enough and reachable:
            return clock
    return None


def run_clock(
    clock: Clock, started_at: datetime, *, stops: Iterable[Stop] = (), extensions: Sequence[str] = ()
) -> Deadline:
    """The deadline of ``clock`` started at ``started_at``.

    Args:
        clock: one of an instrument's clocks.
        started_at: the event that starts it, with its time zone.
        stops: when it stood still; ignored where the instrument allows no stops.
        extensions: durations granted on top, such as ``P30D``.

    Raises:
        InvalidInstrumentError: a moment without a time zone, or a stop that ends before it begins.
    """
    _check_aware(started_at)
    paused = _merged(stops, started_at) if clock.stops_allowed else []
    end = Duration.parse(clock.duration).after(started_at)
    for extension in extensions:
        end = Duration.parse(extension).after(end)
    length = end - started_at
    alarms = tuple(Alarm(percent, _at(started_at, length * percent / 100, paused)) for percent in ALARM_PERCENTAGES)
    due = alarms[-1].at
    stopped = due - started_at - length if due else sum(((b - a) for a, b in paused if b), timedelta())
    return Deadline(clock, started_at, due, stopped, alarms)


def _at(started_at: datetime, used: timedelta, paused: list[Stop]) -> datetime | None:
    moment = started_at + used
    for begin, end in paused:
        if begin >= moment:
            break
        if end is None:
            return None
        moment += end - begin
    return moment


def _merged(stops: Iterable[Stop], started_at: datetime) -> list[Stop]:
    """The stops after the start in order, overlapping ones joined; an open one is the last."""
    merged: list[Stop] = []
    for begin, end in sorted((_clipped(stop, started_at) for stop in stops), key=lambda stop: stop[0]):
        previous = merged[-1] if merged else None
        if previous and previous[1] is None:
            break
        if previous and previous[1] is not None and begin <= previous[1]:
            merged[-1] = (previous[0], None if end is None else max(end, previous[1]))
        else:
            merged.append((begin, end))
    return merged


def _clipped(stop: Stop, started_at: datetime) -> Stop:
    begin, end = stop
    _check_aware(begin)
    if end is None:
        return max(begin, started_at), None
    _check_aware(end)
    if end < begin:
        raise InvalidInstrumentError("A clock stop ends before it begins.")
    return max(begin, started_at), max(end, started_at)


def _check_aware(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise InvalidInstrumentError("A moment without a time zone cannot start or stop a clock.")
