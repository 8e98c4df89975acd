"""What arrives from other bureaus: requests, acts on requests, packages, and word of what became of a package."""

import base64
from datetime import timedelta

import msgspec
from django.db import transaction

from jusur.evidence import content as contents
from jusur.evidence import custody_log, deadlines, statements
from jusur.evidence.custody import Direction, PackageState
from jusur.evidence.errors import ActNotPossibleError
from jusur.evidence.messages import ActBody, CustodyBody, PackageBody, RequestBody
from jusur.evidence.models import EvidencePackage, EvidenceRequest
from jusur.evidence.rules import ACTS, Side, State, settle
from jusur.evidence.services import requests
from jusur.exchange import api as exchange
from jusur.kernel import canonical, clock
from jusur.kernel.errors import JusurError
from jusur.kernel.ids import parse_id
from jusur.node import context
from jusur.packages import chunks_blake3

_CLOCK_TOLERANCE = timedelta(minutes=5)


@transaction.atomic
def receive_request(message: exchange.ReceivedMessage) -> None:
    """Take in a request by another bureau.

    Raises:
        MessageRefusedError: its contents are not what the instrument requires, or its identifier is taken.
    """
    body: RequestBody = message.body
    content = contents.parse(msgspec.to_builtins(body.content))
    own = context.current().address
    try:
        requests.check_available(content, message.sender, own)
        requests.check_contents(content)
    except JusurError as error:
        raise exchange.MessageRefusedError(error.detail, fix=error.fix) from None
    request_id = parse_id(body.request)
    if EvidenceRequest.objects.filter(id=request_id).exists():
        raise exchange.MessageRefusedError("A request with this identifier exists here.")
    request = EvidenceRequest(
        id=request_id,
        side=Side.REQUESTED,
        counterpart=message.sender,
        state=State.SENT,
        related=EvidenceRequest.objects.filter(id=content.related_request, counterpart=message.sender).first()
        if content.related_request
        else None,
        created_at=message.received_at,
        sent_at=clock.parse_timestamp(body.sent_at),
        received_at=message.received_at,
    )
    requests.fill(request, content)
    request.save(force_insert=True)
    deadlines.set_due(request)
    requests.record(request, "evidence.request.received", message.sender, occurred_at=message.received_at)


@transaction.atomic
def receive_act(message: exchange.ReceivedMessage) -> None:
    """Take in an act of the other bureau on a request.

    Raises:
        MessageRefusedError: no such request with that bureau, or the act was not possible where it was done.
    """
    body: ActBody = message.body
    request = _request_with(message.sender, body.request)
    rule = ACTS.get(body.act)
    if rule is None or rule.local:
        raise exchange.MessageRefusedError("This is not an act that bureaus tell each other.")
    apply_remote(request, body.act, State(body.before), message, body.data)


def apply_remote(
    request: EvidenceRequest, act: str, before: State, message: exchange.ReceivedMessage, data: dict[str, str]
) -> None:
    """Apply the other bureau's ``act``, done when it saw the request in ``before``; crossing acts are settled.

    Raises:
        MessageRefusedError: the act was not possible there.
    """
    after = settle(State(request.state), before, act, _other(Side(request.side)))
    if after is None:
        raise exchange.MessageRefusedError(f"{act} is not possible on this request now.")
    try:
        requests.apply_act(
            request,
            act,
            by=message.sender,
            actor=f"bureau:{message.sender}",
            data=_known(act, data),
            at=min(message.created_at, clock.now() + _CLOCK_TOLERANCE),
            after=after,
        )
    except (ActNotPossibleError, KeyError, JusurError) as error:
        raise exchange.MessageRefusedError(f"The act cannot be taken in: {error}.") from None


@transaction.atomic
def receive_package(message: exchange.ReceivedMessage) -> None:
    """Take in the announcement of a sealed package and start to fetch it.

    Raises:
        MessageRefusedError: the statement is not the sender's, or does not fit the blob it announces.
    """
    body: PackageBody = message.body
    _check_statement(message.sender, body)
    request = _request_with(message.sender, body.request) if body.request else None
    package_id = parse_id(body.package)
    if EvidencePackage.objects.filter(id=package_id).exists():
        raise exchange.MessageRefusedError("A package with this identifier exists here.")
    package = EvidencePackage.objects.create(
        id=package_id,
        bag_id=parse_id(body.bag),
        direction=Direction.INCOMING,
        state=PackageState.ANNOUNCED,
        request=request,
        counterpart=message.sender,
        originator=body.originator,
        case_reference=body.case_reference,
        purpose=message.purpose,
        legal_basis=message.legal_basis,
        conditions=msgspec.to_builtins(body.conditions),
        completes=body.completes,
        statement=body.statement,
        blob=body.blob.name,
        size=body.blob.size,
        sealed_sha256=body.blob.sha256,
        created_at=message.received_at,
    )
    custody_log.record(package, "custody.announced", f"bureau:{message.sender}", data={"size": body.blob.size})
    exchange.fetch_blob(
        body.blob,
        sender=message.sender,
        conversation=message.conversation,
        purpose=message.purpose,
        legal_basis=message.legal_basis,
        priority=message.priority,
    )
    if request is not None and request.side == Side.REQUESTING:
        before = State(body.before) if body.before else State.IN_EXECUTION
        apply_remote(request, "fulfil" if body.completes else "fulfil_partly", before, message, {})


