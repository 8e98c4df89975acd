"""Which sessions count, on requests as the middleware leaves them."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory

from jusur.accounts import api as accounts
from jusur.accounts import rules
from jusur.accounts.models import Officer
from jusur.kernel import clock
from jusur.kernel.errors import ForbiddenError

pytestmark = pytest.mark.django_db


@pytest.fixture
def salma() -> Officer:
    return accounts.officer_create(email="salma@ma.example", name="Salma", roles=["supervisor"], actor="test")


def request_of(officer: Officer | None, path: str = "/requests/", method: str = "GET") -> HttpRequest:
    request = RequestFactory().generic(method, path)
    request.session = SessionStore()
    request.user = officer or AnonymousUser()
    return request


def signed_in(officer: Officer, path: str = "/requests/", method: str = "GET") -> HttpRequest:
    request = request_of(officer, path, method)
    accounts.session_begin(request, officer, ["password", "code"])
    return request


def later(monkeypatch: pytest.MonkeyPatch, time: timedelta) -> None:
    monkeypatch.setenv(clock.OFFSET_VARIABLE, str(int(time.total_seconds())))


def again(request: HttpRequest, method: str = "GET", path: str = "/requests/") -> HttpRequest:
    """The next request of the same browser."""
    following = request_of(Officer.objects.get(email=request.user.get_username()), path, method)
    following.session = request.session
    return following


def test_an_officer_acts_by_session(salma: Officer) -> None:
    actor = accounts.acting(signed_in(salma), "request.read")
    assert (actor.id, actor.reference, actor.scopes) == (salma.id, f"officer:{salma.id}", None)


def test_being_known_is_not_being_signed_in(salma: Officer) -> None:
    with pytest.raises(accounts.NotSignedInError):
        accounts.acting(request_of(salma), "request.read")
    with pytest.raises(accounts.NotSignedInError):
        accounts.acting(request_of(None), "request.read")


def test_an_act_that_no_role_carries_is_refused(salma: Officer) -> None:
    with pytest.raises(ForbiddenError):
        accounts.acting(signed_in(salma), "officer.manage")


def test_a_session_never_opens_the_api(salma: Officer) -> None:
    with pytest.raises(accounts.NotSignedInError):
        accounts.acting(signed_in(salma, "/v1/evidence/requests"), "request.read")


def test_an_idle_session_ends(salma: Officer, monkeypatch: pytest.MonkeyPatch) -> None:
    request = signed_in(salma)
    later(monkeypatch, settings.SESSION_IDLE - timedelta(seconds=5))
    request = again(request)
    accounts.acting(request, "request.read")
    later(monkeypatch, 2 * settings.SESSION_IDLE - timedelta(minutes=2))
    request = again(request)
    accounts.acting(request, "request.read")
    later(monkeypatch, 3 * settings.SESSION_IDLE)
    with pytest.raises(accounts.NotSignedInError, match="ended"):
        accounts.acting(again(request), "request.read")


def test_what_pages_ask_by_themselves_is_no_activity(salma: Officer, monkeypatch: pytest.MonkeyPatch) -> None:
    request = signed_in(salma)
    later(monkeypatch, settings.SESSION_IDLE - timedelta(seconds=5))
    request = again(request, path="/live")
    accounts.acting(request, "request.read")
    later(monkeypatch, settings.SESSION_IDLE + timedelta(seconds=5))
    with pytest.raises(accounts.NotSignedInError):
        accounts.acting(again(request), "request.read")


def test_an_active_session_ends_too(salma: Officer, monkeypatch: pytest.MonkeyPatch) -> None:
    request = signed_in(salma)
    steps = int(settings.SESSION_LIFETIME / timedelta(minutes=20))
    for step in range(1, steps + 1):
        later(monkeypatch, step * timedelta(minutes=20) - timedelta(seconds=5))
        request = again(request)
        accounts.acting(request, "request.read")
    later(monkeypatch, settings.SESSION_LIFETIME + timedelta(seconds=5))
    with pytest.raises(accounts.NotSignedInError):
        accounts.acting(again(request), "request.read")


def test_whose_access_is_closed_is_out_at_once(salma: Officer) -> None:
    request = signed_in(salma)
    accounts.officer_deactivate(officer_id=salma.id, actor="test")
    with pytest.raises(accounts.NotSignedInError):
        accounts.acting(again(request), "request.read")


def test_ended_sessions_are_out_at_once(salma: Officer) -> None:
    request = signed_in(salma)
    accounts.officer_sessions_end(officer_id=salma.id, actor="test")
    with pytest.raises(accounts.NotSignedInError):
        accounts.acting(again(request), "request.read")


def test_a_role_taken_away_counts_at_once(salma: Officer) -> None:
    request = signed_in(salma)
    accounts.officer_roles_set(officer_id=salma.id, roles=["auditor"], actor="test")
    with pytest.raises(ForbiddenError):
        accounts.acting(again(request), "request.read")


def test_a_system_never_signs_in_by_session() -> None:
    system = accounts.officer_create(email="s@ma.example", name="S", roles=["officer"], kind="system", actor="test")
    with pytest.raises(accounts.NotSignedInError):
        accounts.acting(signed_in(system), "request.read")


def test_a_session_of_another_officer_is_not_taken_over(salma: Officer) -> None:
    karim = accounts.officer_create(email="karim@ma.example", name="Karim", roles=["officer"], actor="test")
    request = signed_in(salma)
    request.user = karim
    request.__dict__.pop("signed_in", None)
    with pytest.raises(accounts.NotSignedInError):
        accounts.acting(request, "request.read")


@pytest.mark.parametrize("act", sorted(rules.SENSITIVE & rules.ROLES["supervisor"]))
def test_a_sensitive_act_takes_a_recent_confirmation(salma: Officer, act: str, monkeypatch: pytest.MonkeyPatch) -> None:
    request = signed_in(salma, method="POST")
    accounts.acting(request, act)
    later(monkeypatch, settings.CONFIRMATION_LIFETIME + timedelta(seconds=5))
    accounts.acting(again(request), act)
    with pytest.raises(accounts.ConfirmationNeededError):
        accounts.acting(again(request, "POST"), act)
    request = again(request)
    accounts.session_confirm(request)
    assert accounts.recently_confirmed(again(request))
    accounts.acting(again(request, "POST"), act)


def test_a_token_needs_no_confirmation(salma: Officer) -> None:
    _, secret = accounts.token_issue(officer_id=salma.id, name="desk", actor="test")
    request = request_of(None, "/v1/evidence/requests", "POST")
    request.auth = accounts.actor_by_token(secret)  # type: ignore[attr-defined]
    assert accounts.acting(request, "request.approve").id == salma.id
