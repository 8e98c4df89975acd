"""Delegations, their credentials, their people and who is in the hall."""

import secrets
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from jusur.accounts import api as accounts
from jusur.assembly import selectors
from jusur.assembly.errors import NotOfAssemblyError, StageError
from jusur.assembly.models import Delegate, Delegation, Member, Passage
from jusur.assembly.services.common import event, locked_delegation, locked_session
from jusur.assembly.stages import Credentials, Gender, SessionState
from jusur.kernel import clock, languages, text
from jusur.kernel.errors import ConflictError, InvalidInputError
from jusur.ledger import api as ledger

BADGE_BYTES = 15
SHA256_LENGTH = 64
_NEXT = {
    Credentials.PRESENTED: {Credentials.RECOMMENDED, Credentials.REFUSED},
    Credentials.RECOMMENDED: {Credentials.ACCEPTED, Credentials.REFUSED},
    Credentials.ACCEPTED: {Credentials.REFUSED},
    Credentials.REFUSED: {Credentials.PRESENTED},
}


@transaction.atomic
def delegation_register(
    *, session_id: UUID, party: str, letter_sha256: str, actor: accounts.Actor, observer: bool = False
) -> Delegation:
    """Register the delegation of a member, or of an observer organisation, on its letter of credentials.

    Raises:
        ForbiddenError, StageError: not the actor's act; the session is closed.
        InvalidInputError: the party is no member (and no observer), or the digest is none.
        ConflictError: its delegation is registered.
    """
    accounts.require(actor, "assembly.manage")
    session = locked_session(session_id, SessionState.CONVENED, SessionState.SITTING)
    if len(letter_sha256) != SHA256_LENGTH or set(letter_sha256) - set("0123456789abcdef"):
        raise InvalidInputError("The letter of credentials is named by its SHA-256 in lower-case hexadecimal.")
    name = text.line(party, max_length=17, field="party")
    member = Member.objects.filter(session=session, country=name).first()
    if (member is None) is not observer:
        raise InvalidInputError(f"{name} is {'a' if observer else 'no'} member in this session.")
    try:
        with transaction.atomic():
            row = Delegation.objects.create(
                session=session, party=name, member=member, letter_sha256=letter_sha256, created_at=clock.now()
            )
    except IntegrityError:
        raise ConflictError(f"The delegation of {name} is registered.") from None
    ledger.record(
        "assembly.delegation.registered",
        actor=actor.reference,
        **event(row, session=str(session.pk), party=name, observer=observer, letter=letter_sha256),
    )
    return row


@transaction.atomic
def credentials_decide(
    *, delegation_id: UUID, decision: Credentials, actor: accounts.Actor, reason: str = ""
) -> Delegation:
    """The committee recommends credentials, or the assembly accepts or refuses them; a refusal has a reason.

    Raises:
        ForbiddenError, NotOfAssemblyError: not the actor's act; no such delegation.
        StageError: this does not follow from where the credentials stand, or the session is closed.
        InvalidInputError: a refusal without a reason.
    """
    accounts.require(actor, "assembly.manage")
    row = locked_delegation(delegation_id)
    if row.session.state == SessionState.CLOSED or decision not in _NEXT[Credentials(row.credentials)]:
        raise StageError(f"The credentials are {row.credentials} and cannot be {decision} now.")
    row.reason = text.line(reason, max_length=500, field="reason", required=decision is Credentials.REFUSED)
    row.credentials, row.decided_at = decision, clock.now()
    row.save(update_fields=["reason", "credentials", "decided_at"])
    ledger.record(
        "assembly.credentials.decided",
        actor=actor.reference,
        **event(row, party=row.party, decision=decision.value, reason=row.reason),
    )
    return row


@transaction.atomic
def delegate_register(
    *,
    delegation_id: UUID,
    name: str,
    language: str,
    actor: accounts.Actor,
    function: str = "",
    gender: str = "not_stated",
    head: bool = False,
    officer: UUID | None = None,
) -> Delegate:
    """Register a person of a delegation; the badge's code is made here.

    Raises:
        ForbiddenError, NotOfAssemblyError, StageError: not the actor's act; no such delegation; session closed.
        InvalidInputError: a text or the gender is not valid.
        ConflictError: the delegation has a head, or the account is another delegate's.
    """
    accounts.require(actor, "assembly.manage")
    row = locked_delegation(delegation_id)
    session = locked_session(row.session_id, SessionState.CONVENED, SessionState.SITTING)
    if gender not in list(Gender):
        raise InvalidInputError("The gender is not valid.", fix=f"Give {', '.join(Gender)}.")
    session.badges += 1
    session.save(update_fields=["badges"])
    try:
        with transaction.atomic():
            delegate = Delegate.objects.create(
                session=session,
                delegation=row,
                serial=session.badges,
                name=text.line(name, max_length=200, field="name"),
                function=text.line(function, max_length=200, field="function", required=False),
                gender=gender,
                language=languages.check(language),
                head=head,
                officer=officer,
                badge=secrets.token_urlsafe(BADGE_BYTES),
                registered_at=clock.now(),
            )
    except IntegrityError:
        raise ConflictError("The delegation has a head, or this account is another delegate's.") from None
    ledger.record(
        "assembly.delegate.registered",
        actor=actor.reference,
        **event(delegate, session=str(session.pk), party=row.party, gender=gender, head=head),
    )
    return delegate


