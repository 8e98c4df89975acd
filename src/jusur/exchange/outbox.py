"""Sending: a message becomes one sealed envelope per recipient, in the caller's transaction.

The envelope's bytes are kept and sent unchanged at every attempt, so that a repeated delivery is the same delivery.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction

from jusur.exchange import envelope as envelopes
from jusur.exchange import handling as handlings
from jusur.exchange import kinds, log, notify, own
from jusur.exchange.db import execute, rows
from jusur.exchange.errors import HandlingError, MessageInvalidError, MessageStateError
from jusur.exchange.handling import Handling
from jusur.exchange.message import MAX_ATTACHMENTS, MAX_PURPOSE, PRIORITIES, Attachment, Message, Priority, moments
from jusur.exchange.models import PRIORITY, PRIORITY_NAME, Delivery, OutboundMessage
from jusur.kernel import text
from jusur.kernel.clock import now
from jusur.kernel.errors import NotFoundError
from jusur.kernel.ids import new_id

DEFAULT_LIFETIME = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message as its sender sees it after `send`: where it belongs and the state of each recipient's copy."""

    id: UUID
    conversation: UUID
    kind: str
    recipients: tuple[str, ...]
    state: str


def send(
    kind: str,
    *,
    to: Sequence[str],
    body: msgspec.Struct | dict[str, Any],
    handling: Handling | dict[str, Any],
    purpose: str,
    legal_basis: str,
    conversation: UUID | None = None,
    priority: Priority | None = None,
    expires_at: datetime | None = None,
    attachments: Sequence[Attachment] = (),
    actor: str = "node",
    draft: bool = False,
    via: str = "",
) -> SentMessage:
    """Send a message, or draft one for a second person to approve. Nothing leaves before the transaction commits.

    Args:
        kind: a registered kind.
        to: addresses, each once.
        body: what the kind's schema asks for.
        handling: who may see it and for how long; must allow every recipient.
        purpose: why it is sent.
        legal_basis: what allows it.
        conversation: the conversation it belongs to; a new one by default.
        priority: the kind's usual one by default.
        expires_at: when it stops being of use; 30 days by default, at most 90.
        attachments: files already offered to the recipients (see `transfers.offer_file`).
        actor: who sends, for the ledger (an officer's id).
        draft: keep it as a draft until `approve`.
        via: address of a node to relay through; by default the directory's route.

    Raises:
        JusurError: the message is not valid, a recipient is unknown, not active or not allowed to have it.
    """
    created = now()
    row = OutboundMessage(
        kind=kind,
        recipients=_check_recipients(to),
        conversation=conversation or new_id(),
        priority=PRIORITY[priority or kinds.get(kind).priority],
        handling=msgspec.to_builtins(_check_handling(handling, to)),
        purpose=text.paragraph(purpose, max_length=MAX_PURPOSE, field="purpose"),
        legal_basis=text.paragraph(legal_basis, max_length=MAX_PURPOSE, field="legal basis"),
        body=msgspec.to_builtins(kinds.get(kind).parse(body)),
        attachments=_check_attachments(attachments),
        actor=actor,
        drafted=draft,
        via=via,
        created_at=created,
        expires_at=_check_expiry(created, expires_at),
    )
    _check_limits(row)
    with transaction.atomic():
        if draft:
            _insert_message(row)
            _draft(row)
        elif conversation is None:
            _enqueue_first(row)
        else:
            _enqueue(row, _insert_counted(row))
    return SentMessage(row.id, row.conversation, kind, tuple(row.recipients), "drafted" if draft else "queued")


def approve(message_id: UUID, *, actor: str) -> SentMessage:
    """Approve a draft, by another person than its author, and send it.

    Raises:
        NotFoundError: no such message.
        MessageStateError: not a draft, expired, or the author's own.
    """
    with transaction.atomic():
        row = OutboundMessage.objects.select_for_update().filter(id=message_id).first()
        if row is None:
            raise NotFoundError("There is no such message.", fix="List them: jusur message list.")
        if not row.drafted or row.approved_by:
            raise MessageStateError("The message is not a draft that waits for approval.")
        if row.actor == actor:
            raise MessageStateError("Its author cannot approve a message.", fix="Ask a second person.")
        if row.expires_at <= now():
            raise MessageStateError("The draft has expired.", fix="Write it again.")
        _check_limits(row)
        OutboundMessage.objects.filter(id=row.id).update(approved_by=actor)
        Delivery.objects.filter(message=row, state="drafted").update(state="approved")
        log.record("exchange.message.approved", subject_type=log.MESSAGE, subject_id=str(row.id), data={}, actor=actor)
        Delivery.objects.filter(message=row, state="approved").delete()
        _enqueue(row, _next_sequences(row.conversation, row.recipients))
    return SentMessage(row.id, row.conversation, row.kind, tuple(row.recipients), "queued")


