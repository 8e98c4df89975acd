"""Who calls the API: a bearer token (RFC 6750) of an officer or a national system."""

from django.http import HttpRequest
from ninja.security import HttpBearer

from jusur.accounts import api as accounts


class ActingOfficer(HttpBearer):
    """Turns the Authorization header into an ``Actor``; the services check what the actor may do."""

    openapi_name = "token"

    def authenticate(self, request: HttpRequest, token: str) -> accounts.Actor:
        """The actor of ``token``.

        Raises:
            NotSignedInError: unknown, expired or revoked.
        """
        return accounts.actor_by_token(token)
