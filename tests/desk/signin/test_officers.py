"""The administration of officers, over HTTP."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from tests.desk.signin.sessions import PASSWORD, make_officer, sign_in, signed_in, with_code

from jusur.accounts import api as accounts
from jusur.accounts.models import Officer
from jusur.desk.signin import factors

pytestmark = pytest.mark.django_db

NEW = {"name": "Samira", "email": "samira@ma.example", "language": "ar", "roles": ["officer", "examiner"]}


@pytest.fixture
def hind() -> Officer:
    return make_officer("administrator")


def test_an_invitation_is_shown_once_and_leads_in(hind: Officer) -> None:
    page = signed_in(hind).post("/settings/officers/invite", NEW)
    assert page.status_code == 200
    secret = page.context["secret"]
    assert f"{settings.DESK_ORIGIN}/invitation#{secret}" in page.content.decode()
    samira = accounts.officer_by_email("samira@ma.example")
    assert (samira.roles, samira.language) == (["examiner", "officer"], "ar")

    guest = Client()
    assert guest.post("/invitation", {"code": secret}).headers["Location"] == "/sign-in/set-up"
    guest.get("/sign-in/set-up/code")
    shown = guest.session["mfa.totp.secret"]
    weak = guest.post("/sign-in/set-up/code", {"password": "password1234", "code": factors.code_of(shown)})
    assert weak.status_code == 200
    done = guest.post("/sign-in/set-up/code", {"password": PASSWORD, "code": factors.code_of(shown)})
    assert done.headers["Location"] == "/account/recovery-codes"
    assert guest.get("/account").status_code == 200
    assert Client().post("/invitation", {"code": secret}).status_code == 200


def test_an_invited_person_reaches_nothing_else(hind: Officer) -> None:
    _, secret = accounts.officer_invite(email="a@ma.example", name="A", roles=["officer"], actor="test")
    guest = Client()
    guest.post("/invitation", {"code": secret})
    for address in ("/account", "/account/password", "/settings/officers", "/sign-in/second-step"):
        assert guest.get(address).status_code == 302
    assert guest.get("/v1/officers/me").status_code == 401


def test_nobody_is_told_whether_an_invitation_existed() -> None:
    page = Client().post("/invitation", {"code": "A" * 43})
    assert b"cannot be used any more" in page.content


def test_roles_are_changed_by_another_administrator(hind: Officer) -> None:
    other = make_officer("officer", email="o@ma.example")
    client = signed_in(hind)
    client.post(f"/settings/officers/{other.id}", {"roles": ["supervisor"]})
    other.refresh_from_db()
    assert other.roles == ["supervisor"]
    page = client.post(f"/settings/officers/{hind.id}", {"roles": ["administrator", "supervisor"]})
    assert page.status_code == 200
    hind.refresh_from_db()
    assert hind.roles == ["administrator"]


def test_access_is_closed_for_good(hind: Officer) -> None:
    salma = with_code(make_officer("officer"))
    browser = signed_in(salma)
    assert browser.get("/account").status_code == 200
    signed_in(hind).post(f"/settings/officers/{salma.id}/deactivate")
    assert browser.get("/account").status_code == 302
    assert Client().post("/sign-in", {"email": salma.email, "password": PASSWORD}).status_code == 200


def test_sessions_are_ended(hind: Officer) -> None:
    salma = make_officer("officer")
    browser = signed_in(salma)
    signed_in(hind).post(f"/settings/officers/{salma.id}/end-sessions")
    assert browser.get("/account").status_code == 302


def test_factors_are_taken_away_by_inviting_anew(hind: Officer) -> None:
    salma = with_code(make_officer("officer"))
    page = signed_in(hind).post(f"/settings/officers/{salma.id}/invite")
    assert page.context["secret"]
    salma.refresh_from_db()
    assert factors.held(salma) == factors.Held(password=False, passkeys=(), code=False, recovery_codes=0)


def test_it_takes_a_recent_confirmation(hind: Officer) -> None:
    salma = make_officer("officer")
    client = sign_in(Client(), with_code(hind), confirmed_ago=timedelta(hours=1))
    asked = client.post(
        f"/settings/officers/{salma.id}/deactivate",
        headers={"referer": f"http://testserver/settings/officers/{salma.id}"},
    )
    assert asked.headers["Location"] == f"/sign-in/confirm?next=%2Fsettings%2Fofficers%2F{salma.id}"
    salma.refresh_from_db()
    assert salma.is_active
    code = factors.new_recovery_codes(hind)[0]
    back = client.post("/sign-in/confirm", {"code": code, "next": f"/settings/officers/{salma.id}"})
    assert back.headers["Location"] == f"/settings/officers/{salma.id}"
    client.post(f"/settings/officers/{salma.id}/deactivate")
    salma.refresh_from_db()
    assert not salma.is_active


def test_everybody_is_on_the_list(hind: Officer) -> None:
    accounts.officer_invite(email="a@ma.example", name="Invited", roles=["officer"], actor="test")
    page = signed_in(hind).get("/settings/officers").content.decode()
    assert "Invited" in page
    assert "invited" in page
    assert signed_in(make_officer("supervisor")).get("/settings/officers").status_code == 403
