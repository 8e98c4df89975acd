"""Sessions and browsers as their owner recognises them."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from allauth.usersessions.models import UserSession
from django.http import HttpRequest
from django.utils.translation import gettext as _

from jusur.accounts import api as accounts

_BROWSERS: Final = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_VISIBLE: Final = re.compile(r"[^\x20-\x7e]")


@dataclass(frozen=True, slots=True)
class Session:
    """One session of an officer."""

    id: int
    browser: str
    ip: str
    created_at: datetime
    here: bool


def sessions(request: HttpRequest, officer: accounts.Officer) -> list[Session]:
    """The officer's live sessions, newest first."""
    own = request.session.session_key
    found = UserSession.objects.purge_and_list(officer)
    rows = [Session(row.pk, browser(row.user_agent), row.ip, row.created_at, row.session_key == own) for row in found]
    return sorted(rows, key=lambda row: row.created_at, reverse=True)


def browser(agent: str) -> str:
    """``Firefox on Linux``, from what a browser says of itself (hostile: shown as text only)."""
    name = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    if name and system:
        return _("%(browser)s on %(system)s") % {"browser": name, "system": system}
    return _VISIBLE.sub("", agent)[:60] or _("Unknown browser")
