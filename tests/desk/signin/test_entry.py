"""The way in by password and one-time code, over HTTP."""

import re

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from tests.desk.signin.sessions import PASSWORD, SECRET, make_officer, sign_in, with_code

from jusur.desk.signin import factors
from jusur.kernel import clock
from jusur.ledger import api as ledger

pytestmark = pytest.mark.django_db


def give_password(client: Client, email: str = "officer@ma.example", password: str = PASSWORD, **more: str):  # type: ignore[no-untyped-def] # noqa: ANN201 - Django's monkey-patched answer
    return client.post("/sign-in", {"email": email, "password": password, **more})


def give_code(client: Client, code: str = ""):  # type: ignore[no-untyped-def] # noqa: ANN201 - Django's monkey-patched answer
    return client.post("/sign-in/second-step", {"code": code or factors.code_of(SECRET)})


def test_password_and_code_open_a_session(client: Client) -> None:
    with_code(make_officer("officer"))
    assert give_password(client).headers["Location"] == "/sign-in/second-step"
    assert client.get("/account").status_code == 302
    assert give_code(client).headers["Location"] == "/"
    assert client.get("/account").status_code == 200


def test_a_password_alone_opens_nothing(client: Client) -> None:
    with_code(make_officer("officer"))
    give_password(client)
    assert client.get("/account").headers["Location"].startswith("/sign-in")
    assert client.get("/v1/officers/me").status_code == 401


def test_without_a_second_factor_there_is_only_the_setting_up_of_one(client: Client) -> None:
    officer = make_officer("officer")
    officer.set_password(PASSWORD)
    officer.save()
    assert give_password(client).headers["Location"] == "/sign-in/set-up"
    assert client.get("/sign-in/set-up").status_code == 200
    assert client.get("/account").status_code == 302
    client.get("/sign-in/set-up/code")
    secret = client.session["mfa.totp.secret"]
    answer = client.post("/sign-in/set-up/code", {"code": factors.code_of(secret)})
    assert answer.headers["Location"] == "/account/recovery-codes"
    assert client.get("/account").status_code == 200


def test_a_wrong_password_and_an_unknown_address_look_alike(client: Client) -> None:
    with_code(make_officer("officer"))
    known = give_password(client, password="wrong wrong wrong")
    unknown = give_password(client, email="nobody@ma.example", password="wrong wrong wrong")
    assert known.status_code == unknown.status_code == 200
    assert b"is not right" in known.content
    varying = re.compile(rb'name="csrfmiddlewaretoken" value="[^"]*"|value="[a-z]+@ma.example"')
    assert varying.sub(b"", known.content) == varying.sub(b"", unknown.content)


def test_a_recovery_code_works_once(client: Client) -> None:
    officer = with_code(make_officer("officer"))
    code = factors.new_recovery_codes(officer)[0]
    give_password(client)
    assert give_code(client, code).headers["Location"] == "/"
    again = Client()
    give_password(again)
    assert give_code(again, code).status_code == 200
    assert again.get("/account").status_code == 302


def test_a_code_works_once(client: Client) -> None:
    with_code(make_officer("officer"))
    code = factors.code_of(SECRET)
    give_password(client)
    assert give_code(client, code).status_code == 302
    again = Client()
    give_password(again)
    assert give_code(again, code).status_code == 200


def test_signing_out_ends_the_session(client: Client) -> None:
    sign_in(client, make_officer("officer"))
    key = client.session.session_key
    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").headers["Location"] == "/sign-in"
    assert client.get("/account").status_code == 302
    assert not Session.objects.filter(session_key=key).exists()


def test_every_step_is_in_the_ledger(client: Client) -> None:
    officer = with_code(make_officer("officer"))
    give_password(client)
    give_code(client)
    kinds = [event.kind for event in ledger.events("officer", str(officer.pk))]
    assert kinds == ["accounts.officer.created", "accounts.factor.added", "accounts.session.begun"]


def test_a_sign_in_left_half_way_expires(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with_code(make_officer("officer"))
    give_password(client)
    monkeypatch.setenv(clock.OFFSET_VARIABLE, "601")
    assert give_code(client).headers["Location"].startswith("/sign-in")
    assert client.get("/account").status_code == 302


def test_the_session_key_changes_at_each_step(client: Client) -> None:
    with_code(make_officer("officer"))
    keys = [client.session.session_key]
    give_password(client)
    keys.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
    give_code(client)
    keys.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
    assert len(set(keys)) == 3