def reseal(delivery: Delivery, *, resets_expiry: bool = False) -> None:
    """Make a new envelope for a message that must go again: to the recipient's present key, under a new identifier.

    The message inside keeps its identifier, so the recipient never processes it twice.
    """
    row = delivery.message
    if row.forgotten_at is not None:
        raise MessageStateError("The message was forgotten after its retention period and cannot go again.")
    if resets_expiry:
        row.expires_at = now() + DEFAULT_LIFETIME
        OutboundMessage.objects.filter(id=row.id).update(expires_at=row.expires_at)
    sealed = _seal(row, delivery.recipient, delivery.sequence or 1)
    Delivery.objects.filter(id=delivery.id).update(
        envelope_id=sealed.id,
        envelope=sealed.raw,
        digest=sealed.digest,
        state="queued",
        expires_at=row.expires_at,
        next_attempt_at=now(),
        reseals=delivery.reseals + 1,
        receipt=None,
        refusal=None,
        settled_at=None,
    )
    log.record(
        "exchange.message.resealed",
        subject_type=log.MESSAGE,
        subject_id=str(row.id),
        data={"recipient": delivery.recipient, "envelope": str(sealed.id), "digest": sealed.digest},
    )
    notify.notify_lane(delivery.route, delivery.priority)


@dataclass(frozen=True, slots=True)
class _Sealed:
    id: UUID
    raw: bytes
    digest: str


def _draft(row: OutboundMessage) -> None:
    Delivery.objects.bulk_create(
        Delivery(
            message=row,
            recipient=recipient,
            route=row.via or own.book().route(recipient) or recipient,
            state="drafted",
            priority=row.priority,
            expires_at=row.expires_at,
            next_attempt_at=row.created_at,
            created_at=row.created_at,
        )
        for recipient in row.recipients
    )
    log.record(
        "exchange.message.drafted",
        subject_type=log.MESSAGE,
        subject_id=str(row.id),
        data={"kind": row.kind, "recipients": row.recipients},
        actor=row.actor,
    )


def _insert_message(row: OutboundMessage) -> None:
    execute(_INSERT_MESSAGE, _message_values(row))


def _insert_counted(row: OutboundMessage) -> dict[str, int]:
    """Write the message and count it in its conversation, in one statement; its sequence for each recipient."""
    parameters = (*_message_values(row), row.conversation, row.recipients)
    return dict(rows(f"WITH message AS ({_INSERT_MESSAGE}) {_COUNT}", parameters))


_INSERT_MESSAGE = """
    INSERT INTO exchange_outboundmessage (id, kind, recipients, conversation, priority, handling, purpose,
      legal_basis, body, attachments, actor, approved_by, drafted, via, created_at, expires_at)
    VALUES (%s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s::jsonb, %s::jsonb, %s, '', %s, %s, %s, %s)
"""
_COUNT = """
    INSERT INTO exchange_outboundconversation (conversation, recipient, sent)
    SELECT %s, recipient, 1 FROM unnest(%s::text[]) AS recipient ORDER BY recipient
    ON CONFLICT (conversation, recipient) DO UPDATE SET sent = exchange_outboundconversation.sent + 1
    RETURNING recipient, sent
"""


def _message_values(row: OutboundMessage) -> tuple[Any, ...]:
    return (
        row.id,
        row.kind,
        row.recipients,
        row.conversation,
        row.priority,
        _json(row.handling),
        row.purpose,
        row.legal_basis,
        _json(row.body),
        _json(row.attachments),
        row.actor,
        row.drafted,
        row.via,
        row.created_at,
        row.expires_at,
    )


def _enqueue_first(row: OutboundMessage) -> None:
    """Write the first message of a conversation, whose place is known, with all that belongs to it in one statement."""
    sequences = dict.fromkeys(row.recipients, 1)
    sealed = _sealed(row, sequences)
    parameters = (*_message_values(row), row.conversation, row.recipients, *_delivery_values(row, sealed, sequences))
    rows(f"WITH message AS ({_INSERT_MESSAGE}), counted AS ({_COUNT}), {_INSERT_DELIVERIES}", parameters)
    _record_queued(row, sealed)


def _enqueue(row: OutboundMessage, sequences: dict[str, int]) -> None:
    sealed = _sealed(row, sequences)
    rows(f"WITH {_INSERT_DELIVERIES}", _delivery_values(row, sealed, sequences))
    _record_queued(row, sealed)


def _sealed(row: OutboundMessage, sequences: dict[str, int]) -> list[tuple[str, _Sealed]]:
    return [(recipient, _seal(row, recipient, sequences[recipient])) for recipient in row.recipients]


def _record_queued(row: OutboundMessage, sealed: Sequence[tuple[str, _Sealed]]) -> None:
    log.record(
        "exchange.message.queued",
        subject_type=log.MESSAGE,
        subject_id=str(row.id),
        data={
            "kind": row.kind,
            "conversation": str(row.conversation),
            "deliveries": [[recipient, str(each.id), each.digest] for recipient, each in sealed],
        },
        actor=row.actor,
    )


