"""The desk's catalogues and sources, as the tests of translations read them."""

import importlib.util
import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType
from typing import Final

from babel.messages import Catalog, Message, pofile

ROOT: Final = Path(__file__).resolve().parents[3]
DESK: Final = ROOT / "src" / "jusur" / "desk"
LANGUAGES: Final = ("ar", "fr", "es")
AREAS: Final = sorted(place.parent.name for place in DESK.glob("*/apps.py"))


@cache
def tool() -> ModuleType:
    """``tools/extract_messages.py``."""
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        spec = importlib.util.spec_from_file_location("extract_messages", ROOT / "tools" / "extract_messages.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(str(ROOT / "tools"))


@cache
def catalogue(area: str, language: str, root: Path = DESK) -> Catalog:
    """What ``area`` says in ``language``; empty where it says nothing."""
    place = root / area / "locale" / language / "LC_MESSAGES" / "django.po"
    if not place.exists():
        return Catalog(locale=language)
    with place.open("rb") as read:
        return pofile.read_po(read, locale=language)


def messages(area: str, language: str, root: Path = DESK) -> Iterator[Message]:
    """The sentences of ``area``."""
    return (message for message in catalogue(area, language, root) if message.id)


def strings(message: Message) -> tuple[str, ...]:
    """All forms of a translation."""
    return tuple(message.string) if isinstance(message.string, (tuple, list)) else (str(message.string or ""),)


def sources(message: Message) -> tuple[str, ...]:
    """The English sentence, and its plural where it has one."""
    return tuple(message.id) if isinstance(message.id, (tuple, list)) else (str(message.id),)


class Words(HTMLParser):
    """The words that a template shows without asking a catalogue, once its tags are taken out."""

    SHOWN: Final = {"title", "aria-label", "placeholder", "alt", "aria-description", "aria-roledescription"}
    SILENT: Final = {"code", "kbd", "pre", "script", "style"}

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in self.SILENT
        self.found += [value for name, value in attrs if name in self.SHOWN and value and worded(value)]
        kind = dict(attrs).get("type")
        if tag == "input" and kind in {"submit", "button", "reset"}:
            self.found += [value for name, value in attrs if name == "value" and value and worded(value)]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in self.SILENT and self._silent > 0

    def handle_data(self, data: str) -> None:
        if not self._silent and worded(data):
            self.found.append(data.strip())


NAMES: Final = {"Jusur", "UTC", "SHA", "QR", "PDF", "CSV", "JSON"}
"""Words that are the same in every language."""


def worded(text: str) -> bool:
    """Whether ``text`` holds a word that a reader of another language would not understand."""
    words = "".join(letter if letter.isalpha() else " " for letter in text).split()
    return any(len(word) > 1 and word not in NAMES for word in words)
