"""What a page weighs over the wire: the first below 200 kB, later ones below 40 kB."""

import pytest
from playwright.sync_api import Browser, BrowserContext
from tests.desk.browser import served

FIRST, LATER = 200_000, 40_000


@pytest.mark.parametrize("language", ["ar", pytest.param("en", marks=pytest.mark.slow)])
def test_first_and_later_pages_are_light(served_desk: served.ServedDesk, chromium: Browser, language: str) -> None:
    with served_desk.context(chromium, language=language) as context:
        pages = served_desk.all_pages()
        first = transferred(context, "/gallery")
        later = {path: transferred(context, path) for path in pages}
    assert first < FIRST
    heavy = {path: size for path, size in later.items() if size >= LATER}
    assert not heavy


def transferred(context: BrowserContext, path: str) -> int:
    """Bytes that came over the wire for ``path`` and all that it needs, headers included."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(path, wait_until="load")
    page.evaluate("document.fonts.ready.then(() => 1)")
    page.close()
    return int(sum(sizes))
