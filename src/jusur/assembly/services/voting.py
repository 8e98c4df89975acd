"""Open votes: by hands, by roll call, by electronic record.

A vote is put with its roll: the members entitled to vote at that moment. Each place on the roll takes one vote, and
only of the voting delegate, who must still be entitled when voting. What the tables refuse beyond that is said in
migration 0002.
"""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from jusur.accounts import api as accounts
from jusur.assembly import contents, selectors
from jusur.assembly.errors import (
    AlreadyVotedError,
    NoQuorumError,
    NotEntitledError,
    NoticeError,
    StageError,
    VersionsMissingError,
)
from jusur.assembly.models import AdoptedText, Amendment, Delegate, Draft, Elector, Poll, Session, Vote
from jusur.assembly.rules import amending, majorities, numbering
from jusur.assembly.rules.entitlement import bar
from jusur.assembly.rules.majorities import Count, Outcome
from jusur.assembly.rules.periods import circulated_in_time, missing_languages
from jusur.assembly.services.common import event, locked_delegation, locked_draft, locked_session
from jusur.assembly.stages import AmendmentState, DraftState, ItemState, Method, PollState, SessionState
from jusur.kernel import clock, text
from jusur.kernel.errors import InvalidInputError
from jusur.ledger import api as ledger

CHOICES = ("for", "against", "abstain")


@transaction.atomic
def poll_open(
    *, draft_id: UUID, method: str, actor: accounts.Actor, amendment_id: UUID | None = None, part: str = ""
) -> Poll:
    """Put a draft to the vote, or one of its parts, or the amendment whose turn it is.

    Raises:
        ForbiddenError, NotOfAssemblyError: not the actor's act; no such draft.
        StageError: the session does not sit, another vote is open, or something else comes first.
        VersionsMissingError, NoticeError, NoQuorumError: a language version, the period, or members are missing.
        InvalidInputError: there is no such method or part.
    """
    accounts.require(actor, "assembly.manage")
    if method not in list(Method):
        raise InvalidInputError("There is no such way of voting.", fix=f"Choose among {', '.join(Method)}.")
    draft = locked_draft(draft_id)
    session = locked_session(draft.session_id, SessionState.SITTING)
    amendment = _put(session, draft, amendment_id, part)
    poll = _with_quorum(session, Poll(draft=draft, amendment=amendment, part=part, method=method))
    roll = selectors.electors(session)
    Elector.objects.bulk_create(
        Elector(poll=poll, delegation=each, country=each.member.country) for each in roll if each.member is not None
    )
    ledger.record(
        "assembly.poll.opened",
        actor=actor.reference,
        **event(
            poll,
            draft=str(draft.pk),
            amendment=str(amendment.pk) if amendment else None,
            part=part,
            method=method,
            electors=len(roll),
            present=poll.present,
        ),
    )
    return poll


@transaction.atomic
def vote_cast(*, poll_id: UUID, delegate_id: UUID, choice: str, actor: accounts.Actor) -> Vote:
    """Cast the vote of a delegate's member: by the delegate's own account, or called and recorded at a roll call.

    Raises:
        ForbiddenError: the account is not the delegate's, nor one that records a roll call.
        NotOfAssemblyError, StageError, InvalidInputError: no such vote or delegate; it is not open, or hands are
            counted; no such choice.
        NotEntitledError: the delegate may not vote for the member, or the member is not on the roll.
        AlreadyVotedError: the member has voted.
    """
    if choice not in CHOICES:
        raise InvalidInputError("There is no such choice.", fix=f"Choose among {', '.join(CHOICES)}.")
    poll = selectors.found(Poll.objects.select_for_update(of=("self",), no_key=True), poll_id)
    delegate = selectors.found(Delegate.objects.all(), delegate_id)
    _require_caster(actor, poll, delegate)
    if poll.state != PollState.OPEN or poll.method == Method.HANDS:
        raise StageError("The vote is not open, or hands are counted.")
    delegation = locked_delegation(delegate.delegation_id)
    delegate.refresh_from_db()
    reason = bar(selectors.standing(delegation, delegate))
    elector = Elector.objects.filter(poll=poll, delegation=delegation).first()
    if reason is not None or elector is None:
        raise NotEntitledError(f"{delegation.party} may not vote: {reason or 'not on the roll of this vote'}.")
    try:
        with transaction.atomic():
            vote = Vote.objects.create(elector=elector, delegate=delegate, choice=choice, cast_at=clock.now())
    except IntegrityError:
        raise AlreadyVotedError(f"{delegation.party} has voted.") from None
    ledger.record("assembly.vote.cast", actor=actor.reference, **event(poll, country=elector.country, choice=choice))
    return vote


