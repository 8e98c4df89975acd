"""Writes of the secretariat: screening, assignment, questions, the opinion, the decision by two people."""

from typing import Any, Literal
from uuid import UUID

import msgspec
from django.db import transaction

from jusur.accounts import api as accounts
from jusur.kernel import canonical, clock, countries
from jusur.kernel.errors import ForbiddenError, InvalidInputError
from jusur.notices import content as contents
from jusur.notices import messages, opinions, screening, types
from jusur.notices.errors import ConditionsUnmetError, NoticeActError, QuotaUsedError
from jusur.notices.models import Notice, RefugeeStatus, Review, ReviewQuestion
from jusur.notices.rules import State
from jusur.notices.services import acting, publishing

DECIDE = "notices.review.decide"


@transaction.atomic
def review_screen(*, notice_id: UUID, actor: accounts.Actor) -> Review:
    """Look through what was submitted: conditions, precedents, words that ask for care. Finds, never decides.

    Raises:
        NoticeActError, ForbiddenError: not submitted here; not the actor's act.
    """
    accounts.require(actor, "notice.review")
    notice = acting.locked(notice_id)
    findings = [each.told() for each in screening.findings(notice)]
    acting.apply_act(notice, "screen", actor=actor.reference)
    review, _ = Review.objects.update_or_create(
        notice=notice, defaults={"findings": findings, "opened_at": clock.now(), "opinion": None}
    )
    return review


@transaction.atomic
def review_assign(*, notice_id: UUID, reviewer: UUID, actor: accounts.Actor) -> Review:
    """Assign a reviewer, who opens the review.

    Raises:
        ForbiddenError: the reviewer may not review, or assigning is not the actor's act.
        NoticeActError: not screened.
    """
    accounts.require(actor, "notice.review")
    notice = acting.locked(notice_id)
    officer = accounts.actor_by_id(reviewer)
    if officer is None:
        raise InvalidInputError("There is no such officer.")
    accounts.require(officer, "notice.review")
    acting.apply_act(notice, "assign", actor=actor.reference)
    review = Review.objects.get(notice=notice)
    review.assigned_to = reviewer
    review.save(update_fields=["assigned_to"])
    return review


@transaction.atomic
def review_ask(*, notice_id: UUID, question: str, actor: accounts.Actor) -> ReviewQuestion:
    """Put a question to the source.

    Raises:
        NoticeActError, ForbiddenError: not under this reviewer's review.
    """
    notice, _ = _assigned(notice_id, actor)
    asked = ReviewQuestion.objects.create(
        notice=notice, text=acting.reason(question, field="question"), asked_at=clock.now()
    )
    acting.apply_act(notice, "ask", actor=actor.reference)
    if notice.originator != acting.own():
        body = messages.QuestionBody(
            notice=str(notice.id), question=str(asked.id), text=asked.text, at=clock.timestamp(asked.asked_at)
        )
        messages.send(messages.QUESTION, notice, body, to=[notice.originator])
    return asked


@transaction.atomic
def refugee_note(*, notice_id: UUID, granting_country: str, confirmed: bool, actor: accounts.Actor) -> RefugeeStatus:
    """Note for the review alone that the person is a refugee from the source's country, and who granted it.

    Raises:
        InvalidInputError, NoticeActError, ForbiddenError: no such country; not this reviewer's.
    """
    notice, _ = _assigned(notice_id, actor)
    noted, _ = RefugeeStatus.objects.update_or_create(
        notice=notice,
        defaults={
            "granting_country": countries.check(granting_country),
            "confirmed": confirmed,
            "noted_by": actor.id,
            "noted_at": clock.now(),
        },
    )
    acting.record(notice, "notices.review.status_noted", actor.reference)
    return noted


