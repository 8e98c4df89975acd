"""What every page does with forged, foreign and framed requests."""

from http import HTTPStatus

import pytest
from django.conf import settings as django_settings
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from pytest_django import Settings
from tests.desk.samples import EVERYTHING, Desk
from tests.desk.security import walk
from tests.desk.signin.sessions import PASSWORD, make_officer, signed_in, with_code

from jusur.desk.signin import factors

pytestmark = pytest.mark.django_db

HOSTILE = (
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "///evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "/\r\nSet-Cookie:x=1",
    "\t//evil.example",
    "/sign-out",
    "evil.example",
    "/" + "a" * 3000,
)


def test_no_form_is_taken_without_its_token(desk: Desk) -> None:
    client = signed_in(desk.officers[EVERYTHING], enforce_csrf_checks=True)
    answered = {
        page.name: client.post(page.path).status_code for page in walk.pages() if page.name != "openid_connect_callback"
    }
    assert {name for name, status in answered.items() if status != HTTPStatus.FORBIDDEN} == set()


def test_a_session_does_not_open_the_api(desk: Desk) -> None:
    client = signed_in(desk.officers[EVERYTHING])
    for method, path, _view in walk.operations():
        if not path.startswith("/v1/join"):
            assert client.generic(method, path.replace("{", "").replace("}", "")).status_code in {401, 404}


def test_a_token_opens_the_api_without_a_form(desk: Desk) -> None:
    from jusur.accounts import api as accounts

    officer = desk.officers["officer"]
    _, secret = accounts.token_issue(officer_id=officer.id, name="x", actor="test")
    client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}"})
    answer = client.post("/v1/exchange/messages", "{}", content_type="application/json")
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_time_stamps_are_asked_for_without_a_form(desk: Desk) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/timestamp", b"x", content_type="application/timestamp-query")
    assert b"csrf" not in answer.content.lower()
    assert answer.status_code != HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("path", ["/sign-in", "/account", "/invitation", "/settings/officers", "/nowhere"])
def test_pages_are_neither_framed_nor_cached_nor_scripted_from_elsewhere(desk: Desk, path: str) -> None:
    client = Client() if path in {"/sign-in", "/invitation"} else signed_in(desk.officers[EVERYTHING])
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "no-store" in headers["Cache-Control"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("wanted", HOSTILE)
def test_signing_in_leads_on_within_this_desk_only(wanted: str) -> None:
    officer = with_code(make_officer("officer"))
    client = Client()
    client.post("/sign-in", {"email": officer.email, "password": PASSWORD, "next": wanted})
    code = factors.new_recovery_codes(officer)[0]
    assert client.post("/sign-in/second-step", {"code": code}).headers["Location"] == "/"


@pytest.mark.parametrize("wanted", HOSTILE)
def test_whoever_is_in_is_led_on_within_this_desk_only(wanted: str) -> None:
    client = signed_in(make_officer("officer"))
    assert client.get("/sign-in", {"next": wanted}).headers["Location"] == "/"


@pytest.mark.parametrize("wanted", HOSTILE)
def test_confirming_leads_back_within_this_desk_only(wanted: str) -> None:
    officer = with_code(make_officer("officer"))
    client = signed_in(officer)
    assert wanted not in client.get("/sign-in/confirm", {"next": wanted}).content.decode() or wanted == "evil.example"
    code = factors.new_recovery_codes(officer)[0]
    assert client.post("/sign-in/confirm", {"next": wanted, "code": code}).headers["Location"] == "/"


def test_a_foreign_referer_is_not_a_way_back(desk: Desk) -> None:
    from datetime import timedelta

    from tests.desk.signin.sessions import sign_in

    client = sign_in(Client(), desk.officers["administrator"], confirmed_ago=timedelta(hours=1))
    path = f"/settings/officers/{desk.officers['officer'].id}/deactivate"
    answer = client.post(path, headers={"referer": "https://evil.example/settings"})
    assert "evil" not in answer.headers["Location"]


def test_the_way_in_keeps_where_one_wanted_to_go() -> None:
    answer = Client().get("/account/password")
    assert answer.headers["Location"] == "/sign-in?next=/account/password"


def test_cookies_are_for_this_desk_and_no_script() -> None:
    client = Client()
    with_code(make_officer("officer"))
    client.get("/sign-in")
    client.post("/sign-in", {"email": "officer@ma.example", "password": PASSWORD})
    session = client.cookies[django_settings.SESSION_COOKIE_NAME]
    form = client.cookies[django_settings.CSRF_COOKIE_NAME]
    assert session["httponly"]
    assert form["httponly"]
    assert (session["samesite"], form["samesite"]) == ("Lax", "Strict")
    assert not session["domain"]


def test_cookies_are_secure_where_the_desk_is(settings: Settings) -> None:
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client = Client()
    with_code(make_officer("officer"))
    client.get("/sign-in", secure=True)
    client.post("/sign-in", {"email": "officer@ma.example", "password": PASSWORD}, secure=True)
    assert all(cookie["secure"] for name, cookie in client.cookies.items() if "session" in name or "csrf" in name)


def test_a_foreign_host_is_refused() -> None:
    assert Client().get("/sign-in", headers={"host": "evil.example"}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_the_application_starts_with_every_middleware() -> None:
    WSGIHandler()
