"""Times to an outcome when some cases are still open.

An open request's time is not known, only that it exceeds the time so far: it is *censored*. Leaving it out, or taking
its time so far as final, would flatter. The Kaplan-Meier estimate (E. L. Kaplan, P. Meier, J. Amer. Statist. Assoc. 53
(1958) 457-481) uses both kinds; its quantiles are given here, and "not reached" where too many are open.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Final

MEDIAN: Final = 0.5
NINETIETH: Final = 0.9
ROUNDING: Final = 1e-12


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A time in seconds: until the outcome (``observed``), or so far, with the outcome still open."""

    seconds: float
    observed: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a set of spans; quantiles in seconds, ``None`` where not reached."""

    count: int
    open: int
    median_seconds: float | None
    p90_seconds: float | None


def steps(spans: Iterable[Span]) -> Iterator[tuple[float, float]]:
    """The Kaplan-Meier estimate as steps: the time in seconds, and the share (0-1) that has its outcome by then.

    At equal times outcomes count before censorings, as is customary.
    """
    ordered = sorted(spans, key=attrgetter("seconds"))
    at_risk, surviving = len(ordered), 1.0
    for seconds, group in groupby(ordered, key=attrgetter("seconds")):
        count = outcomes = 0
        for span in group:
            count += 1
            outcomes += span.observed
        if outcomes:
            surviving *= 1 - outcomes / at_risk
            yield float(seconds), 1 - surviving
        at_risk -= count


def quantile(spans: Iterable[Span], share: float) -> float | None:
    """The time by which ``share`` (0-1) of all cases have their outcome, by Kaplan-Meier; ``None`` if not reached."""
    return next((seconds for seconds, reached in steps(spans) if reached >= share - ROUNDING), None)


def summarise(spans: Iterable[Span]) -> Summary:
    """Count, open count, median and 90th percentile of ``spans``."""
    known = list(spans)
    median = ninetieth = None
    for seconds, reached in steps(known):
        if median is None and reached >= MEDIAN - ROUNDING:
            median = seconds
        if reached >= NINETIETH - ROUNDING:
            ninetieth = seconds
            break
    return Summary(
        count=len(known),
        open=sum(not span.observed for span in known),
        median_seconds=median,
        p90_seconds=ninetieth,
    )