_INSERT_DELIVERIES = """
    inserted AS (
      INSERT INTO exchange_delivery (id, message_id, recipient, route, state, priority, sequence, envelope_id,
        envelope, digest, expires_at, next_attempt_at, attempts, reseals, last_error, created_at)
      SELECT v.id, %s, v.recipient, v.route, 'queued', %s, v.sequence, v.envelope_id, v.envelope, v.digest,
        %s, %s, 0, 0, '', %s
      FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::bigint[], %s::uuid[], %b::bytea[], %s::text[])
        AS v(id, recipient, route, sequence, envelope_id, envelope, digest)
      RETURNING route)
    SELECT pg_notify(%s, route || ' ' || %s) FROM (SELECT DISTINCT route FROM inserted) AS routes
"""
"""Writes one delivery a recipient and wakes the lanes when the transaction commits."""


def _delivery_values(
    row: OutboundMessage, sealed: Sequence[tuple[str, _Sealed]], sequences: dict[str, int]
) -> tuple[Any, ...]:
    moment, book = now(), own.book()
    return (
        row.id,
        row.priority,
        row.expires_at,
        moment,
        moment,
        [new_id() for _ in sealed],
        [recipient for recipient, _ in sealed],
        [row.via or book.route(recipient) or recipient for recipient, _ in sealed],
        [sequences[recipient] for recipient, _ in sealed],
        [each.id for _, each in sealed],
        [each.raw for _, each in sealed],
        [each.digest for _, each in sealed],
        notify.OUTBOX,
        notify.lane_of(row.priority),
    )


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _next_sequences(conversation: UUID, recipients: Iterable[str]) -> dict[str, int]:
    return dict(rows(_COUNT, (conversation, list(recipients))))


def _seal(row: OutboundMessage, recipient: str, sequence: int) -> _Sealed:
    me, book, envelope_id = own.own(), own.book(), new_id()
    version, digest = book.current()
    message = Message(
        v=1,
        id=str(row.id),
        kind=row.kind,
        sender=me.address,
        to=row.recipients,
        conversation=str(row.conversation),
        sequence=sequence,
        handling=msgspec.convert(row.handling, Handling),
        purpose=row.purpose,
        legal_basis=row.legal_basis,
        body=row.body,
        attachments=msgspec.convert(row.attachments, list[Attachment]),
        **moments(row.created_at, row.expires_at),
    )
    header = envelopes.Header(
        protocol=envelopes.PROTOCOL,
        id=str(envelope_id),
        sender=me.address,
        to=recipient,
        priority=PRIORITY_NAME[row.priority],
        directory=envelopes.DirectoryState(version=version, digest=digest),
        **moments(max(now(), row.created_at), row.expires_at),
    )
    raw, envelope_digest = envelopes.seal(message, header, me, book.sealing_key(recipient))
    if len(raw) > me.max_envelope_bytes:
        raise MessageInvalidError(
            f"The sealed message would have {len(raw)} bytes; at most {me.max_envelope_bytes} may travel.",
            fix="Send large content as attachments.",
        )
    return _Sealed(envelope_id, raw, envelope_digest)


def _check_recipients(to: Sequence[str]) -> list[str]:
    if isinstance(to, str) or not to or len(set(to)) != len(to) or len(to) > handlings.MAX_ADDRESSES:
        raise MessageInvalidError("A message has 1 to 256 recipients, each named once.", fix="Correct the recipients.")
    if own.own().address in to:
        raise MessageInvalidError("A message cannot be sent to this node itself.", fix="Leave this bureau out.")
    return list(to)


def _check_handling(value: Handling | dict[str, Any], to: Sequence[str]) -> Handling:
    block = handlings.parse(value)
    handlings.require_allowed(block, to)
    return block


def _check_attachments(attachments: Sequence[Attachment]) -> list[Any]:
    if len(attachments) > MAX_ATTACHMENTS:
        raise MessageInvalidError(f"A message has at most {MAX_ATTACHMENTS} attachments.", fix="Send several messages.")
    for attachment in attachments:
        text.file_name(attachment.name, field="attachment name")
    return [msgspec.to_builtins(attachment) for attachment in attachments]


def _check_expiry(created: datetime, expires: datetime | None) -> datetime:
    moment = expires or created + DEFAULT_LIFETIME
    if not timedelta(0) < moment - created <= envelopes.MAX_LIFETIME:
        raise MessageInvalidError(
            f"A message expires after it is sent, and within {envelopes.MAX_LIFETIME.days} days.",
            fix="Choose another time.",
        )
    return moment


def _check_limits(row: OutboundMessage) -> None:
    me, book = own.own().address, own.book()
    for recipient in row.recipients:
        book.sealing_key(recipient)
        if not book.allows(me, recipient, row.kind, row.handling["classification"]):
            raise HandlingError(
                f"The limits of {me} and {recipient} in the directory do not allow this kind and classification.",
                fix="See jusur directory show for what each organisation may send and receive.",
            )


assert set(PRIORITIES) == set(PRIORITY)  # noqa: S101 - two spellings of one list
