"""The indicators, read from the ledger's events."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from jusur.indicators.cases import GROUPINGS, PLACE, Case, Narrowing, answer
from jusur.indicators.rules import Span, steps, summarise
from jusur.indicators.stages import STAGES
from jusur.kernel import clock
from jusur.kernel.errors import InvalidInputError

CURVE_POINTS = 200
"""Points of a curve; more would not be seen."""


def evidence_exchange(*, by: str = "", narrowing: Narrowing | None = None) -> dict[str, Any]:
    """Times by stage, and counts fulfilled, refused by ground and late, in all or grouped ``by`` one dimension.

    Times are in seconds: median and 90th percentile by Kaplan-Meier, open requests censored.

    Raises:
        InvalidInputError: no such grouping.
    """
    if by and by not in GROUPINGS:
        raise InvalidInputError(f"There is no grouping by {by[:20]!r}.", fix=f"Choose among {', '.join(GROUPINGS)}.")
    return answer(("exchange", by, narrowing), lambda found: _exchange(_admitted(found, narrowing), by))


def _exchange(admitted: Iterable[Case], by: str) -> dict[str, Any]:
    now = clock.now()
    groups: dict[str, list[Case]] = defaultdict(list)
    for case in admitted:
        groups[case.group(by) if by else "all"].append(case)
    return {
        "computed_at": clock.timestamp(now),
        "by": by or None,
        "groups": {name: _figures(members, now) for name, members in sorted(groups.items())},
    }


def stage_curve(stage: str, *, narrowing: Narrowing | None = None) -> list[tuple[float, float]]:
    """After how many seconds which share (0-1) of the requests has passed ``stage``: steps by Kaplan-Meier.

    Raises:
        InvalidInputError: no such stage.
    """
    if stage not in PLACE:
        raise InvalidInputError(f"There is no stage {stage[:20]!r}.", fix=f"Choose among {', '.join(PLACE)}.")
    return answer(
        ("curve", stage, narrowing),
        lambda found: _thinned(list(steps(_spans(_admitted(found, narrowing), PLACE[stage], clock.now())))),
    )


def known_groups() -> dict[str, list[str]]:
    """By what the requests can be narrowed: the values that occur, by grouping."""
    return answer(
        "groups",
        lambda found: {name: sorted({case.groups[place] for case in found}) for place, name in enumerate(GROUPINGS)},
    )


def _admitted(found: Iterable[Case], narrowing: Narrowing | None) -> Iterable[Case]:
    return found if narrowing is None else filter(narrowing.admits, found)


def _figures(members: Sequence[Case], now: datetime) -> dict[str, Any]:
    return {
        "requests": len(members),
        "fulfilled": sum(case.fulfilled for case in members),
        "refused": sum(bool(case.grounds) for case in members),
        "refused_by_ground": dict(Counter(ground for case in members for ground in case.grounds)),
        "late": sum(case.late for case in members),
        "stages": {stage.name: asdict(summarise(_spans(members, PLACE[stage.name], now))) for stage in STAGES},
    }


def _spans(members: Iterable[Case], place: int, now: datetime) -> list[Span]:
    moment = now.timestamp()
    return [span for case in members if (span := case.span(place, moment)) is not None]


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    every = max(1, -(-len(points) // CURVE_POINTS))
    return points[::every] + (points[-1:] if points and (len(points) - 1) % every else [])
