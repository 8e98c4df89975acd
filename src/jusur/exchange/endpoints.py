"""Messages over HTTP, for officers and national systems. Each view finds out who acts and hands over."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Path, Router, Schema, Status
from pydantic import ConfigDict, Field

from jusur.accounts import api as accounts
from jusur.exchange import alarms, answers, compose, outbox, selectors, shapes
from jusur.exchange.message import Priority
from jusur.kernel.errors import NotFoundError
from jusur.kernel.ids import parse_id
from jusur.rows.shapes import SignedEnvelope

router = Router(tags=["messages"])

Id = Annotated[str, Path(max_length=64)]
Cursor = Annotated[str, Field(max_length=64)]
Limit = Annotated[int, Field(ge=1, le=200)]
Address = Annotated[str, Field(max_length=17)]
Reason = Annotated[str, Field(min_length=1, max_length=1000)]


class Body(Schema):
    """A strict JSON body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class NewMessage(Body):
    """A message or request for assistance to one or more bureaus."""

    to: Annotated[list[Address], Field(min_length=1, max_length=256)]
    subject: Annotated[str, Field(min_length=1, max_length=200)]
    text: Annotated[str, Field(min_length=1, max_length=50_000)]
    language: Literal["ar", "en", "fr", "es"] = "en"
    topic: Literal["message", "assistance", "information"] = "message"
    priority: Priority = "routine"
    purpose: Reason
    legal_basis: Reason
    conversation: Annotated[str, Field(max_length=64)] | None = None
    in_reply_to: Annotated[str, Field(max_length=64)] | None = None
    handling: dict[str, Any] | None = None
    attachments: Annotated[list[Annotated[str, Field(max_length=255)]], Field(max_length=64)] = Field(default=[])
    draft: bool = False


class NewWarning(Body):
    """A warning to many bureaus at once; without ``to`` it goes to every bureau that takes part."""

    to: Annotated[list[Address], Field(max_length=256)] = Field(default=[])
    subject: Annotated[str, Field(min_length=1, max_length=200)]
    text: Annotated[str, Field(min_length=1, max_length=50_000)]
    language: Literal["ar", "en", "fr", "es"] = "en"
    threat: Literal["terrorism", "drones", "crypto-financing", "artificial-intelligence", "fraud", "firearms", "other"]
    severity: Literal["imminent", "serious", "information"]
    purpose: Reason
    legal_basis: Reason


@router.get("/messages", summary="Messages received or sent, newest first", response=shapes.MessagePage, by_alias=True)
def messages(
    request: HttpRequest,
    direction: Literal["received", "sent"] = "received",
    kind: Annotated[str, Field(max_length=64)] = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> dict[str, Any]:
    """One page of messages."""
    accounts.acting(request, "message.read")
    read = selectors.received if direction == "received" else selectors.sent
    return read(cursor=cursor, limit=limit, kind=kind)


@router.post("/messages", summary="Send a message", response={201: shapes.SentDetail})
def send(request: HttpRequest, body: NewMessage) -> Status[dict[str, Any]]:
    """Send a message, or draft one for a second officer to approve."""
    actor = accounts.acting(request, "message.write")
    return Status(201, compose.message_send(**body.dict(), actor=actor.reference))


@router.post("/warnings", summary="Warn many bureaus at once", response={201: shapes.SentDetail})
def warn(request: HttpRequest, body: NewWarning) -> Status[dict[str, Any]]:
    """Send a warning."""
    actor = accounts.acting(request, "message.write")
    return Status(201, compose.warning_send(**body.dict(), actor=actor.reference))


@router.get(
    "/messages/{message_id}",
    summary="One message and its deliveries",
    response=shapes.MessageDetail,
    by_alias=True,
)
def show(request: HttpRequest, message_id: Id) -> dict[str, Any]:
    """The whole message."""
    accounts.acting(request, "message.read")
    return selectors.message(parse_id(message_id))


@router.get(
    "/messages/{message_id}/receipts/{recipient}",
    summary="A recipient's signed receipt",
    response=SignedEnvelope,
)
def receipt(request: HttpRequest, message_id: Id, recipient: Address) -> dict[str, Any]:
    """The receipt as it came; the offline verifier checks it (docs/reference/ledger.md)."""
    accounts.acting(request, "message.read")
    return selectors.receipt(parse_id(message_id), recipient)


@router.post(
    "/messages/{message_id}/acknowledgement",
    summary="Tell the sender that the message was read",
    response=shapes.ReceivedDetail,
    by_alias=True,
)
def acknowledge(request: HttpRequest, message_id: Id) -> dict[str, Any]:
    """Acknowledge a received message as read."""
    actor = accounts.acting(request, "message.read")
    found = selectors.message(parse_id(message_id))
    if found["direction"] != "received":
        raise NotFoundError("Only a received message is acknowledged.")
    answers.acknowledge(parse_id(message_id), sender=found["from"], actor=actor.reference)
    return selectors.message(parse_id(message_id))


@router.post(
    "/messages/{message_id}/approval",
    summary="Approve a draft as a second officer and send it",
    response=shapes.SentDetail,
)
def approve(request: HttpRequest, message_id: Id) -> dict[str, Any]:
    """Approve another officer's draft."""
    actor = accounts.acting(request, "message.write")
    outbox.approve(parse_id(message_id), actor=actor.reference)
    return selectors.message(parse_id(message_id))


@router.get("/status", summary="How the exchange is doing", response=shapes.ExchangeStatus, by_alias=True)
def status(request: HttpRequest) -> dict[str, Any]:
    """What waits, what is held, who is silent, and the open alarms."""
    accounts.acting(request, "directory.read")
    return {**selectors.status(), "alarms": alarms.open_alarms()}
