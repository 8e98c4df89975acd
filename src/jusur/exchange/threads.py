"""One conversation, read from its beginning: every message of both directions, how far each has come, its files."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from jusur.exchange import receipt as receipts
from jusur.exchange.conversations import SPOKEN, overall
from jusur.exchange.models import (
    PRIORITY_NAME,
    Conversation,
    Delivery,
    InboundMessage,
    OutboundMessage,
    OutgoingBlob,
    Transfer,
)
from jusur.exchange.selectors import receipt as receipt_document
from jusur.kernel.errors import JusurError, NotFoundError

PAGE = 50
_DELIVERY = (
    "message_id",
    "recipient",
    "route",
    "state",
    "attempts",
    "last_error",
    "refusal",
    "digest",
    "envelope_id",
    "created_at",
    "settled_at",
    "acknowledged_at",
    "expires_at",
    "next_attempt_at",
)


def conversation(conversation_id: UUID, *, before: datetime | None = None, limit: int = PAGE) -> dict[str, Any]:
    """The newest ``limit`` messages of a conversation (or those from before a moment), oldest first.

    Returns:
        ``{"id", "partners", "priority", "warning", "items": [message…], "earlier": moment or null}``; a message is
        as `message` shows it.

    Raises:
        NotFoundError: nobody has said anything under this identifier.
    """
    row = Conversation.objects.filter(id=conversation_id).first()
    if row is None:
        raise NotFoundError("There is no such conversation.", fix="Look for it in the list.")
    found: list[OutboundMessage | InboundMessage] = [
        *_outbound(conversation_id, before, limit),
        *_inbound(conversation_id, before, limit),
    ]
    found.sort(key=_moment)
    shown = found[-limit:]
    return {
        "id": row.id,
        "partners": row.partners,
        "priority": PRIORITY_NAME[row.priority],
        "warning": row.warning,
        "items": _present(shown),
        "earlier": _moment(shown[0]) if len(found) > limit else None,
    }


def message(message_id: UUID, conversation_id: UUID) -> dict[str, Any]:
    """One message of a conversation.

    Returns:
        ``id, direction, kind, sender, to, at, priority, handling, purpose, legal_basis, body, attachments, forgotten``
        and of a sent one ``actor, approved_by, drafted, expires_at, deliveries, state``, of a received one
        ``acknowledged_at``.

    Raises:
        NotFoundError: it is not one of this conversation.
    """
    sent = OutboundMessage.objects.filter(id=message_id, conversation=conversation_id, kind__in=SPOKEN)
    received = _stored().filter(message_id=message_id, inbound_conversation__conversation=conversation_id)
    found: list[OutboundMessage | InboundMessage] = [*sent] or [*received[:1]]
    if not found:
        raise NotFoundError("There is no such message in this conversation.", fix="Open the conversation again.")
    return _present(found)[0]


def receipt_view(message_id: UUID, recipient: str) -> dict[str, Any]:
    """The signed receipt of a sent message, taken apart and checked anew against the directory in use.

    Returns:
        ``document`` (DSSE envelope), ``receipt`` (its fields), ``digest`` (of our envelope), ``holds``, ``why`` not.

    Raises:
        NotFoundError: no receipt has come, or it was forgotten.
    """
    from jusur.exchange import own

    document = receipt_document(message_id, recipient)
    row = Delivery.objects.values("receipt", "digest").get(message_id=message_id, recipient=recipient)
    raw = bytes(row["receipt"] or b"")
    taken = receipts.peek(raw)
    why = ""
    try:
        book = own.book()
        receipts.verify(
            raw, book.signing_keys(recipient), book.log_verifier(recipient), digest=row["digest"], by=recipient
        )
    except JusurError as error:
        why = error.detail
    return {"document": document, "receipt": taken, "digest": row["digest"], "holds": not why, "why": why}


def _stored() -> Any:
    return InboundMessage.objects.filter(kind__in=SPOKEN, state__in=["received", "processed", "failed"]).defer(
        "document", "receipt"
    )


def _outbound(conversation_id: UUID, before: datetime | None, limit: int) -> list[OutboundMessage]:
    rows = OutboundMessage.objects.filter(conversation=conversation_id, kind__in=SPOKEN)
    if before is not None:
        rows = rows.filter(created_at__lt=before)
    return list(rows.order_by("-created_at")[: limit + 1])


def _inbound(conversation_id: UUID, before: datetime | None, limit: int) -> list[InboundMessage]:
    rows = _stored().filter(inbound_conversation__conversation=conversation_id)
    if before is not None:
        rows = rows.filter(received_at__lt=before)
    return list(rows.order_by("-received_at")[: limit + 1])


def _moment(row: OutboundMessage | InboundMessage) -> datetime:
    return row.created_at if isinstance(row, OutboundMessage) else row.received_at


def _present(found: Sequence[OutboundMessage | InboundMessage]) -> list[dict[str, Any]]:
    deliveries = _deliveries([row.id for row in found if isinstance(row, OutboundMessage)])
    transfers = _transfers([row for row in found if isinstance(row, InboundMessage)])
    offers = _offers([row for row in found if isinstance(row, OutboundMessage)])
    return [
        _sent(row, deliveries.get(row.id, []), offers)
        if isinstance(row, OutboundMessage)
        else _received(row, transfers)
        for row in found
    ]


def _deliveries(ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in Delivery.objects.filter(message_id__in=ids).order_by("recipient").values(*_DELIVERY):
        found.setdefault(row["message_id"], []).append(row)
    return found


def _transfers(found: Sequence[InboundMessage]) -> dict[tuple[str, str], dict[str, Any]]:
    names = [file["blob"]["name"] for row in found for file in (row.content or {}).get("attachments", [])]
    if not names:
        return {}
    rows = Transfer.objects.filter(name__in=names).values("sender", "name", "state", "bytes_done", "descriptor__size")
    return {(row["sender"], row["name"]): dict(row) for row in rows}


def _offers(found: Sequence[OutboundMessage]) -> dict[str, dict[str, int]]:
    """By blob: how many recipients have it, and how many it was offered to."""
    names = [file["blob"]["name"] for row in found for file in row.attachments]
    counted: dict[str, dict[str, int]] = {}
    for name, state in OutgoingBlob.objects.filter(name__in=names).values_list("name", "state") if names else []:
        one = counted.setdefault(name, {"offered": 0, "fetched": 0})
        one["offered"] += 1
        one["fetched"] += state == "completed"
    return counted


def _sent(row: OutboundMessage, deliveries: list[dict[str, Any]], offers: dict[str, dict[str, int]]) -> dict[str, Any]:
    return {
        "id": row.id,
        "direction": "sent",
        "kind": row.kind,
        "sender": "",
        "to": row.recipients,
        "at": row.created_at,
        "expires_at": row.expires_at,
        "priority": PRIORITY_NAME[row.priority],
        "handling": row.handling,
        "purpose": row.purpose,
        "legal_basis": row.legal_basis,
        "body": row.body,
        "attachments": [
            _file(file, number, "sent") | offers.get(file["blob"]["name"], {})
            for number, file in enumerate(row.attachments)
        ],
        "forgotten": row.forgotten_at is not None,
        "actor": row.actor,
        "approved_by": row.approved_by,
        "drafted": row.drafted and not row.approved_by,
        "deliveries": deliveries,
        "state": overall([delivery["state"] for delivery in deliveries]),
    }


def _received(row: InboundMessage, transfers: dict[tuple[str, str], dict[str, Any]]) -> dict[str, Any]:
    content = row.content or {}
    files = []
    for number, file in enumerate(content.get("attachments", [])):
        transfer = transfers.get((row.sender, file["blob"]["name"]), {})
        files.append(
            _file(file, number, transfer.get("state", "waiting"))
            | {"done": transfer.get("bytes_done", 0), "of": file["blob"]["size"]}
        )
    return {
        "id": row.message_id,
        "direction": "received",
        "kind": row.kind,
        "sender": row.sender,
        "to": content.get("to", []),
        "at": row.received_at,
        "written_at": content.get("created_at"),
        "expires_at": row.expires_at,
        "priority": PRIORITY_NAME[row.priority],
        "handling": content.get("handling", {}),
        "purpose": content.get("purpose", ""),
        "legal_basis": content.get("legal_basis", ""),
        "body": content.get("body", {}),
        "attachments": files,
        "forgotten": row.forgotten_at is not None,
        "acknowledged_at": row.acknowledged_at,
        "digest": row.digest,
        "envelope_id": row.envelope_id,
        "failed": row.state == "failed",
        "last_error": row.last_error,
    }


def _file(file: dict[str, Any], number: int, state: str) -> dict[str, Any]:
    return {
        "number": number,
        "name": file["name"],
        "media_type": file["media_type"],
        "size": file["size"],
        "sha256": file["sha256"],
        "state": state,
    }
