"""The acting person, and the check every view makes before it acts."""

from typing import Final

from django.http import HttpRequest

from jusur.accounts import rules, sessions
from jusur.accounts.actors import Actor
from jusur.kernel.errors import ForbiddenError

__all__ = ["Actor", "acting", "require"]

_READS: Final = frozenset({"GET", "HEAD", "OPTIONS"})


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
    """Who makes this request, by token or by a signed-in session, if ``act`` is theirs to do.

    A sensitive act (``rules.SENSITIVE``) that is sent from a page, not only looked at, takes a recent confirmation.

    Raises:
        NotSignedInError: nobody signed in.
        ForbiddenError: the act is not theirs.
        ConfirmationNeededError: the person must confirm first that it is them.
    """
    actor = getattr(request, "auth", None)
    if isinstance(actor, Actor):
        require(actor, act)
        return actor
    actor = sessions.signed_in(request).actor
    require(actor, act)
    if act in rules.SENSITIVE and request.method not in _READS:
        sessions.require_confirmed(request)
    return actor
