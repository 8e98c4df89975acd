"""Officers who are signed in, for the tests of every page."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.test import Client

from jusur.accounts import api as accounts
from jusur.desk.signin import factors, flow
from jusur.kernel import clock

PASSWORD = "a bridge over the strait 1905"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


def make_officer(*roles: str, email: str = "", name: str = "", language: str = "en") -> accounts.Officer:
    """An officer holding ``roles`` without any factor."""
    email = email or f"{'-'.join(roles) or 'nobody'}@ma.example"
    return accounts.officer_create(
        email=email, name=name or email.partition("@")[0], roles=roles, language=language, actor="test"
    )


def with_code(officer: accounts.Officer) -> accounts.Officer:
    """``officer`` with ``PASSWORD`` and an authenticator app that was given ``SECRET``."""
    officer.set_password(PASSWORD)
    officer.save(update_fields=["password"])
    factors.set_code(officer, SECRET)
    return officer


def sign_in(client: Client, officer: accounts.Officer, *, confirmed_ago: timedelta = timedelta()) -> Client:
    """``client`` with a session of ``officer`` that counts, confirmed ``confirmed_ago``."""
    client.force_login(officer, backend=flow.BACKEND)
    session = client.session
    now = clock.now().timestamp()
    session["jusur"] = {
        "officer": str(officer.pk),
        "began": now,
        "seen": now,
        "confirmed": now - confirmed_ago.total_seconds(),
        "factors": ["password", "code"],
    }
    session.save()
    UserSession.objects.create(user=officer, session_key=session.session_key, ip="127.0.0.1", user_agent=AGENT)
    return client


def signed_in(officer: accounts.Officer, *, enforce_csrf_checks: bool = False) -> Client:
    """A browser in which ``officer`` is signed in."""
    return sign_in(Client(enforce_csrf_checks=enforce_csrf_checks, headers={"user-agent": AGENT}), officer)
