"""Watches: to be told when a record of somebody or something appears."""

from typing import Any
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jusur.accounts import api as accounts
from jusur.databases import api as databases
from jusur.desk.kit.forms import show_error
from jusur.desk.search import asking, names
from jusur.desk.search.forms import WatchForm, initial_of
from jusur.kernel.errors import InvalidInputError, JusurError
from jusur.kernel.ids import parse_id
from jusur.rows.pages import page

FOUND = 50
"""Hits of a watch that its page shows."""


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The officer's standing watches, and how much each found."""
    actor = accounts.acting(request, "search.do")
    rows = databases.standing_watches().filter(actor=actor.reference)
    found = page(rows, lambda row: {"watch": row}, cursor=request.GET.get("cursor", ""))
    counts = databases.watch_hits([each["watch"].id for each in found["items"]])
    for each in found["items"]:
        each["hits"] = counts.get(each["watch"].id, 0)
        each["purpose"] = names.purpose(each["watch"].purpose)
    return render(request, "search/watches.html", {"page": found})


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest) -> HttpResponse:
    """Place a watch; ``?search=`` begins with what a search sought."""
    actor = accounts.acting(request, "search.do")
    if request.method != "POST":
        return render(request, "search/place.html", {"form": WatchForm(initial=_begun(request, actor))})
    form = WatchForm(request.POST)
    if form.is_valid():
        try:
            body = msgspec.convert(form.body(), databases.WatchBody)
            placed = databases.watch_place(body=body, actor=actor)
        except JusurError as error:
            show_error(form, error)
        else:
            messages.success(request, _("The watch stands. You are told when a record fits."))
            return HttpResponseRedirect(reverse("search:watch", args=[placed.id]))
    return render(request, "search/place.html", {"form": form}, status=422)


@require_safe
def detail(request: HttpRequest, watch_id: UUID) -> HttpResponse:
    """What is watched for, and what was found."""
    actor = accounts.acting(request, "search.do")
    watch = databases.watch_of(watch_id, actor=actor)
    question = databases.watch_question(watch)
    asked = initial_of({"query": msgspec.to_builtins(question)}) if question else {}
    hits = list(databases.hits(watch=watch.id)[:FOUND])
    named = names.databases_named(each.database for each in hits)
    context = {
        "watch": watch,
        "asked": asked,
        "purpose": names.purpose(watch.purpose),
        "hits": [{"hit": each, "database": named[each.database]} for each in hits],
    }
    return render(request, "search/watch.html", context)


@require_POST
def lift(request: HttpRequest, watch_id: UUID) -> HttpResponse:
    """Nothing is watched for any more."""
    actor = accounts.acting(request, "search.do")
    databases.watch_lift(watch_id=watch_id, actor=actor)
    messages.success(request, _("The watch is lifted, and what it watched for is forgotten."))
    return HttpResponseRedirect(reverse("search:watches"))


def _begun(request: HttpRequest, actor: accounts.Actor) -> dict[str, Any]:
    """What a kept search sought, where the address names one of the officer's; else the session's reference."""
    try:
        shown = databases.answer_kept(parse_id(request.GET.get("search", "")), officer=actor.id)
    except (InvalidInputError, databases.NotKeptError):
        return asking.remembered(request, "search")
    return initial_of(shown["asked"])
