"""Times to an outcome when some cases are still open.

An open request's time is not known, only that it exceeds the time so far: it is *censored*. Leaving it out, or taking
its time so far as final, would flatter. The Kaplan-Meier estimate (E. L. Kaplan, P. Meier, J. Amer. Statist. Assoc. 53
(1958) 457-481) uses both kinds; its quantiles are given here, and "not reached" where too many are open.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

MEDIAN: Final = 0.5
NINETIETH: Final = 0.9
ROUNDING: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Spans:
    """Times in seconds, shortest first: each until its outcome (``observed``), or so far, with the outcome still open.

    Two arrays of one length.
    """

    seconds: NDArray[np.float64]
    observed: NDArray[np.bool_]

    @classmethod
    def of(cls, seconds: NDArray[np.float64], observed: NDArray[np.bool_]) -> "Spans":
        """The times in their order."""
        order = np.argsort(seconds)
        return cls(seconds[order], observed[order])

    def __len__(self) -> int:
        """How many cases."""
        return len(self.seconds)

    def where(self, wanted: NDArray[np.bool_]) -> "Spans":
        """The times of some of the cases."""
        return Spans(self.seconds[wanted], self.observed[wanted])


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a set of spans; quantiles in seconds, ``None`` where not reached."""

    count: int
    open: int
    median_seconds: float | None
    p90_seconds: float | None


def steps(spans: Spans) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The Kaplan-Meier estimate as steps: times in seconds, and the share (0-1) that has its outcome by each.

    At equal times outcomes count before censorings, as is customary.
    """
    if not len(spans):
        return np.empty(0), np.empty(0)
    firsts = np.flatnonzero(np.concatenate(([True], spans.seconds[1:] != spans.seconds[:-1])))
    outcomes = np.add.reduceat(spans.observed.astype(np.int64), firsts)
    reached = 1 - np.cumprod(1 - outcomes / (len(spans) - firsts))
    some = outcomes > 0
    return spans.seconds[firsts[some]], reached[some].astype(np.float64, copy=False)


def quantile(spans: Spans, share: float) -> float | None:
    """The time by which ``share`` (0-1) of all cases have their outcome, by Kaplan-Meier; ``None`` if not reached."""
    return _reached(*steps(spans), share)


def summarise(spans: Spans) -> Summary:
    """Count, open count, median and 90th percentile of ``spans``."""
    found = steps(spans)
    return Summary(
        count=len(spans),
        open=len(spans) - int(np.count_nonzero(spans.observed)),
        median_seconds=_reached(*found, MEDIAN),
        p90_seconds=_reached(*found, NINETIETH),
    )


def _reached(times: NDArray[np.float64], shares: NDArray[np.float64], share: float) -> float | None:
    place: Any = np.searchsorted(shares, share - ROUNDING)
    return float(times[place]) if place < len(times) else None
