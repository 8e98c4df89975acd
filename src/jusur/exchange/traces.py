"""How far the messages of a conversation have come at both ends, for the people whose matter it is."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from jusur.exchange.models import Delivery, InboundMessage
from jusur.exchange.selectors import INTERNAL

MAX_TRACES = 500
"""The newest messages of a conversation that are traced."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One message of a conversation: which way, how far, and the receipt.

    ``receipted_at`` is when the receiver took it, by its signed receipt; ``log_index`` is its place in the receiver's
    log, by the same receipt.
    """

    message: UUID
    kind: str
    outgoing: bool
    peer: str
    state: str
    at: datetime
    receipted_at: datetime | None
    acknowledged_at: datetime | None
    log_index: int | None
    refusal: str
    attempts: int


def traces(conversation: UUID, peer: str) -> list[Trace]:
    """The messages of ``conversation`` with ``peer``, oldest first."""
    sent = (
        Delivery.objects.filter(message__conversation=conversation, recipient=peer)
        .exclude(message__kind__in=INTERNAL)
        .select_related("message")
        .defer("envelope", "message__body", "message__handling", "message__attachments")
        .order_by("-id")[:MAX_TRACES]
    )
    received = (
        InboundMessage.objects.filter(
            inbound_conversation__conversation=conversation, inbound_conversation__sender=peer
        )
        .exclude(kind__in=INTERNAL)
        .defer("document", "content")
        .order_by("-id")[:MAX_TRACES]
    )
    found = [_outgoing(row) for row in sent] + [_incoming(row) for row in received]
    return sorted(found, key=lambda trace: (trace.at, trace.message.int))


def _outgoing(row: Delivery) -> Trace:
    receipt = _receipt(row.receipt)
    return Trace(
        message=row.message_id,
        kind=row.message.kind,
        outgoing=True,
        peer=row.recipient,
        state=row.state,
        at=row.created_at,
        receipted_at=row.settled_at if receipt else None,
        acknowledged_at=row.acknowledged_at,
        log_index=receipt.get("leaf_index"),
        refusal=str((row.refusal or {}).get("detail", "")),
        attempts=row.attempts,
    )


def _incoming(row: InboundMessage) -> Trace:
    receipt = _receipt(row.receipt)
    return Trace(
        message=row.message_id or row.envelope_id,
        kind=row.kind,
        outgoing=False,
        peer=row.sender,
        state=row.state,
        at=row.received_at,
        receipted_at=row.received_at if receipt else None,
        acknowledged_at=row.acknowledged_at,
        log_index=receipt.get("leaf_index"),
        refusal=str((row.refusal or {}).get("detail", "")),
        attempts=row.attempts,
    )


def _receipt(raw: bytes | memoryview | None) -> dict[str, Any]:
    """What a receipt says; it was verified when it was taken in, or is this node's own."""
    if not raw:
        return {}
    envelope = json.loads(bytes(raw))
    said: dict[str, Any] = json.loads(base64.b64decode(envelope["payload"]))
    return said
