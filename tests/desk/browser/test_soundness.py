"""Every page of the desk in every language: axe finds nothing, the direction is right, nothing scrolls sideways."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext
from tests.desk.browser import served, soundness
from tests.desk.samples import AREAS

from jusur.kernel.languages import LANGUAGES

PUBLIC = ("/sign-in", "/help", "/view")
NARROW = {"width": 360, "height": 780}


@pytest.mark.slow
@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_sound_in_every_language(
    served_desk: served.ServedDesk, chromium: Browser, language: str, area: str
) -> None:
    wrong: dict[str, object] = {}
    with served_desk.context(chromium, language=language) as context:
        for path in served_desk.pages.get(area, []):
            wrong |= _judged(context, path, language)
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


@pytest.mark.parametrize("area", AREAS)
def test_every_page_is_sound(served_desk: served.ServedDesk, chromium: Browser, area: str) -> None:
    """Each page in one language, the languages by turns and Arabic every other time: the small version for CI."""
    wrong: dict[str, object] = {}
    turns = ("ar", "fr", "ar", "en", "ar", "es")
    paths = served_desk.pages.get(area, [])
    for language in sorted(set(turns)):
        with served_desk.context(chromium, language=language) as context:
            for path in (path for turn, path in enumerate(paths) if turns[turn % len(turns)] == language):
                wrong |= _judged(context, path, language)
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_before_sign_in_are_sound(served_desk: served.ServedDesk, chromium: Browser, language: str) -> None:
    wrong: dict[str, object] = {}
    with served_desk.context(chromium, role="", language=language) as context:
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
    """What is wrong with the page, wide and narrow; axe sees the narrow one in Arabic."""
    page, seen = context.new_page(), served.Seen()
    seen.watch(page)
    answer = page.goto(path, wait_until="load")
    status = answer.status if answer else 0
    found = [] if status == (404 if path == "/nowhere" else 200) else [f"status {status}"]
    if path == "/nowhere":  # the browser says on its console that it is a 404, as it should be
        seen.errors.clear()
    found += [*soundness.faults(page, seen, language=language), *map(json.dumps, soundness.violations(page))]
    page.set_viewport_size(NARROW)  # type: ignore[arg-type] # a plain mapping is what it takes
    found += [f"narrow: {fault}" for fault in soundness.faults(page, seen, language=language)]
    if language == "ar":
        found += [f"narrow: {json.dumps(violation)}" for violation in soundness.violations(page)]
    page.close()
    return {path: found} if found else {}