@transaction.atomic
def poll_close(*, poll_id: UUID, actor: accounts.Actor, hands: Count | None = None) -> Poll:
    """Close a vote, count it and let what it decides take effect.

    Args:
        poll_id: which vote.
        actor: who closes it.
        hands: what the tellers counted, where hands were shown; only then.

    Raises:
        ForbiddenError, NotOfAssemblyError, StageError: not the actor's act; no such vote; not open.
        InvalidInputError: the tellers' count is missing, out of place, or of more hands than members may vote.
    """
    accounts.require(actor, "assembly.manage")
    found = selectors.found(Poll.objects.all(), poll_id)
    draft = Draft.objects.select_for_update(of=("self",)).get(pk=found.draft_id)
    session = locked_session(found.session_id)
    poll = Poll.objects.select_for_update(of=("self",)).get(pk=poll_id)
    if poll.state != PollState.OPEN:
        raise StageError("The vote is not open.")
    count = _counted(poll, hands)
    decision = selectors.rules_of(session).decision(poll.decision)
    outcome = majorities.decide(decision, count, members=poll.members)
    _close(poll, count, outcome)
    ledger.record(
        "assembly.poll.closed",
        actor=actor.reference,
        **event(
            poll,
            votes_for=count.votes_for,
            votes_against=count.votes_against,
            abstentions=count.abstentions,
            base=outcome.base,
            needed=outcome.needed,
            carried=outcome.carried,
        ),
    )
    _take_effect(session, draft, poll, actor)
    return poll


@transaction.atomic
def poll_annul(*, poll_id: UUID, reason: str, actor: accounts.Actor) -> Poll:
    """Break off a vote that was put by mistake or disturbed; it decides nothing and can be put again.

    Raises:
        ForbiddenError, NotOfAssemblyError, StageError, InvalidInputError: not the actor's act; no such vote; not open;
            no reason.
    """
    accounts.require(actor, "assembly.manage")
    poll = selectors.found(Poll.objects.select_for_update(), poll_id)
    if poll.state != PollState.OPEN:
        raise StageError("The vote is not open.")
    poll.reason = text.line(reason, max_length=500, field="reason")
    poll.state, poll.closed_at = PollState.ANNULLED, clock.now()
    poll.save(update_fields=["reason", "state", "closed_at"])
    ledger.record("assembly.poll.annulled", actor=actor.reference, **event(poll, reason=poll.reason))
    return poll


def _put(session: Session, draft: Draft, amendment_id: UUID | None, part: str) -> Amendment | None:
    """What is put to the vote, once everything that must come before has."""
    rules = selectors.rules_of(session)
    if session.polls.filter(state=PollState.OPEN).exists():
        raise StageError("Another vote is open.", fix="Close it first.")
    if draft.item.state != ItemState.ADOPTED:
        raise StageError("The item is not on the adopted agenda.")
    _require_versions(missing_languages(rules, draft.distributed))
    if not circulated_in_time(rules, rules.decision(draft.decision), draft.circulated_on, session.opens_on):
        raise NoticeError("The draft did not circulate early enough for this kind of decision.")
    waiting = selectors.waiting_amendments(draft)
    if amendment_id is not None:
        return _turn_of(rules, waiting, amendment_id, part)
    if waiting:
        raise StageError("Amendments are put first.", fix=f"Put amendment {waiting[0].place} to the vote.")
    if part:
        _require_part(draft, part)
    return None


def _turn_of(rules: Any, waiting: list[Amendment], amendment_id: UUID, part: str) -> Amendment:
    if part:
        raise InvalidInputError("A vote is on a part or on an amendment.")
    if any(row.distance is None for row in waiting):
        raise StageError("The amendments are not ranked.", fix="Rank each by its distance from the original.")
    if not waiting or waiting[0].pk != amendment_id:
        raise StageError("It is not this amendment's turn: the furthest from the original is put first.")
    if waiting[0].paragraph is not None:
        _require_versions(missing_languages(rules, waiting[0].distributed))
    return waiting[0]


def _require_versions(missing: tuple[str, ...]) -> None:
    if missing:
        raise VersionsMissingError(
            f"Not distributed in: {', '.join(missing)}.", fix="Nothing is voted before all versions are distributed."
        )


def _require_part(draft: Draft, part: str) -> None:
    known = {each.key for each in selectors.text_of(draft)}
    if part not in known or part in draft.voted_parts:
        raise InvalidInputError("There is no such part, or it was voted.")


