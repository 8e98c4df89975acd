"""Sessions and the standing of their members."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from jusur.accounts import api as accounts
from jusur.assembly import contents, selectors
from jusur.assembly.errors import NoticeError, NotOfAssemblyError, StageError
from jusur.assembly.models import Member, Session
from jusur.assembly.rules import rulebook
from jusur.assembly.rules.standing import appeal_in_time, in_arrears
from jusur.assembly.services.common import event, locked_session
from jusur.assembly.stages import PollState, SessionState
from jusur.directory import api as directory
from jusur.kernel import canonical, clock, countries
from jusur.kernel.errors import ConflictError, InvalidInputError
from jusur.ledger import api as ledger

FOUNDED = 1923
MAX_YEARS = 50


@transaction.atomic
def session_convene(
    *,
    number: int,
    year: int,
    host: str,
    place: Any,
    opens_on: date,
    closes_on: date,
    actor: accounts.Actor,
    profile: str = "2025-practice",
    committee_on: date | None = None,
    members: Mapping[str, str] | None = None,
) -> Session:
    """Convene a session under the rules of ``profile``, as they stand now.

    Args:
        number: which session of the organisation it is (93 in 2025).
        year: the year it counts for.
        host: the host country.
        place: the place's name in the four languages.
        opens_on: its first day.
        closes_on: its last day.
        actor: who convenes it.
        profile: which rulebook.
        committee_on: when the Executive Committee hears appeals against suspension.
        members: the organisation's members, country to region; by default those of the directory.

    Raises:
        ForbiddenError: convening is not the actor's act.
        InvalidInputError: dates, host or members are not valid.
        ConflictError: the session has been convened.
    """
    accounts.require(actor, "assembly.manage")
    if closes_on < opens_on:
        raise InvalidInputError("The session closes before it opens.")
    document = _document(profile)
    listed = dict(members) if members is not None else _members()
    if not listed:
        raise InvalidInputError("An organisation without members has no assembly.")
    try:
        with transaction.atomic():
            session = Session.objects.create(
                number=number,
                year=year,
                host=countries.check(host, field="host"),
                place=contents.titles(place),
                opens_on=opens_on,
                closes_on=closes_on,
                committee_on=committee_on,
                rulebook=canonical.decode(document, max_bytes=rulebook.MAX_BYTES),
                rulebook_sha256=rulebook.digest(document),
                created_at=clock.now(),
            )
    except IntegrityError:
        raise ConflictError(f"Session {number} of {year} has been convened.") from None
    Member.objects.bulk_create(
        Member(session=session, country=countries.check(code), region=region) for code, region in sorted(listed.items())
    )
    ledger.record(
        "assembly.session.convened",
        actor=actor.reference,
        **event(session, number=number, year=year, members=len(listed), rulebook=session.rulebook_sha256),
    )
    return session


@transaction.atomic
def session_open(*, session_id: UUID, actor: accounts.Actor) -> Session:
    """Open the session: from now on it sits and decides.

    Raises:
        ForbiddenError, NotOfAssemblyError, StageError: not the actor's act; no such session; not convened.
    """
    accounts.require(actor, "assembly.manage")
    session = locked_session(session_id, SessionState.CONVENED)
    session.state = SessionState.SITTING
    session.save(update_fields=["state"])
    ledger.record("assembly.session.opened", actor=actor.reference, **event(session))
    return session


@transaction.atomic
def session_close(*, session_id: UUID, actor: accounts.Actor) -> Session:
    """Close the session for good.

    Raises:
        ForbiddenError, NotOfAssemblyError: not the actor's act; no such session.
        StageError: it does not sit, or a vote is open.
    """
    accounts.require(actor, "assembly.manage")
    session = locked_session(session_id, SessionState.SITTING)
    if session.polls.filter(state=PollState.OPEN).exists():
        raise StageError("A vote is open.", fix="Close it first.")
    session.state = SessionState.CLOSED
    session.save(update_fields=["state"])
    ledger.record("assembly.session.closed", actor=actor.reference, **event(session, texts=session.texts_adopted))
    return session


@transaction.atomic
def member_unmet_set(*, session_id: UUID, country: str, years: Sequence[int], actor: accounts.Actor) -> Member:
    """Enter for which years a member has not met its financial obligations; empty when it has met them all.

    Raises:
        ForbiddenError, NotOfAssemblyError, StageError, InvalidInputError: not the actor's act; no such member; the
            session is closed; no years.
    """
    accounts.require(actor, "assembly.manage")
    session = locked_session(session_id, SessionState.CONVENED, SessionState.SITTING)
    member = _member(session, country)
    if len(years) > MAX_YEARS or any(not FOUNDED <= year <= session.year for year in years):
        raise InvalidInputError(f"Obligations are of the years {FOUNDED} to {session.year}.")
    member.unmet_years = sorted(set(years))
    member.save(update_fields=["unmet_years"])
    ledger.record(
        "assembly.member.arrears",
        actor=actor.reference,
        **event(member, country=country, years=member.unmet_years, suspended=selectors.has_lost(member)),
    )
    return member


@transaction.atomic
def appeal_make(*, session_id: UUID, country: str, made_on: date, actor: accounts.Actor) -> Member:
    """Enter a member's appeal against its suspension. It restores nothing until it is granted.

    Raises:
        ForbiddenError, NotOfAssemblyError: not the actor's act; no such member.
        StageError: the member is not in arrears, or has appealed.
        NoticeError: it is too late for the Executive Committee's session, or none is known.
    """
    accounts.require(actor, "assembly.manage")
    session = locked_session(session_id, SessionState.CONVENED, SessionState.SITTING)
    member = _member(session, country)
    rules = selectors.rules_of(session)
    if member.appeal_made_on is not None or not in_arrears(rules, member.unmet_years, session.year):
        raise StageError(f"{country} has appealed, or is not in arrears.")
    if session.committee_on is None or not appeal_in_time(rules, made_on, session.committee_on):
        days = rules.period(rules.arrears.appeal).days
        raise NoticeError(f"An appeal is made at least {days} days before the Executive Committee's session.")
    member.appeal_made_on = made_on
    member.save(update_fields=["appeal_made_on"])
    ledger.record("assembly.appeal.made", actor=actor.reference, **event(member, country=country, made_on=str(made_on)))
    return member


@transaction.atomic
def appeal_decide(*, session_id: UUID, country: str, granted: bool, actor: accounts.Actor) -> Member:
    """Enter what was decided on an appeal; once.

    Raises:
        ForbiddenError, NotOfAssemblyError: not the actor's act; no such member.
        StageError: there is no appeal, or it was decided.
    """
    accounts.require(actor, "assembly.manage")
    session = locked_session(session_id, SessionState.CONVENED, SessionState.SITTING)
    member = _member(session, country)
    if member.appeal_made_on is None or member.appeal_granted is not None:
        raise StageError(f"{country} has no appeal that waits for a decision.")
    member.appeal_granted, member.appeal_decided_at = granted, clock.now()
    member.save(update_fields=["appeal_granted", "appeal_decided_at"])
    ledger.record("assembly.appeal.decided", actor=actor.reference, **event(member, country=country, granted=granted))
    return member


def _document(profile: str) -> bytes:
    rulebook.of_profile(profile)
    return rulebook.shipped()[profile]


def _members() -> dict[str, str]:
    return {
        found.country: found.region
        for found in directory.organisations(kind="bureau")
        if found.status != "withdrawn" and countries.is_country(found.country)
    }


def _member(session: Session, country: str) -> Member:
    found = Member.objects.select_for_update(of=("self",)).filter(session=session, country=country).first()
    if found is None:
        raise NotOfAssemblyError(f"{country[:2]} is no member in this session.")
    found.session = session
    return found
