"""Members: the map and the table, and one organisation."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jusur.accounts import api as accounts
from jusur.desk.directory import map as world_map
from jusur.desk.directory import members
from jusur.desk.directory.forms import FilterForm
from jusur.desk.directory.views.law import basis_view
from jusur.desk.kit import language
from jusur.directory import api as directory
from jusur.documents.worldmap import world
from jusur.exchange import api as exchange
from jusur.instruments import api as instruments
from jusur.kernel import clock
from jusur.node import context as node


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Everybody on the map and in the table."""
    accounts.acting(request, "directory.read")
    if not directory.has_directory():
        return render(request, "directory/not_joined.html")
    own, tongue = node.current().address, language.current()
    found = members.members(own, tongue)
    named = [(each.id, each.names.get(tongue)) for each in instruments.instruments() if not each.template]
    form = FilterForm(request.GET, instruments=named)
    form.is_valid()
    chosen = {name: str(value) for name, value in form.cleaned_data.items()}
    rows = members.wanted(found, members.Wanted(**chosen))
    context = {
        "form": form,
        "filtered": any(chosen.values()),
        "counts": members.counts(found),
        "world": world(),
        "drawn": world_map.drawn(found),
        "total": len(rows),
        "page": _page(rows, request.GET.get("from", "")),
        "directory": _held(),
        "country": len(own) == 2,  # noqa: PLR2004 - a country's two letters
    }
    return render(request, "directory/index.html", context)


@require_safe
def organisation(request: HttpRequest, address: str) -> HttpResponse:
    """One organisation: who it is, how it is reached, by which keys, and what may be asked of it."""
    accounts.acting(request, "directory.read")
    found, own = directory.organisation(address), node.current().address
    peer = exchange.peers().get(address)
    asked = _asked(own, found)
    context = {
        "found": found,
        "name": str(getattr(found.name, language.current())),
        "names": [(code, str(getattr(found.name, code))) for code in ("ar", "en", "fr", "es")],
        "reachability": members.reachability(found, peer, own, clock.now()),
        "peer": peer,
        "traffic": exchange.traffic(address),
        "keys": [{"key": key, "facts": directory.key_facts(key)} for key in _ordered(found.keys)],
        "own": own == address,
        "own_address": own,
        "bases": [basis_view(basis) for basis in asked if basis.available],
        "not_available": [basis for basis in asked if not basis.available],
    }
    return render(request, "directory/organisation.html", context)


def _page(rows: list[members.Member], given: str) -> dict[str, Any]:
    start = int(given) if given.isascii() and given.isdecimal() and len(given) < 6 else 0  # noqa: PLR2004 - few rows
    end = start + members.PAGE
    return {
        "items": rows[start:end],
        "before": str(max(0, start - members.PAGE)) if start else None,
        "after": str(end) if end < len(rows) else None,
        "first": start + 1,
        "last": min(end, len(rows)),
    }


def _held() -> dict[str, Any]:
    current, expires = directory.current(), directory.expires()
    return {
        "version": current.version,
        "digest": current.digest,
        "expires": expires,
        "stale": clock.now() >= expires,
        "alarms": len(directory.alarms()),
    }


def _asked(own: str, other: directory.Organisation) -> list[instruments.Basis]:
    """Every instrument's answer between this bureau and another; nothing where one of the two is no bureau."""
    if len(own) != 2 or other.kind != "bureau" or other.address == own:  # noqa: PLR2004 - a country's two letters
        return []
    return instruments.between(own, other.country)


def _ordered(keys: tuple[directory.Key, ...]) -> list[directory.Key]:
    """Keys in use first, then by what they are for."""
    states = ("active", "retired", "revoked")
    return sorted(keys, key=lambda key: (states.index(key.state), key.use))
