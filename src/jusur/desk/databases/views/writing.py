"""Records entered, corrected and withdrawn by their owner's officers."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jusur.accounts import api as accounts
from jusur.databases import api as databases
from jusur.desk.databases import fields
from jusur.desk.databases.forms import CorrectForm, NewForm, ReasonForm, initial_of
from jusur.desk.databases.views.records import page_of
from jusur.desk.kit import words
from jusur.desk.kit.forms import show_error
from jusur.desk.search import names, reading
from jusur.kernel.errors import JusurError


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter a record: first where and of what kind, then what it says."""
    actor = accounts.acting(request, "record.write")
    writable = databases.databases_writable()
    named = names.databases_named(each.id for each in writable)
    found = {(each.id, schema): each for each in writable for schema in each.schemata}
    choice = (request.GET.get("database", ""), request.GET.get("schema", ""))
    if choice not in found:
        return render(request, "databases/choose.html", {"groups": _groups(writable, named)})
    database, schema = found[choice], choice[1]
    form = NewForm(request.POST if request.method == "POST" else None, schema=schema, database=database)
    if request.method == "POST" and form.is_valid():
        try:
            made = databases.record_create(
                database=database.id, draft=form.draft(), reference=form.cleaned_data["reference"], actor=actor
            )
        except JusurError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Entered. It can be found within a second."))
            return HttpResponseRedirect(reverse("databases:record", args=[made.id]))
    context = {"form": form, "database": named[database.id], "schema": schema, "host": database.host}
    return render(request, "databases/new.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """A new version; the one before is kept."""
    actor = accounts.acting(request, "record.write")
    record = databases.record_own(record_id)
    if record.entity is None:
        return HttpResponseRedirect(reverse("databases:record", args=[record_id]))
    before = record.entity["properties"]
    form = CorrectForm(
        request.POST if request.method == "POST" else None,
        schema=record.schema,
        database=record.database,
        initial=initial_of(record),
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            databases.record_correct(
                record_id=record_id,
                draft=form.draft(before),
                reason=given["reason"],
                version=given["version"],
                actor=actor,
            )
        except JusurError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Corrected. The version before is kept."))
            return HttpResponseRedirect(reverse("databases:record", args=[record_id]))
    context = {
        "form": form,
        "record": record,
        "title": reading.titled(databases.record_caption(before), before),
        "kept": reading.lines(before, without=fields.asked(record.schema)),
    }
    return render(request, "databases/correct.html", context, status=422 if form.errors else 200)


@require_POST
def withdraw(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """It is found no more, here and wherever it was copied."""
    actor = accounts.acting(request, "record.withdraw")
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            databases.record_withdraw(record_id=record_id, reason=form.cleaned_data["reason"], actor=actor)
        except JusurError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Withdrawn. It is found no more, here and wherever it was copied."))
            return HttpResponseRedirect(reverse("databases:record", args=[record_id]))
    return page_of(request, databases.record_own(record_id), withdrawing=form, status=422)


def _groups(writable: list[Any], named: dict[str, str]) -> list[dict[str, Any]]:
    """The databases one may write into, with the kinds of records each holds."""
    return [
        {
            "name": named[each.id],
            "database": each,
            "kinds": [(schema, words.word("entity-schema", schema)) for schema in each.schemata if schema != "*"],
        }
        for each in writable
    ]
