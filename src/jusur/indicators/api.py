"""The indicators room's door."""

from jusur.indicators.selectors import GROUPINGS, evidence_exchange

__all__ = ["GROUPINGS", "evidence_exchange"]
