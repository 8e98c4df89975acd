"""The frame in a browser: menus without JavaScript, language, shortcuts, live updates."""

import psycopg
from playwright.sync_api import Browser, expect
from tests.desk.browser import served
from tests.desk.browser.conftest import Open


def test_on_a_telephone_the_menu_opens_without_javascript(served_desk: served.ServedDesk, chromium: Browser) -> None:
    with served_desk.context(chromium, language="ar", width=360, java_script_enabled=False) as context:
        page = context.new_page()
        page.goto("/help")
        expect(page.locator(".narrow nav")).to_be_hidden()
        page.locator(".narrow > summary").click()
        expect(page.locator(".narrow nav a").first).to_be_visible()


def test_the_language_is_chosen_on_any_page_and_kept(desk_page: Open) -> None:
    page, _seen = desk_page("/help", role="delegate")
    page.locator(".top summary").click()
    page.get_by_role("button", name="Français").last.click()
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    assert page.url.endswith("/help")
    page.locator(".top summary").click()
    page.get_by_role("button", name="English").last.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_shortcuts_lead_and_stay_quiet_where_somebody_types(desk_page: Open) -> None:
    page, _seen = desk_page("/gallery")
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("?")
    page.wait_for_url("**/help")
    page.goto("/gallery")
    page.locator("#id_line").focus()
    page.keyboard.press("?")
    assert page.url.endswith("/gallery")


def test_news_is_fetched_without_reloading(served_desk: served.ServedDesk, desk_page: Open) -> None:
    page, seen = desk_page("/gallery")
    page.evaluate("window.untouched = true")
    page.wait_for_timeout(500)
    page.evaluate("document.querySelector('#live-moment').textContent = 'old'")
    with psycopg.connect(served_desk.database_url, autocommit=True) as connection:
        for _ in range(20):
            connection.execute("SELECT pg_notify('jusur_desk', 'gallery')")
            page.wait_for_timeout(500)
            if page.locator("#live-moment").inner_text() != "old":
                break
    assert page.locator("#live-moment").inner_text() != "old"
    assert page.evaluate("window.untouched")
    assert not seen.errors
