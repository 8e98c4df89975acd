"""What officers do in browsers: windows at the desks of real nodes, and how long a practised officer takes."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.utils import translation
from playwright.sync_api import Browser, Locator, Page
from tests.desk.browser.served import Seen
from tests.e2e.network import SOON, Node, until

from jusur.desk.kit import words

KEY, POINT, HOME, THINK = 0.12, 1.1, 0.4, 1.35
"""Seconds of the keystroke-level model (Card, Moran and Newell 1980): a key of a good typist, pointing at something,
moving the hand between keyboard and mouse, and making up one's mind before a step."""


@dataclass(slots=True)
class Effort:
    """What a task took: the pages on which something was done, every loading of a page, and the officer's seconds."""

    pages: list[str] = field(default_factory=list)
    loadings: int = 0
    keys: int = 0
    pointed: int = 0
    thought: int = 0

    @property
    def seconds(self) -> float:
        """The officer's own seconds, without the waiting for pages."""
        return self.keys * KEY + self.pointed * (POINT + HOME) + self.thought * THINK


@dataclass(slots=True)
class Window:
    """An officer's browser window at a node's desk, in the language that the officer reads."""

    node: Node
    page: Page
    language: str
    email: str
    seen: Seen = field(default_factory=Seen)
    effort: Effort = field(default_factory=Effort)

    def sign_in(self, password: str) -> None:
        """Give the password, then the code that the officer's authenticator app shows."""
        self.page.goto("/sign-in")
        self.write("email", self.email)
        self.write("password", password)
        self.press("Go on")
        self.write("code", self.node.run("officer", "code", self.email).strip())
        self.press("Sign in")

    def word(self, sentence: str) -> str:
        """``sentence`` in the officer's language."""
        with translation.override(self.language):
            return translation.gettext(sentence)

    def term(self, vocabulary: str, code: str) -> str:
        """The word for a ``code`` in the officer's language."""
        with translation.override(self.language):
            return str(words.word(vocabulary, code))

    def write(self, name: str, text: str) -> None:
        """Type ``text`` into the control called ``name``, which is thought about once."""
        self._acted(keys=len(text) + 1, thought=1)
        self.page.locator(f"#id_{name}").fill(text)

    def choose(self, name: str, value: str) -> None:
        """Choose ``value`` in the control called ``name``: of a list or of choices in view."""
        self._acted(pointed=1, thought=1)
        listed = self.page.locator(f"select[name='{name}']")
        if listed.count():
            listed.select_option(value)
        else:
            self.page.locator(f"input[name='{name}'][value='{value}']").check()

    def press(self, sentence: str) -> None:
        """Press the button that says ``sentence``."""
        self.click(self.page.get_by_role("button", name=self.word(sentence), exact=True))

    def press_term(self, vocabulary: str, code: str) -> None:
        """Press the button that says the word for ``code``."""
        self.click(self.page.get_by_role("button", name=self.term(vocabulary, code), exact=True))

    def press_in(self, action: str) -> None:
        """Press the button of the form that is sent to an address ending in ``action``."""
        self.click(self.page.locator(f"form[action$='{action}'] button[type='submit']"))

    def follow(self, ending: str) -> None:
        """Follow the first link in the page's content to an address that ends in ``ending``."""
        self.click(self.link(ending))

    def link(self, ending: str) -> Locator:
        """The first link in the page's content to an address that ends in ``ending``."""
        return self.page.locator(f"main a[href$='{ending}']").first

    def click(self, found: Locator) -> None:
        """Point at ``found`` and click; wait for the page that follows."""
        self._acted(pointed=1)
        found.click()
        self.page.wait_for_load_state("load")

    def shown(self, path: str, found: Locator, *, seconds: float = SOON) -> Locator:
        """``found`` on the page at ``path``, looked at anew until it is there."""

        def look() -> bool:
            self.page.goto(path)
            return found.count() > 0

        until(look, seconds=seconds, step=0.5, what=f"{found} at {path} of {self.node.address}")
        return found

    def sound(self) -> None:
        """The page is in the officer's language and direction, and no page so far had an error."""
        html = self.page.locator("html")
        assert html.get_attribute("lang") == self.language
        assert html.get_attribute("dir") == ("rtl" if self.language == "ar" else "ltr")
        assert not self.seen.errors

    @contextmanager
    def task(self) -> Iterator[Effort]:
        """Count what is done from here on."""
        self.effort = effort = Effort()

        def loaded(frame: Any) -> None:
            effort.loadings += frame == self.page.main_frame

        self.page.on("framenavigated", loaded)
        yield effort
        self.page.remove_listener("framenavigated", loaded)

    def _acted(self, *, keys: int = 0, pointed: int = 0, thought: int = 0) -> None:
        self.effort.keys += keys
        self.effort.pointed += pointed
        self.effort.thought += thought
        path = urlsplit(self.page.url).path
        if path not in self.effort.pages:
            self.effort.pages.append(path)


def seat(node: Node, browser: Browser, language: str, **people: tuple[str, ...]) -> dict[str, Window]:
    """Appoint ``people`` (short name=roles) at ``node``, each with a window of ``browser`` in which they sign in."""
    mark = secrets.token_hex(3)
    kept = dict(node.tokens)
    node.appoint([(f"{short}-{mark}", short, roles, language) for short, roles in people.items()])
    node.sign_in(kept)
    found = {}
    for short in people:
        context = browser.new_context(base_url=node.desk_url, locale=language, accept_downloads=True)
        window = Window(node, context.new_page(), language, f"{short}-{mark}@{node.address.lower()}.example")
        window.seen.watch(window.page)
        window.sign_in(node.passwords[f"{short}-{mark}"])
        found[short] = window
    return found
