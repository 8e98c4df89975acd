"""Writes of the bureau that a notice comes from: drafting, checking, four eyes, submitting or circulating."""

from typing import Any
from uuid import UUID

from django.db import transaction

from jusur.accounts import api as accounts
from jusur.directory import api as directory
from jusur.kernel import clock
from jusur.kernel.errors import InvalidInputError
from jusur.notices import content as contents
from jusur.notices import messages, photographs, types
from jusur.notices.errors import ConditionsUnmetError, NoticeActError
from jusur.notices.models import Notice, NoticeVersion, ReviewQuestion
from jusur.notices.rules import OVER, Side, State
from jusur.notices.services import acting, publishing

SEND = "notices.notice.send"
SUPPLEMENT = "notices.notice.supplement"


@transaction.atomic
def notice_draft(
    *,
    form: types.Form,
    type: str,  # noqa: A002 - the field's word
    content: Any,
    actor: accounts.Actor,
    recipients: list[str] | None = None,
    excluded: list[str] | None = None,
    classification: str = "official_use_only",
) -> Notice:
    """A new notice or diffusion, kept as a draft.

    Args:
        form: ``notice`` (reviewed, then published to all) or ``diffusion`` (sent to chosen bureaus, then reviewed).
        type: a type's code.
        content: what it says (``NoticeContent``); conditions are checked later.
        actor: who drafts.
        recipients: of a diffusion, the bureaus it goes to.
        excluded: of a notice, bureaus that must not receive it.
        classification: who may see it.

    Raises:
        ForbiddenError: drafting is not the actor's act.
        InvalidInputError: an unknown type, address or classification, or a content that is not of the form.
    """
    accounts.require(actor, "notice.draft")
    types.notice_type(type)
    if form not in types.FORMS or classification not in directory.CLASSIFICATIONS:
        raise InvalidInputError("There is no such form or classification.", fix="Use notice or diffusion.")
    chosen, kept_out = _addresses(recipients), _addresses(excluded)
    if (form == "diffusion") != bool(chosen):
        raise InvalidInputError("A diffusion names its recipients, a notice does not.", fix="Correct the recipients.")
    notice = Notice(
        form=form,
        type=type,
        side=Side.ORIGIN,
        originator=acting.own(),
        state=State.DRAFTED,
        classification=classification,
        recipients=chosen,
        excluded=kept_out,
        drafted_by=actor.id,
        created_at=clock.now(),
    )
    acting.fill(notice, _cleaned(content))
    notice.save(force_insert=True)
    acting.move(notice, "draft", State.DRAFTED, by=acting.own(), actor=actor.reference)
    return notice


@transaction.atomic
def notice_edit(*, notice_id: UUID, content: Any, actor: accounts.Actor) -> Notice:
    """Replace the content of a draft, or of a notice that was returned.

    Raises:
        NoticeActError, InvalidInputError, ForbiddenError: not a draft; not of the form; not the actor's act.
    """
    accounts.require(actor, "notice.draft")
    notice = acting.locked(notice_id)
    acting.require_possible(notice, "edit")
    acting.fill(notice, _cleaned(content, notice))
    acting.apply_act(notice, "edit", actor=actor.reference)
    return notice


def notice_unmet(notice: Notice) -> tuple[types.Unmet, ...]:
    """Every condition of its type that the draft does not meet, with its article."""
    kind = types.notice_type(notice.type)
    form: types.Form = "diffusion" if notice.form == "diffusion" else "notice"
    return types.unmet(kind, contents.parse(notice.content), clock.now().date(), form)


@transaction.atomic
def notice_check(*, notice_id: UUID, actor: accounts.Actor) -> Notice:
    """Check a draft against every condition of its type.

    Raises:
        ConditionsUnmetError: names each unmet condition and its article.
        NoticeActError, ForbiddenError: not a draft; not the actor's act.
    """
    accounts.require(actor, "notice.draft")
    notice = acting.locked(notice_id)
    acting.require_possible(notice, "check")
    if found := notice_unmet(notice):
        raise ConditionsUnmetError(found)
    acting.apply_act(notice, "check", actor=actor.reference)
    return notice


@transaction.atomic
def notice_ask_approval(*, notice_id: UUID, actor: accounts.Actor) -> Notice:
    """Ask a second officer to agree to exactly this content.

    Raises:
        NoticeActError, ForbiddenError: not checked; not the actor's act.
    """
    accounts.require(actor, "notice.draft")
    notice = acting.locked(notice_id)
    acting.apply_act(notice, "ask_approval", actor=actor.reference)
    _version(notice)
    _ask(SEND, notice, actor)
    return notice


