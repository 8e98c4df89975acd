"""Every page of the desk in every language: axe finds nothing, the direction is right, nothing scrolls sideways."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext
from tests.desk.browser import served, soundness

from jusur.kernel.languages import LANGUAGES

PUBLIC = ("/sign-in", "/help", "/view")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [1280, 360])
def test_every_page_is_sound(served_desk: served.ServedDesk, chromium: Browser, language: str, width: int) -> None:
    wrong: dict[str, object] = {}
    with served_desk.context(chromium, language=language, width=width) as context:
        for path in served_desk.all_pages():
            wrong |= _judged(context, path, language)
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_before_sign_in_are_sound(served_desk: served.ServedDesk, chromium: Browser, language: str) -> None:
    wrong: dict[str, object] = {}
    with served_desk.context(chromium, role="", language=language, width=360) as context:
        for path in PUBLIC:
            wrong |= _judged(context, path, language)
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


@pytest.mark.parametrize("scheme", ["dark", "more"])
def test_the_gallery_is_sound_in_the_dark_and_in_high_contrast(
    served_desk: served.ServedDesk, chromium: Browser, scheme: str
) -> None:
    options: dict[str, Any] = {"color_scheme": "dark"} if scheme == "dark" else {"contrast": "more"}
    with served_desk.context(chromium, language="ar", **options) as context:
        wrong = _judged(context, "/gallery", "ar")
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


def _judged(context: BrowserContext, path: str, language: str) -> dict[str, object]:
    page, seen = context.new_page(), served.Seen()
    seen.watch(page)
    answer = page.goto(path, wait_until="load")
    expected = answer is not None and answer.status == (404 if path == "/nowhere" else 200)
    if path == "/nowhere":
        seen.errors.clear()
    found = [*soundness.faults(page, seen, language=language), *map(json.dumps, soundness.violations(page))]
    if not expected:
        found.append(f"status {answer.status if answer else None}")
    page.close()
    return {path: found} if found else {}
