"""Reads of the assembly: what stands, who is there, who may vote."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, TypeVar, cast
from uuid import UUID

from django.db.models import Model, QuerySet

from jusur.assembly.errors import NotOfAssemblyError
from jusur.assembly.models import AgendaItem, Amendment, Delegate, Delegation, Draft, Member, Poll, Session, Vote
from jusur.assembly.rules import amending, rulebook
from jusur.assembly.rules.entitlement import Bar, Standing, bar
from jusur.assembly.rules.rulebook import Rulebook
from jusur.assembly.rules.standing import Appeal, Right, suspended
from jusur.assembly.stages import AmendmentState, Credentials, SpeechState
from jusur.kernel import canonical

Row = TypeVar("Row", bound=Model)
_ORDER_OF_SPEECH = {"point_of_order": 0, "right_of_reply": 1, "statement": 2}


def rules_of(session: Session) -> Rulebook:
    """The rulebook the session is held under."""
    return _rules(canonical.encode(session.rulebook))


@lru_cache(maxsize=16)
def _rules(document: bytes) -> Rulebook:
    return rulebook.parse(document)


def found(rows: QuerySet[Row], row_id: UUID) -> Row:
    """The row of that identifier.

    Raises:
        NotOfAssemblyError: there is none.
    """
    row = rows.filter(pk=row_id).first()
    if row is None:
        raise NotOfAssemblyError("The assembly knows nothing of this identifier.", fix="Check it.")
    return row


def session(session_id: UUID) -> Session:
    """One session.

    Raises:
        NotOfAssemblyError: there is none.
    """
    return found(Session.objects.all(), session_id)


def sessions() -> QuerySet[Session]:
    """Every session."""
    return Session.objects.all()


def has_lost(member: Member, right: Right = "vote", *, of: Session | None = None) -> bool:
    """Whether a member has lost ``right`` in its session (Article 52)."""
    seat = of or member.session
    appeal = None
    if member.appeal_made_on is not None:
        appeal = Appeal(member.appeal_made_on, member.appeal_granted)
    return suspended(rules_of(seat), member.unmet_years, seat.year, appeal=appeal, right=right)


def standing(delegation: Delegation, delegate: Delegate | None) -> Standing:
    """What decides whether ``delegate`` may vote for ``delegation``."""
    member = delegation.member
    return Standing(
        is_member=member is not None,
        credentials_accepted=delegation.credentials == Credentials.ACCEPTED,
        suspended=member is not None and has_lost(member, of=delegation.session),
        is_voter=delegate is not None and delegation.voter_id == delegate.pk,
        withdrawn=delegate is None or delegate.withdrawn_at is not None,
        present=delegate is not None and delegate.present,
    )


def barred(delegation: Delegation) -> Bar | None:
    """What bars the delegation's voting delegate from voting now; ``None`` where nothing does."""
    return bar(standing(delegation, delegation.voter))


def delegations(seat: Session) -> QuerySet[Delegation]:
    """The session's delegations with what their standing is read from."""
    return Delegation.objects.filter(session=seat).select_related("member", "voter", "session").order_by("party")


def electors(seat: Session) -> list[Delegation]:
    """The delegations whose voting delegate may vote now, by country."""
    return [each for each in delegations(seat) if barred(each) is None]


def present_members(seat: Session) -> int:
    """How many members are represented in the hall by a delegate, whether they may vote or not."""
    return (
        Delegate.objects.filter(
            session=seat, present=True, delegation__member__isnull=False, delegation__credentials=Credentials.ACCEPTED
        )
        .values("delegation")
        .distinct()
        .count()
    )


def speakers(item: AgendaItem) -> list[Any]:
    """Who speaks and who waits, in their order: points of order first, then replies, then as they asked."""
    rows = item.speeches.filter(state__in=[SpeechState.WAITING, SpeechState.SPEAKING]).select_related("delegation")
    return sorted(rows, key=lambda row: (row.state != SpeechState.SPEAKING, _ORDER_OF_SPEECH[row.kind], row.asked_at))


def amendment_rule(row: Amendment) -> amending.Amendment:
    """An amendment as the rules see it."""
    form = row.paragraph
    return amending.Amendment(
        id=str(row.pk),
        target=row.target,
        change=cast("amending.Change", row.change),
        distance=row.distance or 0,
        place=row.place,
        paragraph=None if form is None else amending.Paragraph(form["key"], form["operative"], form["texts"]),
        excludes=frozenset(map(str, row.excludes)),
    )


def waiting_amendments(draft: Draft) -> list[Amendment]:
    """The amendments still to be put, in the order in which they are: the furthest first."""
    rows = {str(row.pk): row for row in draft.amendments.filter(state=AmendmentState.PROPOSED)}
    return [rows[each.id] for each in amending.voting_order(map(amendment_rule, rows.values()))]


def text_of(draft: Draft) -> tuple[amending.Paragraph, ...]:
    """The draft's text with the adopted amendments in it and the rejected parts out of it."""
    from jusur.assembly import contents

    adopted = [amendment_rule(row) for row in draft.amendments.filter(state=AmendmentState.ADOPTED)]
    text = amending.amended(contents.as_paragraphs(draft.paragraphs), adopted)
    return tuple(each for each in text if each.key not in draft.rejected_parts)


def votes_of(poll: Poll) -> list[tuple[str, str]]:
    """How each member voted, by country; nothing for hands."""
    rows = Vote.objects.filter(elector__poll=poll).values_list("elector__country", "choice")
    return [(country, choice) for country, choice in rows.order_by("elector__country")]


def delegate_of(seat: Session, officer: UUID) -> Delegate | None:
    """The delegate of the session whose account this is."""
    return Delegate.objects.filter(session=seat, officer=officer).select_related("delegation").first()


def tally(votes: Iterable[str]) -> dict[str, int]:
    """How many of each choice."""
    listed = list(votes)
    return {choice: listed.count(choice) for choice in ("for", "against", "abstain")}
