"""Notices and diffusions over HTTP. Each view finds out who acts and hands over to a service."""

import base64
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status
from pydantic import ConfigDict, Field

from jusur.accounts import api as accounts
from jusur.kernel.errors import InvalidInputError
from jusur.kernel.ids import parse_id
from jusur.notices import papers, photographs, presenters, selectors, shapes, types
from jusur.notices.services import drafting, informing, reviewing
from jusur.rows.pages import page

router = Router(tags=["notices"])

Text = Annotated[str, Field(max_length=16000)]
Code = Annotated[str, Field(max_length=64)]
Addresses = Annotated[list[Code], Field(max_length=256)]
Limit = Annotated[int, Field(ge=1, le=200)]


class NoticeBody(Schema):
    """A strict JSON body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid")


class NoticeDraft(NoticeBody):
    """A notice or diffusion to draft (docs/reference/notices.md)."""

    form: Literal["notice", "diffusion"] = "notice"
    type: Code
    content: dict[str, Any]
    recipients: Addresses = Field(default_factory=list)
    excluded: Addresses = Field(default_factory=list)
    classification: Code = "official_use_only"


class NewContent(NoticeBody):
    """Another content."""

    content: dict[str, Any]


class SecondWord(NoticeBody):
    """A second person's word."""

    granted: bool = True
    reason: Text = ""


class NoticeActDone(NoticeBody):
    """One act on a notice, with what belongs to it."""

    act: Literal[
        "check",
        "ask_approval",
        "answer",
        "withdraw",
        "ask_extension",
        "screen",
        "assign",
        "ask",
        "propose",
        "suspend",
        "resume",
        "cancel",
        "extend",
        "read",
        "acknowledge",
    ]
    text: Text = ""
    question: Code = ""
    reviewer: Code = ""
    opinion: dict[str, Any] | None = None
    grounds: Annotated[list[Code], Field(max_length=20)] = Field(default_factory=list)


class ToldSource(NoticeBody):
    """Information for the source of a notice."""

    kind: Code
    text: Text
    assets: Annotated[list[dict[str, Any]], Field(max_length=50)] = Field(default_factory=list)


class PilotFigure(NoticeBody):
    """A figure for a pilot's evaluation."""

    information: Code
    kind: Code = ""
    value_minor: Annotated[int, Field(ge=0, le=10**15)] = 0
    currency: Annotated[str, Field(pattern="^([A-Z]{3})?$")] = ""


class StatusNoted(NoticeBody):
    """That a person is a refugee, for the review alone."""

    granting_country: Annotated[str, Field(pattern="^[A-Z]{2}$")]
    confirmed: bool


class GivenPicture(NoticeBody):
    """A picture in Base64."""

    data: Annotated[str, Field(max_length=3 * 1024 * 1024)]
    good: bool = False
    caption: Annotated[str, Field(max_length=200)] = ""


@router.get("/types", summary="Types of notice with their conditions", response=shapes.NoticeTypes)
def list_types(request: HttpRequest) -> dict[str, Any]:
    """Every type this node knows, each condition with its article and source."""
    accounts.acting(request, "notice.read")
    return {"items": [_type(kind) for kind in types.all_types().values()]}


@router.get("", summary="Notices and diffusions, newest first", response=shapes.NoticePage)
def list_notices(
    request: HttpRequest,
    state: Code = "",
    type: Code = "",  # noqa: A002 - the field's word
    form: Literal["", "notice", "diffusion"] = "",
    originator: Code = "",
    side: Literal["", "origin", "review", "received"] = "",
    reference: Code = "",
    cursor: Code = "",
    limit: Limit = 50,
) -> dict[str, Any]:
    """What this node drafted, reviews or received, narrowed by what is given."""
    accounts.acting(request, "notice.read")
    rows = selectors.notices(state=state, type=type, form=form, originator=originator, side=side, reference=reference)
    return page(rows, presenters.summary, cursor=cursor, limit=limit)


@router.post("", summary="Draft a notice or diffusion", response={201: shapes.NoticeDetail})
def draft(request: HttpRequest, body: NoticeDraft) -> Status[dict[str, Any]]:
    """Keep a new notice as a draft; its photographs are written anew."""
    actor = accounts.acting(request, "notice.draft")
    return Status(201, presenters.detail(drafting.notice_draft(actor=actor, **body.dict())))


@router.post("/photographs", summary="Write a photograph anew", response=shapes.PhotographWritten)
def photograph(request: HttpRequest, body: GivenPicture) -> dict[str, Any]:
    """A picture as it may travel with a notice: bounded, upright, without metadata."""
    accounts.acting(request, "notice.draft")
    try:
        data = base64.b64decode(body.data, validate=True)
    except ValueError:
        raise InvalidInputError("The picture is not Base64.") from None
    made = photographs.photograph(data, good=body.good, caption=body.caption)
    return {"sha256": made.sha256, "data": made.data, "good": made.good, "caption": made.caption}


