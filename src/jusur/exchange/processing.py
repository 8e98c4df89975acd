"""Processing what was accepted: exactly once, in the order of each conversation.

A conversation's row lock makes one worker at a time responsible for it. The handler runs inside the transaction that
marks the message processed: what it did and that it did are kept or lost together. A batch is one savepoint; where a
message of it fails, all are undone and each is done again in a savepoint of its own, so that only the failing one is
lost. A handler may therefore be called again for what was undone, as after a crash. A
message whose predecessors are missing waits until they come, or until its time to wait is over (then the gap is
reported). A message whose handler fails is retried where that may help, then set aside with an alarm; other
conversations never wait for it.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, transaction

from jusur.exchange import alarms, kinds, log
from jusur.exchange.backoff import next_delay
from jusur.exchange.db import execute, rows
from jusur.exchange.errors import MessageRefusedError
from jusur.exchange.kinds import ReceivedMessage
from jusur.exchange.message import Message
from jusur.exchange.models import PRIORITY_NAME, InboundMessage
from jusur.kernel.clock import now, parse_timestamp
from jusur.kernel.errors import JusurError, NotFoundError, UnavailableError

_log = structlog.get_logger(__name__)

CONVERSATIONS_AT_ONCE = 64
MAX_ATTEMPTS = 6
"""How often a handler is called for one message before it is set aside."""

_READY = """
    SELECT c.id, c.next_sequence FROM exchange_inboundconversation c
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
    with transaction.atomic():
        return _Batch(now()).run(limit)


class _Batch:
    """Messages processed in one transaction. Handlers run one by one; what they settle is written at its end."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment
        self._next: dict[int, int] = {}
        self._settled: list[tuple[InboundMessage, str, str]] = []
        self._passed: list[int] = []

    def run(self, limit: int) -> int:
        """Process what is ready; how many messages were dealt with."""
        self._next = dict(rows(_READY, (self._moment, self._moment, limit)))
        if not self._next:
            return 0
        ready = [found[0] for found in rows(_NEXT, (list(self._next), self._moment))]
        found = {m.id: m for m in InboundMessage.objects.filter(id__in=ready).defer("document", "receipt")}
        done = self._all([found[number] for number in ready])
        self._write()
        return done

    def _all(self, messages: Sequence[InboundMessage]) -> int:
        """Deal with all messages in one savepoint, which nearly always holds; else one by one, each in its own."""
        expected = dict(self._next)
        if len(messages) > 1:
            try:
                with transaction.atomic():
                    return self._each(messages, self._carry_out)
            except Exception as error:  # noqa: BLE001 - whose it is and what it means, the second pass finds out
                _log.info("batch taken apart", messages=len(messages), error=type(error).__name__)
            self._next, self._settled, self._passed = expected, [], []
        return self._each(messages, self._process)

    def _each(self, messages: Sequence[InboundMessage], deal: Callable[[InboundMessage], bool]) -> int:
        done, blocked = 0, set[int]()
        for message in messages:
            conversation = message.inbound_conversation_id or 0
            if conversation in blocked:
                continue
            if message.next_attempt_at is not None and message.next_attempt_at > self._moment:
                blocked.add(conversation)
            elif self._place(message, conversation) or deal(message):
                done += 1
                self._next[conversation] = max(self._next[conversation], (message.sequence or 0) + 1)
            else:
                blocked.add(conversation)
        return done

    def _place(self, message: InboundMessage, conversation: int) -> bool:
        """Find the message's place in its conversation; true where it was refused when it came and only fills it."""
        if message.state == "refused":
            self._passed.append(message.id)
            return True
        message.in_order = message.sequence == self._next[conversation]
        if message.sequence is not None and message.sequence > self._next[conversation]:
            _report_gap(message, self._next[conversation])
        return False

    def _carry_out(self, message: InboundMessage) -> bool:
        kinds.get(message.kind).handler(view(message))
        self._settled.append((message, "processed", ""))
        return True

    def _process(self, message: InboundMessage) -> bool:
        """Deal with one message; false where it must be tried again later and its conversation waits."""
        try:
            with transaction.atomic():
                kinds.get(message.kind).handler(view(message))
        except MessageRefusedError as error:
            _refuse(message, error)
            self._settled.append((message, "processed", f"refused: {error.detail}"))
        except (OperationalError, InterfaceError, UnavailableError) as error:
            return self._again(message, error)
        except Exception as error:  # noqa: BLE001 - a handler may fail in any way; none may stop the others
            if isinstance(error, DatabaseError) and _is_serialization(error):
                return self._again(message, error)
            self._fail(message, error)
        else:
            self._settled.append((message, "processed", ""))
        return True

    def _again(self, message: InboundMessage, error: Exception) -> bool:
        if message.attempts + 1 >= MAX_ATTEMPTS:
            self._fail(message, error)
            return True
        execute(
            """UPDATE exchange_inboundmessage SET attempts = attempts + 1, next_attempt_at = %s, last_error = %s
               WHERE id = %s""",
            (now() + next_delay(message.attempts), _explain(error), message.id),
        )
        return False

    def _fail(self, message: InboundMessage, error: Exception) -> None:
        _log.error("message failed", message=str(message.message_id), kind=message.kind, error=type(error).__name__)
        alarms.raise_alarm(
            "message-failed",
            peer=message.sender,
            subject=str(message.message_id),
            detail=f"A {message.kind} of {message.sender} could not be processed: {_explain(error)}",
        )
        self._settled.append((message, "failed", _explain(error)))

    def _write(self) -> None:
        execute(
            """UPDATE exchange_inboundmessage m SET state = v.state, processed_at = %s, in_order = v.in_order,
                      last_error = v.error, attempts = m.attempts + 1
               FROM unnest(%s::bigint[], %s::text[], %s::bool[], %s::text[]) AS v(id, state, in_order, error)
               WHERE m.id = v.id""",
            (
                now(),
                [message.id for message, _, _ in self._settled],
                [state for _, state, _ in self._settled],
                [message.in_order for message, _, _ in self._settled],
                [error[:2000] for _, _, error in self._settled],
            ),
        )
        if self._passed:
            execute("UPDATE exchange_inboundmessage SET processed_at = %s WHERE id = ANY(%s)", (now(), self._passed))
        execute(
            """UPDATE exchange_inboundconversation c SET next_sequence = GREATEST(c.next_sequence, v.next)
               FROM unnest(%s::bigint[], %s::bigint[]) AS v(id, next) WHERE c.id = v.id""",
            (list(self._next), list(self._next.values())),
        )
        log.record_many([_event(message, state) for message, state, _ in self._settled])


def _event(message: InboundMessage, state: str) -> log.NewEvent:
    return log.NewEvent(
        kind=f"exchange.message.{state}",
        subject_type=log.MESSAGE,
        subject_id=str(message.message_id),
        actor="node",
        data={"sender": message.sender, "kind": message.kind, "in_order": message.in_order},
    )


def _refuse(message: InboundMessage, error: MessageRefusedError) -> None:
    """Tell the originator; where even that fails, the operator."""
    from jusur.exchange import answers

    try:
        with transaction.atomic():
            answers.send_refusal(view(message), error)
    except JusurError as failure:
        alarms.raise_alarm(
            "refusal-unsent", peer=message.sender, subject=str(message.message_id), detail=failure.detail
        )


def _explain(error: Exception) -> str:
    return error.detail if isinstance(error, JusurError) else type(error).__name__


def _report_gap(message: InboundMessage, expected: int) -> None:
    alarms.raise_alarm(
        "sequence-gap",
        peer=message.sender,
        subject=(message.content or {}).get("conversation", ""),
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
