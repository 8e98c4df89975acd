"""Times to an outcome when some cases are still open.

An open request's time is not known, only that it exceeds the time so far: it is *censored*. Leaving it out, or taking
its time so far as final, would flatter. The Kaplan-Meier estimate (E. L. Kaplan, P. Meier, J. Amer. Statist. Assoc. 53
(1958) 457-481) uses both kinds; its quantiles are given here, and "not reached" where too many are open.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter


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


def quantile(spans: Iterable[Span], share: float) -> float | None:
    """The time by which ``share`` (0-1) of all cases have their outcome, by Kaplan-Meier; ``None`` if not reached.

    At equal times outcomes count before censorings, as is customary.
    """
    ordered = sorted(spans)
    at_risk = len(ordered)
    surviving = 1.0
    for seconds, group in groupby(ordered, key=attrgetter("seconds")):
        same = list(group)
        outcomes = sum(span.observed for span in same)
        if outcomes:
            surviving *= 1 - outcomes / at_risk
            if surviving <= 1 - share + 1e-12:
                return float(seconds)
        at_risk -= len(same)
    return None


def summarise(spans: Iterable[Span]) -> Summary:
    """Count, open count, median and 90th percentile of ``spans``."""
    known = list(spans)
    return Summary(
        count=len(known),
        open=sum(not span.observed for span in known),
        median_seconds=quantile(known, 0.5),
        p90_seconds=quantile(known, 0.9),
    )