@router.get("/verification", summary="Whether a paper copy is current", response=shapes.PaperVerified)
def verification(request: HttpRequest, code: Annotated[str, Field(max_length=200)]) -> dict[str, Any]:
    """How the notice stands whose paper holds ``code``."""
    accounts.acting(request, "notice.read")
    return papers.verify(code)


@router.get("/evaluation", summary="The pilot's evaluation", response=shapes.PilotEvaluation)
def evaluation(request: HttpRequest, type: Code = "silver") -> dict[str, Any]:  # noqa: A002 - the field's word
    """Notices, replies, assets located, value by currency, hours to the first reply."""
    accounts.acting(request, "notice.read")
    return selectors.silver_evaluation(type)


@router.post("/figures", summary="Report a figure to a pilot's evaluation", response={204: None})
def figure(request: HttpRequest, body: PilotFigure) -> Status[None]:
    """Report a confirmed answer to the pilot: no content goes with it."""
    actor = accounts.acting(request, "notice.draft")
    informing.figure_report(
        information_id=parse_id(body.information, field="information"),
        value_minor=body.value_minor,
        currency=body.currency,
        kind=body.kind,
        actor=actor,
    )
    return Status(204, None)


@router.get("/{notice_id}", summary="One notice", response=shapes.NoticeDetail)
def show(request: HttpRequest, notice_id: Code) -> dict[str, Any]:
    """The whole notice as this node holds it; a received one only while it is in force."""
    accounts.acting(request, "notice.read")
    return presenters.detail(selectors.notice(parse_id(notice_id)))


@router.put("/{notice_id}", summary="Change a draft", response=shapes.NoticeDetail)
def edit(request: HttpRequest, notice_id: Code, body: NewContent) -> dict[str, Any]:
    """Replace the content of a draft or of a returned notice."""
    actor = accounts.acting(request, "notice.draft")
    return presenters.detail(drafting.notice_edit(notice_id=parse_id(notice_id), content=body.content, actor=actor))


@router.get("/{notice_id}/conditions", summary="Unmet conditions of a draft", response=shapes.ConditionsChecked)
def conditions(request: HttpRequest, notice_id: Code) -> dict[str, Any]:
    """Every condition that is not met, with its article."""
    accounts.acting(request, "notice.read")
    return {"unmet": [each.told() for each in drafting.notice_unmet(selectors.notice(parse_id(notice_id)))]}


@router.get("/{notice_id}/standing", summary="How a notice stands", response=shapes.NoticeStanding)
def standing(request: HttpRequest, notice_id: Code) -> dict[str, Any]:
    """Its present state, for checking a paper copy: without content, also of what is over."""
    accounts.acting(request, "notice.read")
    return presenters.standing(selectors.notice_state(parse_id(notice_id)))


@router.get("/{notice_id}/paper", summary="The notice as PDF", openapi_extra=shapes.PDF_FILE)
def paper(request: HttpRequest, notice_id: Code, language: Literal["ar", "en", "fr", "es"] = "en") -> HttpResponse:
    """The notice on paper, in one of the four languages, with a code that verifies its state."""
    accounts.acting(request, "notice.read")
    found = selectors.notice(parse_id(notice_id))
    return HttpResponse(papers.pdf(found, language), content_type="application/pdf")


@router.post("/{notice_id}/approval", summary="Approve and send, or give back", response=shapes.NoticeDetail)
def approve(request: HttpRequest, notice_id: Code, body: SecondWord) -> dict[str, Any]:
    """The second officer's word: submits a notice, sends a diffusion."""
    actor = accounts.acting(request, "notice.approve")
    return presenters.detail(
        drafting.notice_approve(notice_id=parse_id(notice_id), granted=body.granted, reason=body.reason, actor=actor)
    )


@router.post("/{notice_id}/decision", summary="Decide on a reviewer's opinion", response=shapes.NoticeDetail)
def decide(request: HttpRequest, notice_id: Code, body: SecondWord) -> dict[str, Any]:
    """The secretariat's second person: publishes, refuses or returns by the opinion, or sends it back."""
    actor = accounts.acting(request, "notice.decide")
    return presenters.detail(
        reviewing.review_decide(notice_id=parse_id(notice_id), granted=body.granted, reason=body.reason, actor=actor)
    )


@router.post("/{notice_id}/supplement", summary="Propose a supplement", response=shapes.NoticeDetail)
def supplement(request: HttpRequest, notice_id: Code, body: NewContent) -> dict[str, Any]:
    """Propose another content of a notice in force; a second officer approves it."""
    actor = accounts.acting(request, "notice.draft")
    drafting.supplement_ask(notice_id=parse_id(notice_id), content=body.content, actor=actor)
    return presenters.detail(selectors.notice(parse_id(notice_id)))


