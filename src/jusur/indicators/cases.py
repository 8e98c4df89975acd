"""Requests as the indicators count them: small, in columns, so that a hundred thousand of them are reckoned at once."""

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import nan
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jusur.indicators.rules import Spans
from jusur.indicators.stages import CLOSING, STAGES, Timeline

GROUPINGS: Final = ("partner", "instrument", "measure", "urgency", "side")
UNKNOWN: Final = "unknown"
PLACE: Final = {stage.name: number for number, stage in enumerate(STAGES)}
BEGAN, CLOSED, FIRST_STAGE = 0, 1, 2
WIDTH: Final = FIRST_STAGE + 2 * len(STAGES)
"""Moments of a case: when it began, when it was closed, the beginning and end of each stage."""
MOMENTS: Final = struct.Struct(f"<{WIDTH}d")


@dataclass(frozen=True, slots=True)
class Kind:
    """What many requests have in common: by what they are grouped, and how they ended."""

    groups: tuple[str, ...]
    grounds: tuple[str, ...]
    fulfilled: bool
    late: bool

    def group(self, name: str) -> str:
        """What its requests are grouped under by ``name``."""
        return self.groups[GROUPINGS.index(name)]


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

    def admits(self, kind: Kind) -> bool:
        """Whether requests of ``kind`` count, as far as the period allows."""
        wanted = (self.partner, self.instrument, self.measure, self.urgency, self.side)
        return all(not name or name == found for name, found in zip(wanted, kind.groups, strict=True))


@dataclass(frozen=True, slots=True)
class Sheet:
    """Many requests: their kinds, the number of each one's kind, and their moments (one row each, ``WIDTH`` wide)."""

    kinds: Sequence[Kind]
    kind: NDArray[np.int32]
    moments: NDArray[np.float64]

    def __len__(self) -> int:
        """How many requests."""
        return len(self.kind)

    def narrowed(self, narrowing: Narrowing) -> "Sheet":
        """The requests that count."""
        wanted = np.array([narrowing.admits(kind) for kind in self.kinds], dtype=bool)[self.kind]
        if narrowing.since is not None:
            wanted &= self.moments[:, BEGAN] >= narrowing.since.timestamp()
        if narrowing.until is not None:
            wanted &= self.moments[:, BEGAN] < narrowing.until.timestamp()
        return self if wanted.all() else Sheet(self.kinds, self.kind[wanted], self.moments[wanted])

    def counts(self) -> list[tuple[Kind, int]]:
        """How many requests of each kind there are."""
        numbers = np.bincount(self.kind, minlength=len(self.kinds)).tolist()
        return [(kind, count) for kind, count in zip(self.kinds, numbers, strict=True) if count]

    def grouped(self, by: str) -> tuple[list[str], NDArray[np.int32]]:
        """The names of the groups by ``by`` ("" for one group of all), and the number of each request's group."""
        named = [kind.group(by) if by else "all" for kind in self.kinds]
        names = sorted({name for name, present in zip(named, self._present(), strict=True) if present})
        number = {name: place for place, name in enumerate(names)}
        return names, np.array([number.get(name, -1) for name in named], dtype=np.int32)[self.kind]

    def spans(self, stage: str, now: float) -> tuple[Spans, NDArray[np.intp]]:
        """The times of a stage, and whose they are; requests in which it never began have none.

        A stage that refusal or withdrawal ended instead is open until then, another open one until ``now``.
        """
        place = FIRST_STAGE + 2 * PLACE[stage]
        whose = np.flatnonzero(~np.isnan(self.moments[:, place]))
        start, end = self.moments[whose, place], self.moments[whose, place + 1]
        closed, observed = self.moments[whose, CLOSED], ~np.isnan(end)
        last = np.where(observed, end, np.where(np.isnan(closed), now, closed))
        seconds = np.round(last - start, 6)
        order = np.argsort(seconds)
        return Spans(seconds[order], observed[order]), whose[order]

    def _present(self) -> NDArray[np.bool_]:
        return np.bincount(self.kind, minlength=len(self.kinds)) > 0


def sheet(timelines: Iterable[Timeline]) -> Sheet:
    """The columns of what the ledger says of each request."""
    numbers: dict[Kind, int] = {}
    kinds: list[int] = []
    rows: list[bytes] = []
    for timeline in timelines:
        kinds.append(numbers.setdefault(kind_of(timeline), len(numbers)))
        rows.append(moments_of(timeline))
    return Sheet(list(numbers), np.array(kinds, dtype=np.int32), unpacked(b"".join(rows)))


def unpacked(rows: bytes) -> NDArray[np.float64]:
    """The moments of many requests, from their bytes one after another."""
    return np.frombuffer(rows, dtype="<f8").astype(np.float64, copy=False).reshape(-1, WIDTH)


def kind_of(timeline: Timeline) -> Kind:
    """What kind of request it is by now."""
    groups = tuple(timeline.groups.get(name, UNKNOWN) for name in GROUPINGS)
    return Kind(groups, tuple(timeline.grounds), timeline.fulfilled, timeline.late)


def moments_of(timeline: Timeline) -> bytes:
    """The moments of a request, packed."""
    first = timeline.first
    stages = [moment for stage in STAGES for moment in (_first(first, stage.starts), _first(first, stage.ends))]
    return MOMENTS.pack(_first(first, first), _first(first, CLOSING), *stages)


def _first(first: Mapping[str, datetime], kinds: Iterable[str]) -> float:
    return min((first[kind].timestamp() for kind in kinds if kind in first), default=nan)
