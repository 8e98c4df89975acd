"""The sample desk, made once a run, and a browser on it; each test gets windows of its own."""

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright
from tests.desk.browser import served

Open = Callable[..., tuple[Page, served.Seen]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "desk/browser" in str(item.path):
            item.add_marker(pytest.mark.enable_socket)
            item.add_marker(pytest.mark.xdist_group("desk-browser"))


@pytest.fixture(scope="session")
def served_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[served.ServedDesk]:
    """The sample desk, served by a web process of its own."""
    with served.serve(tmp_path_factory.mktemp("desk"), os.environ["JUSUR_DATABASE_URL"]) as desk:
        yield desk


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium."""
    browser = served.launch(playwright)
    yield browser
    browser.close()


@pytest.fixture
def desk_page(served_desk: served.ServedDesk, chromium: Browser) -> Iterator[Open]:
    """``page, seen = desk_page("/requests/", language="ar", role="supervisor", width=360)``."""
    contexts = []

    def open_page(
        path: str, *, language: str = "en", role: str = served.EVERYTHING, width: int = 1280, **options: object
    ) -> tuple[Page, served.Seen]:
        context = served_desk.context(chromium, role=role, language=language, width=width, **options)
        contexts.append(context)
        page, seen = context.new_page(), served.Seen()
        seen.watch(page)
        page.goto(path, wait_until="load")
        return page, seen

    yield open_page
    for context in contexts:
        context.close()
