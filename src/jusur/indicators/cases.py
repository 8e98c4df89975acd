"""Requests as the indicators count them: small, so that a hundred thousand of them fit in memory for a while."""

import threading
import time
from array import array
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isnan, nan
from typing import Any, Final, TypeVar

from django.db import connections

from jusur.indicators.rules import Span
from jusur.indicators.stages import CLOSING, EVENT_KINDS, STAGES, Timeline, timelines
from jusur.ledger import api as ledger

GROUPINGS: Final = ("partner", "instrument", "measure", "urgency", "side")
UNKNOWN: Final = "unknown"
PLACE: Final = {stage.name: number for number, stage in enumerate(STAGES)}
MANY: Final = 2_000
"""From so many requests on, what was read is remembered for a while; a smaller node reads anew each time."""
REMEMBERED_SECONDS: Final = 300.0
MOST_ANSWERS: Final = 500
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Case:
    """One request: by what it is grouped, how it ended, and when its stages began and ended (seconds since 1970)."""

    groups: tuple[str, ...]
    began: float
    grounds: tuple[str, ...]
    fulfilled: bool
    late: bool
    closed: float
    times: "array[float]"

    def group(self, name: str) -> str:
        """What the case is grouped under by ``name``."""
        return self.groups[GROUPINGS.index(name)]

    def span(self, place: int, now: float) -> Span | None:
        """The time of the stage at ``place``; ``None`` where it never began."""
        start, end = self.times[2 * place], self.times[2 * place + 1]
        if isnan(start):
            return None
        if not isnan(end):
            return Span(round(end - start, 6), observed=True)
        return Span(round((now if isnan(self.closed) else self.closed) - start, 6), observed=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """Which requests count: those of these groups ("" for any) that began in the period (``None``: without limit)."""

    partner: str = ""
    instrument: str = ""
    measure: str = ""
    urgency: str = ""
    side: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def admits(self, case: Case) -> bool:
        """Whether ``case`` counts."""
        wanted = (self.partner, self.instrument, self.measure, self.urgency, self.side)
        return (
            all(not name or name == found for name, found in zip(wanted, case.groups, strict=True))
            and (self.since is None or case.began >= self.since.timestamp())
            and (self.until is None or case.began < self.until.timestamp())
        )


class Memory:
    """On a large node: the cases as they were read last, and what was reckoned from them.

    Only the first reader of a process waits. Later ones get what is known; where that is old it is read anew aside.
    """

    def __init__(self, read: Callable[[], list[Case]]) -> None:
        self._from_ledger = read
        self._lock = threading.Lock()
        self._cases: list[Case] = []
        self._answers: dict[Hashable, Any] = {}
        self._until = 0.0
        self._reading = False

    def read(self) -> list[Case]:
        """Every case: read from the ledger now, or as it was known lately."""
        with self._lock:
            if not self._cases:
                return self._keep(self._from_ledger())
            if time.monotonic() >= self._until and not self._reading:
                self._reading = True
                threading.Thread(target=self._read_anew, name="indicators", daemon=True).start()
            return self._cases

    def answer(self, question: Hashable, reckon: Callable[[list[Case]], Answer]) -> Answer:
        """What ``reckon`` finds in the cases; not reckoned again while they are the same."""
        cases = self.read()
        with self._lock:
            if cases is self._cases and question in self._answers:
                known: Answer = self._answers[question]
                return known
        found = reckon(cases)
        with self._lock:
            if cases is self._cases and len(self._answers) < MOST_ANSWERS:
                self._answers[question] = found
        return found

    def _keep(self, cases: list[Case]) -> list[Case]:
        if len(cases) >= MANY:
            self._cases, self._until = cases, time.monotonic() + REMEMBERED_SECONDS
            self._answers.clear()
        return cases

    def _read_anew(self) -> None:
        try:
            cases = self._from_ledger()
            with self._lock:
                self._keep(cases)
        finally:
            self._reading = False
            connections.close_all()


def answer(question: Hashable, reckon: Callable[[list[Case]], Answer]) -> Answer:
    """What ``reckon`` finds in every request of which the ledger knows an event.

    On a large node it is not reckoned again while they are the same.
    """
    return _memory.answer(question, reckon)


def _read() -> list[Case]:
    words: dict[str, str] = {}
    return [_case(timeline, words) for timeline in timelines(ledger.iter_events(EVENT_KINDS)).values()]


def _case(timeline: Timeline, words: dict[str, str]) -> Case:
    first: Mapping[str, datetime] = timeline.first
    times = array(
        "d", [moment for stage in STAGES for moment in (_first(first, stage.starts), _first(first, stage.ends))]
    )
    return Case(
        groups=tuple(words.setdefault(name, name) for name in (timeline.groups.get(one, UNKNOWN) for one in GROUPINGS)),
        began=_first(first, tuple(first)),
        grounds=tuple(timeline.grounds),
        fulfilled=timeline.fulfilled,
        late=timeline.late,
        closed=_first(first, tuple(CLOSING)),
        times=times,
    )


def _first(first: Mapping[str, datetime], kinds: tuple[str, ...]) -> float:
    return min((first[kind].timestamp() for kind in kinds if kind in first), default=nan)


_memory = Memory(_read)
