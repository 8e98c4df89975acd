"""The acting person, and the check every service makes before it acts."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from jusur.accounts import rules
from jusur.accounts.errors import NotSignedInError
from jusur.kernel.errors import ForbiddenError


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an officer or a national system, with the roles held and, by token, the scopes granted."""

    id: UUID
    name: str
    kind: str
    roles: tuple[str, ...]
    scopes: frozenset[str] | None
    language: str = "en"

    @property
    def reference(self) -> str:
        """How the ledger names the actor: a pseudonymous identifier, never a name."""
        return f"officer:{self.id}"


def require(actor: Actor, act: str) -> None:
    """Let ``actor`` pass if ``act`` is theirs to do.

    Raises:
        ForbiddenError: neither a role nor the token's scopes carry the act.
    """
    if not rules.may(actor.roles, actor.scopes, act):
        raise ForbiddenError(
            f"You may not do this: it takes the permission {act}.",
            fix="Ask your administrator for a role, or a token, that carries it.",
        )


def acting(request: HttpRequest, act: str) -> Actor:
    """Who makes this API call, if ``act`` is theirs to do.

    Raises:
        NotSignedInError: nobody signed in.
        ForbiddenError: the act is not theirs.
    """
    actor = getattr(request, "auth", None)
    if not isinstance(actor, Actor):
        raise NotSignedInError("The request carries no valid token.", fix="Send Authorization: Bearer with a token.")
    require(actor, act)
    return actor
