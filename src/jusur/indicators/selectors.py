"""The indicators, read from the ledger each time they are asked for."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from jusur.indicators.rules import Span, summarise
from jusur.indicators.stages import EVENT_KINDS, STAGES, Stage, Timeline, timelines
from jusur.kernel import clock
from jusur.kernel.errors import InvalidInputError
from jusur.ledger import api as ledger

GROUPINGS = ("partner", "instrument", "measure", "urgency", "side")


def evidence_exchange(*, by: str = "", since: datetime | None = None) -> dict[str, Any]:
    """Times by stage, and counts fulfilled, refused by ground and late, in all or grouped ``by`` one dimension.

    Times are in seconds: median and 90th percentile by Kaplan-Meier, open requests censored.

    Raises:
        InvalidInputError: no such grouping.
    """
    if by and by not in GROUPINGS:
        raise InvalidInputError(f"There is no grouping by {by[:20]!r}.", fix=f"Choose among {', '.join(GROUPINGS)}.")
    now = clock.now()
    groups: dict[str, list[Timeline]] = defaultdict(list)
    for timeline in timelines(ledger.iter_events(EVENT_KINDS, since)).values():
        groups[timeline.groups.get(by, "unknown") if by else "all"].append(timeline)
    return {
        "computed_at": clock.timestamp(now),
        "by": by or None,
        "groups": {name: _figures(members, now) for name, members in sorted(groups.items())},
    }


def _figures(members: list[Timeline], now: datetime) -> dict[str, Any]:
    return {
        "requests": len(members),
        "fulfilled": sum(timeline.fulfilled for timeline in members),
        "refused": sum(bool(timeline.grounds) for timeline in members),
        "refused_by_ground": dict(Counter(ground for timeline in members for ground in timeline.grounds)),
        "late": sum(timeline.late for timeline in members),
        "stages": {stage.name: asdict(summarise(_spans(members, stage, now))) for stage in STAGES},
    }


def _spans(members: Iterable[Timeline], stage: Stage, now: datetime) -> list[Span]:
    return [span for timeline in members if (span := timeline.span(stage, now)) is not None]
