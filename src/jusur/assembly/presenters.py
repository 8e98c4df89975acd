"""The assembly's rows as plain data: for the HTTP API, the screen in the hall, a delegate's phone."""

from typing import Any
from uuid import UUID

from jusur.assembly import contents, selectors
from jusur.assembly.models import (
    AdoptedText,
    AgendaItem,
    Delegate,
    Delegation,
    Draft,
    Member,
    Minute,
    Poll,
    Session,
    Speech,
)
from jusur.assembly.rules import majorities
from jusur.assembly.rules.periods import calendar, missing_languages
from jusur.assembly.stages import Method, PollState, SpeechState
from jusur.kernel import clock


def session_view(row: Session) -> dict[str, Any]:
    """A session with its statutory dates."""
    rules = selectors.rules_of(row)
    return {
        "id": str(row.pk),
        "number": row.number,
        "year": row.year,
        "host": row.host,
        "place": row.place,
        "opens_on": str(row.opens_on),
        "closes_on": str(row.closes_on),
        "state": row.state,
        "rules": {"profile": rules.id, "version": rules.version, "sha256": row.rulebook_sha256},
        "agenda_adopted": row.agenda_adopted_at is not None,
        "texts_adopted": row.texts_adopted,
        "dates": [{"id": due.period.id, "last_day": str(due.last_day)} for due in calendar(rules, row.opens_on)],
    }


def item_view(row: AgendaItem) -> dict[str, Any]:
    """An item of the agenda."""
    return {
        "id": str(row.pk),
        "place": row.place,
        "titles": row.titles,
        "proposed_by": row.proposed_by,
        "proposed_on": str(row.proposed_on),
        "late": row.late,
        "state": row.state,
        "speakers_closed": row.speakers_closed,
    }


def draft_view(row: Draft) -> dict[str, Any]:
    """A draft: its text as it stands, with adopted amendments in it, and what is still to come."""
    rules = selectors.rules_of(row.session)
    waiting = selectors.waiting_amendments(row)
    return {
        "id": str(row.pk),
        "item": str(row.item_id),
        "decision": row.decision,
        "titles": row.titles,
        "state": row.state,
        "sponsors": list(row.sponsors.order_by("pk").values_list("party", flat=True)),
        "paragraphs": contents.stored(selectors.text_of(row)),
        "budget": row.budget,
        "budget_totals": contents.totals(row.budget),
        "distributed": row.distributed,
        "missing_versions": list(missing_languages(rules, row.distributed)),
        "amendments": [
            {
                "id": str(each.pk),
                "place": each.place,
                "by": each.proposed_by,
                "target": each.target,
                "change": each.change,
                "paragraph": each.paragraph,
                "distance": each.distance,
            }
            for each in waiting
        ],
    }


def poll_view(row: Poll, *, with_votes: bool = True) -> dict[str, Any]:
    """A vote; how members voted is shown once it is closed, and never for hands."""
    shown = with_votes and row.state == PollState.CLOSED and row.method != Method.HANDS
    return {
        "id": str(row.pk),
        "draft": str(row.draft_id),
        "amendment": str(row.amendment_id) if row.amendment_id else None,
        "part": row.part or None,
        "decision": row.decision,
        "method": row.method,
        "state": row.state,
        "members": row.members,
        "quorum": row.quorum,
        "present": row.present,
        "for": row.votes_for,
        "against": row.votes_against,
        "abstentions": row.abstentions,
        "base": row.base,
        "needed": row.needed,
        "carried": row.carried,
        "votes": dict(selectors.votes_of(row)) if shown else None,
        "opened_at": clock.timestamp(row.opened_at),
        "closed_at": clock.timestamp(row.closed_at) if row.closed_at else None,
    }


def adopted_text(row: AdoptedText) -> dict[str, Any]:
    """A text as it was adopted."""
    return {
        "id": str(row.pk),
        "number": row.number,
        "decision": row.decision,
        "titles": row.titles,
        "paragraphs": row.paragraphs,
        "budget": row.budget,
        "budget_totals": contents.totals(row.budget),
        "sha256": row.sha256,
        "poll": str(row.poll_id),
        "adopted_at": clock.timestamp(row.adopted_at),
    }