@transaction.atomic
def notice_approve(*, notice_id: UUID, granted: bool = True, reason: str = "", actor: accounts.Actor) -> Notice:
    """The second officer's word: submit the notice for review, send the diffusion, or give it back.

    Raises:
        SecondPersonNeededError: the officer who asked tries to approve.
        ConditionsUnmetError: time has passed and a condition is met no longer.
        NoticeActError, ForbiddenError: it does not wait for approval; not the actor's act.
    """
    accounts.require(actor, "notice.approve")
    notice = acting.locked(notice_id)
    if notice.state != State.AWAITING_APPROVAL:
        raise NoticeActError("This does not wait for approval.")
    _decide(SEND, notice, granted=granted, reason=reason, actor=actor)
    if not granted:
        acting.apply_act(notice, "decline", actor=actor.reference, data={"reason": acting.reason(reason)})
        return notice
    if found := notice_unmet(notice):
        raise ConditionsUnmetError(found)
    notice.submitted_at = clock.now()
    if notice.form == "diffusion":
        publishing.circulate(notice, actor.reference)
    else:
        acting.apply_act(notice, "submit", actor=actor.reference)
    _submit(notice)
    return notice


@transaction.atomic
def notice_answer(*, notice_id: UUID, question_id: UUID, answer: str, actor: accounts.Actor) -> Notice:
    """Answer a question of the review.

    Raises:
        InvalidInputError, NoticeActError, ForbiddenError: no such open question; not possible; not the actor's act.
    """
    accounts.require(actor, "notice.draft")
    notice = acting.locked(notice_id)
    question = ReviewQuestion.objects.filter(notice=notice, id=question_id, answered_at__isnull=True).first()
    if question is None:
        raise InvalidInputError("No such question is open.", fix="Look at the questions of the notice.")
    question.answer, question.answered_at = acting.reason(answer, field="answer"), clock.now()
    question.save()
    acting.apply_act(notice, "answer", actor=actor.reference)
    if not acting.is_secretariat():
        body = messages.AnswerBody(
            notice=str(notice.id),
            question=str(question.id),
            text=question.answer,
            at=clock.timestamp(question.answered_at),
        )
        messages.send(messages.ANSWER, notice, body, to=[directory.secretariat()])
    return notice


@transaction.atomic
def notice_withdraw(*, notice_id: UUID, reason: str, actor: accounts.Actor) -> Notice:
    """End a notice or diffusion by its source's wish; every copy is recalled.

    Raises:
        NoticeActError, ForbiddenError: not possible any more; not the actor's act.
    """
    accounts.require(actor, "notice.approve")
    notice = acting.locked(notice_id)
    said = acting.reason(reason)
    shown = notice.visible or bool(notice.published_at)
    acting.apply_act(notice, "withdraw", actor=actor.reference, data={"reason": said})
    if notice.form == "diffusion" or acting.is_secretariat():
        publishing.recall(notice, "withdrawn", final=True) if shown else None
    if not acting.is_secretariat():
        _wish(notice, "withdraw", said)
    return notice


@transaction.atomic
def notice_extension_ask(*, notice_id: UUID, reason: str, actor: accounts.Actor) -> Notice:
    """Say, with the reason, that a notice is still needed; the secretariat extends it (a diffusion's source does).

    Raises:
        NoticeActError, ForbiddenError: it is over; it is not this bureau's; not the actor's act.
    """
    accounts.require(actor, "notice.approve")
    notice = acting.locked(notice_id)
    if notice.originator != acting.own() or notice.state in OVER or notice.published_at is None:
        raise NoticeActError("Only a notice of this bureau that is in force is extended.")
    said = acting.reason(reason)
    if notice.form == "diffusion" or acting.is_secretariat():
        return publishing.extend(notice, said, actor.reference)
    acting.record(notice, "notices.notice.extension_asked", actor.reference)
    _wish(notice, "extend", said)
    return notice


