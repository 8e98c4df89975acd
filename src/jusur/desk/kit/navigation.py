"""The areas of the desk as the reader's rail shows them: only what their permissions open."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Area:
    """A place of the desk: its address by name, and the acts of which any one opens it (none: every officer)."""

    name: str
    label: Promise | str
    icon: str
    url_name: str
    acts: frozenset[str] = frozenset()
    shortcut: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """An area as one page shows it."""

    area: Area
    url: str
    here: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Areas that belong together, under a heading."""

    label: Promise | str
    links: tuple[Link, ...]


_ADMINISTRATION: Final = frozenset({"directory.manage", "officer.manage", "webhook.manage", "settings.manage"})

AREAS: Final[tuple[tuple[Promise | str, tuple[Area, ...]], ...]] = (
    (
        _("Casework"),
        (
            Area("today", _("Today"), "today", "today:index", shortcut="t"),
            Area("requests", _("Requests"), "request", "requests:index", frozenset({"request.read"}), "r"),
            Area("messages", _("Messages"), "message", "messages:index", frozenset({"message.read"}), "m"),
            Area("evidence", _("Evidence"), "evidence", "evidence:index", frozenset({"evidence.read"}), "e"),
        ),
    ),
    (
        _("Databases"),
        (
            Area("search", _("Search"), "search", "search:index", frozenset({"search.do"}), "f"),
            Area("checkpoint", _("Checkpoint"), "shield", "search:checkpoint", frozenset({"search.do"}), "c"),
            Area(
                "databases",
                _("Databases and records"),
                "folder",
                "databases:index",
                frozenset({"record.read", "database.manage"}),
                "b",
            ),
        ),
    ),
    (
        _("Network"),
        (
            Area("directory", _("Directory"), "directory", "directory:index", frozenset({"directory.read"}), "d"),
            Area(
                "instruments",
                _("Legal instruments"),
                "law",
                "directory:instruments",
                frozenset({"instruments.read"}),
                "l",
            ),
            Area("indicators", _("Indicators"), "chart", "indicators:index", frozenset({"indicators.read"}), "i"),
        ),
    ),
    (
        _("Oversight"),
        (
            Area("audit", _("Audit"), "audit", "audit:index", frozenset({"audit.read"}), "a"),
            Area("officers", _("Officers"), "officers", "signin:officers", frozenset({"officer.manage"}), "o"),
            Area("settings", _("Settings"), "settings", "settings:index", _ADMINISTRATION, "s"),
        ),
    ),
)


def groups(acts: Iterable[str], path: str) -> tuple[Group, ...]:
    """What a holder of ``acts`` sees on the page at ``path``; an area without pages is left out."""
    held = frozenset(acts)
    found = [(label, _open(areas, held)) for label, areas in AREAS]
    here = _here([url for _label, pairs in found for _area, url in pairs], path)
    return tuple(
        Group(label, tuple(Link(area, url, url == here) for area, url in pairs)) for label, pairs in found if pairs
    )


def _open(areas: Iterable[Area], held: frozenset[str]) -> list[tuple[Area, str]]:
    pairs = ((area, _url(area.url_name)) for area in areas if not area.acts or area.acts & held)
    return [(area, url) for area, url in pairs if url]


@cache
def _url(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _here(urls: list[str], path: str) -> str:
    """The longest address that ``path`` stands under."""
    above = [url for url in urls if path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))]
    return max(above, key=len, default="")
