"""What the writes of the assembly share: rows locked for the act, and events of the ledger."""

from typing import Any
from uuid import UUID

from jusur.accounts.api import Actor
from jusur.assembly import selectors
from jusur.assembly.errors import StageError
from jusur.assembly.models import Delegation, Draft, Session
from jusur.assembly.stages import DraftState, SessionState
from jusur.kernel.errors import InvalidInputError
from jusur.kernel.ids import parse_id


def locked_session(session_id: UUID, *states: SessionState) -> Session:
    """The session, locked until the transaction ends.

    Raises:
        NotOfAssemblyError: there is none.
        StageError: it is in none of ``states``.
    """
    row = selectors.found(Session.objects.select_for_update(), session_id)
    if states and row.state not in states:
        raise StageError(f"The session is {row.state}; this is done while it is {' or '.join(states)}.")
    return row


def locked_delegation(delegation_id: UUID) -> Delegation:
    """The delegation, locked until the transaction ends.

    Raises:
        NotOfAssemblyError: there is none.
    """
    return selectors.found(Delegation.objects.select_for_update(of=("self",)).select_related("session"), delegation_id)


def locked_draft(draft_id: UUID) -> Draft:
    """A draft still under discussion, locked until the transaction ends.

    Raises:
        NotOfAssemblyError: there is none.
        StageError: it was adopted, rejected or withdrawn.
    """
    row = selectors.found(Draft.objects.select_for_update(of=("self",)).select_related("session"), draft_id)
    if row.state != DraftState.SUBMITTED:
        raise StageError(f"The draft was {row.state}.")
    return row


def delegation_of(session: Session, party: str) -> Delegation:
    """The delegation of ``party`` in the session.

    Raises:
        InvalidInputError: it has none.
    """
    row = Delegation.objects.filter(session=session, party=party).first()
    if row is None:
        raise InvalidInputError(f"{party[:17]} has no delegation in this session.")
    return row


def require_of_party(actor: Actor, session: Session, party: str) -> None:
    """Let pass who may act for ``party``: its own delegates, and whoever manages the session.

    Raises:
        ForbiddenError: neither.
    """
    from jusur.accounts import api as accounts

    delegate = selectors.delegate_of(session, actor.id)
    own = delegate is not None and delegate.withdrawn_at is None and delegate.delegation.party == party
    accounts.require(actor, "assembly.take_part" if own else "assembly.manage")


def identifiers(values: list[str], field: str) -> list[UUID]:
    """Identifiers given as texts.

    Raises:
        InvalidInputError: one is none.
    """
    return [parse_id(value, field=field) for value in values]


def event(row: Any, **data: Any) -> dict[str, Any]:
    """What every event of a row names: its type, its identifier, its data (identifiers and codes, never names)."""
    return {"subject_type": f"assembly.{type(row).__name__.lower()}", "subject_id": str(row.pk), "data": data}
