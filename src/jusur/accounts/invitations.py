"""Accounts by invitation: a one-time secret lets a person set up their factors, within 72 hours.

Only the secret's SHA-256 is kept. An administrator who gives a person a new way in (lost factors) invites anew.
"""

import hashlib
import secrets
from collections.abc import Collection
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction

from jusur.accounts.errors import InvitationError
from jusur.accounts.models import Invitation, Officer
from jusur.accounts.officers import reset
from jusur.accounts.records import record
from jusur.accounts.services import officer_create
from jusur.kernel import clock
from jusur.kernel.errors import NotFoundError

LIFETIME: Final = timedelta(hours=72)
MAX_SECRET: Final = 128


@transaction.atomic
def officer_invite(
    *, email: str, name: str, roles: Collection[str], language: str = "en", actor: str
) -> tuple[Officer, str]:
    """A new officer and the secret of their invitation, which is shown this once.

    Raises:
        InvalidInputError: an unknown role, or a name with characters that deceive.
        ConflictError: the e-mail address is taken.
    """
    officer = officer_create(email=email, name=name, roles=roles, language=language, actor=actor)
    return officer, invitation_issue(officer_id=officer.id, actor=actor)


@transaction.atomic
def invitation_issue(*, officer_id: UUID, actor: str) -> str:
    """A new invitation in place of any older one; its secret, which is shown this once.

    Factors and sessions that the officer has end with it: whoever needs a new way in has lost the old one.

    Raises:
        NotFoundError: no such active person.
    """
    officer = Officer.objects.select_for_update().filter(id=officer_id, is_active=True, kind=Officer.PERSON).first()
    if officer is None:
        raise NotFoundError("There is no such active person.", fix="Systems act by tokens: jusur officer token.")
    now = clock.now()
    reset(officer)
    Invitation.objects.filter(officer=officer, accepted_at__isnull=True, revoked_at__isnull=True).update(revoked_at=now)
    secret = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        officer=officer,
        secret_sha256=_digest(secret),
        invited_by=actor,
        created_at=now,
        expires_at=now + LIFETIME,
    )
    record("accounts.invitation.issued", officer.id, actor, {"invitation": str(invitation.id)})
    return secret


@transaction.atomic
def invitation_open(*, secret: str) -> Invitation:
    """The invitation of this secret, as its bearer arrives.

    Raises:
        InvitationError: unknown, used, revoked or too old; the error does not say which.
    """
    invitation = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("officer")
        .filter(secret_sha256=_digest(secret.strip()[:MAX_SECRET]), officer__is_active=True)
        .first()
    )
    if invitation is None or not _is_open(invitation):
        raise _unusable()
    invitation.opened_at = clock.now()
    invitation.save(update_fields=["opened_at"])
    record("accounts.invitation.opened", invitation.officer_id, _bearer(invitation), {"invitation": str(invitation.id)})
    return invitation


@transaction.atomic
def invitation_accept(*, invitation_id: UUID) -> Officer:
    """Close an invitation as its bearer has set up their factors; the officer.

    Raises:
        InvitationError: it has been used, revoked or replaced, or is too old.
    """
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("officer").get(id=invitation_id)
    if not _is_open(invitation) or not invitation.officer.is_active:
        raise _unusable()
    invitation.accepted_at = clock.now()
    invitation.save(update_fields=["accepted_at"])
    record(
        "accounts.invitation.accepted", invitation.officer_id, _bearer(invitation), {"invitation": str(invitation.id)}
    )
    return invitation.officer


def invitation_usable(invitation_id: UUID) -> bool:
    """Whether the invitation can still be accepted."""
    invitation = Invitation.objects.select_related("officer").filter(id=invitation_id).first()
    return invitation is not None and invitation.officer.is_active and _is_open(invitation)


def _is_open(invitation: Invitation) -> bool:
    return invitation.accepted_at is None and invitation.revoked_at is None and invitation.expires_at > clock.now()


def _unusable() -> InvitationError:
    return InvitationError("This invitation cannot be used any more.", fix="Ask your administrator for a new one.")


def _bearer(invitation: Invitation) -> str:
    return f"officer:{invitation.officer_id}"


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
