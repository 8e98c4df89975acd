"""Forgetting: what was exchanged longer ago than the node keeps messages loses its content, in small batches.

Identifiers, digests, states and times stay as a tombstone: a duplicate is still known, summaries still agree, and the
log's proofs hold. Nothing is forgotten before its envelope has expired everywhere, so that no forgotten message can
come, or have to go, again. What was relayed for others leaves no tombstone: its recipient knows the duplicate, and the
relay itself refuses what has expired.
"""

import threading
import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from jusur.exchange import log
from jusur.exchange.db import rows
from jusur.exchange.envelope import CLOCK_TOLERANCE
from jusur.kernel.clock import now
from jusur.ledger import api as ledger

BATCH = 200
"""Messages forgotten in one transaction."""
BATCHES_AT_ONCE = 10
INTERVAL_SECONDS = 3600.0
REASON = "retention period over"

_INBOUND = """
    UPDATE exchange_inboundmessage SET document = NULL, content = NULL, receipt = NULL, refusal = NULL,
           last_error = '', forgotten_at = %s
    WHERE id = ANY(ARRAY(SELECT id FROM exchange_inboundmessage
                         WHERE received_at < %s AND expires_at < %s AND forgotten_at IS NULL
                           AND (processed_at IS NOT NULL OR state IN ('refused', 'duplicate'))
                         ORDER BY received_at LIMIT %s FOR UPDATE SKIP LOCKED))
    RETURNING sender, envelope_id, message_id
"""
_OUTBOUND = """
    UPDATE exchange_outboundmessage SET body = '{}', attachments = '[]', purpose = '', legal_basis = '',
           forgotten_at = %s
    WHERE id = ANY(ARRAY(SELECT id FROM exchange_outboundmessage m
                         WHERE created_at < %s AND expires_at < %s AND forgotten_at IS NULL
                           AND NOT EXISTS (SELECT 1 FROM exchange_delivery d WHERE d.message_id = m.id
                                           AND (d.state NOT IN ('receipted', 'refused', 'expired')
                                                OR d.expires_at >= %s))
                         ORDER BY created_at LIMIT %s FOR UPDATE SKIP LOCKED))
    RETURNING id
"""
_DELIVERIES = """
    UPDATE exchange_delivery SET envelope = '', refusal = NULL, last_error = '',
           receipt = CASE WHEN receipt IS NULL THEN NULL ELSE ''::bytea END
    WHERE message_id = ANY(%s) RETURNING id
"""
_RELAYED = """
    DELETE FROM exchange_relayitem
    WHERE id = ANY(ARRAY(SELECT id FROM exchange_relayitem
                         WHERE received_at < %s AND expires_at < %s AND state <> 'queued'
                         ORDER BY received_at LIMIT %s FOR UPDATE SKIP LOCKED))
    RETURNING sender, envelope_id
"""

_mutex = threading.Lock()
_due = 0.0


def forget_due() -> None:
    """Forget what is older than the node's ``retention_days``, a few batches at a time.

    When nothing is left it does nothing for an hour; else the next call goes on.
    """
    global _due  # noqa: PLW0603 - the clock of this process
    with _mutex:
        if time.monotonic() < _due:
            return
        _due = time.monotonic() + INTERVAL_SECONDS
    from jusur.node.context import current

    age = timedelta(days=current().settings.retention_days)
    if all(forget_older(age) for _ in range(BATCHES_AT_ONCE)):
        _due = 0.0


def forget_older(age: timedelta, *, batch: int = BATCH) -> int:
    """Forget one batch each of received, sent and relayed messages older than ``age``; how many messages.

    Their content, envelopes and receipts are dropped, and the data of their events in the log; both is recorded.
    """
    moment = now()
    with transaction.atomic():
        return sum(forget(moment, moment - age, batch) for forget in (_forget_received, _forget_sent, _forget_relayed))


def _forget_received(moment: datetime, before: datetime, batch: int) -> int:
    found = rows(_INBOUND, (moment, before, moment - CLOCK_TOLERANCE, batch))
    subjects = [(log.ENVELOPE, f"{sender}:{envelope}") for sender, envelope, _ in found]
    _forget_events(subjects + [(log.MESSAGE, str(message)) for _, _, message in found if message is not None])
    return len(found)


def _forget_sent(moment: datetime, before: datetime, batch: int) -> int:
    ended = moment - CLOCK_TOLERANCE
    found: list[tuple[Any, ...]] = rows(_OUTBOUND, (moment, before, ended, ended, batch))
    messages: list[UUID] = [row[0] for row in found]
    rows(_DELIVERIES, (messages,))
    _forget_events([(log.MESSAGE, str(message)) for message in messages])
    return len(messages)


def _forget_relayed(moment: datetime, before: datetime, batch: int) -> int:
    found = rows(_RELAYED, (before, moment - CLOCK_TOLERANCE, batch))
    _forget_events([(log.ENVELOPE, f"{sender}:{envelope}") for sender, envelope in found])
    return len(found)


def _forget_events(subjects: list[tuple[str, str]]) -> None:
    if subjects:
        ledger.forget_many(subjects, actor="node", reason=REASON)