@transaction.atomic
def receive_custody(message: exchange.ReceivedMessage) -> None:
    """Take in the receiver's signed word on a package this bureau sent.

    Raises:
        MessageRefusedError: no such package was sent there, or its signature is not over this package.
    """
    body: CustodyBody = message.body
    package = (
        EvidencePackage.objects.select_for_update()
        .filter(id=parse_id(body.package), counterpart=message.sender, direction=Direction.OUTGOING)
        .first()
    )
    if package is None:
        raise exchange.MessageRefusedError("This bureau sent you no such package.")
    if body.sealed_sha256 != package.sealed_sha256:
        raise exchange.MessageRefusedError("That is not the digest of the package that was sent.")
    _check_countersignature(message.sender, body)
    if body.event == "verified" and package.state == PackageState.OFFERED:
        package.state = PackageState.COUNTERSIGNED
        package.countersigned_at = clock.parse_timestamp(body.at)
    elif body.event == "rejected" and package.state == PackageState.OFFERED:
        package.state = PackageState.REJECTED
        package.failure = body.detail
    package.verification = (package.verification or {}) | {body.event: body.countersignature}
    package.save()
    kind = "custody.countersigned" if body.event == "verified" else f"custody.{body.event}"
    custody_log.record(
        package, kind, f"bureau:{message.sender}", purpose=body.purpose, data={"by": message.sender, "at": body.at}
    )
    if body.event == "verified" and package.request_id and package.completes:
        request = requests.locked(package.request_id)
        if request.state == State.FULFILLED and request.side == Side.REQUESTED:
            apply_remote(request, "confirm", State.FULFILLED, message, {})


def _request_with(sender: str, request_id: str) -> EvidenceRequest:
    request = EvidenceRequest.objects.select_for_update().filter(id=parse_id(request_id), counterpart=sender).first()
    if request is None or request.state in {State.DRAFTED, State.AWAITING_APPROVAL}:
        raise exchange.MessageRefusedError("There is no such request between the two bureaus.")
    return request


def _other(side: Side) -> Side:
    return Side.REQUESTED if side is Side.REQUESTING else Side.REQUESTING


def _known(act: str, data: dict[str, str]) -> dict[str, str]:
    kept: dict[str, str] = {name: data[name] for name in ("text", "ground", "until") if name in data}
    if act in {"extend", "confirm_preservation"}:
        clock.parse_timestamp(kept["until"], field="until")
    if act == "refuse":
        kept.setdefault("ground", "")
    return kept


def _check_statement(sender: str, body: PackageBody) -> None:
    try:
        stated = statements.read(body.statement, sender)
        sealed = stated["sealed"]
        fits = (
            (stated["id"], stated["request"] or None, stated["from"]) == (body.bag, body.request, sender)
            and (sealed["sha256"], sealed["size"]) == (body.blob.sha256, body.blob.size)
            and sealed["chunks_blake3"] == chunks_blake3(base64.b64decode(body.blob.chunk_digests_blake3))
            and canonical.encode(stated["conditions"]) == contents.encode(body.conditions)
        )
    except JusurError as error:
        raise exchange.MessageRefusedError(error.detail, fix=error.fix) from None
    except (KeyError, TypeError, ValueError):
        fits = False
    if not fits:
        raise exchange.MessageRefusedError("The signed statement is not about this package.")


def _check_countersignature(sender: str, body: CustodyBody) -> None:
    try:
        signed = statements.read_countersignature(body.countersignature, sender)
    except JusurError as error:
        raise exchange.MessageRefusedError(error.detail, fix=error.fix) from None
    said = (signed.get("package"), signed.get("event"), signed.get("sealed_sha256"), signed.get("by"))
    if said != (body.package, body.event, body.sealed_sha256, sender):
        raise exchange.MessageRefusedError("The countersignature is over something else.")
