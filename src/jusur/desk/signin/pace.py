"""How often one network address may ask for what costs work and names no account: passkeys, invitations."""

from typing import Final

from django.http import HttpRequest

from jusur.desk.signin import lockout
from jusur.web.limits import Buckets

A_MINUTE: Final = 30
_buckets = Buckets(rate=A_MINUTE / 60, burst=A_MINUTE)


def check(request: HttpRequest) -> None:
    """Count one request.

    Raises:
        TooManyRequestsError: they come too fast.
    """
    _buckets.take(lockout.address_of(request).encode())


def forget() -> None:
    """Start anew (tests do)."""
    _buckets.clear()
