"""Who calls the API: a bearer token (RFC 6750) of an officer or a national system."""

from django.http import HttpRequest
from ninja.security import HttpBearer

from jusur.accounts import api as accounts

MAX_TOKEN = 256


class ActingOfficer(HttpBearer):
    """Turns the Authorization header into an ``Actor``; the views check what the actor may do.

    Args:
        act: an act that everything behind this sign-in takes, for routers of rooms below the accounts'.
    """

    openapi_name = "token"

    def __init__(self, act: str = "") -> None:
        super().__init__()
        self._act = act

    def authenticate(self, request: HttpRequest, token: str) -> accounts.Actor:
        """The actor of ``token``.

        Raises:
            NotSignedInError: unknown, expired or revoked.
            ForbiddenError: the act is not the actor's.
        """
        actor = accounts.actor_by_token(token[:MAX_TOKEN])
        if self._act:
            accounts.require(actor, self._act)
        return actor
