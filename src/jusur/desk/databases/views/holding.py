"""Databases: whose they are, who writes, how many records are here."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jusur.accounts import api as accounts
from jusur.databases import api as databases
from jusur.desk.search import names
from jusur.kernel.errors import ForbiddenError


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every database that this node hosts or that others share with it."""
    _looking(request)
    found = list(databases.databases())
    named = names.databases_named(each.id for each in found)
    numbers = databases.held_numbers()
    found.sort(key=lambda each: (each.kind != "shared", named[each.id]))
    rows = [{"database": each, "name": named[each.id], "numbers": numbers.get(each.id, {})} for each in found]
    context = {
        "rows": rows,
        "own": sum(each.get("own", 0) for each in numbers.values()),
        "held": sum(each.get("held", 0) for each in numbers.values()),
        "waiting": databases.editions_waiting(),
    }
    return render(request, "databases/index.html", context)


def _looking(request: HttpRequest) -> accounts.Actor:
    """Databases are looked at by who reads records and by who keeps the node."""
    try:
        return accounts.acting(request, "record.read")
    except ForbiddenError:
        return accounts.acting(request, "database.manage")
