"""The fast track clicked through by two browsers on two nodes, in Arabic at Rabat and in French at Oslo."""

import secrets
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Playwright, expect
from tests.desk.browser.served import launch
from tests.e2e.network import Network
from tests.e2e.windows import Effort, Window, seat

from jusur.desk.requests import drafts

Desks = dict[str, Window]
WRITTEN = {
    "purpose": "Enquête sur une escroquerie organisée",
    "offence": "احتيال منظم بواسطة نظام معلوماتي",
    "authority": "الشرطة القضائية، الرباط",
    "facts": "دفع ضحايا في بلدين مبالغ إلى حسابات وسيطة يديرها مركز احتيال على خادم في أوسلو.",
    "emergency_facts": "شخص محتجز مهدد بالقتل خلال ساعات، ومكانه يظهر في حساب المحتجزين.",
    "data_sought": "محتوى الخادم srv-93.sample.example",
    "custodian": "Sample Hosting AS, Oslo",
    "period": "2026-09-01 / 2026-09-20",
    "judicial_order": "الأمر 2026/93، قاضي التحقيق، الرباط",
}
SAMPLE = "معطيات تجريبية لازمة للتحقيق."
"""What a sample officer writes wherever an instrument asks for more."""


@pytest.fixture(scope="module")
def desks(running: Network, playwright: Playwright) -> Iterator[Desks]:
    """Two officers at each desk, signed in by password and code, each desk in a browser of its own."""
    rabat, oslo = launch(playwright), launch(playwright)
    yield {
        **seat(running["MA"], rabat, "ar", salma=("officer",), karim=("supervisor",)),
        **seat(running["NO"], oslo, "fr", ingrid=("officer", "examiner"), lars=("supervisor",)),
    }
    rabat.close()
    oslo.close()


def test_the_fast_track_is_clicked_through_in_two_languages(network: Network, desks: Desks) -> None:
    salma, karim, ingrid, lars = (desks[name] for name in ("salma", "karim", "ingrid", "lars"))
    request = _ask(salma, "stored_content", "urgent")
    _approve(karim, request)
    package = _collect(ingrid, request)
    _release(lars, package)
    _verify(salma, package)
    _countersign(karim, package)
    for window in (salma, ingrid):
        badge = window.page.get_by_role("main").get_by_text(window.term("request-state", "confirmed"), exact=True)
        window.shown(request, badge.first)
    for window in desks.values():
        window.sound()


@pytest.mark.usefixtures("network")
def test_a_preservation_request_takes_three_pages(desks: Desks, request: pytest.FixtureRequest) -> None:
    _ask(desks["salma"], "preservation", "urgent")  # a practised officer has asked before
    started = time.monotonic()
    with desks["salma"].task() as effort:
        path = _ask(desks["salma"], "preservation", "urgent")
    _report("preservation request", effort, time.monotonic() - started, request)
    assert len(effort.pages) <= 3
    _approve(desks["karim"], path)


@pytest.mark.usefixtures("network")
def test_an_emergency_takes_one_page(desks: Desks, request: pytest.FixtureRequest) -> None:
    window = desks["salma"]
    window.page.goto("/requests/emergency")
    started = time.monotonic()
    with window.task() as effort:
        window.choose("to", "NO")
        _fill(window)
        window.write("case_reference", _case())
        window.press("Submit for approval now")
    _report("emergency", effort, time.monotonic() - started, request)
    assert len(effort.pages) == 1
    _approve(desks["karim"], urlsplit(window.page.url).path)


def _report(task: str, effort: Effort, waited: float, request: pytest.FixtureRequest) -> None:
    """Tell what the task took: a property of the test, as `--junitxml` writes it."""
    total = effort.seconds + waited
    said = f"{total:.0f} s ({effort.keys} keys, {effort.pointed} clicks; {waited:.1f} s of waiting and script)"
    request.node.user_properties.append((task, f"{len(effort.pages)} pages, {effort.loadings} loadings, {said}"))


