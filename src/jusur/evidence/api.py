"""The evidence room's door: what the worker runs, and how a package is opened for others."""

from jusur.evidence.deadlines import raise_alarms
from jusur.evidence.services.holdings import retention_purge
from jusur.evidence.uploads import forget_abandoned
from jusur.evidence.work import run as work_run

__all__ = ["forget_abandoned", "raise_alarms", "retention_purge", "work_run"]
