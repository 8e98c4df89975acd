"""The indicators, read from the ledger's events."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

import numpy as np

from jusur.indicators.answers import Question, answer
from jusur.indicators.cases import GROUPINGS, PLACE, Kind, Narrowing, Sheet
from jusur.indicators.rules import steps, summarise
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
    found: dict[str, Any] = answer(Question("exchange", by, narrowing or Narrowing()), reckon)
    return found


def stage_curve(stage: str, *, narrowing: Narrowing | None = None) -> list[tuple[float, float]]:
    """After how many seconds which share (0-1) of the requests has passed ``stage``: steps by Kaplan-Meier.

    Raises:
        InvalidInputError: no such stage.
    """
    if stage not in PLACE:
        raise InvalidInputError(f"There is no stage {stage[:20]!r}.", fix=f"Choose among {', '.join(PLACE)}.")
    points = answer(Question("curve", stage, narrowing or Narrowing()), reckon)
    return [(time, share) for time, share in points]


def known_groups() -> dict[str, list[str]]:
    """By what the requests can be narrowed: the values that occur, by grouping."""
    found: dict[str, list[str]] = answer(Question("groups", "", Narrowing()), reckon)
    return found


def reckon(question: Question, sheet: Sheet) -> Any:
    """What ``sheet`` answers to ``question``: objects of JSON."""
    narrowed = sheet.narrowed(question.narrowing)
    if question.what == "exchange":
        return _exchange(narrowed, question.of)
    if question.what == "curve":
        return _curve(narrowed, question.of)
    kinds = [kind for kind, _count in sheet.counts()]
    return {name: sorted({kind.groups[place] for kind in kinds}) for place, name in enumerate(GROUPINGS)}


def _exchange(sheet: Sheet, by: str) -> dict[str, Any]:
    now = clock.now()
    stages = _stages(sheet, by, now)
    groups: dict[str, list[tuple[Kind, int]]] = {}
    for kind, count in sheet.counts():
        groups.setdefault(kind.group(by) if by else "all", []).append((kind, count))
    return {
        "computed_at": clock.timestamp(now),
        "by": by or None,
        "groups": {name: _outcomes(groups[name]) | {"stages": stages[name]} for name in sorted(groups)},
    }


def _stages(sheet: Sheet, by: str, now: datetime) -> dict[str, dict[str, Any]]:
    """The figures of every stage, by group: each stage's times are put in order once."""
    names, group = sheet.grouped(by)
    found: dict[str, dict[str, Any]] = {name: {} for name in names}
    for stage in STAGES:
        spans, whose = sheet.spans(stage.name, now.timestamp())
        of = group[whose]
        for number, name in enumerate(names):
            found[name][stage.name] = asdict(summarise(spans.where(of == number)))
    return found


def _outcomes(kinds: Iterable[tuple[Kind, int]]) -> dict[str, Any]:
    known = list(kinds)
    grounds: Counter[str] = Counter()
    for kind, count in known:
        for ground in kind.grounds:
            grounds[ground] += count
    return {
        "requests": sum(count for _kind, count in known),
        "fulfilled": sum(count for kind, count in known if kind.fulfilled),
        "refused": sum(count for kind, count in known if kind.grounds),
        "refused_by_ground": dict(grounds),
        "late": sum(count for kind, count in known if kind.late),
    }


def _curve(sheet: Sheet, stage: str) -> list[tuple[float, float]]:
    spans, _whose = sheet.spans(stage, clock.now().timestamp())
    times, shares = steps(spans)
    every = max(1, -(-len(times) // CURVE_POINTS))
    kept = np.arange(0, len(times), every)
    if len(times) and kept[-1] != len(times) - 1:
        kept = np.append(kept, len(times) - 1)
    return list(zip(times[kept].tolist(), shares[kept].tolist(), strict=True))