def _case() -> str:
    return f"MA-2026-{secrets.randbelow(10_000):04}"


def _ask(window: Window, measure: str, urgency: str) -> str:
    """Write a request to Oslo and submit it; its address."""
    window.page.goto("/requests/new")
    window.choose("to", "NO")
    window.page.locator(f"input[name='measure'][value='{measure}']").wait_for()
    window.choose("measure", measure)
    window.choose("urgency", urgency)
    window.write("case_reference", _case())
    window.press("Go on to the contents")
    _fill(window)
    window.press("Check")
    window.press("Submit for approval")
    window.sound()
    return urlsplit(window.page.url).path


def _fill(window: Window) -> None:
    """Write into every content that the instrument requires and that is still empty."""
    names = [*drafts.OWN.values(), *(drafts.PREFIX + name for name in drafts.ORDER)]
    for name in names:
        control = window.page.locator(f"#id_{name}")
        if control.count() and not control.input_value():
            window.write(name, WRITTEN.get(name.removeprefix(drafts.PREFIX), SAMPLE))


def _approve(window: Window, request: str) -> None:
    """As the second officer: find it on the first page, read it, approve."""
    window.shown("/", window.link(request))
    window.follow(request)
    window.press_term("request-act", "send")
    window.sound()


def _collect(window: Window, request: str) -> str:
    """As Oslo's officer: acknowledge, accept, bring a file, ask for the release; the package's address."""
    window.shown("/requests/", window.link(request))
    window.follow(request)
    window.press_term("request-act", "acknowledge")
    window.press_term("request-act", "accept")
    window.follow(f"?request={request.rpartition('/')[2]}")
    window.press("Go on to the evidence")
    window.write("method", "Copie logique de la boîte, en lecture seule")
    window.write("tool", "GNU coreutils 9.1")
    name = f"preuve-{secrets.token_hex(4)}.bin"
    content = {"name": name, "mimeType": "application/octet-stream", "buffer": secrets.token_bytes(300_000)}
    window.page.locator("input[type='file']").set_input_files(content)  # type: ignore[arg-type]
    expect(window.page.get_by_role("listitem").filter(has_text=name)).to_contain_text(window.word("Here"))
    window.press("Take in and hash")
    package = urlsplit(window.page.url).path
    asking = window.page.locator("form[action$='/release/ask'] button")
    window.shown(package, asking)
    window.press_in("/release/ask")
    window.sound()
    return package


def _release(window: Window, package: str) -> None:
    """As Oslo's second person: read exactly what leaves, release it."""
    window.shown("/", window.page.locator(f"main a[href*='{package}']"))
    window.click(window.page.locator(f"main a[href*='{package}']").first)
    if not window.page.url.endswith("/release"):
        window.follow(f"{package}/release")
    window.press("Release and seal")
    window.sound()


def _verify(window: Window, package: str) -> None:
    """As Rabat's officer: see it arrive, let every check be made again, read custody, take the dossier."""
    window.shown("/evidence/", window.link(package))
    window.shown(package, window.link(f"{package}/verification"))
    custody = window.page.get_by_role("main").get_by_text(window.term("custody-event", "custody.verified"))
    expect(custody.first).to_be_visible()
    _take_dossier(window)
    window.follow(f"{package}/verification")
    window.press("Check again now")
    checks = window.page.get_by_role("article")
    expect(checks.first).to_be_visible()
    expect(window.page.get_by_text(window.word("Failed"), exact=True)).to_have_count(0)
    assert checks.count() == window.page.get_by_text(window.word("Passed"), exact=True).count() > 1
    window.sound()


def _take_dossier(window: Window) -> None:
    with window.page.expect_download() as made:
        window.press("Make the PDF")
    assert made.value.path().read_bytes().startswith(b"%PDF-")


def _countersign(window: Window, package: str) -> None:
    """As Rabat's supervisor: give the signed word that it arrived whole."""
    window.shown(package, window.page.locator("form[action$='/countersign'] button"))
    window.press_in("/countersign")
    window.sound()
