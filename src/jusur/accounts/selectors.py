"""Reads of the accounts room."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from jusur.accounts.actors import Actor
from jusur.accounts.errors import NotSignedInError
from jusur.accounts.models import ApiToken, Approval, Invitation, Officer
from jusur.kernel import clock
from jusur.kernel.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class TokenUse:
    """A token that opens the API now: who acts by it, which token it is, and until when it lives."""

    actor: Actor
    token: UUID
    expires_at: datetime


def actor_by_token(secret: str) -> Actor:
    """Who acts by this bearer token.

    Raises:
        NotSignedInError: unknown, expired or revoked, or its officer's access is closed.
    """
    return token_use(secret).actor


def token_use(secret: str) -> TokenUse:
    """The token of this secret and who acts by it.

    Raises:
        NotSignedInError: unknown, expired or revoked, or its officer's access is closed.
    """
    token = (
        ApiToken.objects.select_related("officer")
        .filter(
            secret_sha256=hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest(),
            revoked_at__isnull=True,
            expires_at__gt=clock.now(),
            officer__is_active=True,
        )
        .first()
    )
    if token is None:
        raise NotSignedInError(
            "The token is unknown, expired or revoked.", fix="Have your administrator issue one: jusur officer token."
        )
    actor = actor_of(token.officer, None if token.scopes is None else frozenset(token.scopes))
    return TokenUse(actor, token.id, token.expires_at)


def actor_by_id(officer_id: UUID) -> Actor:
    """The officer of this identifier as an actor.

    Raises:
        NotSignedInError: there is none, or their access is closed.
    """
    found = Officer.objects.filter(id=officer_id, is_active=True).first()
    if found is None:
        raise NotSignedInError("This officer has no access here.")
    return actor_of(found)


def actor_of(officer: Officer, scopes: frozenset[str] | None = None) -> Actor:
    """The officer as an actor, limited to ``scopes`` where given."""
    return Actor(
        id=officer.id,
        name=officer.name,
        kind=officer.kind,
        roles=tuple(officer.roles),
        scopes=scopes,
        language=officer.language,
    )


def officers() -> QuerySet[Officer]:
    """All officers of this node, by name."""
    return Officer.objects.order_by("name")


def officer_by_email(email: str) -> Officer:
    """The officer with this e-mail address.

    Raises:
        NotFoundError: there is none.
    """
    found = Officer.objects.filter(email=email.lower()).first()
    if found is None:
        raise NotFoundError("There is no officer with this e-mail address.", fix="See: jusur officer list.")
    return found


def officer(officer_id: UUID) -> Officer:
    """One officer.

    Raises:
        NotFoundError: there is none of this identifier.
    """
    found = Officer.objects.filter(id=officer_id).first()
    if found is None:
        raise NotFoundError("There is no such officer.")
    return found


def open_invitations() -> QuerySet[Invitation]:
    """Invitations that can still be accepted."""
    return Invitation.objects.filter(accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=clock.now())


def officer_names(ids: set[UUID]) -> dict[UUID, str]:
    """The names of officers by identifier."""
    return dict(Officer.objects.filter(id__in=ids).values_list("id", "name"))


def approval_asked_by(approval_id: UUID) -> UUID | None:
    """Who asked for an approval, or ``None`` where there is none of this identifier."""
    return Approval.objects.filter(id=approval_id).values_list("asked_by_id", flat=True).first()


def approvals_waiting() -> QuerySet[Approval]:
    """Everything that waits for a second person, oldest first."""
    return Approval.objects.filter(decided_at__isnull=True).order_by("asked_at")


def tokens(officer_id: UUID | None = None) -> QuerySet[ApiToken]:
    """The tokens that open the API now, with their holders, the newest first; of one holder where named."""
    live = ApiToken.objects.filter(revoked_at__isnull=True, expires_at__gt=clock.now()).select_related("officer")
    return (live if officer_id is None else live.filter(officer_id=officer_id)).order_by("-created_at")


def systems() -> QuerySet[Officer]:
    """The national systems that act by tokens, by name."""
    return Officer.objects.filter(kind=Officer.SYSTEM, is_active=True).order_by("name")


def with_second_factor() -> set[UUID]:
    """The officers who hold a passkey or an authenticator app."""
    from allauth.mfa.models import Authenticator

    kinds = (Authenticator.Type.WEBAUTHN, Authenticator.Type.TOTP)
    return set(Authenticator.objects.filter(type__in=kinds).values_list("user_id", flat=True))
