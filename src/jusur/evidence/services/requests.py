"""Writes on evidence requests: drafting, four-eyes sending, and the acts of both bureaus."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction

from jusur.accounts import api as accounts
from jusur.directory import api as directory
from jusur.evidence import content as contents
from jusur.evidence import deadlines, messages, selectors
from jusur.evidence.content import RequestContent
from jusur.evidence.errors import (
    ActNotPossibleError,
    ContentsMissingError,
    DraftChangedError,
    MeasureNotAvailableError,
)
from jusur.evidence.models import EvidenceRequest, RequestAct, RequestVersion
from jusur.evidence.rules import ANSWERED, ONLY_FOR, Side, State, next_state, possible_acts
from jusur.instruments import api as instruments
from jusur.kernel import canonical, clock, text
from jusur.kernel.errors import InvalidInputError, NotFoundError
from jusur.ledger import api as ledger
from jusur.node import context

SEND = "evidence.request.send"
MAX_LEDGER_PURPOSE = 500
MAX_EXTENSION = timedelta(days=366)


@transaction.atomic
def request_draft(*, to: str, content: Any, actor: accounts.Actor, unfinished: bool = False) -> EvidenceRequest:
    """A new request to the bureau ``to``, kept as a draft; ``unfinished`` ones may lack purpose and offence.

    Raises:
        ForbiddenError: drafting is not the actor's act.
        InvalidInputError: the content is not of the form of ``RequestContent``.
        MeasureNotAvailableError: the instrument does not offer the measure between the two countries.
    """
    accounts.require(actor, "request.draft")
    parsed = contents.parse(content, unfinished=unfinished)
    node = context.current()
    if to == node.address:
        raise InvalidInputError("A bureau does not send a request to itself.")
    directory.organisation(to)
    check_available(parsed, node.address, to)
    related = None
    if parsed.related_request is not None:
        related = EvidenceRequest.objects.filter(id=parsed.related_request, counterpart=to).first()
        if related is None:
            raise InvalidInputError("The related request is not one between these two bureaus.")
    request = EvidenceRequest(
        side=Side.REQUESTING,
        counterpart=to,
        state=State.DRAFTED,
        related=related,
        drafted_by=actor.id,
        created_at=clock.now(),
        saved_by=actor.id,
        saved_at=clock.now(),
    )
    fill(request, parsed)
    request.save(force_insert=True)
    record(request, "evidence.request.drafted", actor.reference)
    return request


@transaction.atomic
def request_correct(
    *,
    request_id: UUID,
    content: Any,
    actor: accounts.Actor,
    revision: int | None = None,
    unfinished: bool = False,
) -> EvidenceRequest:
    """Replace a draft's content.

    The ledger is told of a correction, and of the first saving by each officer in turn while the draft is
    ``unfinished``: not of every few seconds of typing.

    Args:
        request_id: the draft.
        content: its new content.
        actor: who writes.
        revision: the revision this was written on; ``None`` replaces whatever is there.
        unfinished: whether it is still being written, so that purpose and offence may be empty.

    Raises:
        ForbiddenError, InvalidInputError, MeasureNotAvailableError: as for drafting.
        ActNotPossibleError: it is no longer a draft.
        DraftChangedError: somebody else saved it after ``revision``.
    """
    accounts.require(actor, "request.draft")
    request = locked(request_id)
    if request.state != State.DRAFTED or request.side != Side.REQUESTING:
        raise ActNotPossibleError("Only a draft can be changed.", fix="Withdraw the request and draft a new one.")
    if revision is not None and revision != request.revision:
        raise DraftChangedError(
            "Somebody else saved this draft while you wrote.", fix="Compare both versions, then choose."
        )
    parsed = contents.parse(content, unfinished=unfinished)
    check_available(parsed, context.current().address, request.counterpart)
    before, writer = request.content_sha256, request.saved_by
    fill(request, parsed)
    if request.content_sha256 == before:
        return request
    request.revision += 1
    request.saved_by, request.saved_at = actor.id, clock.now()
    request.save()
    if not unfinished or writer != actor.id:
        record(request, "evidence.request.corrected", actor.reference)
    return request


@transaction.atomic
def request_submit(*, request_id: UUID, actor: accounts.Actor) -> EvidenceRequest:
    """Ask a second officer to approve the draft, once it holds all its instrument requires.

    Raises:
        ContentsMissingError: names each missing content and why the instrument asks for it.
        ActNotPossibleError, ForbiddenError: not a draft; not the actor's act.
    """
    accounts.require(actor, "request.draft")
    request = locked(request_id)
    check_contents(contents.parse(request.content, unfinished=True))
    contents.parse(request.content)
    apply_act(request, "submit", by=context.current().address, actor=actor.reference, data={})
    RequestVersion.objects.create(
        request=request,
        number=request.versions.count() + 1,
        content=request.content,
        content_sha256=request.content_sha256,
        submitted_by=actor.id,
        submitted_at=clock.now(),
    )
    accounts.approval_ask(
        act=SEND,
        subject_type="evidence.request",
        subject_id=request.id,
        content_sha256=request.content_sha256,
        actor=actor,
    )
    return request


@transaction.atomic
def request_approve(
    *, request_id: UUID, granted: bool = True, reason: str = "", actor: accounts.Actor
) -> EvidenceRequest:
    """The second officer's decision: send the request, or return it to its drafter with a reason.

    Raises:
        SecondPersonNeededError: the drafter tries to approve.
        ActNotPossibleError, ForbiddenError: it does not wait for approval; not the actor's act.
    """
    accounts.require(actor, "request.approve")
    request = locked(request_id)
    if request.state != State.AWAITING_APPROVAL:
        raise ActNotPossibleError("This request does not wait for approval.")
    accounts.approval_decide(
        act=SEND,
        subject_type="evidence.request",
        subject_id=request.id,
        content_sha256=request.content_sha256,
        granted=granted,
        reason=reason,
        actor=actor,
    )
    own = context.current().address
    if not granted:
        apply_act(request, "return", by=own, actor=actor.reference, data={"reason": reason})
        return request
    request.sent_at = clock.now()
    apply_act(request, "send", by=own, actor=actor.reference, data={})
    deadlines.set_due(request)
    messages.send_request(request, actor.reference)
    return request


@transaction.atomic
def request_act(*, request_id: UUID, act: str, data: dict[str, Any], actor: accounts.Actor) -> EvidenceRequest:
    """One act of this bureau on a request under way, told to the other bureau.

    Args:
        request_id: the request.
        act: acknowledge, accept, ask_clarification, answer_clarification, extend, confirm_preservation, take_note,
            refuse, withdraw. (Fulfilment happens by releasing a package; confirmation by countersigning one.)
        data: ``text`` (questions, answers, withdrawals, extensions), ``ground`` (refuse: one the instrument lists),
            ``until`` (extend, confirm_preservation: a time in UTC).
        actor: who acts.

    Raises:
        ActNotPossibleError: not possible from the present state, or not this bureau's act.
        InvalidInputError: the act lacks what it needs.
        ForbiddenError: not the actor's act.
    """
    accounts.require(actor, PERMISSIONS.get(act, "request.answer"))
    request = locked(request_id)
    if act not in PERMISSIONS:
        raise ActNotPossibleError(f"There is no act called {act[:40]!r}.", fix=_acts_fix(request))
    clean = _act_data(request, act, data)
    before = State(request.state)
    apply_act(request, act, by=context.current().address, actor=actor.reference, data=clean)
    messages.send_act(request, act=act, before=before, data=clean, actor=actor.reference)
    return request


def apply_act(
    request: EvidenceRequest,
    act: str,
    *,
    by: str,
    actor: str,
    data: dict[str, Any],
    at: datetime | None = None,
    after: State | None = None,
) -> RequestAct:
    """Move ``request`` (locked by the caller) by ``act``, remember the act and tell the ledger.

    ``after`` is the settled state of an act of the other bureau; without it the act must be possible as things stand.

    Raises:
        ActNotPossibleError: it is not.
    """
    side = Side(request.side)
    if by != context.current().address:
        side = Side.REQUESTED if side is Side.REQUESTING else Side.REQUESTING
    before = State(request.state)
    target = after or next_state(before, act, side)
    if target is None:
        raise ActNotPossibleError(
            f"{act} is not possible while the request is {before.replace('_', ' ')}.", fix=_acts_fix(request)
        )
    moment = at or clock.now()
    row = RequestAct.objects.create(
        request=request, act=act, by=by, actor=actor, at=moment, before=before, after=target, data=data
    )
    request.state = target
    if act == "extend":
        request.extended_to = clock.parse_timestamp(data["until"])
    if act == "confirm_preservation":
        request.preserved_until = clock.parse_timestamp(data["until"])
    if target in ANSWERED and request.answered_at is None:
        request.answered_at = moment
    request.save()
    if act in {"ask_clarification", "answer_clarification", "extend"}:
        deadlines.set_due(request)
    record(request, f"evidence.request.{EVENTS[act]}", actor, {"by": by} | _figures(act, data), moment)
    return row


def check_contents(content: RequestContent) -> None:
    """Let the content pass if it holds all that its instrument requires for its measure.

    Raises:
        ContentsMissingError: names what is missing and why.
    """
    missing = instruments.check_contents(
        content.instrument, content.measure, selectors.stated(content), urgency=content.urgency
    )
    if missing:
        raise ContentsMissingError(
            [
                {
                    "field": requirement.id,
                    "label": msgspec.to_builtins(requirement.label),
                    "why": msgspec.to_builtins(requirement.why),
                    "source": requirement.source,
                    "assumed": requirement.assumed,
                }
                for requirement in missing
            ]
        )


def check_available(content: RequestContent, requesting: str, requested: str) -> None:
    """Let the request pass if its instrument offers its measure between the two bureaus' countries today.

    Raises:
        MeasureNotAvailableError: it does not.
    """
    countries = [directory.organisation(address).country for address in (requesting, requested)]
    offered = instruments.measures(countries[0], countries[1]) if all(countries) else {}
    if content.measure not in {measure.id for measure in offered.get(content.instrument, ())}:
        raise MeasureNotAvailableError(
            f"{content.instrument} does not offer {content.measure.replace('_', ' ')} between {requesting} and"
            f" {requested}.",
            fix=f"See what may be asked: jusur instruments between {requesting} {requested}.",
        )


def locked(request_id: UUID) -> EvidenceRequest:
    """The request, locked for this transaction.

    Raises:
        NotFoundError: this bureau has no such request.
    """
    request = EvidenceRequest.objects.select_for_update().filter(id=request_id).first()
    if request is None:
        raise NotFoundError("This bureau has no such request.", fix="Check the identifier.")
    return request


def record(
    request: EvidenceRequest,
    kind: str,
    actor: str,
    data: dict[str, Any] | None = None,
    occurred_at: datetime | None = None,
) -> None:
    """A ledger event on ``request`` with what the indicators need: partner, instrument, measure and urgency."""
    ledger.record(
        kind,
        subject_type="evidence.request",
        subject_id=str(request.id),
        actor=actor,
        purpose=request.content["purpose"][:MAX_LEDGER_PURPOSE],
        data={
            "side": str(request.side),
            "partner": request.counterpart,
            "instrument": request.instrument,
            "measure": str(request.measure),
            "urgency": request.urgency,
            "content_sha256": request.content_sha256,
            "due_at": clock.timestamp(request.due_at) if request.due_at else None,
        }
        | (data or {}),
        occurred_at=occurred_at,
    )


PERMISSIONS = {
    "acknowledge": "request.answer",
    "accept": "request.answer",
    "ask_clarification": "request.answer",
    "answer_clarification": "request.draft",
    "extend": "request.answer",
    "confirm_preservation": "request.answer",
    "take_note": "request.answer",
    "refuse": "request.refuse",
    "withdraw": "request.draft",
}
"""The permission that each act on a request under way takes."""
EVENTS = {
    "submit": "submitted",
    "return": "returned",
    "send": "sent",
    "acknowledge": "acknowledged",
    "accept": "accepted",
    "ask_clarification": "clarification_asked",
    "answer_clarification": "clarification_answered",
    "extend": "extended",
    "confirm_preservation": "preservation_confirmed",
    "take_note": "noted",
    "fulfil_partly": "partly_fulfilled",
    "fulfil": "fulfilled",
    "refuse": "refused",
    "withdraw": "withdrawn",
    "confirm": "confirmed",
}
"""What the ledger calls each act, after ``evidence.request.``."""


def _figures(act: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"ground": data["ground"]} if act == "refuse" else {}


def fill(request: EvidenceRequest, content: RequestContent) -> None:
    """Set what the request says from ``content``; the caller saves."""
    encoded = contents.encode(content)
    request.measure = content.measure
    request.instrument = content.instrument
    request.urgency = content.urgency
    request.case_reference = content.case_reference
    request.content = msgspec.to_builtins(content)
    request.content_sha256 = canonical.sha256_hex(encoded)


def _act_data(request: EvidenceRequest, act: str, data: dict[str, Any]) -> dict[str, Any]:
    clean: dict[str, Any] = {
        "text": text.paragraph(str(data.get("text", "")), max_length=16000, field="text", required=False)
    }
    if act in {"ask_clarification", "answer_clarification", "extend", "withdraw"} and not clean["text"]:
        raise InvalidInputError(f"{act} needs a text.", fix="Say it in a sentence the other bureau can act on.")
    if act in {"extend", "confirm_preservation"}:
        until = clock.parse_timestamp(str(data.get("until", "")), field="until")
        if not clock.now() < until <= clock.now() + 10 * MAX_EXTENSION:
            raise InvalidInputError("until is not a time to come.", fix="Give a future time within ten years.")
        clean["until"] = clock.timestamp(until)
    if act in ONLY_FOR and request.measure != ONLY_FOR[act]:
        raise InvalidInputError(f"{act} answers only {ONLY_FOR[act].replace('_', ' ')}.")
    if act == "refuse":
        clean["ground"] = str(data.get("ground", ""))
        grounds = [ground.id for ground in instruments.grounds(request.instrument, request.measure)]
        if clean["ground"] not in grounds:
            raise InvalidInputError(
                "The instrument does not list this ground of refusal.", fix=f"Choose among {', '.join(grounds)}."
            )
    return clean


def _acts_fix(request: EvidenceRequest) -> str:
    acts = possible_acts(State(request.state), Side(request.side))
    return f"Possible now: {', '.join(acts)}." if acts else "Nothing more can be done by this bureau."