@transaction.atomic
def voter_name(*, delegate_id: UUID, actor: accounts.Actor) -> Delegation:
    """Name the one delegate who votes for a delegation, in place of whoever did.

    Raises:
        ForbiddenError, NotOfAssemblyError: not the actor's act; no such delegate.
        StageError: the delegate was withdrawn, the delegation is an observer's, or the session is closed.
    """
    accounts.require(actor, "assembly.manage")
    delegate = selectors.found(Delegate.objects.all(), delegate_id)
    row = locked_delegation(delegate.delegation_id)
    delegate.refresh_from_db()
    if delegate.withdrawn_at is not None or row.member_id is None or row.session.state == SessionState.CLOSED:
        raise StageError("Only a delegate of a member who was not withdrawn votes, while the session lasts.")
    row.voter = delegate
    row.save(update_fields=["voter"])
    ledger.record(
        "assembly.voter.named", actor=actor.reference, **event(row, party=row.party, delegate=str(delegate.pk))
    )
    return row


@transaction.atomic
def delegate_withdraw(*, delegate_id: UUID, actor: accounts.Actor) -> Delegate:
    """Withdraw a delegate: the badge opens no door any more, and the delegate votes for nobody.

    Raises:
        ForbiddenError, NotOfAssemblyError, StageError: not the actor's act; no such delegate; withdrawn already.
    """
    accounts.require(actor, "assembly.manage")
    delegate = selectors.found(Delegate.objects.all(), delegate_id)
    row = locked_delegation(delegate.delegation_id)
    delegate.refresh_from_db()
    if delegate.withdrawn_at is not None:
        raise StageError("The delegate was withdrawn.")
    if delegate.present:
        Passage.objects.create(delegate=delegate, entered=False, at=clock.now())
    delegate.withdrawn_at, delegate.present = clock.now(), False
    delegate.save(update_fields=["withdrawn_at", "present"])
    if row.voter_id == delegate.pk:
        row.voter = None
        row.save(update_fields=["voter"])
    ledger.record("assembly.delegate.withdrawn", actor=actor.reference, **event(delegate, party=row.party))
    return delegate


@transaction.atomic
def passage_record(*, badge: str, entered: bool, actor: accounts.Actor) -> Delegate:
    """A badge was read at the hall's door. Entering twice, or leaving twice, changes nothing.

    Raises:
        ForbiddenError: reading badges is not the actor's act.
        NotOfAssemblyError: no badge in force has this code.
        StageError: the session does not sit.
    """
    accounts.require(actor, "assembly.manage")
    found = Delegate.objects.filter(badge=badge[:32], withdrawn_at__isnull=True).first()
    if found is None:
        raise NotOfAssemblyError("No badge in force has this code.", fix="Send the person to accreditation.")
    locked_delegation(found.delegation_id)
    delegate = Delegate.objects.select_for_update(of=("self",)).select_related("session").get(pk=found.pk)
    if delegate.session.state != SessionState.SITTING or delegate.withdrawn_at is not None:
        raise StageError("The session does not sit, or the badge was withdrawn.")
    if delegate.present != entered:
        moment = clock.now()
        Passage.objects.create(delegate=delegate, entered=entered, at=moment)
        delegate.present = entered
        delegate.save(update_fields=["present"])
    return delegate


def badge_rows(session_id: UUID) -> list[dict[str, Any]]:
    """What the badges of a session say, by serial number."""
    rows = Delegate.objects.filter(session_id=session_id, withdrawn_at__isnull=True).select_related("delegation")
    return [
        {
            "serial": row.serial,
            "name": row.name,
            "function": row.function,
            "party": row.delegation.party,
            "language": row.language,
            "observer": row.delegation.member_id is None,
            "head": row.head,
            "code": row.badge,
        }
        for row in rows.order_by("delegation__party", "serial")
    ]