@router.post("/{notice_id}/supplement-approval", summary="Approve a supplement", response=shapes.NoticeDetail)
def supplement_approve(request: HttpRequest, notice_id: Code, body: SecondWord) -> dict[str, Any]:
    """The second officer's word on a supplement."""
    actor = accounts.acting(request, "notice.approve")
    return presenters.detail(
        drafting.supplement_approve(
            notice_id=parse_id(notice_id), granted=body.granted, reason=body.reason, actor=actor
        )
    )


@router.post("/{notice_id}/supplement-decision", summary="Decide on a supplement", response=shapes.NoticeDetail)
def supplement_decide(request: HttpRequest, notice_id: Code, body: SecondWord) -> dict[str, Any]:
    """The secretariat's word on a supplement of a notice in force."""
    actor = accounts.acting(request, "notice.decide")
    return presenters.detail(
        reviewing.supplement_decide(
            notice_id=parse_id(notice_id), granted=body.granted, reason=body.reason, actor=actor
        )
    )


@router.get("/{notice_id}/review", summary="The review of a notice", response=shapes.ReviewView)
def review(request: HttpRequest, notice_id: Code) -> dict[str, Any]:
    """Findings of the screening, the opinion; for reviewers."""
    accounts.acting(request, "notice.review")
    return presenters.review(selectors.notice(parse_id(notice_id)))


@router.post("/{notice_id}/status", summary="Note a refugee's status for the review", response=shapes.ReviewView)
def status(request: HttpRequest, notice_id: Code, body: StatusNoted) -> dict[str, Any]:
    """Who granted it is kept for the check of the opinion alone and never shown again."""
    actor = accounts.acting(request, "notice.review")
    reviewing.refugee_note(
        notice_id=parse_id(notice_id),
        granting_country=body.granting_country,
        confirmed=body.confirmed,
        actor=actor,
    )
    return presenters.review(selectors.notice(parse_id(notice_id)))


@router.post("/{notice_id}/information", summary="Tell the source of a notice", response={204: None})
def information(request: HttpRequest, notice_id: Code, body: ToldSource) -> Status[None]:
    """Send what this bureau knows to the source alone."""
    actor = accounts.acting(request, "notice.inform")
    informing.information_send(
        notice_id=parse_id(notice_id), kind=body.kind, text=body.text, assets=body.assets, actor=actor
    )
    return Status(204, None)


@router.post("/{notice_id}/acts", summary="Act on a notice", response=shapes.NoticeStanding)
def act(request: HttpRequest, notice_id: Code, body: NoticeActDone) -> dict[str, Any]:
    """Any other act: checking, questions and answers, withdrawing, suspending, extending, reading, acknowledging."""
    actor = accounts.acting(request, "notice.read")
    wanted = parse_id(notice_id)
    _ACTS[body.act](wanted, body, actor)
    return presenters.standing(selectors.notice_state(wanted))


def _reviewer(body: NoticeActDone, actor: accounts.Actor) -> UUID:
    return parse_id(body.reviewer, field="reviewer") if body.reviewer else actor.id


_ACTS: dict[str, Any] = {
    "check": lambda n, _b, a: drafting.notice_check(notice_id=n, actor=a),
    "ask_approval": lambda n, _b, a: drafting.notice_ask_approval(notice_id=n, actor=a),
    "answer": lambda n, b, a: drafting.notice_answer(
        notice_id=n, question_id=parse_id(b.question, field="question"), answer=b.text, actor=a
    ),
    "withdraw": lambda n, b, a: drafting.notice_withdraw(notice_id=n, reason=b.text, actor=a),
    "ask_extension": lambda n, b, a: drafting.notice_extension_ask(notice_id=n, reason=b.text, actor=a),
    "screen": lambda n, _b, a: reviewing.review_screen(notice_id=n, actor=a),
    "assign": lambda n, b, a: reviewing.review_assign(notice_id=n, reviewer=_reviewer(b, a), actor=a),
    "ask": lambda n, b, a: reviewing.review_ask(notice_id=n, question=b.text, actor=a),
    "propose": lambda n, b, a: reviewing.review_propose(notice_id=n, opinion=b.opinion, actor=a),
    "suspend": lambda n, b, a: reviewing.notice_suspend(notice_id=n, reason=b.text, actor=a),
    "resume": lambda n, b, a: reviewing.notice_resume(notice_id=n, reason=b.text, actor=a),
    "cancel": lambda n, b, a: reviewing.notice_cancel(notice_id=n, reason=b.text, grounds=b.grounds, actor=a),
    "extend": lambda n, b, a: reviewing.notice_extend(notice_id=n, reason=b.text, actor=a),
    "read": lambda n, _b, a: informing.notice_read(notice_id=n, actor=a),
    "acknowledge": lambda n, _b, a: informing.warning_acknowledge(notice_id=n, actor=a),
}


def _type(kind: types.NoticeType) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(kind)
    conditions = [each | {"assumed": each["verified_on"] is None} for each in plain["conditions"]]
    return plain | {"assumed": kind.verified_on is None, "conditions": conditions}
