"""The ledger's door: record events, integrate them, prove them, witness peers.

``record`` belongs into the transaction of the act it records. ``integrate``, ``integrate_and_prove`` and ``witness``
must be called outside a transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from jusur.ledger.disclosure import consistency_document, custody_document, export
from jusur.ledger.errors import (
    EventError,
    EventForgottenError,
    EventNotFoundError,
    LedgerAlarmError,
    LedgerDamagedError,
)
from jusur.ledger.examination import Examination, event_document, examine
from jusur.ledger.selectors import (
    ConsistencyProof,
    InclusionProof,
    LedgerEvent,
    checkpoint_at,
    consistency,
    events,
    iter_events,
    latest_checkpoint,
    proofs,
    resource,
    sequenced_after,
    size,
)
from jusur.ledger.services import (
    NewEvent,
    Proven,
    event_forget,
    event_forget_many,
    event_record,
    event_record_many,
    integrate,
    integrate_and_prove,
)
from jusur.ledger.signer import configure, signer
from jusur.ledger.standing import Standing, standing
from jusur.ledger.stream import Step, forgotten, of_subjects, waiting, window
from jusur.ledger.trail import Entry as TrailEntry
from jusur.ledger.trail import Wanted as TrailWanted
from jusur.ledger.trail import entry as trail_entry
from jusur.ledger.trail import every as trail_every
from jusur.ledger.trail import page as trail
from jusur.ledger.witness import alarm_resolve, alarms, cosign_peer, peer_checkpoint, witness
from jusur.tlog.checkpoint import Checkpoint

__all__ = [
    "Checkpoint",
    "ConsistencyProof",
    "EventError",
    "EventForgottenError",
    "EventNotFoundError",
    "Examination",
    "InclusionProof",
    "LedgerAlarmError",
    "LedgerDamagedError",
    "LedgerEvent",
    "NewEvent",
    "Proven",
    "Standing",
    "Step",
    "TrailEntry",
    "TrailWanted",
    "alarm_resolve",
    "alarms",
    "checkpoint_at",
    "configure",
    "consistency",
    "consistency_document",
    "cosign_peer",
    "custody_document",
    "event_document",
    "events",
    "examine",
    "export",
    "forget",
    "forget_many",
    "forgotten",
    "integrate",
    "integrate_and_prove",
    "iter_events",
    "latest_checkpoint",
    "log_key",
    "of_subjects",
    "peer_checkpoint",
    "proof",
    "proofs",
    "record",
    "record_many",
    "resource",
    "sequenced_after",
    "size",
    "standing",
    "trail",
    "trail_entry",
    "trail_every",
    "waiting",
    "window",
    "witness",
]


def record(
    kind: str,
    *,
    subject_type: str,
    subject_id: str,
    actor: str,
    data: dict[str, Any],
    purpose: str = "",
    occurred_at: datetime | None = None,
) -> LedgerEvent:
    """Record one event in the caller's transaction: one INSERT, no lock.

    Args:
        kind: dotted lower case, such as ``evidence.request.approved``.
        subject_type: what kind of thing it happened to, such as ``evidence.request``.
        subject_id: which one.
        actor: who did it (an officer's id, a peer's address, ``node``).
        data: a JSON object; exact numbers only.
        purpose: why.
        occurred_at: when (default: now).

    Raises:
        EventError: the event cannot be kept exactly as given.
    """
    return event_record(
        NewEvent(
            kind=kind,
            subject_type=subject_type,
            subject_id=subject_id,
            actor=actor,
            data=data,
            purpose=purpose,
            occurred_at=occurred_at,
        )
    )


def record_many(new: Sequence[NewEvent]) -> list[LedgerEvent]:
    """Record many events in the caller's transaction, in the order given.

    Raises:
        EventError: one of them cannot be kept exactly as given; none is written.
    """
    return event_record_many(new)


def forget(event_id: UUID, *, actor: str = "node", reason: str = "") -> LedgerEvent:
    """Drop an event's data and salt for good, keep its leaf; the recorded ``ledger.event.forgotten`` event.

    Raises:
        EventNotFoundError: no such event.
        EventForgottenError: forgotten already.
    """
    return event_forget(event_id, actor=actor, reason=reason)


def forget_many(subjects: Sequence[tuple[str, str]], *, actor: str, reason: str) -> int:
    """Drop data and salt of every event of ``subjects`` (pairs of type and id), keep the leaves; how many events.

    Recorded as one ``ledger.events.forgotten``.
    """
    return event_forget_many(subjects, actor=actor, reason=reason)


def proof(event_id: UUID, checkpoint: Checkpoint | None = None) -> InclusionProof:
    """The inclusion proof of one event under ``checkpoint`` (default: the newest).

    Raises:
        EventNotFoundError: no such event, or the checkpoint does not cover it yet.
    """
    return proofs([event_id], checkpoint)[event_id]


def log_key() -> str:
    """This log's public key in the form of C2SP signed-note verifier keys (name, key id, Ed25519 key)."""
    return str(signer().verifier)
