"""Guessing, fixing and stealing identities; names that try to be markup."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client
from django.utils import timezone
from tests.desk.signin.sessions import PASSWORD, SECRET, make_officer, signed_in, with_code

from jusur.accounts import api as accounts
from jusur.desk.signin import factors
from jusur.ledger import api as ledger

pytestmark = pytest.mark.django_db

WRONG = "wrong wrong wrong"


def give(client: Client, email: str = "officer@ma.example", password: str = WRONG, address: str = "127.0.0.1") -> int:
    answer = client.post("/sign-in", {"email": email, "password": password}, REMOTE_ADDR=address)
    return int(answer.status_code)


@contextmanager
def hashings() -> Iterator[list[str]]:
    """The passwords that are hashed meanwhile."""
    done: list[str] = []
    encode, verify = Argon2PasswordHasher.encode, Argon2PasswordHasher.verify

    def encoding(self: Argon2PasswordHasher, password: str, salt: str) -> str:
        done.append("encode")
        return str(encode(self, password, salt))

    def verifying(self: Argon2PasswordHasher, password: str, encoded: str) -> bool:
        done.append("verify")
        return bool(verify(self, password, encoded))

    with (
        patch.object(Argon2PasswordHasher, "encode", encoding),
        patch.object(Argon2PasswordHasher, "verify", verifying),
    ):
        yield done


@pytest.mark.parametrize("account", ["known", "unknown", "passkey only", "closed", "system"])
def test_every_wrong_password_costs_one_hashing(account: str) -> None:
    officer = make_officer("officer")
    if account in {"known", "closed"}:
        with_code(officer)
    if account == "closed":
        accounts.officer_deactivate(officer_id=officer.pk, actor="test")
    if account == "system":
        accounts.officer_create(email="s@ma.example", name="S", roles=[], kind="system", actor="test")
    email = {"unknown": "nobody@ma.example", "system": "s@ma.example"}.get(account, officer.email)
    with hashings() as done:
        assert give(Client(), email) == 200
    assert len(done) == 1


@pytest.mark.parametrize("email", ["officer@ma.example", "nobody@ma.example", "OFFICER@ma.example"])
def test_lock_out_comes_alike_for_every_account(email: str) -> None:
    with_code(make_officer("officer"))
    client = Client()
    assert [give(client, email) for _ in range(settings.AXES_FAILURE_LIMIT)] == [200] * 4 + [429]
    assert give(client, email, PASSWORD) == 429


def test_lock_out_is_of_one_account_from_one_address() -> None:
    with_code(make_officer("officer"))
    with_code(make_officer("examiner"))
    for _ in range(settings.AXES_FAILURE_LIMIT):
        give(Client())
    assert give(Client(), password=PASSWORD) == 429
    assert give(Client(), "examiner@ma.example", PASSWORD) == 302
    assert give(Client(), password=PASSWORD, address="10.0.0.7") == 302


def test_a_forged_forwarding_header_is_no_other_address() -> None:
    with_code(make_officer("officer"))
    for number in range(settings.AXES_FAILURE_LIMIT):
        Client(headers={"X-Forwarded-For": f"10.0.0.{number}"}).post(
            "/sign-in", {"email": "officer@ma.example", "password": WRONG}
        )
    assert give(Client(), password=PASSWORD) == 429


def test_lock_out_ends_after_its_time() -> None:
    with_code(make_officer("officer"))
    for _ in range(settings.AXES_FAILURE_LIMIT):
        give(Client())
    past = timezone.now() - settings.AXES_COOLOFF_TIME - timedelta(seconds=5)
    AccessAttempt.objects.update(attempt_time=past)
    assert give(Client(), password=PASSWORD) == 302


def test_wrong_codes_lock_too() -> None:
    with_code(make_officer("officer"))
    client = Client()
    give(client, password=PASSWORD)
    answers = [client.post("/sign-in/second-step", {"code": "000000"}).status_code for _ in range(5)]
    assert answers == [200] * 4 + [429]
    assert client.post("/sign-in/second-step", {"code": factors.code_of(SECRET)}).status_code == 429
    assert client.get("/account").status_code == 302


def test_a_right_password_does_not_forgive_wrong_codes() -> None:
    with_code(make_officer("officer"))
    client = Client()
    for _ in range(4):
        give(client, password=PASSWORD)
        client.post("/sign-in/second-step", {"code": "000000"})
    give(client, password=PASSWORD)
    assert client.post("/sign-in/second-step", {"code": "000000"}).status_code == 429


def test_confirming_is_no_place_for_guessing() -> None:
    client = signed_in(with_code(make_officer("officer")))
    answers = [client.post("/sign-in/confirm", {"code": "000000"}).status_code for _ in range(6)]
    assert answers == [200] * 4 + [429, 429]


def test_the_administrator_sees_a_lock_out_and_ends_it() -> None:
    officer = with_code(make_officer("officer"))
    for _ in range(settings.AXES_FAILURE_LIMIT):
        give(Client())
    hind = signed_in(make_officer("administrator"))
    assert "Locked after wrong passwords" in hind.get(f"/settings/officers/{officer.id}").content.decode()
    hind.post(f"/settings/officers/{officer.id}/lift")
    assert give(Client(), password=PASSWORD) == 302
    kinds = [event.kind for event in ledger.events("officer", str(officer.id))]
    assert kinds[-2:] == ["accounts.lockout.begun", "accounts.lockout.lifted"]


def test_a_session_key_set_by_another_is_never_signed_in() -> None:
    with_code(make_officer("officer"))
    planted = SessionStore()
    planted["x"] = 1
    planted.save()
    victim = Client()
    victim.cookies[settings.SESSION_COOKIE_NAME] = str(planted.session_key)
    give(victim, password=PASSWORD)
    victim.post("/sign-in/second-step", {"code": factors.code_of(SECRET)})
    assert victim.get("/account").status_code == 200
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = str(planted.session_key)
    assert thief.get("/account").status_code == 302
    assert "x" not in victim.session


def test_an_unknown_session_key_is_not_taken_on() -> None:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = "a" * 32
    with_code(make_officer("officer"))
    give(client, password=PASSWORD)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != "a" * 32


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7*7 }}{% load x %}",
        "'; DROP TABLE accounts_officer; --",
        "</title><svg/onload=alert(1)>",
    ],
)
def test_a_name_is_text_wherever_it_stands(name: str) -> None:
    hostile = make_officer("administrator", email="h@ma.example", name=name)
    client = signed_in(hostile)
    shown = name.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    shown = shown.replace("'", "&#x27;")
    for path in ("/account", "/settings/officers", f"/settings/officers/{hostile.id}"):
        page = client.get(path).content.decode()
        assert shown in page
        if "<" in name:
            assert name not in page


@pytest.mark.parametrize("name", ["Salma\u202egnp.exe", "Sal\x00ma", "\ufeff", "a\u200bb"])
def test_a_name_with_hidden_characters_is_refused(name: str) -> None:
    client = signed_in(make_officer("administrator"))
    form = {"name": name, "email": "x@ma.example", "language": "en", "roles": ["officer"]}
    assert client.post("/settings/officers/invite", form).status_code == 200
    assert not accounts.officers().filter(email="x@ma.example").exists()


@pytest.mark.parametrize("email", ["<script>@ma.example", "a b@ma.example", "x" * 300 + "@ma.example", "a@b@c", ""])
def test_what_is_no_address_is_refused(email: str) -> None:
    client = signed_in(make_officer("administrator"))
    form = {"name": "X", "email": email, "language": "en", "roles": ["officer"]}
    before = accounts.officers().count()
    assert client.post("/settings/officers/invite", form).status_code == 200
    assert accounts.officers().count() == before


def test_factors_of_others_are_not_mine_to_take() -> None:
    from allauth.mfa.models import Authenticator

    other = with_code(make_officer("officer"))
    row = Authenticator.objects.get(user=other)
    client = signed_in(with_code(make_officer("examiner")))
    client.post(f"/account/passkeys/{row.pk}/remove")
    assert factors.held(other).code


def test_nobody_raises_their_own_roles() -> None:
    officer = make_officer("officer")
    client = signed_in(officer)
    for path in (f"/settings/officers/{officer.id}", "/settings/officers/invite"):
        assert client.post(path, {"roles": ["supervisor"]}).status_code == 403
    officer.refresh_from_db()
    assert officer.roles == ["officer"]
