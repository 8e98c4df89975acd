"""The evidence room's door: requests and their acts, what the worker runs, and how a package is opened for others."""

from jusur.evidence.deadlines import alarm_moments, raise_alarms
from jusur.evidence.errors import (
    ActNotPossibleError,
    ContentsMissingError,
    DraftChangedError,
    MeasureNotAvailableError,
)
from jusur.evidence.models import EvidenceRequest, RequestAct, RequestVersion
from jusur.evidence.rules import (
    ACTS,
    ANSWERED,
    ONLY_FOR,
    OPEN,
    Measure,
    Side,
    State,
    clock_stops,
    possible_acts,
)
from jusur.evidence.selectors import (
    due_requests,
    missing_contents,
    package,
    packages,
    request,
    request_counts,
    request_list,
    unseen_requests,
    versions,
)
from jusur.evidence.services.holdings import retention_purge
from jusur.evidence.services.requests import (
    request_act,
    request_approve,
    request_correct,
    request_draft,
    request_submit,
)
from jusur.evidence.uploads import (
    MAX_PART,
    Part,
    Upload,
    forget_abandoned,
    upload,
    upload_drop,
    upload_open,
    upload_part,
    upload_read,
)
from jusur.evidence.work import run as work_run

__all__ = [
    "ACTS",
    "ANSWERED",
    "MAX_PART",
    "ONLY_FOR",
    "OPEN",
    "ActNotPossibleError",
    "ContentsMissingError",
    "DraftChangedError",
    "EvidenceRequest",
    "Measure",
    "MeasureNotAvailableError",
    "Part",
    "RequestAct",
    "RequestVersion",
    "Side",
    "State",
    "Upload",
    "alarm_moments",
    "clock_stops",
    "due_requests",
    "forget_abandoned",
    "missing_contents",
    "package",
    "packages",
    "possible_acts",
    "raise_alarms",
    "request",
    "request_act",
    "request_approve",
    "request_correct",
    "request_counts",
    "request_draft",
    "request_list",
    "request_submit",
    "retention_purge",
    "unseen_requests",
    "upload",
    "upload_drop",
    "upload_open",
    "upload_part",
    "upload_read",
    "versions",
    "work_run",
]
