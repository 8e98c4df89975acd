"""What the evidence room sends to other bureaus and accepts from them.

Four kinds: a request; an act on a request; a sealed package's announcement; a receiver's word on a package. Each body
has one strict form, published as a JSON Schema with the protocol.
"""

from datetime import timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

from jusur.evidence import content as contents
from jusur.evidence.models import EvidencePackage, EvidenceRequest
from jusur.evidence.rules import State
from jusur.exchange import api as exchange
from jusur.kernel import clock

REQUEST = "evidence.request"
ACT = "evidence.act"
PACKAGE = "evidence.package"
CUSTODY = "evidence.custody"

LIFETIME = timedelta(days=60)

Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Moment = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$")]
Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]


class RequestBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A request for evidence, exactly as two officers of the requesting bureau agreed to it."""

    request: Id
    content: contents.RequestContent
    sent_at: Moment
    actor: Annotated[str, msgspec.Meta(max_length=64)]


class ActBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """One act on a request, with the state its bureau saw when it acted."""

    request: Id
    act: Annotated[str, msgspec.Meta(max_length=24)]
    before: State
    at: Moment
    actor: Annotated[str, msgspec.Meta(max_length=64)]
    data: dict[str, Annotated[str, msgspec.Meta(max_length=16000)]]


class PackageBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A sealed package waits at the sender's gate: its signed statement and how to fetch it."""

    package: Id
    bag: Id
    request: Id | None
    before: State | None
    completes: bool
    originator: Annotated[str, msgspec.Meta(max_length=16)]
    case_reference: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    conditions: contents.Conditions
    statement: dict[str, Any]
    blob: exchange.BlobDescriptor
    actor: Annotated[str, msgspec.Meta(max_length=64)]


class CustodyBody(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """What the receiver did with a package: its signed word, which the sender keeps in the chain of custody."""

    package: Id
    event: Literal["verified", "rejected", "exported", "forwarded", "returned", "destroyed"]
    at: Moment
    actor: Annotated[str, msgspec.Meta(max_length=64)]
    purpose: Annotated[str, msgspec.Meta(max_length=2000)]
    sealed_sha256: Digest
    countersignature: dict[str, Any]
    detail: Annotated[str, msgspec.Meta(max_length=2000)] = ""


def register() -> None:
    """Tell the exchange these kinds and who handles them."""
    from jusur.evidence.services import receiving

    for name, body, handler in (
        (REQUEST, RequestBody, receiving.receive_request),
        (ACT, ActBody, receiving.receive_act),
        (PACKAGE, PackageBody, receiving.receive_package),
        (CUSTODY, CustodyBody, receiving.receive_custody),
    ):
        exchange.register(exchange.MessageKind(name=name, schema=body, handler=handler))


def send_request(request: EvidenceRequest, actor: str) -> None:
    """Send an approved request to the requested bureau."""
    if request.sent_at is None:
        raise ValueError("a request is sent when it has been approved")
    body = RequestBody(
        request=str(request.id),
        content=contents.parse(request.content),
        sent_at=clock.timestamp(request.sent_at),
        actor=actor,
    )
    _send(REQUEST, request, body)


def send_act(request: EvidenceRequest, *, act: str, before: State, data: dict[str, Any], actor: str) -> None:
    """Tell the other bureau of an act on a request."""
    body = ActBody(
        request=str(request.id), act=act, before=before, at=clock.timestamp(clock.now()), actor=actor, data=data
    )
    _send(ACT, request, body)


def send_package(package: EvidencePackage, blob: exchange.BlobDescriptor, *, before: State | None, actor: str) -> None:
    """Announce a sealed package to the bureau it is sealed to; ``before`` is its request's state until now."""
    body = PackageBody(
        package=str(package.id),
        bag=str(package.bag_id),
        request=str(package.request_id) if package.request_id else None,
        before=before,
        completes=package.completes,
        originator=package.originator,
        case_reference=package.case_reference,
        conditions=contents.parse_conditions(package.conditions),
        statement=package.statement or {},
        blob=blob,
        actor=actor,
    )
    _send_of_package(PACKAGE, package, body)


def send_custody(package: EvidencePackage, body: CustodyBody) -> None:
    """Tell the sender of a package what was done with it."""
    _send_of_package(CUSTODY, package, body)


def conversation_of(package: EvidencePackage) -> UUID:
    """The conversation a package belongs to: its request's, else its own."""
    return package.request_id or package.id


def _send(kind: str, request: EvidenceRequest, body: msgspec.Struct) -> None:
    conditions = contents.parse_conditions(request.content["conditions"])
    exchange.send(
        kind,
        to=[request.counterpart],
        body=msgspec.to_builtins(body),
        conversation=request.id,
        handling=exchange.for_recipients(
            [request.counterpart],
            classification=request.content["classification"],
            retention_days=conditions.retention_days,
        ),
        purpose=request.content["purpose"][:1000],
        legal_basis=request.instrument,
        priority=_PRIORITY[request.urgency],
        expires_at=clock.now() + LIFETIME,
    )


def _send_of_package(kind: str, package: EvidencePackage, body: msgspec.Struct) -> None:
    urgency = package.request.urgency if package.request else "routine"
    exchange.send(
        kind,
        to=[package.counterpart],
        body=msgspec.to_builtins(body),
        conversation=conversation_of(package),
        handling=exchange.for_recipients(
            [package.counterpart],
            classification="confidential",
            retention_days=package.conditions["retention_days"],
        ),
        purpose=package.purpose[:1000],
        legal_basis=package.legal_basis[:1000],
        priority=_PRIORITY[urgency],
        expires_at=clock.now() + LIFETIME,
    )


_PRIORITY: dict[str, exchange.Priority] = {"emergency": "emergency", "urgent": "urgent", "routine": "routine"}