def _with_quorum(session: Session, poll: Poll) -> Poll:
    rules = selectors.rules_of(session)
    poll.session, poll.decision, poll.opened_at = session, poll.draft.decision, clock.now()
    poll.members = session.members.count()
    poll.quorum = majorities.quorum_of(rules.quorum, poll.members)
    poll.present = selectors.present_members(session)
    if not majorities.is_quorum(rules.quorum, poll.present, poll.members):
        raise NoQuorumError(f"{poll.present} of {poll.members} members are present; the quorum is {poll.quorum}.")
    poll.save(force_insert=True)
    return poll


def _require_caster(actor: accounts.Actor, poll: Poll, delegate: Delegate) -> None:
    if poll.method == Method.ROLL_CALL and delegate.officer != actor.id:
        accounts.require(actor, "assembly.manage")
        return
    accounts.require(actor, "assembly.take_part")
    if delegate.officer != actor.id:
        raise NotEntitledError("Nobody votes for somebody else.")


def _counted(poll: Poll, hands: Count | None) -> Count:
    if (hands is None) is (poll.method == Method.HANDS):
        raise InvalidInputError("The tellers' count is given where hands were shown, and only there.")
    if hands is None:
        found = selectors.tally(Vote.objects.filter(elector__poll=poll).values_list("choice", flat=True))
        return Count(found["for"], found["against"], found["abstain"])
    electors = poll.electors.count()
    if hands.recorded > electors:
        raise InvalidInputError(f"{hands.recorded} hands of {electors} members that may vote.", fix="Count again.")
    return hands


def _close(poll: Poll, count: Count, outcome: Outcome) -> None:
    poll.votes_for, poll.votes_against, poll.abstentions = count.votes_for, count.votes_against, count.abstentions
    poll.base, poll.needed, poll.carried = outcome.base, outcome.needed, outcome.carried
    poll.state, poll.closed_at = PollState.CLOSED, clock.now()
    poll.save()


def _take_effect(session: Session, draft: Draft, poll: Poll, actor: accounts.Actor) -> None:
    if poll.amendment is not None:
        _settle_amendments(draft, poll.amendment, carried=bool(poll.carried))
    elif poll.part:
        _settle_part(draft, poll.part, carried=bool(poll.carried))
    else:
        draft.state = DraftState.ADOPTED if poll.carried else DraftState.REJECTED
        draft.save(update_fields=["state"])
        if poll.carried:
            _adopt(session, draft, poll, actor)


def _settle_amendments(draft: Draft, amendment: Amendment, *, carried: bool) -> None:
    amendment.state = AmendmentState.ADOPTED if carried else AmendmentState.REJECTED
    amendment.save(update_fields=["state"])
    rows = {str(row.pk): row for row in draft.amendments.all()}
    adopted = {key for key, row in rows.items() if row.state == AmendmentState.ADOPTED}
    gone = amending.fallen([selectors.amendment_rule(row) for row in rows.values()], adopted)
    waiting = [rows[key].pk for key in gone if rows[key].state == AmendmentState.PROPOSED]
    Amendment.objects.filter(pk__in=waiting).update(state=AmendmentState.FALLEN)


def _settle_part(draft: Draft, part: str, *, carried: bool) -> None:
    draft.voted_parts = [*draft.voted_parts, part]
    if not carried:
        draft.rejected_parts = [*draft.rejected_parts, part]
    if not any(each.operative for each in selectors.text_of(draft)):
        draft.state = DraftState.REJECTED
    draft.save(update_fields=["voted_parts", "rejected_parts", "state"])


def _adopt(session: Session, draft: Draft, poll: Poll, actor: accounts.Actor) -> AdoptedText:
    session.texts_adopted += 1
    session.save(update_fields=["texts_adopted"])
    pattern = selectors.rules_of(session).numbering.pattern
    number = numbering.number(pattern, year=session.year, session=session.number, number=session.texts_adopted)
    paragraphs = contents.stored(selectors.text_of(draft))
    body = {"number": number, "titles": draft.titles, "paragraphs": paragraphs, "budget": draft.budget}
    row = AdoptedText.objects.create(
        session=session,
        draft=draft,
        poll=poll,
        number=number,
        decision=draft.decision,
        titles=draft.titles,
        paragraphs=paragraphs,
        budget=draft.budget,
        sha256=contents.digest(body),
        adopted_at=clock.now(),
    )
    ledger.record(
        "assembly.text.adopted",
        actor=actor.reference,
        **event(row, number=number, draft=str(draft.pk), poll=str(poll.pk), sha256=row.sha256),
    )
    return row
