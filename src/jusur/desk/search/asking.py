"""Asking this node's search process, and what pages remember between two searches."""

import json
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest

from jusur.accounts import api as accounts
from jusur.databases import api as databases
from jusur.kernel.ids import parse_id

_SPARE_SECONDS: Final = 3.0
_REMEMBERED: Final = ("purpose", "reference")


def ask(body: dict[str, Any], actor: accounts.Actor) -> UUID:
    """Search, and keep the answer for ``actor``'s pages; the search's identifier.

    Raises:
        JusurError: the search process refuses, or does not answer.
    """
    seconds = body["deadline_ms"] / 1000 + _SPARE_SECONDS
    content = databases.search_ask(
        "/v1/search", body, scheme=databases.SCHEME_OFFICER, asker=str(actor.id), seconds=seconds
    )
    found = json.loads(content)
    search = parse_id(found["id"])
    databases.answer_keep(search, officer=actor.id, shown={"asked": body, "found": found})
    return search


def remembered(request: HttpRequest, place: str) -> dict[str, str]:
    """The purpose and reference that this session last searched under at ``place`` (``search``, ``checkpoint``)."""
    found = request.session.get(f"search-{place}", {})
    return {name: str(found.get(name, "")) for name in _REMEMBERED}


def remember(request: HttpRequest, place: str, given: dict[str, Any]) -> None:
    """Keep purpose and reference for the next search; never whom one sought."""
    kept = {name: given[name] for name in _REMEMBERED}
    if request.session.get(f"search-{place}") != kept:
        request.session[f"search-{place}"] = kept
