"""The indicators room's door."""

from jusur.indicators.cases import GROUPINGS, Narrowing
from jusur.indicators.selectors import evidence_exchange, known_groups, stage_curve
from jusur.indicators.stages import STAGES, Stage

__all__ = ["GROUPINGS", "STAGES", "Narrowing", "Stage", "evidence_exchange", "known_groups", "stage_curve"]
