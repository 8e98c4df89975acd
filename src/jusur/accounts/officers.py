"""Writes of the accounts room on officers: roles, closing and opening access, ending sessions, taking factors away."""

from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from jusur.accounts import rules
from jusur.accounts.errors import SecondPersonNeededError
from jusur.accounts.models import ApiToken, Invitation, Officer
from jusur.accounts.records import record
from jusur.kernel import clock
from jusur.kernel.errors import ConflictError, InvalidInputError, NotFoundError
from jusur.kernel.languages import Language


@transaction.atomic
def officer_roles_set(*, officer_id: UUID, roles: Collection[str], actor: str) -> Officer:
    """Give the officer exactly ``roles``.

    Args:
        officer_id: whose roles.
        roles: all that the officer is to hold.
        actor: who gives them, as the ledger names people.

    Raises:
        NotFoundError: no such active officer.
        SecondPersonNeededError: nobody changes their own roles.
        InvalidInputError: an unknown role.
        ConflictError: nobody would be left to administer the node.
    """
    officer = _active(officer_id)
    if actor == f"officer:{officer.id}":
        raise SecondPersonNeededError(
            "Nobody changes their own roles.", fix="Let another administrator do it, or the node's console."
        )
    wanted = checked_roles(roles)
    if "administrator" in officer.roles and "administrator" not in wanted and actor.startswith("officer:"):
        _require_another_administrator(officer)
    before, officer.roles = officer.roles, wanted
    officer.save(update_fields=["roles"])
    record("accounts.officer.roles", officer.id, actor, {"before": before, "after": wanted})
    return officer


@transaction.atomic
def officer_language_set(*, officer_id: UUID, language: Language) -> None:
    """Write to the officer in ``language`` from now on.

    Raises:
        NotFoundError: no such active officer.
    """
    officer = _active(officer_id)
    officer.language = language
    officer.save(update_fields=["language"])


@transaction.atomic
def officer_deactivate(*, officer_id: UUID, actor: str) -> None:
    """Close an officer's access: no sign-in, no session and no token works any more.

    Raises:
        NotFoundError: no such active officer.
        ConflictError: nobody would be left to administer the node.
    """
    officer = _active(officer_id)
    if "administrator" in officer.roles and actor.startswith("officer:"):
        _require_another_administrator(officer)
    officer.is_active = False
    officer.sessions_from = clock.now()
    officer.save(update_fields=["is_active", "sessions_from"])
    ApiToken.objects.filter(officer=officer, revoked_at__isnull=True).update(revoked_at=Now())
    _open_invitations(officer).update(revoked_at=Now())
    record("accounts.officer.deactivated", officer.id, actor, {})


@transaction.atomic
def officer_sessions_end(*, officer_id: UUID, actor: str) -> None:
    """End every session of the officer now.

    Raises:
        NotFoundError: no such active officer.
    """
    officer = _active(officer_id)
    officer.sessions_from = clock.now()
    officer.save(update_fields=["sessions_from"])
    record("accounts.sessions.ended", officer.id, actor, {})


def reset(officer: Officer) -> None:
    """Take away the officer's password and factors and end their sessions, within the caller's transaction."""
    from allauth.mfa.models import Authenticator

    Authenticator.objects.filter(user=officer).delete()
    officer.set_unusable_password()
    officer.sessions_from = clock.now()
    officer.save(update_fields=["password", "sessions_from"])


def checked_roles(roles: Collection[str]) -> list[str]:
    """``roles`` sorted, each once.

    Raises:
        InvalidInputError: an unknown role.
    """
    unknown = sorted(set(roles) - set(rules.ROLES))
    if unknown:
        raise InvalidInputError(f"Unknown role: {unknown[0]}.", fix=f"Choose among {', '.join(sorted(rules.ROLES))}.")
    return sorted(set(roles))


def _active(officer_id: UUID) -> Officer:
    officer = Officer.objects.select_for_update().filter(id=officer_id, is_active=True).first()
    if officer is None:
        raise NotFoundError("There is no such active officer.")
    return officer


def _open_invitations(officer: Officer) -> QuerySet[Invitation]:
    return Invitation.objects.filter(officer=officer, accepted_at__isnull=True, revoked_at__isnull=True)


def _require_another_administrator(officer: Officer) -> None:
    others = Officer.objects.select_for_update().filter(roles__contains=["administrator"], is_active=True)
    if not [other for other in others if other.id != officer.id]:
        raise ConflictError(
            "Nobody would be left to administer this node.", fix="Make another officer administrator first."
        )
