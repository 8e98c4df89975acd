"""The whole way in by a real browser with a virtual authenticator: invitation, passkey, password, codes, lock-out."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright
from tests.desk.browser import served

from jusur.node.postgres import temporary_postgres

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(300)]

PASSWORD = "nine lanterns over the harbour"
EMAIL = "hind@ma.example"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[served.ServedDesk]:
    with temporary_postgres() as server, served.serve(tmp_path_factory.mktemp("served"), server.url()) as running:
        yield running


@pytest.fixture
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = served.launch(playwright)
    yield browser
    browser.close()


@pytest.fixture
def window(desk: served.ServedDesk, chromium: Browser) -> BrowserContext:
    return desk.context(chromium, role="")


def command(desk: served.ServedDesk, *arguments: str) -> str:
    environment = os.environ | {"JUSUR_DATABASE_URL": desk.database_url, "JUSUR_HOME": str(desk.home)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    line = [sys.executable, "-W", "ignore", "-m", "jusur", *arguments]
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def add_authenticator(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def path(page: Page) -> str:
    return page.url.partition("//")[2].partition("/")[2]


def sign_out(page: Page) -> None:
    page.evaluate(
        """async () => { const t = document.querySelector('[name=csrfmiddlewaretoken]').value;
        await fetch('/sign-out', {method: 'POST', headers: {'X-CSRFToken': t}}); }"""
    )
    page.goto("/sign-in")


def password(page: Page, secret: str = PASSWORD) -> None:
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(secret)
    page.get_by_role("button", name="Go on").click()


def test_the_whole_way(desk: served.ServedDesk, window: BrowserContext) -> None:
    link = command(desk, "officer", "invite", EMAIL, "--name", "Hind", "--role", "administrator")
    page = window.new_page()
    seen = served.Seen()
    seen.watch(page)
    add_authenticator(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(link)
    secret = link.partition("#")[2]
    assert secret not in page.url
    page.get_by_role("button", name="Go on").click()
    assert path(page) == "sign-in/set-up"
    page.get_by_role("link", name="Set up a passkey").click()
    page.get_by_role("button", name="Make the passkey").click()
    page.wait_for_url("**/account/recovery-codes")
    assert not [url for url in asked if secret in url]

    page.get_by_role("link", name="Choose a password").click()
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Keep the password").click()
    page.wait_for_url("**/account/recovery-codes")
    page.get_by_role("button", name="Show ten new codes").click()
    codes = page.locator("main code").all_text_contents()
    assert len(codes) == 10

    page.goto("/account")
    sign_out(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.goto("/account/code?again")
    key = page.locator("main .code").first.text_content() or ""
    page.get_by_label("Code that the app shows").fill(_code(key))
    page.get_by_role("button", name="Keep", exact=True).click()
    page.wait_for_url("**/account")

    sign_out(page)
    password(page)
    page.wait_for_url("**/sign-in/second-step")
    page.get_by_label("Code", exact=True).fill(codes[0])
    page.get_by_role("button", name="Sign in").last.click()
    page.goto("/account")
    assert page.get_by_text(re.compile("9 recovery codes unused")).is_visible()

    sign_out(page)
    for _ in range(5):
        password(page, "wrong wrong wrong")
    assert page.get_by_role("heading", name="Too many attempts").is_visible()
    page.goto("/sign-in")
    password(page)
    assert page.get_by_role("heading", name="Too many attempts").is_visible()
    assert [error for error in seen.errors if "429" not in error and "404" not in error] == []


def test_without_scripts_a_password_and_a_code_do(desk: served.ServedDesk, chromium: Browser) -> None:
    email = "omar.tazi@ma.example"
    command(desk, "officer", "add", email, "--name", "Omar", "--role", "examiner")
    told = command(desk, "officer", "sample", email, "--json")
    secret = re.search(r'"password": "([^"]+)"', told)
    assert secret
    page = desk.context(chromium, role="", java_script_enabled=False).new_page()
    page.goto("/account")
    assert not page.get_by_role("button", name="Sign in with a passkey").is_visible()
    assert page.get_by_text("Passkeys need JavaScript").is_visible()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(secret.group(1))
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Code", exact=True).fill(command(desk, "officer", "code", email))
    page.get_by_role("button", name="Sign in").last.click()
    assert path(page) == "account"


def _code(secret: str) -> str:
    from jusur.desk.signin import factors

    return factors.code_of(secret)