@transaction.atomic
def review_propose(*, notice_id: UUID, opinion: Any, actor: accounts.Actor) -> Review:
    """The reviewer's structured opinion, put before a second person.

    Raises:
        InvalidInputError: incomplete, contradicting itself, or breaking the refugee rule.
        NoticeActError, ForbiddenError: not under this reviewer's review.
    """
    notice, review = _assigned(notice_id, actor)
    parsed = opinions.parse(opinion)
    if parsed.outcome == "return" and notice.form == "diffusion":
        raise InvalidInputError("A diffusion has been sent: it is kept or refused.", fix="Ask a question instead.")
    known = RefugeeStatus.objects.filter(notice=notice).first()
    opinions.check_refugee(
        parsed, protected_from=bool(known and known.confirmed), granting_country=known.granting_country if known else ""
    )
    review.opinion, review.proposed_by, review.proposed_at = msgspec.to_builtins(parsed), actor.id, clock.now()
    review.save()
    acting.apply_act(notice, "propose", actor=actor.reference)
    accounts.approval_ask(
        act=DECIDE,
        subject_type="notices.notice",
        subject_id=notice.id,
        content_sha256=_digest(notice, review),
        actor=actor,
    )
    return review


@transaction.atomic
def review_decide(*, notice_id: UUID, granted: bool = True, reason: str = "", actor: accounts.Actor) -> Notice:
    """The second person's word on the opinion: it becomes the decision, or goes back to the reviewer.

    Raises:
        SecondPersonNeededError: the reviewer tries to decide.
        ConditionsUnmetError, QuotaUsedError: it may not be published as things stand.
        NoticeActError, ForbiddenError: no decision waits; not the actor's act.
    """
    accounts.require(actor, "notice.decide")
    notice = acting.locked(notice_id)
    if notice.state != State.DECISION_PROPOSED:
        raise NoticeActError("No decision waits.")
    review = Review.objects.select_for_update().get(notice=notice)
    accounts.approval_decide(
        act=DECIDE,
        subject_type="notices.notice",
        subject_id=notice.id,
        content_sha256=_digest(notice, review),
        granted=granted,
        reason=reason,
        actor=actor,
    )
    if not granted:
        acting.apply_act(notice, "reject_proposal", actor=actor.reference, data={"reason": acting.reason(reason)})
        return notice
    opinion = msgspec.convert(review.opinion, opinions.Opinion)
    notice.decided_at = clock.now()
    _OUTCOMES[opinion.outcome](notice, opinion, actor)
    return notice


@transaction.atomic
def supplement_decide(*, notice_id: UUID, granted: bool, reason: str, actor: accounts.Actor) -> Notice:
    """Decide on a supplement that two officers of the source sent: put it in force, or leave what is.

    Raises:
        NoticeActError, ForbiddenError: none waits; not the actor's act.
    """
    accounts.require(actor, "notice.decide")
    notice = acting.locked(notice_id)
    version = notice.versions.filter(number__gt=notice.version).order_by("-number").first()
    if version is None or notice.form != "notice" or not acting.is_secretariat():
        raise NoticeActError("No supplement waits for a decision.")
    said = acting.reason(reason)
    if granted:
        publishing.supplement(notice, version, said, actor.reference)
        tell(notice, "supplemented", message=said)
        return notice
    version.delete()
    acting.record(notice, "notices.notice.supplement_declined", actor.reference)
    tell(notice, "published", message=said)
    return notice


@transaction.atomic
def notice_suspend(*, notice_id: UUID, reason: str, actor: accounts.Actor) -> Notice:
    """Take a notice out of use while it is examined; nobody sees it meanwhile."""
    notice = _keeping(notice_id, "suspend", reason, actor)
    publishing.recall(notice, "suspended", final=False)
    tell(notice, "suspended", message=reason)
    return notice


@transaction.atomic
def notice_resume(*, notice_id: UUID, reason: str, actor: accounts.Actor) -> Notice:
    """Put a suspended notice back in use."""
    notice = _keeping(notice_id, "resume", reason, actor, visible=True)
    publishing.distribute(notice, reason=reason)
    tell(notice, "resumed", message=reason)
    return notice


@transaction.atomic
def notice_cancel(*, notice_id: UUID, reason: str, grounds: list[str], actor: accounts.Actor) -> Notice:
    """End a notice, or a diffusion found compliant before, by the secretariat's decision; every copy is deleted."""
    unknown = set(grounds) - set(opinions.grounds())
    if unknown or not grounds:
        raise InvalidInputError("Cancelling takes a known ground.", fix=f"Use {', '.join(opinions.grounds())}.")
    notice = _keeping(notice_id, "cancel", reason, actor)
    publishing.recall(notice, "cancelled", final=True)
    tell(notice, "cancelled", message=reason, grounds=grounds)
    return notice


