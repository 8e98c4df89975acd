"""What the exchange itself answers: acknowledgements, refusals, completed transfers."""

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction

from jusur.exchange import alarms, handling, log, outbox
from jusur.exchange.db import execute, row
from jusur.exchange.errors import MessageStateError
from jusur.exchange.kinds import ReceivedMessage
from jusur.exchange.models import InboundMessage
from jusur.kernel.clock import now, parse_timestamp, timestamp
from jusur.kernel.errors import JusurError, NotFoundError

if TYPE_CHECKING:
    from jusur.exchange.builtin import Acknowledgement, Refusal, TransferCompleted

_QUIET = frozenset({"exchange.acknowledgement", "exchange.refusal", "exchange.transfer.completed"})
"""Kinds that are answers themselves: they are never answered, so that two nodes cannot answer each other for ever."""


def acknowledge(message_id: UUID, *, sender: str, actor: str) -> None:
    """An officer of this node has read a message; its sender is told.

    Raises:
        NotFoundError: no such message was received from ``sender``.
        MessageStateError: a kind that is not acknowledged.
    """
    with transaction.atomic():
        message = (
            InboundMessage.objects.select_for_update()
            .filter(message_id=message_id, sender=sender, state__in=["received", "processed", "failed"])
            .exclude(content=None)
            .first()
        )
        if message is None:
            raise NotFoundError("No such message was received.", fix="List them: jusur message list.")
        if message.kind in _QUIET:
            raise MessageStateError("This message is an answer itself and is not acknowledged.")
        if message.acknowledged_at is not None:
            return
        moment = now()
        InboundMessage.objects.filter(id=message.id).update(acknowledged_at=moment)
        log.record(
            "exchange.message.read",
            subject_type=log.MESSAGE,
            subject_id=str(message_id),
            data={},
            actor=actor,
            purpose=str(message.content["purpose"] if message.content else "")[:500],
        )
        _answer(
            message,
            "exchange.acknowledgement",
            {"message": str(message_id), "read_at": timestamp(moment)},
            actor=actor,
        )


def send_refusal(message: ReceivedMessage, error: JusurError) -> None:
    """Tell the originator that its message is refused, and why; in the transaction that marks it."""
    if message.kind in _QUIET:
        return
    outbox.send(
        "exchange.refusal",
        to=[message.sender],
        body={"message": str(message.id), "code": error.code, "detail": error.detail[:2000], "fix": error.fix[:2000]},
        handling=handling.for_recipients([message.sender], classification=message.handling.classification),
        purpose=message.purpose,
        legal_basis=message.legal_basis,
        conversation=message.conversation,
    )


def _answer(message: InboundMessage, kind: str, body: dict[str, str], *, actor: str) -> None:
    content = message.content or {}
    outbox.send(
        kind,
        to=[message.sender],
        body=body,
        handling=handling.for_recipients([message.sender], classification=content["handling"]["classification"]),
        purpose=content["purpose"],
        legal_basis=content["legal_basis"],
        conversation=UUID(content["conversation"]),
        actor=actor,
    )


def acknowledged(message: ReceivedMessage) -> None:
    """Handler of ``exchange.acknowledgement``: note when the recipient's officer read our message."""
    body: Acknowledgement = message.body
    changed = execute(
        """UPDATE exchange_delivery SET acknowledged_at = COALESCE(acknowledged_at, %s)
           WHERE message_id = %s AND recipient = %s""",
        (parse_timestamp(body.read_at, field="read_at"), UUID(body.message), message.sender),
    )
    if not changed:
        raise NotFoundError(f"{message.sender} acknowledges a message it was never sent.")
    log.record(
        "exchange.message.acknowledged",
        subject_type=log.MESSAGE,
        subject_id=body.message,
        actor=message.sender,
        data={"read_at": body.read_at},
    )


def refused(message: ReceivedMessage) -> None:
    """Handler of ``exchange.refusal``: the recipient's application does not carry out our message."""
    body: Refusal = message.body
    changed = execute(
        """UPDATE exchange_delivery SET refusal = jsonb_build_object('code', %s::text, 'detail', %s::text,
                  'fix', %s::text, 'by', %s::text)
           WHERE message_id = %s AND recipient = %s""",
        (body.code, body.detail, body.fix, message.sender, UUID(body.message), message.sender),
    )
    if not changed:
        raise NotFoundError(f"{message.sender} refuses a message it was never sent.")
    alarms.raise_alarm(
        "message-refused",
        peer=message.sender,
        subject=body.message,
        detail=f"{message.sender} refused message {body.message}: {body.detail}",
    )


def transfer_completed(message: ReceivedMessage) -> None:
    """Handler of ``exchange.transfer.completed``: the recipient holds every byte; counts and digest are compared."""
    body: TransferCompleted = message.body
    found = row(
        "SELECT size, chunk_size, sha256, state FROM exchange_outgoingblob WHERE name = %s AND recipient = %s",
        (body.blob, message.sender),
    )
    if found is None:
        raise NotFoundError(f"{message.sender} completes a transfer it was never offered.")
    size, chunk_size, sha256, _ = found
    if (body.bytes, body.chunks, body.sha256) != (size, -(-size // chunk_size), sha256):
        raise MessageStateError(f"{message.sender} counted other bytes, chunks or another digest than were offered.")
    execute(
        """UPDATE exchange_outgoingblob SET state = 'completed', completed_at = %s
           WHERE name = %s AND recipient = %s AND state <> 'completed'""",
        (now(), body.blob, message.sender),
    )
    log.record(
        "exchange.transfer.completed",
        subject_type="exchange.blob",
        subject_id=body.blob,
        actor=message.sender,
        data={"bytes": body.bytes, "chunks": body.chunks, "sha256": body.sha256},
    )
