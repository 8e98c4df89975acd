"""The exchange's use of the ledger: which events it writes and what it asks to be proven.

Data of events names messages, envelopes and digests, never their content.
"""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from jusur.exchange import own
from jusur.ledger import api as ledger

NewEvent = ledger.NewEvent

ENVELOPE = "exchange.envelope"
MESSAGE = "exchange.message"

RECEIVED = "exchange.message.received"
REFUSED = "exchange.message.refused"
RELAYED = "exchange.message.relayed"


def record(
    kind: str, *, subject_type: str, subject_id: str, data: dict[str, Any], actor: str = "node", purpose: str = ""
) -> UUID:
    """Record one event in the present transaction; its id."""
    return ledger.record(
        kind, subject_type=subject_type, subject_id=subject_id, actor=actor, purpose=purpose, data=data
    ).id


def record_many(events: Sequence[NewEvent]) -> list[UUID]:
    """Record many events in the present transaction; their ids, in order."""
    return [event.id for event in ledger.record_many(events)] if events else []


def prove(events: Sequence[UUID], keep: Callable[[ledger.Proven], None] | None = None) -> ledger.Proven:
    """One signed checkpoint over ``events`` with their inclusion proofs; outside a transaction.

    What ``keep`` writes is kept together with the checkpoint.
    """
    return ledger.integrate_and_prove(events, keep)


def event_of_envelope(sender: str, envelope_id: UUID, kinds: frozenset[str]) -> UUID | None:
    """The event by which this node took (or refused, or relayed) an envelope."""
    for event in ledger.events(ENVELOPE, f"{sender}:{envelope_id}"):
        if event.kind in kinds:
            return event.id
    return None


def witness(peer: str, checkpoint: str) -> None:
    """Hold a peer's checkpoint against all it has signed before; outside a transaction.

    Raises:
        jusur.ledger.api.LedgerAlarmError: the peer's log contradicts itself; the alarm is stored.
    """
    ledger.witness(peer, checkpoint, own.book().log_verifier(peer).public_bytes)
