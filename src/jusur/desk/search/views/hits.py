"""Hits: which wait, what each is, and a person's word on it."""

from typing import Any
from uuid import UUID

import msgspec
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jusur.accounts import api as accounts
from jusur.databases import api as databases
from jusur.desk.kit import language
from jusur.desk.kit.forms import show_error
from jusur.desk.search import answers, names, reading
from jusur.desk.search.forms import DecisionForm, HitsForm
from jusur.kernel.errors import InvalidInputError, JusurError
from jusur.kernel.ids import parse_id
from jusur.node.context import current
from jusur.rows.pages import page

VIEWS = ("", "mine", "owner")
"""Tabs over the list: all, those of my own searches, those on records of this bureau."""


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Hits of this bureau's searches and on its records, the newest first."""
    actor = accounts.acting(request, "search.do")
    form = HitsForm(request.GET or None)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    view = request.GET.get("view", "")
    view = view if view in VIEWS else ""
    rows = databases.hits(
        state=chosen.get("state", ""),
        reference=chosen.get("reference", ""),
        database=chosen.get("database", ""),
        actor=actor.reference if view == "mine" else "",
        side="owner" if view == "owner" else "",
    )
    found = page(rows, lambda row: {"hit": row}, cursor=request.GET.get("cursor", ""))
    named = names.databases_named(each["hit"].database for each in found["items"])
    for each in found["items"]:
        each["database"] = named[each["hit"].database]
        each["purpose"] = names.purpose(each["hit"].purpose)
    context = {
        "page": found,
        "form": form if form.is_bound else HitsForm(),
        "view": view,
        "tabs": [("", _("All")), ("mine", _("Of my searches")), ("owner", _("On records of ours"))],
        "filtered": any(chosen.values()),
        "waiting": databases.hits(state="proposed", side="searcher").count(),
    }
    return render(request, "search/hits.html", context)


@require_safe
def detail(request: HttpRequest, hit_id: UUID) -> HttpResponse:
    """One hit: what was sought beside the record, why, and where it stands."""
    actor = accounts.acting(request, "search.do")
    return _page(request, databases.hit(hit_id), actor, DecisionForm())


@require_POST
def decide(request: HttpRequest, hit_id: UUID) -> HttpResponse:
    """Confirm or discard it, for a reason; the record's owner is told."""
    actor = accounts.acting(request, "hit.confirm")
    form = DecisionForm(request.POST)
    if form.is_valid():
        state, reason = form.decided()
        try:
            databases.hit_decide(
                hit_id=hit_id, state=state, reason=reason, remark=form.cleaned_data["remark"], actor=actor
            )
        except JusurError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Decided. The record's owner is told."))
            return HttpResponseRedirect(reverse("search:hit", args=[hit_id]))
    return _page(request, databases.hit(hit_id), actor, form, status=422)


def _page(
    request: HttpRequest, hit: Any, actor: accounts.Actor, form: DecisionForm, *, status: int = 200
) -> HttpResponse:
    record = _record(hit)
    question = databases.question_of(hit)
    asked = msgspec.to_builtins(question) if question else {}
    properties = dict(record.properties) if record else {}
    people = names.officers([hit.actor, hit.decided_by])
    context = {
        "hit": hit,
        "form": form,
        "record": record,
        "title": reading.titled(databases.record_caption(properties), properties) if record else None,
        "asked": asked,
        "pairs": answers.compared(asked, _read(asked), properties, hit.reasons) if record else [],
        "reasons": answers.reasons(hit.reasons),
        "database": names.databases_named([hit.database])[hit.database],
        "purpose": names.purpose(hit.purpose),
        "percent": round(hit.score * 100),
        "finder": people.get(hit.actor, ""),
        "decider": people.get(hit.decided_by, ""),
        "reason": _reason(hit),
        "may_decide": hit.side == "searcher" and hit.state == "proposed" and "hit.confirm" in _acts(actor),
        "other": hit.bureau if hit.side == "owner" else hit.owner,
    }
    return render(request, "search/hit.html", context, status=status)


def _acts(actor: accounts.Actor) -> frozenset[str]:
    return accounts.permitted_acts(actor.roles)


def _record(hit: Any) -> databases.RecordView | None:
    """The record, where this node holds it and may still show it for the hit's purpose."""
    try:
        number, purpose = parse_id(hit.record), databases.search_purpose(hit.purpose).key
    except InvalidInputError:
        return None
    own = current().address
    return databases.records_visible([number], asker=own, purpose=purpose).get(number)


def _read(asked: dict[str, Any]) -> dict[str, Any] | None:
    """A question's text as what it is plainly: a machine-readable zone, or words to be compared with names."""
    text = asked.get("text", "")
    if not text:
        return None
    return {"kind": "mrz" if answers.zone_of(text) else "name", "value": text}


def _reason(hit: Any) -> str:
    found = (databases.HIT_CONFIRMED | databases.HIT_DISCARDED).get(hit.reason)
    return found[language.current()] if found else hit.reason
