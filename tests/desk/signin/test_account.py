"""One's own account, over HTTP."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from tests.desk.signin.sessions import AGENT, PASSWORD, SECRET, make_officer, sign_in, signed_in, with_code

from jusur.desk.signin import factors
from jusur.desk.signin.views.devices import browser

pytestmark = pytest.mark.django_db


def enter(officer_email: str = "officer@ma.example", code: str = "") -> Client:
    client = Client(headers={"user-agent": AGENT})
    client.post("/sign-in", {"email": officer_email, "password": PASSWORD})
    client.post("/sign-in/second-step", {"code": code or factors.code_of(SECRET)})
    return client


def test_sessions_are_listed_and_ended() -> None:
    officer = with_code(make_officer("officer"))
    codes = factors.new_recovery_codes(officer)
    here, there = enter(code=codes[0]), enter(code=codes[1])
    page = here.get("/account").content.decode()
    assert page.count("Firefox on Linux") == 2
    other = UserSession.objects.exclude(session_key=here.session.session_key).get()
    here.post(f"/account/sessions/{other.pk}/end")
    assert there.get("/account").status_code == 302
    assert here.get("/account").status_code == 200


def test_all_others_are_ended_at_once() -> None:
    officer = with_code(make_officer("officer"))
    codes = factors.new_recovery_codes(officer)
    here, *others = [enter(code=code) for code in codes[:3]]
    here.post("/account/sessions/end-others")
    assert [client.get("/account").status_code for client in others] == [302, 302]
    assert here.get("/account").status_code == 200


def test_sessions_of_others_are_not_mine_to_end() -> None:
    with_code(make_officer("officer"))
    theirs = enter()
    row = UserSession.objects.get()
    mine = signed_in(make_officer("examiner"))
    assert mine.post(f"/account/sessions/{row.pk}/end").status_code == 404
    assert theirs.get("/account").status_code == 200


def test_a_new_password_ends_other_sessions() -> None:
    officer = with_code(make_officer("officer"))
    codes = factors.new_recovery_codes(officer)
    here, there = enter(code=codes[0]), enter(code=codes[1])
    here.post("/account/password", {"password": "another nine lanterns"})
    assert there.get("/account").status_code == 302
    assert here.get("/account").status_code == 200
    officer.refresh_from_db()
    assert officer.check_password("another nine lanterns")


@pytest.mark.parametrize("weak", ["short", "password1234", "officer@ma.example", "123456789012", " " * 12])
def test_a_weak_password_is_refused(weak: str) -> None:
    officer = with_code(make_officer("officer"))
    assert signed_in(officer).post("/account/password", {"password": weak}).status_code == 200
    officer.refresh_from_db()
    assert officer.check_password(PASSWORD)


@pytest.mark.parametrize("good", ["سبعة جسور فوق المضيق", "bridges " * 8, "sept ponts & 7 mers ☂ !"])
def test_a_password_may_hold_anything_and_be_long(good: str) -> None:
    officer = with_code(make_officer("officer"))
    assert signed_in(officer).post("/account/password", {"password": good}).status_code == 302
    officer.refresh_from_db()
    assert officer.check_password(good)


def test_passwords_are_kept_by_argon2() -> None:
    officer = with_code(make_officer("officer"))
    assert officer.password.startswith("argon2$argon2id$")


def test_the_last_second_factor_stays() -> None:
    officer = with_code(make_officer("officer"))
    client = signed_in(officer)
    assert "last second factor" in client.post("/account/code/remove", follow=True).content.decode()
    assert factors.held(officer).code


def test_an_app_is_replaced_only_by_its_code() -> None:
    officer = with_code(make_officer("officer"))
    client = signed_in(officer)
    client.get("/account/code?again")
    secret = client.session["mfa.totp.secret"]
    assert client.post("/account/code", {"code": "000000"}).status_code == 200
    assert factors.check_code(officer, factors.code_of(SECRET)) == factors.CODE
    assert client.post("/account/code", {"code": factors.code_of(secret)}).status_code == 302
    assert factors.check_code(officer, factors.code_of(secret)) == factors.CODE


def test_recovery_codes_are_shown_once() -> None:
    officer = with_code(make_officer("officer"))
    client = signed_in(officer)
    codes = client.post("/account/recovery-codes").context["codes"]
    assert len(set(codes)) == 10
    again = client.get("/account/recovery-codes").content.decode()
    assert not [code for code in codes if code in again]


def test_recovery_codes_take_a_password() -> None:
    assert signed_in(make_officer("officer")).post("/account/recovery-codes").context["codes"] == []


@pytest.mark.parametrize("address", ["passkeys/new", "code", "password", "recovery-codes"])
def test_changing_factors_takes_a_recent_confirmation(address: str) -> None:
    client = sign_in(Client(), with_code(make_officer("officer")), confirmed_ago=timedelta(hours=1))
    assert client.get(f"/account/{address}").headers["Location"].startswith("/sign-in/confirm")
    assert client.post(f"/account/{address}").headers["Location"].startswith("/sign-in/confirm")


@pytest.mark.parametrize(
    "hostile", ["{}", "[]", "null", '{"response": 1}', "not json", '{"id": "x", "type": "public-key"}', "[" * 5000]
)
def test_a_hostile_passkey_is_refused(hostile: str) -> None:
    officer = with_code(make_officer("officer"))
    client = signed_in(officer)
    client.get("/account/passkeys/new")
    assert client.post("/account/passkeys/new", {"credential": hostile}).status_code == 200
    client.get("/sign-in/confirm")
    assert Client().post("/sign-in/passkey", {"credential": hostile}).status_code == 200
    assert client.post("/sign-in/confirm", {"credential": hostile}).status_code == 200
    assert factors.held(officer).passkeys == ()


def test_secrets_are_encrypted_in_the_database() -> None:
    from allauth.mfa.models import Authenticator

    officer = with_code(make_officer("officer"))
    assert SECRET not in str(Authenticator.objects.get(user=officer).data)


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        (AGENT, "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/141.0 Safari/537.36 Edg/141.0", "Edge on Windows"),
        ("curl/8", "curl/8"),
        ("", "Unknown browser"),
        ("\u202e<script>", "<script>"),
    ],
)
def test_browsers_by_name(agent: str, shown: str) -> None:
    assert browser(agent) == shown