@transaction.atomic
def supplement_ask(*, notice_id: UUID, content: Any, actor: accounts.Actor) -> NoticeVersion:
    """Propose a corrected or supplemented content of a notice in force; a second officer approves it.

    Raises:
        ConditionsUnmetError, InvalidInputError, NoticeActError, ForbiddenError: as for a draft.
    """
    accounts.require(actor, "notice.draft")
    notice = acting.locked(notice_id)
    if notice.originator != acting.own() or notice.state not in {State.PUBLISHED, State.CIRCULATED}:
        raise NoticeActError("Only what this bureau has in force is supplemented.")
    parsed = _cleaned(content, notice)
    form: types.Form = "diffusion" if notice.form == "diffusion" else "notice"
    if found := types.unmet(types.notice_type(notice.type), parsed, clock.now().date(), form):
        raise ConditionsUnmetError(found)
    proposed = Notice(content={}, id=notice.id)
    acting.fill(proposed, parsed)
    number = max([notice.version, *notice.versions.values_list("number", flat=True)]) + 1
    version = NoticeVersion.objects.create(
        notice=notice,
        number=number,
        content=proposed.content,
        content_sha256=proposed.content_sha256,
        at=clock.now(),
    )
    accounts.approval_ask(
        act=SUPPLEMENT,
        subject_type="notices.notice",
        subject_id=notice.id,
        content_sha256=version.content_sha256,
        actor=actor,
    )
    acting.record(notice, "notices.notice.supplement_asked", actor.reference, version=number)
    return version


@transaction.atomic
def supplement_approve(*, notice_id: UUID, reason: str, granted: bool = True, actor: accounts.Actor) -> Notice:
    """The second officer's word on a supplement: a diffusion's goes out, a notice's goes to the review.

    Raises:
        SecondPersonNeededError, NoticeActError, ForbiddenError: as for a notice.
    """
    accounts.require(actor, "notice.approve")
    notice = acting.locked(notice_id)
    version = notice.versions.order_by("-number").first()
    if version is None or version.number <= notice.version:
        raise NoticeActError("No supplement waits for approval.")
    accounts.approval_decide(
        act=SUPPLEMENT,
        subject_type="notices.notice",
        subject_id=notice.id,
        content_sha256=version.content_sha256,
        granted=granted,
        reason=reason,
        actor=actor,
    )
    if not granted:
        version.delete()
        return notice
    if notice.form == "diffusion":
        publishing.supplement(notice, version, acting.reason(reason), actor.reference)
    _submit(notice, version)
    return notice


def _version(notice: Notice) -> None:
    latest = notice.versions.order_by("-number").first()
    if latest is not None and latest.content_sha256 == notice.content_sha256:
        return
    notice.version = latest.number + 1 if latest else 1
    notice.save(update_fields=["version"])
    NoticeVersion.objects.create(
        notice=notice,
        number=notice.version,
        content=notice.content,
        content_sha256=notice.content_sha256,
        at=clock.now(),
    )


def _submit(notice: Notice, version: NoticeVersion | None = None) -> None:
    if acting.is_secretariat():
        return
    body = messages.SubmittedBody(
        notice=str(notice.id),
        form=notice.form,  # type: ignore[arg-type]
        type=notice.type,
        version=version.number if version else notice.version,
        content=contents.parse(version.content if version else notice.content),
        classification=notice.classification,  # type: ignore[arg-type]
        recipients=notice.recipients,
        excluded=notice.excluded,
        submitted_at=clock.timestamp(clock.now()),
        expires_at=clock.timestamp(notice.expires_at) if notice.expires_at else None,
    )
    messages.send(messages.SUBMITTED, notice, body, to=[directory.secretariat()])


def _wish(notice: Notice, wish: Any, reason: str) -> None:
    body = messages.WishBody(notice=str(notice.id), wish=wish, reason=reason, at=clock.timestamp(clock.now()))
    messages.send(messages.WISH, notice, body, to=[directory.secretariat()], priority="urgent")


def _ask(act: str, notice: Notice, actor: accounts.Actor) -> None:
    accounts.approval_ask(
        act=act,
        subject_type="notices.notice",
        subject_id=notice.id,
        content_sha256=notice.content_sha256,
        actor=actor,
    )


def _decide(act: str, notice: Notice, *, granted: bool, reason: str, actor: accounts.Actor) -> None:
    accounts.approval_decide(
        act=act,
        subject_type="notices.notice",
        subject_id=notice.id,
        content_sha256=notice.content_sha256,
        granted=granted,
        reason=reason,
        actor=actor,
    )


def _addresses(values: list[str] | None) -> list[str]:
    found = sorted(set(values or []))
    for address in found:
        directory.organisation(address)
    return found


def _cleaned(content: Any, before: Notice | None = None) -> contents.NoticeContent:
    """The content with its photographs written anew; those that stood in ``before`` are so already."""
    known = photographs.digests(contents.parse(before.content)) if before is not None else frozenset[str]()
    return contents.parse(photographs.cleaned(contents.parse(content), known))
