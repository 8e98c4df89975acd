"""What the API answers about requests and packages, as national systems may rely on it.

Fields may be added; those named here stay and keep their meaning. Moments are ISO 8601 in UTC.
"""

from typing import Any

from jusur.rows.shapes import Answer, Moment


class RequestSummary(Answer):
    """A request in a list."""

    id: str
    side: str
    partner: str
    state: str
    measure: str
    instrument: str
    urgency: str
    case_reference: str
    created_at: Moment
    sent_at: Moment | None
    received_at: Moment | None
    due_at: Moment | None
    answered_at: Moment | None
    alarms_percent: list[int]


class RequestPage(Answer):
    """Requests, newest first, and the cursor of the next page."""

    items: list[RequestSummary]
    next: str | None


class ActView(Answer):
    """One act on a request, with what belongs to it (a ground, a text, a new date)."""

    act: str
    by: str
    actor: str
    at: Moment
    after: str
    text: str | None = None
    ground: str | None = None
    until: Moment | None = None
    reason: str | None = None
    package: str | None = None


class PackageSummary(Answer):
    """A package in a list. Sizes are bytes of the sealed package."""

    id: str
    direction: str
    state: str
    partner: str
    originator: str
    request: str | None
    case_reference: str
    size: int | None
    sealed_sha256: str | None
    completes: bool
    failure: str | None
    waits_for: str | None
    created_at: Moment
    sealed_at: Moment | None
    received_at: Moment | None
    countersigned_at: Moment | None
    destroyed_at: Moment | None


class PackagePage(Answer):
    """Packages, newest first, and the cursor of the next page."""

    items: list[PackageSummary]
    next: str | None


class RequestDetail(RequestSummary):
    """A request with its content, its acts and what may be done next."""

    content: dict[str, Any]
    content_sha256: str
    related_request: str | None
    preserved_until: Moment | None
    possible_acts: list[str]
    acts: list[ActView]
    packages: list[PackageSummary]


class Item(Answer):
    """One collected file; ``sha256`` is null until it was hashed."""

    path: str
    size: int
    sha256: str | None
    method: str
    tool: str
    collected_at: Moment


class PackageDetail(PackageSummary):
    """A package with its conditions, signed statement and verification; ``items`` where this bureau collected it."""

    purpose: str
    legal_basis: str
    conditions: dict[str, Any]
    statement: dict[str, Any] | None
    verification: dict[str, Any] | None
    items: list[Item]


class Collected(Answer):
    """How much was taken from the intake."""

    collected: int
    bytes: int


class Removed(Answer):
    """How many files were taken out of the package."""

    removed: int


class Export(Answer):
    """An export: waiting, done or failed; ``folder`` holds the files once it is done."""

    id: str
    state: str
    folder: str
    purpose: str
    files: int | None
    bytes: int | None
    failure: str | None
    asked_at: Moment
    done_at: Moment | None


class Exports(Answer):
    """The exports of a package, oldest first."""

    items: list[Export]


class CustodyEvent(Answer):
    """One event of the chain of custody; ``data`` is null once it was forgotten."""

    id: str
    event: str
    at: Moment
    actor: str
    purpose: str
    data: dict[str, Any] | None
    leaf_index: int | None


class Custody(Answer):
    """The chain of custody at this bureau, oldest first."""

    package: str
    events: list[CustodyEvent]


CUSTODY_FILE: dict[str, Any] = {
    "responses": {200: {"content": {"application/json": {"schema": {"type": "object"}}}}},
}
PDF_FILE: dict[str, Any] = {
    "responses": {200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}},
}
