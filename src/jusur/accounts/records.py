"""What the accounts room writes into the ledger."""

from typing import Any
from uuid import UUID

from jusur.ledger import api as ledger


def record(kind: str, officer_id: UUID, actor: str, data: dict[str, Any]) -> None:
    """Record an act upon an officer's access in the caller's transaction."""
    ledger.record(
        kind,
        subject_type="officer",
        subject_id=str(officer_id),
        actor=actor,
        purpose="administration of access",
        data=data,
    )
