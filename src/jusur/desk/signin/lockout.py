"""Lock-out after wrong passwords and codes (django-axes): per account and network address, for a cooling time.

It looks the same whether or not the account exists. A wrong second factor counts like a wrong password.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jusur.accounts import api as accounts
from jusur.kernel import clock

MAX_EMAIL = 254


@dataclass(frozen=True, slots=True)
class Locked:
    """An account that is locked from one network address."""

    address: str
    until: datetime


def account_of(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """The account that an attempt is on, as axes counts it."""
    given = (credentials or {}).get("email") or request.POST.get("email", "")
    return str(given).strip().lower()[:MAX_EMAIL]


def address_of(request: HttpRequest) -> str:
    """The address of the connection; headers that a client writes are not believed."""
    return str(request.META.get("REMOTE_ADDR") or "0.0.0.0")  # noqa: S104 - an unknown address, nothing is bound


def answer(
    request: HttpRequest,
    _original: HttpResponse | None = None,
    _credentials: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The page for whoever is locked out: how long, and whom to ask; the same for every account."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    response = render(request, "signin/locked.html", {"minutes": minutes}, status=429)
    response["Retry-After"] = str(minutes * 60)
    return response


def allowed(request: HttpRequest, officer: accounts.Officer) -> bool:
    """Whether ``officer`` may try a factor from this address now."""
    return bool(AxesProxyHandler.is_allowed(request, {"email": officer.email}))


def failed(request: HttpRequest, officer: accounts.Officer) -> None:
    """Count a wrong factor of ``officer``."""
    user_login_failed.send(sender=__name__, credentials={"email": officer.email}, request=request)


def locked(email: str) -> list[Locked]:
    """From where the account of ``email`` is locked now."""
    since = clock.now() - settings.AXES_COOLOFF_TIME
    rows = AccessAttempt.objects.filter(
        username=email, failures_since_start__gte=settings.AXES_FAILURE_LIMIT, attempt_time__gt=since
    )
    return [Locked(str(row.ip_address), row.attempt_time + settings.AXES_COOLOFF_TIME) for row in rows]


def lift(officer: accounts.Officer, actor: str) -> None:
    """End the lock-out of ``officer`` now."""
    reset(username=officer.email)
    accounts.officer_record("accounts.lockout.lifted", officer.pk, actor, {})


def note(*, username: str, **_kwargs: Any) -> None:
    """Write into the ledger that an officer's account was locked (a receiver of axes' signal)."""
    found = accounts.officers().filter(email=username).first()
    if found is not None:
        minutes = int(settings.AXES_COOLOFF_TIME / timedelta(minutes=1))
        accounts.officer_record("accounts.lockout.begun", found.pk, "node", {"minutes": minutes})