def minutes(seat: Session) -> list[dict[str, Any]]:
    """The minutes in their order, each entry with the number of the one it corrects."""
    rows = Minute.objects.filter(session=seat).select_related("corrects").order_by("number")
    return [
        {
            "number": row.number,
            "item": str(row.item_id) if row.item_id else None,
            "corrects": row.corrects.number if row.corrects else None,
            "language": row.language,
            "text": row.text,
            "entered_at": clock.timestamp(row.entered_at),
        }
        for row in rows
    ]


def hall(seat: Session) -> dict[str, Any]:
    """What the screen in the hall shows: presence and quorum, who speaks and who waits, the vote under way."""
    members, present = seat.members.count(), selectors.present_members(seat)
    quorum = majorities.quorum_of(selectors.rules_of(seat).quorum, members)
    item = seat.items.filter(speeches__state__in=[SpeechState.WAITING, SpeechState.SPEAKING]).order_by("place").first()
    poll = seat.polls.filter(state=PollState.OPEN).first() or seat.polls.order_by("-opened_at").first()
    return {
        "session": session_view(seat),
        "members": members,
        "present": present,
        "quorum": quorum,
        "has_quorum": present >= quorum,
        "agenda": [item_view(row) for row in seat.items.filter(place__isnull=False).order_by("place")],
        "speakers": [
            {"party": row.delegation.party, "kind": row.kind, "state": row.state}
            for row in (selectors.speakers(item) if item else [])
        ],
        "vote": poll_view(poll) | {"voted": poll.electors.filter(vote__isnull=False).count()} if poll else None,
    }


def delegate_page(seat: Session, officer: UUID) -> dict[str, Any]:
    """What a delegate's phone shows: the delegation's standing, the open vote, and whether one's vote was taken.

    Raises:
        NotOfAssemblyError: the account is no delegate's in this session.
    """
    from jusur.assembly.errors import NotOfAssemblyError

    delegate = selectors.delegate_of(seat, officer)
    if delegate is None:
        raise NotOfAssemblyError("You are no delegate in this session.", fix="Ask at accreditation.")
    poll = seat.polls.filter(state=PollState.OPEN).first()
    elector = poll.electors.filter(delegation=delegate.delegation).first() if poll else None
    votes = elector is not None and delegate.delegation.voter_id == delegate.pk
    return {
        "session": session_view(seat),
        "delegate": str(delegate.pk),
        "party": delegate.delegation.party,
        "credentials": delegate.delegation.credentials,
        "voter": delegate.delegation.voter_id == delegate.pk,
        "present": delegate.present,
        "barred": selectors.barred(delegate.delegation),
        "vote": poll_view(poll) if poll else None,
        "may_vote": bool(votes and poll and poll.method != Method.HANDS and not hasattr(elector, "vote")),
        "voted": bool(elector is not None and hasattr(elector, "vote")),
    }


def member_view(row: Member) -> dict[str, Any]:
    """A member's standing under Article 52."""
    return {
        "country": row.country,
        "unmet_years": row.unmet_years,
        "appeal_made_on": str(row.appeal_made_on) if row.appeal_made_on else None,
        "appeal_granted": row.appeal_granted,
        "may_vote": not selectors.has_lost(row),
        "may_stand": not selectors.has_lost(row, "candidature"),
    }


def delegation_view(row: Delegation) -> dict[str, Any]:
    """A delegation, and what bars it from voting now (null: nothing)."""
    return {
        "id": str(row.pk),
        "party": row.party,
        "observer": row.member_id is None,
        "credentials": row.credentials,
        "reason": row.reason,
        "voter": str(row.voter_id) if row.voter_id else None,
        "barred": selectors.barred(row),
    }


def delegate_view(row: Delegate) -> dict[str, Any]:
    """A delegate, without the badge's code."""
    return {
        "id": str(row.pk),
        "serial": row.serial,
        "name": row.name,
        "function": row.function,
        "party": row.delegation.party,
        "head": row.head,
        "present": row.present,
        "withdrawn": row.withdrawn_at is not None,
    }


def speech_view(row: Speech) -> dict[str, Any]:
    """A place on the list of speakers."""
    return {"id": str(row.pk), "party": row.delegation.party, "kind": row.kind, "state": row.state}
