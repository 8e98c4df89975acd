"""The reader's choices: language and appearance, and where a choice may lead back to."""

import pytest
from django.conf import settings
from django.test import Client
from tests.desk.conftest import As
from tests.desk.samples import Desk

from jusur.desk.kit import view


def test_what_the_cookie_does_not_say_rightly_counts_as_not_chosen() -> None:
    assert view.read("theme.dark~contrast.more~hijri.yes~keys.no") == view.View("dark", "more", "yes", "no")
    assert view.read("theme.<script>~x.y~hijri") == view.View()
    assert view.read(view.write(view.View("dark"))) == view.View("dark")


def test_appearance_is_kept_in_the_browser(as_role: As) -> None:
    browser = as_role("officer")
    answer = browser.post(
        "/view", {"theme": "dark", "contrast": "auto", "hijri": "yes", "keys": "yes", "next": "/help"}
    )
    assert answer["Location"] == "/help"
    page = browser.get("/gallery").content.decode()
    assert 'data-theme="dark"' in page
    assert 'class="hijri"' in page


def test_the_language_is_the_officer_s_then_the_cookie_s_then_the_browser_s(as_role: As, desk: Desk) -> None:
    stranger = Client(headers={"accept-language": "fr-CH,fr;q=0.9"})
    assert stranger.get("/help")["Content-Language"] == "fr"
    stranger.post("/language", {"language": "es"})
    assert stranger.get("/help")["Content-Language"] == "es"
    officer = as_role("officer")
    officer.post("/language", {"language": "ar"})
    desk.officers["officer"].refresh_from_db()
    assert desk.officers["officer"].language == "ar"
    officer.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr"
    assert officer.get("/help")["Content-Language"] == "ar"


def test_an_unknown_language_is_refused(as_role: As) -> None:
    assert as_role("officer").post("/language", {"language": "xx"}).status_code == 422


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_a_choice_never_leads_to_another_site(as_role: As, wanted: str) -> None:
    answer = as_role("officer").post("/language", {"language": "en", "next": wanted})
    assert answer["Location"] == "/"


def test_who_is_not_signed_in_is_led_there_and_back(db: None, node: object) -> None:
    answer = Client().get("/gallery?x=1")
    assert answer["Location"] == "/sign-in?next=/gallery%3Fx%3D1"


def test_a_form_without_its_proof_is_refused_on_a_page(as_role: As) -> None:
    answer = as_role("officer", csrf=True).post("/view", {"theme": "dark"})
    assert answer.status_code == 403
    assert b"This form is no longer valid" in answer.content


def test_pages_are_kept_nowhere_and_their_parts_for_long(as_role: As) -> None:
    browser = as_role("officer")
    assert browser.get("/help")["Cache-Control"] == "no-store"
    part = browser.get(f"{settings.STATIC_URL}kit/tokens.css")
    assert "immutable" in part["Cache-Control"]
    part.close()


def test_cookies_carry_the_address_of_the_node() -> None:
    names = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME}
    assert all(name.startswith(f"jusur_{settings.ADDRESS}_") for name in names)
