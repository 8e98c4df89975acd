"""A message as it is written in a real browser: kept while typing, files dropped in parts that go on after a break."""

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, expect
from tests.desk.browser import served
from tests.desk.browser.conftest import Open

PART = 8 * 1024 * 1024
DROPPED = """([name, size, modified]) => {
  const data = new DataTransfer();
  const bytes = new Uint8Array(size).map((_, place) => place % 251);
  data.items.add(new File([bytes], name, { lastModified: modified }));
  const target = document.querySelector("[data-drop]");
  for (const kind of ["dragover", "drop"]) {
    target.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: data }));
  }
}"""


@pytest.fixture
def written(desk_page: Open) -> Page:
    """An empty message, in Arabic."""
    page, _seen = desk_page("/messages/new", language="ar", role="officer")
    return page


def drop(page: Page, name: str, size: int) -> None:
    """Drag a file from outside the browser onto the page."""
    page.evaluate(DROPPED, [name, size, 1_700_000_000_000])


def test_what_is_typed_is_kept_without_asking(written: Page) -> None:
    written.locator("[name=subject]").fill("مركبة مشبوهة")
    written.locator("[name=text]").press_sequentially("نص الرسالة", delay=5)
    expect(written.locator("[data-said]")).not_to_be_empty(timeout=15_000)
    written.wait_for_url("**/messages/unsent/*")
    written.reload()
    expect(written.locator("[name=subject]")).to_have_value("مركبة مشبوهة")
    expect(written.locator("[name=text]")).to_have_value("نص الرسالة")


def test_a_recipient_is_found_by_name_and_stays_when_chosen(written: Page) -> None:
    written.locator("[data-find] input").fill("النرويج")
    shown = written.locator("[data-name]:visible")
    expect(shown).to_have_count(1)
    shown.locator("input").check()
    written.locator("[data-find] input").fill("فرنسا")
    expect(written.locator("[data-name]:visible")).to_have_count(2)


def test_a_dropped_file_goes_on_where_it_broke_off(written: Page, served_desk: served.ServedDesk) -> None:
    size, parts = 2 * PART + 1000, []

    def breaks(route: Route, request: Request) -> None:
        parts.append(request.headers["content-range"])
        if len(parts) > 1:
            route.fulfill(status=400, json={})
        else:
            route.continue_()

    written.route("**/files/*", breaks)
    drop(written, "تسجيل.bin", size)
    row = written.locator("[data-upload]")
    expect(row.locator("[data-state]")).to_have_text(words(written, "failed"), timeout=30_000)
    assert parts == [f"bytes 0-{PART - 1}/{size}", f"bytes {PART}-{2 * PART - 1}/{size}"]
    written.unroute("**/files/*")
    written.reload()
    expect(row.locator("progress")).to_have_attribute("value", str(PART))
    parts.clear()
    written.on("request", lambda request: parts.append(request.headers.get("content-range", "")))
    drop(written, "تسجيل.bin", size)
    expect(row).to_have_count(1)
    expect(row.locator("progress")).to_have_count(0, timeout=30_000)
    assert [part for part in parts if part] == [
        f"bytes {PART}-{2 * PART - 1}/{size}",
        f"bytes {2 * PART}-{size - 1}/{size}",
    ]
    digest = hashlib.sha256(bytes(place % 251 for place in range(size))).hexdigest()
    assert digest in arrived(served_desk, "تسجيل.bin")


def test_another_file_of_the_same_name_begins_anew_and_is_removed_by_its_button(written: Page) -> None:
    drop(written, "a.txt", 10)
    drop(written, "a.txt", 11)
    rows = written.locator("[data-upload]")
    expect(rows).to_have_count(2)
    expect(written.locator("[data-upload] progress")).to_have_count(0, timeout=15_000)
    rows.first.locator("[data-drop-file]").click()
    expect(rows).to_have_count(1)
    written.reload()
    expect(rows).to_have_count(1)


def test_a_break_of_the_line_is_waited_out(written: Page) -> None:
    tries: list[Any] = []

    def breaks_once(route: Route, request: Request) -> None:
        tries.append(request.url)
        if len(tries) == 1:
            route.abort()
        else:
            route.continue_()

    written.route("**/files/*", breaks_once)
    drop(written, "b.txt", 5)
    expect(written.locator("[data-upload] [data-state]")).to_have_text(words(written, "done"), timeout=15_000)
    assert len(tries) == 2


def words(page: Page, name: str) -> str:
    """What the page says in a state of its uploads, in its own language."""
    said = page.locator("[data-files]").get_attribute(f"data-{name}")
    assert said
    return said


def arrived(desk: served.ServedDesk, name: str) -> set[str]:
    """The digests of the whole files of that name in the node's intake."""
    found = [path for folder, _folders, files in os.walk(desk.home) for path in map(Path(folder).joinpath, files)]
    return {hashlib.sha256(path.read_bytes()).hexdigest() for path in found if path.name == name}
