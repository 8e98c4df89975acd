"""Sessions and browsers as their owner recognises them."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session as StoredSession
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from jusur.accounts import api as accounts
from jusur.kernel import clock

MAX_SHOWN: Final = 50

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
    live = StoredSession.objects.filter(expire_date__gt=clock.now()).values("session_key")
    found = UserSession.objects.filter(user=officer, session_key__in=live).order_by("-created_at")[:MAX_SHOWN]
    return [Session(row.pk, browser(row.user_agent), row.ip, row.created_at, row.session_key == own) for row in found]


def end(rows: QuerySet[UserSession]) -> None:
    """End these sessions."""
    keys = list(rows.values_list("session_key", flat=True))
    StoredSession.objects.filter(session_key__in=keys).delete()
    rows.delete()


def browser(agent: str) -> str:
    """``Firefox on Linux``, from what a browser says of itself (hostile: shown as text only)."""
    name = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    if name and system:
        return _("%(browser)s on %(system)s") % {"browser": name, "system": system}
    return _VISIBLE.sub("", agent)[:60] or _("Unknown browser")
