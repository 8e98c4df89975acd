"""The national directory over real HTTP: it lets invited officers in, and nobody else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings
from tests.desk.signin.issuer import CLIENT_ID, CLIENT_SECRET, Issuer
from tests.desk.signin.sessions import SECRET, make_officer, with_code

from jusur.accounts import api as accounts
from jusur.desk.signin import factors

pytestmark = [pytest.mark.django_db, pytest.mark.enable_socket]

START = "/sign-in/directory/national"
BACK = "/sign-in/directory/national/back"


@pytest.fixture
def issuer(settings: Settings, tmp_path: Path) -> Iterator[Issuer]:
    running = Issuer()
    (tmp_path / "secret").write_text(CLIENT_SECRET + "\n")
    settings.OIDC = {
        "name": "Annuaire national",
        "issuer": running.url,
        "client_id": CLIENT_ID,
        "secret_file": str(tmp_path / "secret"),
        "secret": "",
        "trust_mfa": "false",
    }
    yield running
    running.close()


def go(client: Client, issuer: Issuer, start: str = START, **claims: Any) -> HttpResponse:
    """The way there and back as ``claims``."""
    there = client.get(start)
    assert there.status_code == 302
    query = parse_qs(urlsplit(there.headers["Location"]).query)
    assert query["redirect_uri"] == [f"http://testserver{BACK}"]
    code = issuer.authorize(query, **claims)
    answer = client.get(BACK, {"code": code, "state": query["state"][0]})
    assert isinstance(answer, HttpResponse)
    return answer


def test_an_invited_officer_gives_our_second_factor_after_it(client: Client, issuer: Issuer) -> None:
    with_code(make_officer("officer"))
    answer = go(client, issuer, email="Officer@MA.example")
    assert answer.headers["Location"] == "/sign-in/second-step"
    assert client.get("/account").status_code == 302
    client.post("/sign-in/second-step", {"code": factors.code_of(SECRET)})
    assert client.get("/account").status_code == 200


def test_whoever_has_no_second_factor_sets_one_up(client: Client, issuer: Issuer) -> None:
    make_officer("officer")
    assert go(client, issuer, email="officer@ma.example").headers["Location"] == "/sign-in/set-up"
    assert client.get("/account").status_code == 302


def test_a_stranger_gets_no_account(client: Client, issuer: Issuer) -> None:
    before = accounts.officers().count()
    answer = go(client, issuer, email="stranger@ma.example")
    assert answer.status_code == 403
    assert b"stranger" not in answer.content
    assert accounts.officers().count() == before
    assert client.get("/account").status_code == 302


@pytest.mark.parametrize("verified", [False, "true", None, 1])
def test_an_address_that_is_not_verified_is_nobodys(client: Client, issuer: Issuer, verified: object) -> None:
    with_code(make_officer("officer"))
    assert go(client, issuer, email="officer@ma.example", email_verified=verified).status_code == 403


def test_who_is_no_officer_any_more_stays_out(client: Client, issuer: Issuer) -> None:
    officer = with_code(make_officer("officer"))
    accounts.officer_deactivate(officer_id=officer.pk, actor="test")
    assert go(client, issuer, email="officer@ma.example").status_code == 403


def test_an_address_given_to_another_person_opens_nothing(client: Client, issuer: Issuer) -> None:
    with_code(make_officer("officer"))
    assert go(client, issuer, email="officer@ma.example", sub="person-1").status_code == 302
    assert go(Client(), issuer, email="officer@ma.example", sub="person-2").status_code == 403


def test_its_second_factor_counts_only_where_the_setting_trusts_it(
    client: Client, issuer: Issuer, settings: Settings
) -> None:
    with_code(make_officer("officer"))
    assert go(client, issuer, email="officer@ma.example", amr=["pwd", "mfa"]).headers["Location"] == (
        "/sign-in/second-step"
    )
    settings.OIDC = settings.OIDC | {"trust_mfa": "true"}
    assert go(Client(), issuer, email="officer@ma.example", amr=["pwd"]).headers["Location"] == "/sign-in/second-step"
    trusted = Client()
    assert go(trusted, issuer, email="officer@ma.example", amr=["pwd", "mfa"]).headers["Location"] == "/"
    assert trusted.get("/account").status_code == 200


def test_a_token_signed_by_another_key_is_refused(client: Client, issuer: Issuer) -> None:
    with_code(make_officer("officer"))
    issuer.forged = True
    assert go(client, issuer, email="officer@ma.example").status_code == 403


def test_a_token_for_another_client_is_refused(client: Client, issuer: Issuer) -> None:
    with_code(make_officer("officer"))
    issuer.audience = "somebody-else"
    assert go(client, issuer, email="officer@ma.example").status_code == 403


def test_a_way_back_that_nobody_began_leads_nowhere(client: Client, issuer: Issuer) -> None:
    assert client.get(BACK, {"code": "code-0", "state": "made-up"}).status_code == 403
    assert client.get(BACK).status_code == 403
    assert client.get(BACK, {"error": "access_denied", "state": "x"}).status_code == 403


def test_it_leads_on_within_this_desk_only(client: Client, issuer: Issuer) -> None:
    officer = with_code(make_officer("officer"))
    for wanted, onward in (("/account", "/account"), ("https://evil.example/", "/"), ("//evil.example", "/")):
        browser = Client()
        go(browser, issuer, start=f"{START}?next={wanted}", email="officer@ma.example")
        code = factors.new_recovery_codes(officer)[0]
        assert browser.post("/sign-in/second-step", {"code": code}).headers["Location"] == onward


def test_neither_secret_nor_claims_are_kept(client: Client, issuer: Issuer) -> None:
    with_code(make_officer("officer"))
    go(client, issuer, email="officer@ma.example", given_name="Private")
    assert [row.extra_data for row in SocialAccount.objects.all()] == [{}]
    assert CLIENT_SECRET not in str(client.session.items())


def test_without_the_setting_there_is_no_such_address(client: Client) -> None:
    assert client.get(START).status_code == 404
    assert client.get(BACK).status_code == 404
    assert b"sign-in/directory" not in client.get("/sign-in").content


def test_the_sign_in_page_offers_it_by_name(client: Client, issuer: Issuer) -> None:
    page = client.get("/sign-in").content.decode()
    assert "Annuaire national" in page
    assert START in page
    assert client.get("/sign-in/directory/other").status_code == 404
