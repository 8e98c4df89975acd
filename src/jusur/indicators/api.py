"""The indicators room's door."""

from jusur.indicators.cases import GROUPINGS, Narrowing
from jusur.indicators.reading import differences, rebuild
from jusur.indicators.selectors import evidence_exchange, known_groups, stage_curve
from jusur.indicators.stages import STAGES, Stage
from jusur.indicators.suppression import THRESHOLD, TOTAL, Figure, figures, publish
from jusur.indicators.work import once as work_once
from jusur.indicators.work import run as work_run

__all__ = [
    "GROUPINGS",
    "STAGES",
    "THRESHOLD",
    "TOTAL",
    "Figure",
    "Narrowing",
    "Stage",
    "differences",
    "evidence_exchange",
    "figures",
    "known_groups",
    "publish",
    "rebuild",
    "stage_curve",
    "work_once",
    "work_run",
]
