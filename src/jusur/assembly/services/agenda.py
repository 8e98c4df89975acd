"""The agenda and the speakers' list."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from jusur.accounts import api as accounts
from jusur.assembly import contents, selectors
from jusur.assembly.errors import NoticeError, StageError
from jusur.assembly.models import AgendaItem, Session, Speech
from jusur.assembly.rules.periods import in_time
from jusur.assembly.services.common import delegation_of, event, identifiers, locked_session, require_of_party
from jusur.assembly.stages import ItemState, SessionState, SpeechKind, SpeechState
from jusur.kernel import clock, text
from jusur.kernel.errors import ConflictError, InvalidInputError
from jusur.ledger import api as ledger


@transaction.atomic
def item_propose(
    *, session_id: UUID, titles: Any, proposed_by: str, actor: accounts.Actor, on: date | None = None
) -> AgendaItem:
    """Propose an item for the agenda; one that comes after the statutory period is marked as late.

    Raises:
        ForbiddenError, NotOfAssemblyError, StageError, InvalidInputError: not the actor's act; no such session; the
            agenda was adopted; a title is missing in a language.
    """
    session = locked_session(session_id, SessionState.CONVENED, SessionState.SITTING)
    party = text.line(proposed_by, max_length=17, field="proposed_by")
    require_of_party(actor, session, party)
    if session.agenda_adopted_at is not None:
        raise StageError("The agenda was adopted.")
    day = on or clock.now().date()
    period = selectors.rules_of(session).period("agenda_items")
    row = AgendaItem.objects.create(
        session=session,
        titles=contents.titles(titles),
        proposed_by=party,
        proposed_on=day,
        late=not in_time(period, day, session.opens_on),
    )
    ledger.record("assembly.item.proposed", actor=actor.reference, **event(row, by=party, late=row.late))
    return row


@transaction.atomic
def agenda_provisional(
    *, session_id: UUID, items: Sequence[str], actor: accounts.Actor, on: date | None = None
) -> Session:
    """Draw up the provisional agenda: these items in this order.

    Raises:
        ForbiddenError, NotOfAssemblyError, InvalidInputError: not the actor's act; no such session; an item is not the
            session's or named twice.
        StageError: the session sits already.
        NoticeError: the period before the session has run out.
    """
    accounts.require(actor, "assembly.manage")
    session = locked_session(session_id, SessionState.CONVENED)
    period = selectors.rules_of(session).period("provisional_agenda")
    if not in_time(period, on or clock.now().date(), session.opens_on):
        raise NoticeError(
            f"The provisional agenda goes out at least {period.days} days before the session.",
            fix="Let the assembly adopt the items as its agenda when it sits.",
        )
    _place(session, items, ItemState.PROVISIONAL)
    ledger.record("assembly.agenda.provisional", actor=actor.reference, **event(session, items=list(items)))
    return session


@transaction.atomic
def agenda_adopt(*, session_id: UUID, items: Sequence[str], actor: accounts.Actor) -> Session:
    """The assembly adopts its agenda: these items in this order; what is not among them is left out.

    Raises:
        ForbiddenError, NotOfAssemblyError, StageError, InvalidInputError: not the actor's act; no such session; it does
            not sit or has adopted its agenda; an item is not the session's or named twice.
    """
    accounts.require(actor, "assembly.manage")
    session = locked_session(session_id, SessionState.SITTING)
    if session.agenda_adopted_at is not None:
        raise StageError("The agenda was adopted.")
    _place(session, items, ItemState.ADOPTED)
    AgendaItem.objects.filter(session=session).exclude(state=ItemState.ADOPTED).update(
        state=ItemState.LEFT_OUT, place=None
    )
    session.agenda_adopted_at = clock.now()
    session.save(update_fields=["agenda_adopted_at"])
    ledger.record("assembly.agenda.adopted", actor=actor.reference, **event(session, items=list(items)))
    return session


@transaction.atomic
def speech_ask(*, item_id: UUID, party: str, kind: str, actor: accounts.Actor) -> Speech:
    """Ask for the floor. A closed list takes points of order and replies only.

    Raises:
        ForbiddenError, NotOfAssemblyError, InvalidInputError: not the actor's act; no such item; no such kind.
        StageError: the item is not on the adopted agenda, or the list of speakers is closed.
        ConflictError: the delegation is on the list.
    """
    item = selectors.found(AgendaItem.objects.select_for_update(of=("self",)).select_related("session"), item_id)
    session = locked_session(item.session_id, SessionState.SITTING)
    require_of_party(actor, session, party)
    if kind not in list(SpeechKind):
        raise InvalidInputError("There is no such kind of speech.", fix=f"Choose among {', '.join(SpeechKind)}.")
    if item.state != ItemState.ADOPTED or (item.speakers_closed and kind == SpeechKind.STATEMENT):
        raise StageError("The item is not on the adopted agenda, or its list of speakers is closed.")
    try:
        with transaction.atomic():
            row = Speech.objects.create(
                item=item, delegation=delegation_of(session, party), kind=kind, asked_at=clock.now()
            )
    except IntegrityError:
        raise ConflictError(f"{party} is on the list of speakers.") from None
    return row


@transaction.atomic
def speech_next(*, item_id: UUID, actor: accounts.Actor) -> Speech | None:
    """End the speech under way and give the floor to the next; ``None`` when nobody waits.

    Raises:
        ForbiddenError, NotOfAssemblyError: not the actor's act; no such item.
    """
    accounts.require(actor, "assembly.manage")
    item = selectors.found(AgendaItem.objects.select_for_update(), item_id)
    moment = clock.now()
    item.speeches.filter(state=SpeechState.SPEAKING).update(state=SpeechState.DONE, ended_at=moment)
    waiting = selectors.speakers(item)
    if not waiting:
        return None
    speech: Speech = waiting[0]
    speech.state, speech.began_at = SpeechState.SPEAKING, moment
    speech.save(update_fields=["state", "began_at"])
    ledger.record(
        "assembly.speech.begun",
        actor=actor.reference,
        **event(speech, item=str(item.pk), party=speech.delegation.party, kind=speech.kind),
    )
    return speech


@transaction.atomic
def speech_withdraw(*, speech_id: UUID, actor: accounts.Actor) -> Speech:
    """Give up a place on the list of speakers.

    Raises:
        ForbiddenError, NotOfAssemblyError, StageError: not the actor's act; no such place; no longer waiting.
    """
    speech = selectors.found(
        Speech.objects.select_for_update(of=("self",)).select_related("delegation", "item__session"), speech_id
    )
    require_of_party(actor, speech.item.session, speech.delegation.party)
    if speech.state != SpeechState.WAITING:
        raise StageError("The speech has begun or is over.")
    speech.state = SpeechState.WITHDRAWN
    speech.save(update_fields=["state"])
    return speech


@transaction.atomic
def speakers_close(*, item_id: UUID, actor: accounts.Actor) -> AgendaItem:
    """Close an item's list of speakers.

    Raises:
        ForbiddenError, NotOfAssemblyError: not the actor's act; no such item.
    """
    accounts.require(actor, "assembly.manage")
    item = selectors.found(AgendaItem.objects.select_for_update(), item_id)
    item.speakers_closed = True
    item.save(update_fields=["speakers_closed"])
    return item


def _place(session: Session, items: Sequence[str], state: ItemState) -> None:
    wanted = identifiers(list(items), "item")
    known = {row.pk: row for row in AgendaItem.objects.filter(session=session)}
    if len(set(wanted)) != len(wanted) or not set(wanted) <= known.keys():
        raise InvalidInputError("The agenda names each item once, and only items proposed for this session.")
    AgendaItem.objects.filter(session=session).update(place=None)
    for place, item_id in enumerate(wanted, start=1):
        AgendaItem.objects.filter(pk=item_id).update(place=place, state=state)
