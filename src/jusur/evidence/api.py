"""The evidence room's door: requests and their acts, what the worker runs, and how a package is opened for others."""

from jusur.evidence import custody_log, dossiers
from jusur.evidence.custody import Direction, PackageState
from jusur.evidence.deadlines import alarm_moments, raise_alarms
from jusur.evidence.errors import (
    ActNotPossibleError,
    ConditionsForbidError,
    ContentsMissingError,
    DraftChangedError,
    MeasureNotAvailableError,
)
from jusur.evidence.examining import CHECKS, Progress
from jusur.evidence.examining import damage as package_damage
from jusur.evidence.examining import examine as package_examine
from jusur.evidence.models import EvidencePackage, EvidenceRequest, RequestAct, RequestVersion
from jusur.evidence.package_selectors import (
    FileEntry,
    IntakeEntry,
    Totals,
    intake_entries,
    received_file,
    release_asked,
)
from jusur.evidence.package_selectors import exports as package_exports
from jusur.evidence.package_selectors import files as package_files
from jusur.evidence.package_selectors import totals as package_totals
from jusur.evidence.package_selectors import transfer as package_transfer
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
from jusur.evidence.services.copies import FileCopy, file_copy
from jusur.evidence.services.holdings import (
    package_countersign,
    package_destroy,
    package_export,
    package_forward,
    package_return,
    retention_purge,
)
from jusur.evidence.services.packages import (
    items_collect,
    items_remove,
    package_open,
    release_ask,
    release_decide,
    release_digest,
)
from jusur.evidence.services.requests import (
    EVENTS,
    PERMISSIONS,
    request_act,
    request_approve,
    request_correct,
    request_draft,
    request_submit,
)
from jusur.evidence.standing import MOVING, Waiting, waiting
from jusur.evidence.upload_parts import RequestBody, content_part, upload_view
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

custody_chain = custody_log.chain
custody_document = custody_log.document
dossier_pdf = dossiers.pdf

__all__ = [
    "ACTS",
    "ANSWERED",
    "CHECKS",
    "EVENTS",
    "MAX_PART",
    "MOVING",
    "ONLY_FOR",
    "OPEN",
    "PERMISSIONS",
    "ActNotPossibleError",
    "ConditionsForbidError",
    "ContentsMissingError",
    "Direction",
    "DraftChangedError",
    "EvidencePackage",
    "EvidenceRequest",
    "FileCopy",
    "FileEntry",
    "IntakeEntry",
    "Measure",
    "MeasureNotAvailableError",
    "PackageState",
    "Part",
    "Progress",
    "RequestAct",
    "RequestBody",
    "RequestVersion",
    "Side",
    "State",
    "Totals",
    "Upload",
    "Waiting",
    "alarm_moments",
    "clock_stops",
    "content_part",
    "custody_chain",
    "custody_document",
    "dossier_pdf",
    "due_requests",
    "file_copy",
    "forget_abandoned",
    "intake_entries",
    "items_collect",
    "items_remove",
    "missing_contents",
    "package",
    "package_countersign",
    "package_damage",
    "package_destroy",
    "package_examine",
    "package_export",
    "package_exports",
    "package_files",
    "package_forward",
    "package_open",
    "package_return",
    "package_totals",
    "package_transfer",
    "packages",
    "possible_acts",
    "raise_alarms",
    "received_file",
    "release_ask",
    "release_asked",
    "release_decide",
    "release_digest",
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
    "upload_view",
    "versions",
    "waiting",
    "work_run",
]
