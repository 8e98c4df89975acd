"""Reads for people and national systems: messages received and sent, and how the exchange is doing."""

import json
from typing import Any
from uuid import UUID

from django.db.models import Q

from jusur.exchange.db import rows
from jusur.exchange.models import PRIORITY_NAME, Delivery, InboundMessage, OutboundMessage, OutgoingBlob, Transfer
from jusur.exchange.transfers import stored_name
from jusur.kernel.clock import timestamp
from jusur.kernel.errors import InvalidInputError, NotFoundError
from jusur.rows.pages import MAX_PAGE, page

INTERNAL = ("exchange.acknowledgement", "exchange.refusal", "exchange.transfer.completed")
"""Kinds that nodes answer each other with; people see what they caused, not them."""


def received(*, cursor: str = "", limit: int = 50, kind: str = "") -> dict[str, Any]:
    """Received messages, newest first: ``{"items": […], "next": cursor or null}``.

    Raises:
        InvalidInputError: the cursor is not one that was given out.
    """
    if cursor and not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 19):  # noqa: PLR2004 - 63 bits
        raise InvalidInputError("cursor is not one that was given out.", fix="Start without a cursor.")
    found = InboundMessage.objects.filter(state__in=["received", "processed", "failed"]).exclude(kind__in=INTERNAL)
    if kind:
        found = found.filter(kind=kind)
    if cursor:
        found = found.filter(id__lt=int(cursor))
    size = min(max(limit, 1), MAX_PAGE)
    items = list(found.order_by("-id")[: size + 1])
    more = len(items) > size
    return {"items": [_received(item) for item in items[:size]], "next": str(items[size - 1].pk) if more else None}


def sent(*, cursor: str = "", limit: int = 50, kind: str = "") -> dict[str, Any]:
    """Sent and drafted messages, newest first, as `received`."""
    found = OutboundMessage.objects.exclude(kind__in=INTERNAL)
    if kind:
        found = found.filter(kind=kind)
    return page(found.prefetch_related("deliveries"), _sent, cursor=cursor, limit=limit)


def message(message_id: UUID) -> dict[str, Any]:
    """One message, sent or received, with its content.

    Raises:
        NotFoundError: there is none.
    """
    outbound = OutboundMessage.objects.filter(id=message_id).prefetch_related("deliveries").first()
    if outbound is not None:
        return _sent(outbound) | _content(outbound)
    inbound = InboundMessage.objects.filter(
        Q(message_id=message_id), state__in=["received", "processed", "failed"]
    ).first()
    if inbound is None:
        raise NotFoundError("There is no such message.", fix="List them: jusur message list.")
    content = inbound.content or {}
    names = ("handling", "purpose", "legal_basis", "body")
    attachments = [_attachment(inbound.sender, item) for item in content.get("attachments", [])]
    return _received(inbound) | {name: content.get(name) for name in names} | {"attachments": attachments}


def receipt(message_id: UUID, recipient: str) -> dict[str, Any]:
    """The signed receipt (DSSE envelope) that ``recipient`` gave for a sent message.

    Raises:
        NotFoundError: no such delivery, none has come yet, or it was forgotten.
    """
    found = Delivery.objects.filter(message_id=message_id, recipient=recipient).values_list("receipt", flat=True)
    raw = bytes(found.first() or b"")
    if not raw:
        raise NotFoundError("There is no receipt of this recipient.", fix="See the message's deliveries.")
    envelope: dict[str, Any] = json.loads(raw)
    return envelope


def _received(row: InboundMessage) -> dict[str, Any]:
    content = row.content or {}
    return {
        "id": str(row.message_id),
        "direction": "received",
        "kind": row.kind,
        "from": row.sender,
        "to": content.get("to", []),
        "subject": content.get("body", {}).get("subject", ""),
        "priority": PRIORITY_NAME[row.priority],
        "conversation": content.get("conversation", ""),
        "at": timestamp(row.received_at),
        "state": row.state,
        "acknowledged_at": timestamp(row.acknowledged_at) if row.acknowledged_at else None,
    }


def _sent(row: OutboundMessage) -> dict[str, Any]:
    deliveries = sorted(row.deliveries.all(), key=lambda delivery: delivery.recipient)
    return {
        "id": str(row.id),
        "direction": "sent",
        "kind": row.kind,
        "to": row.recipients,
        "subject": row.body.get("subject", ""),
        "priority": PRIORITY_NAME[row.priority],
        "conversation": str(row.conversation),
        "at": timestamp(row.created_at),
        "state": _overall(deliveries),
        "deliveries": [_delivery(delivery) for delivery in deliveries],
    }


def _overall(deliveries: list[Delivery]) -> str:
    """The state of the delivery that has come least far; what failed first of all."""
    order = ("refused", "expired", "drafted", "approved", "queued", "delivered", "receipted")
    return min((delivery.state for delivery in deliveries), key=order.index, default="drafted")


def _delivery(row: Delivery) -> dict[str, Any]:
    return {
        "recipient": row.recipient,
        "state": row.state,
        "attempts": row.attempts,
        "last_error": row.last_error,
        "refusal": row.refusal,
        "settled_at": timestamp(row.settled_at) if row.settled_at else None,
        "acknowledged_at": timestamp(row.acknowledged_at) if row.acknowledged_at else None,
    }


def _content(row: OutboundMessage) -> dict[str, Any]:
    return {
        "handling": row.handling,
        "purpose": row.purpose,
        "legal_basis": row.legal_basis,
        "body": row.body,
        "attachments": [{name: item[name] for name in ("name", "media_type", "size")} for item in row.attachments],
    }


def _attachment(sender: str, item: dict[str, Any]) -> dict[str, Any]:
    found = Transfer.objects.filter(name=item["blob"]["name"], sender=sender).first()
    return {
        "name": item["name"],
        "media_type": item["media_type"],
        "size": item["size"],
        "state": found.state if found is not None else "waiting",
        "stored": stored_name(sender, item["blob"]["name"]),
    }


def status() -> dict[str, Any]:
    """How the exchange is doing: what waits, what was settled, what is held, who is silent."""
    return {
        "deliveries": dict(rows("SELECT state, count(*) FROM exchange_delivery GROUP BY state")),
        "received": dict(rows("SELECT state, count(*) FROM exchange_inboundmessage GROUP BY state")),
        "held": rows(
            """SELECT count(*) FROM exchange_inboundmessage m
               JOIN exchange_inboundconversation k ON k.id = m.inbound_conversation_id
               WHERE m.state = 'received' AND m.sequence > k.next_sequence"""
        )[0][0],
        "relayed": dict(rows("SELECT state, count(*) FROM exchange_relayitem GROUP BY state")),
        "transfers": [
            _transfer(row) for row in Transfer.objects.exclude(state="completed").order_by("created_at")[:50]
        ],
        "offers": OutgoingBlob.objects.filter(state="offered").count(),
        "peers": [
            {
                "peer": peer,
                "last_heard_at": timestamp(heard) if heard else None,
                "silent_since": timestamp(silent) if silent else None,
                "directory_version": version,
            }
            for peer, heard, silent, version in rows(
                "SELECT peer, last_heard_at, silent_since, directory_version FROM exchange_peerstate ORDER BY peer"
            )
        ],
    }


def _transfer(row: Transfer) -> dict[str, Any]:
    return {
        "id": str(row.id),
        "name": row.name,
        "from": row.sender,
        "state": row.state,
        "bytes": row.bytes_done,
        "of": row.descriptor["size"],
        "last_error": row.last_error,
    }
