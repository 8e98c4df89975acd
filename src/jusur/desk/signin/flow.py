"""The way in: first factor, second factor, session. State of a sign-in under way is in the session, for ten minutes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from allauth.usersessions.models import UserSession
from django.contrib.auth import login
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from jusur.accounts import api as accounts
from jusur.desk.signin import factors
from jusur.kernel import clock

BACKEND: Final = "jusur.desk.signin.backends.Passwords"
PENDING: Final = "signin_pending"
LIFETIME: Final = timedelta(minutes=10)
SET_UP_LIFETIME: Final = timedelta(minutes=30)
MAX_NEXT: Final = 2000


@dataclass(frozen=True, slots=True)
class Pending:
    """A person on the way in: who they claim to be, and what they have proven."""

    officer: accounts.Officer
    given: tuple[str, ...]
    onward: str
    invitation: UUID | None


def next_address(request: HttpRequest) -> str:
    """Where the person wanted to go: an address of this desk, or ``/``."""
    wanted = request.POST.get("next") or request.GET.get("next") or "/"
    return wanted if is_ours(request, wanted) else "/"


def is_ours(request: HttpRequest, address: str) -> bool:
    """Whether ``address`` is a path of this desk that may be gone to after signing in."""
    if not address.startswith("/") or len(address) > MAX_NEXT or not address.isprintable():
        return False
    if address.startswith(("/sign-", "/v1/")):
        return False
    return url_has_allowed_host_and_scheme(address, allowed_hosts=None, require_https=request.is_secure())


def begin(
    request: HttpRequest,
    officer: accounts.Officer,
    given: Sequence[str],
    *,
    onward: str = "/",
    invitation: UUID | None = None,
) -> HttpResponseRedirect:
    """Remember what ``officer`` has proven, under a new session key, and lead to what is still needed."""
    request.session.flush()
    request.session[PENDING] = {
        "officer": str(officer.pk),
        "at": clock.now().timestamp(),
        "given": list(given),
        "next": onward,
        "invitation": str(invitation) if invitation else None,
    }
    request.session.set_expiry(int(SET_UP_LIFETIME.total_seconds()))
    second = invitation is None and factors.held(officer).second
    return HttpResponseRedirect(reverse("signin:second-step" if second else "signin:set-up"))


def pending(request: HttpRequest) -> Pending:
    """The sign-in under way.

    Raises:
        NotSignedInError: there is none, or it took too long, or access was closed meanwhile.
    """
    kept = request.session.get(PENDING)
    if not isinstance(kept, dict):
        raise accounts.NotSignedInError("Nobody is signing in here.", fix="Begin at the sign-in page.")
    lifetime = SET_UP_LIFETIME if kept["invitation"] else LIFETIME
    officer = accounts.officers().filter(id=kept["officer"], is_active=True, kind=accounts.Officer.PERSON).first()
    invitation = UUID(kept["invitation"]) if kept["invitation"] else None
    late = clock.now().timestamp() - kept["at"] > lifetime.total_seconds()
    if officer is None or late or (invitation and not accounts.invitation_usable(invitation)):
        request.session.flush()
        raise accounts.NotSignedInError("This sign-in took too long.", fix="Begin again.")
    return Pending(officer, tuple(kept["given"]), kept["next"], invitation)


def setting_up(request: HttpRequest) -> Pending:
    """The sign-in under way of a person who has no second factor yet and may set one up.

    Raises:
        NotSignedInError: nobody is, or they have one and must give it.
    """
    way = pending(request)
    if way.invitation is None and factors.held(way.officer).second:
        raise accounts.NotSignedInError("Your second factor is needed.", fix="Begin again.")
    return way


def complete(
    request: HttpRequest, officer: accounts.Officer, given: Sequence[str], onward: str = "/"
) -> HttpResponseRedirect:
    """Open a session for ``officer``, who has proven enough, under a new session key."""
    request.session.flush()
    login(request, officer, backend=BACKEND)
    accounts.session_begin(request, officer, given)
    UserSession.objects.create_from_request(request)
    accounts.officer_record("accounts.session.begun", officer.pk, f"officer:{officer.pk}", {"factors": list(given)})
    Session.objects.filter(expire_date__lt=clock.now()).delete()
    return HttpResponseRedirect(onward if is_ours(request, onward) else "/")
