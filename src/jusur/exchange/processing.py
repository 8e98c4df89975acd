"""Processing what was accepted: exactly once, in the order of each conversation.

A conversation's row lock makes one worker at a time responsible for it. The handler runs inside the transaction that
marks the message processed, in a savepoint of its own: what it did and that it did are kept or lost together. A
message whose predecessors are missing waits until they come, or until its time to wait is over (then the gap is
reported). A message whose handler fails is retried where that may help, then set aside with an alarm; other
conversations never wait for it.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, transaction

from jusur.exchange import alarms, kinds, log
from jusur.exchange.backoff import next_delay
from jusur.exchange.db import execute, row, rows
from jusur.exchange.errors import MessageRefusedError
from jusur.exchange.kinds import ReceivedMessage
from jusur.exchange.message import Message
from jusur.exchange.models import PRIORITY_NAME, InboundMessage
from jusur.kernel.clock import now, parse_timestamp
from jusur.kernel.errors import JusurError, NotFoundError, UnavailableError

_log = structlog.get_logger(__name__)

CONVERSATIONS_AT_ONCE = 32
MAX_ATTEMPTS = 6
"""How often a handler is called for one message before it is set aside."""

_READY = """
    SELECT c.id FROM exchange_inboundconversation c
    WHERE c.id IN (
        SELECT m.inbound_conversation_id FROM exchange_inboundmessage m
        JOIN exchange_inboundconversation k ON k.id = m.inbound_conversation_id
        WHERE m.processed_at IS NULL AND m.state IN ('received', 'refused')
          AND (m.sequence <= k.next_sequence OR m.hold_until <= %s)
          AND (m.next_attempt_at IS NULL OR m.next_attempt_at <= %s)
        ORDER BY m.priority, m.id LIMIT %s)
    FOR UPDATE SKIP LOCKED
"""
_NEXT = """
    SELECT m.id FROM exchange_inboundmessage m JOIN exchange_inboundconversation k ON k.id = m.inbound_conversation_id
    WHERE m.inbound_conversation_id = ANY(%s) AND m.processed_at IS NULL AND m.state IN ('received', 'refused')
      AND (m.sequence <= k.next_sequence OR m.hold_until <= %s)
    ORDER BY m.inbound_conversation_id, m.sequence
