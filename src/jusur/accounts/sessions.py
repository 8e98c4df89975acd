"""Signed-in sessions of people: what counts as one, how long it lasts, when a person must confirm anew.

A session counts once two factors were given (``begin``). It ends when it lay idle, when its lifetime is over, when the
officer's access is closed or an administrator ended the officer's sessions. Systems never sign in by session, and a
session never opens the API (``/v1``), where a foreign page could use it.

Times follow NIST SP 800-63B-3, section 4.2.3 (AAL2: 30 minutes idle, 12 hours in all) and OWASP ASVS 4.0.3, 3.3.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest

from jusur.accounts.actors import Actor
from jusur.accounts.errors import ConfirmationNeededError, NotSignedInError
from jusur.accounts.models import Officer
from jusur.kernel import clock

KEY: Final = "jusur"
API: Final = "/v1/"
PASSIVE: Final = ("/live",)
"""Addresses that pages ask by themselves: asking them is no activity of the person."""
TOUCH: Final = timedelta(minutes=1)
"""How exactly activity is remembered: one write a minute at most."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One signed-in session: who, since when, by which factors, and when they last confirmed that it is them."""

    actor: Actor
    began: datetime
    confirmed: datetime
    factors: tuple[str, ...]


def begin(request: HttpRequest, officer: Officer, factors: Sequence[str]) -> None:
    """Let the request's session count as ``officer`` signed in by ``factors`` (two, or a passkey, which is two)."""
    now = clock.now().timestamp()
    request.session[KEY] = {
        "officer": str(officer.pk),
        "began": now,
        "seen": now,
        "confirmed": now,
        "factors": list(factors),
    }
    request.session.set_expiry(int(settings.SESSION_LIFETIME.total_seconds()))
    request.__dict__.pop("signed_in", None)


def signed_in(request: HttpRequest) -> SignedIn:
    """The session of ``request``.

    Raises:
        NotSignedInError: there is none that counts.
    """
    known = getattr(request, "signed_in", None)
    if isinstance(known, SignedIn):
        return known
    found = _read(request)
    request.signed_in = found  # type: ignore[attr-defined] # one reading a request
    return found


def recently_confirmed(request: HttpRequest) -> bool:
    """Whether the person gave a factor within the last minutes (``settings.CONFIRMATION_LIFETIME``)."""
    return clock.now() - signed_in(request).confirmed <= settings.CONFIRMATION_LIFETIME


def require_confirmed(request: HttpRequest) -> None:
    """Let the request pass if the person gave a factor within the last minutes.

    Raises:
        ConfirmationNeededError: it is longer ago; the desk then asks for it.
    """
    if not recently_confirmed(request):
        raise ConfirmationNeededError(
            "This act needs your confirmation.", fix="Confirm that it is you, then repeat it."
        )


def confirm(request: HttpRequest) -> None:
    """Remember that the person has just given a factor anew."""
    signed_in(request)
    request.session[KEY] = request.session[KEY] | {"confirmed": clock.now().timestamp()}
    request.__dict__.pop("signed_in", None)


def _read(request: HttpRequest) -> SignedIn:
    session, officer = getattr(request, "session", None), getattr(request, "user", None)
    if request.path_info.startswith(API) or session is None:
        raise NotSignedInError("The request carries no valid token.", fix="Send Authorization: Bearer with a token.")
    kept = session.get(KEY)
    if not isinstance(kept, dict) or not isinstance(officer, Officer) or kept.get("officer") != str(officer.pk):
        raise NotSignedInError("You are not signed in.", fix="Sign in to go on.")
    now = clock.now()
    if officer.kind != Officer.PERSON or not officer.is_active or _is_over(kept, officer, now):
        session.flush()
        raise NotSignedInError("Your session has ended.", fix="Sign in again to go on.")
    passive = request.path_info.startswith(PASSIVE) or "X-Jusur-Live" in request.headers
    if now - _moment(kept["seen"]) >= TOUCH and not passive:
        session[KEY] = kept | {"seen": now.timestamp()}
    return SignedIn(
        actor=Actor(
            id=officer.pk,
            name=officer.name,
            kind=officer.kind,
            roles=tuple(officer.roles),
            scopes=None,
            language=officer.language,
        ),
        began=_moment(kept["began"]),
        confirmed=_moment(kept["confirmed"]),
        factors=tuple(kept["factors"]),
    )


def _is_over(kept: dict[str, Any], officer: Officer, now: datetime) -> bool:
    began = _moment(kept["began"])
    return (
        now - _moment(kept["seen"]) > settings.SESSION_IDLE
        or now - began > settings.SESSION_LIFETIME
        or (officer.sessions_from is not None and began < officer.sessions_from)
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
