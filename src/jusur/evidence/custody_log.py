"""The chain of custody: one ledger event for every change of hands or of state of a package."""

from datetime import datetime
from typing import Any
from uuid import UUID

from jusur.evidence.custody import CUSTODY_EVENTS
from jusur.evidence.models import EvidencePackage
from jusur.ledger import api as ledger

SUBJECT = "evidence.package"
MAX_PURPOSE = 500
"""Characters of a purpose that the ledger keeps; the whole text stands in the package."""


def record(
    package: EvidencePackage,
    kind: str,
    actor: str,
    *,
    purpose: str = "",
    data: dict[str, Any] | None = None,
    occurred_at: datetime | None = None,
) -> None:
    """Add one event to the package's chain of custody, in the caller's transaction."""
    if kind not in CUSTODY_EVENTS:
        raise ValueError(f"{kind} is not an event of custody")
    request = package.request
    ledger.record(
        kind,
        subject_type=SUBJECT,
        subject_id=str(package.id),
        actor=actor,
        purpose=(purpose or package.purpose)[:MAX_PURPOSE],
        data={
            "direction": str(package.direction),
            "partner": package.counterpart,
            "request": str(package.request_id) if package.request_id else None,
            "sealed_sha256": package.sealed_sha256 or None,
            "instrument": request.instrument if request else None,
            "measure": str(request.measure) if request else None,
            "urgency": request.urgency if request else None,
        }
        | (data or {}),
        occurred_at=occurred_at,
    )


def chain(package_id: UUID) -> list[ledger.LedgerEvent]:
    """The package's events, oldest first."""
    return list(ledger.events(SUBJECT, str(package_id)))


def document(package_id: UUID) -> bytes:
    """The chain with its log proofs, as the offline verifier reads it (docs/reference/ledger.md)."""
    return ledger.custody_document(SUBJECT, str(package_id))