"""


def process_ready(limit: int = CONVERSATIONS_AT_ONCE) -> int:
    """Process what is ready in up to ``limit`` conversations; how many messages were dealt with.

    Safe to call from many processes at once. Call it until it returns 0.
    """
    moment = now()
    with transaction.atomic():
        conversations = [found[0] for found in rows(_READY, (moment, moment, limit))]
        if not conversations:
            return 0
        ready = [found[0] for found in rows(_NEXT, (conversations, moment))]
        messages = {m.id: m for m in InboundMessage.objects.filter(id__in=ready).select_related("inbound_conversation")}
        done, blocked = 0, set[int]()
        for number in ready:
            message = messages[number]
            conversation = message.inbound_conversation_id or 0
            if conversation in blocked:
                continue
            if message.next_attempt_at is not None and message.next_attempt_at > moment:
                blocked.add(conversation)
            elif _process(message):
                done += 1
            else:
                blocked.add(conversation)
    return done


def _process(message: InboundMessage) -> bool:
    """Deal with one message; false where it must be tried again later and its conversation waits."""
    if message.state == "refused":
        _pass_over(message)
        return True
    next_sequence = _next_sequence(message)
    message.in_order = message.sequence == next_sequence
    if message.sequence is not None and message.sequence > next_sequence:
        _report_gap(message, next_sequence)
    try:
        with transaction.atomic():
            kinds.get(message.kind).handler(view(message))
            _settle(message, "processed")
    except MessageRefusedError as error:
        _refuse(message, error)
    except (OperationalError, InterfaceError, UnavailableError) as error:
        return _again(message, error)
    except Exception as error:  # noqa: BLE001 - a handler may fail in any way; none may stop the others
        if isinstance(error, DatabaseError) and _is_serialization(error):
            return _again(message, error)
        _fail(message, error)
    return True


def _next_sequence(message: InboundMessage) -> int:
    found = row(
        "SELECT next_sequence FROM exchange_inboundconversation WHERE id = %s", (message.inbound_conversation_id,)
    )
    return int(found[0]) if found else 1


def _settle(message: InboundMessage, state: str, error: str = "") -> None:
    moment = now()
    execute(
        """UPDATE exchange_inboundmessage SET state = %s, processed_at = %s, in_order = %s, last_error = %s,
                  attempts = attempts + 1 WHERE id = %s""",
        (state, moment, message.in_order, error[:2000], message.id),
    )
    _advance(message)
    log.record(
        f"exchange.message.{state}",
        subject_type=log.MESSAGE,
        subject_id=str(message.message_id),
        data={"sender": message.sender, "kind": message.kind, "in_order": message.in_order},
    )


def _advance(message: InboundMessage) -> None:
    execute(
        "UPDATE exchange_inboundconversation SET next_sequence = GREATEST(next_sequence, %s) WHERE id = %s",
        ((message.sequence or 0) + 1, message.inbound_conversation_id),
    )


def _pass_over(message: InboundMessage) -> None:
    """A message that was refused when it came fills its place all the same: nobody waits for it."""
    execute("UPDATE exchange_inboundmessage SET processed_at = %s WHERE id = %s", (now(), message.id))
    _advance(message)


def _refuse(message: InboundMessage, error: MessageRefusedError) -> None:
    from jusur.exchange import answers

    with transaction.atomic():
        _settle(message, "processed", f"refused: {error.detail}")
        answers.send_refusal(view(message), error)


def _again(message: InboundMessage, error: Exception) -> bool:
    if message.attempts + 1 >= MAX_ATTEMPTS:
        _fail(message, error)
        return True
    execute(
        """UPDATE exchange_inboundmessage SET attempts = attempts + 1, next_attempt_at = %s, last_error = %s
           WHERE id = %s""",
        (now() + next_delay(message.attempts), _explain(error), message.id),
    )
    return False


def _fail(message: InboundMessage, error: Exception) -> None:
    _log.error("message failed", message=str(message.message_id), kind=message.kind, error=type(error).__name__)
    with transaction.atomic():
        _settle(message, "failed", _explain(error))
        alarms.raise_alarm(
            "message-failed",
            peer=message.sender,
            subject=str(message.message_id),
            detail=f"A {message.kind} of {message.sender} could not be processed: {_explain(error)}",
        )


def _explain(error: Exception) -> str:
    return error.detail if isinstance(error, JusurError) else type(error).__name__


def _report_gap(message: InboundMessage, expected: int) -> None:
    alarms.raise_alarm(
        "sequence-gap",
        peer=message.sender,
        subject=str(message.inbound_conversation.conversation) if message.inbound_conversation else "",
        detail=f"Messages {expected} to {(message.sequence or 0) - 1} of a conversation with {message.sender} "
        "have not come; later ones were processed without them.",
    )


def _is_serialization(error: DatabaseError) -> bool:
    return getattr(error.__cause__, "sqlstate", None) in {"40001", "40P01"}


def view(message: InboundMessage) -> ReceivedMessage:
    """The message as handlers and readers see it.

    Raises:
        JusurError: its kind is no longer known here.
    """
    content = msgspec.convert(message.content, Message)
    return ReceivedMessage(
        id=UUID(content.id),
        envelope_id=message.envelope_id,
        kind=content.kind,
        sender=content.sender,
        recipients=tuple(content.to),
        conversation=UUID(content.conversation),
        sequence=content.sequence,
        priority=PRIORITY_NAME[message.priority],
        created_at=parse_timestamp(content.created_at),
        received_at=message.received_at,
        handling=content.handling,
        purpose=content.purpose,
        legal_basis=content.legal_basis,
        body=kinds.check_message(content),
        attachments=tuple(content.attachments),
        in_order=message.in_order,
    )


def retry_failed(message_id: UUID, *, actor: str) -> None:
    """Process a failed message again, by an operator's word.

    Raises:
        NotFoundError: no failed message has this id.
    """
    with transaction.atomic():
        changed = execute(
            """UPDATE exchange_inboundmessage SET state = 'received', attempts = 0, next_attempt_at = NULL,
                      processed_at = NULL WHERE message_id = %s AND state = 'failed'""",
            (message_id,),
        )
        if not changed:
            raise NotFoundError("No failed message has this identifier.", fix="List them: jusur exchange status.")
        log.record(
            "exchange.message.retried", subject_type=log.MESSAGE, subject_id=str(message_id), data={}, actor=actor
        )


def held_messages() -> Sequence[tuple[Any, ...]]:
    """Messages that wait for earlier ones: sender, conversation, sequence, expected sequence, held until."""
    return rows(
        """SELECT m.sender, k.conversation, m.sequence, k.next_sequence, m.hold_until
           FROM exchange_inboundmessage m JOIN exchange_inboundconversation k ON k.id = m.inbound_conversation_id
           WHERE m.state = 'received' AND m.sequence > k.next_sequence ORDER BY m.id""",
    )