@transaction.atomic
def notice_extend(*, notice_id: UUID, reason: str, actor: accounts.Actor) -> Notice:
    """Extend a notice for the reason its source gave."""
    accounts.require(actor, "notice.decide")
    notice = publishing.extend(acting.locked(notice_id), acting.reason(reason), actor.reference)
    tell(notice, "extended", message=reason)
    return notice


Told = Literal[
    "published",
    "refused",
    "returned",
    "compliant",
    "suspended",
    "resumed",
    "cancelled",
    "extended",
    "supplemented",
    "expired",
]


def tell(notice: Notice, outcome: Told, *, message: str = "", grounds: list[str] | tuple[str, ...] = ()) -> None:
    """Tell the source of a decision."""
    if notice.originator == acting.own():
        return
    body = messages.DecisionBody(
        notice=str(notice.id),
        outcome=outcome,
        grounds=list(grounds),
        message=message,
        reference=notice.reference,
        revision=notice.revision,
        version=notice.version,
        expires_at=clock.timestamp(notice.expires_at) if notice.expires_at else None,
        at=clock.timestamp(clock.now()),
    )
    messages.send(messages.DECISION, notice, body, to=[notice.originator])


def _approved(notice: Notice, opinion: opinions.Opinion, actor: accounts.Actor) -> None:
    if notice.form == "diffusion":
        acting.apply_act(notice, "keep", actor=actor.reference)
        tell(notice, "compliant", message=opinion.message)
        return
    kind = types.notice_type(notice.type)
    if found := types.unmet(kind, contents.parse(notice.content), clock.now().date()):
        raise ConditionsUnmetError(found)
    _check_pilot(notice, kind)
    publishing.publish(notice, actor.reference)
    tell(notice, "published", message=opinion.message)


def _refused(notice: Notice, opinion: opinions.Opinion, actor: accounts.Actor) -> None:
    acting.apply_act(notice, "refuse", actor=actor.reference, data={"grounds": list(opinion.grounds)})
    if notice.form == "diffusion":
        publishing.recall(notice, "refused", final=True)
    tell(notice, "refused", message=opinion.message, grounds=opinion.grounds)


def _returned(notice: Notice, opinion: opinions.Opinion, actor: accounts.Actor) -> None:
    acting.apply_act(notice, "return", actor=actor.reference, data={"grounds": list(opinion.grounds)})
    tell(notice, "returned", message=opinion.message, grounds=opinion.grounds)


_OUTCOMES = {"approve": _approved, "refuse": _refused, "return": _returned}


def _check_pilot(notice: Notice, kind: types.NoticeType) -> None:
    pilot = kind.pilot
    if pilot is None:
        return
    today = clock.now().date()
    if today < pilot.starts_on or (pilot.ends_on is not None and today > pilot.ends_on):
        raise QuotaUsedError("The pilot does not run today.", fix="Ask the secretariat about its end date.")
    if pilot.participants and notice.originator not in pilot.participants:
        raise QuotaUsedError("The source does not take part in the pilot.")
    used = Notice.objects.filter(type=notice.type, form="notice", published_at__isnull=False)
    if used.filter(originator=notice.originator).count() >= pilot.share() or used.count() >= pilot.quota:
        raise QuotaUsedError("The share of this country in the pilot is used.", fix="Wait for a new share.")


def _assigned(notice_id: UUID, actor: accounts.Actor) -> tuple[Notice, Review]:
    accounts.require(actor, "notice.review")
    notice = acting.locked(notice_id)
    review = Review.objects.select_for_update().filter(notice=notice).first()
    if review is None:
        raise NoticeActError("This is not under review here.")
    if review.assigned_to != actor.id:
        raise ForbiddenError("The review is assigned to another reviewer.", fix="Have it assigned to you.")
    return notice, review


def _keeping(notice_id: UUID, act: str, reason: str, actor: accounts.Actor, *, visible: bool = False) -> Notice:
    accounts.require(actor, "notice.decide")
    notice = acting.locked(notice_id)
    acting.require_possible(notice, act)
    notice.visible = visible and notice.form == "notice"
    if visible:
        notice.revision += 1
    acting.apply_act(notice, act, actor=actor.reference, data={"reason": acting.reason(reason)})
    return notice


def _digest(notice: Notice, review: Review) -> str:
    return canonical.sha256_hex(canonical.encode({"content": notice.content_sha256, "opinion": review.opinion}))
