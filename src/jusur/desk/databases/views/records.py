"""This bureau's own records: found again, shown with their handling and every version."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jusur.accounts import api as accounts
from jusur.databases import api as databases
from jusur.desk.databases import versions
from jusur.desk.databases.forms import OwnForm, ReasonForm
from jusur.desk.search import names, reading


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Own records, the newest first; others' are found by searching, never listed."""
    accounts.acting(request, "record.read")
    form = OwnForm(request.GET or None)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    page = databases.records_own(
        text=chosen.get("text", ""),
        database=chosen.get("database", ""),
        state=chosen.get("state", "") or "held",
        cursor=request.GET.get("cursor", ""),
    )
    named = names.databases_named(each["record"].database_id for each in page["items"])
    for each in page["items"]:
        record = each["record"]
        properties = (record.entity or {}).get("properties", {})
        each["title"] = reading.titled(databases.record_caption(properties), properties)
        each["database"] = named[record.database_id]
    narrowed = bool(chosen.get("text") or chosen.get("database") or chosen.get("state", "held") not in {"", "held"})
    context = {"page": page, "form": form if form.is_bound else OwnForm(), "narrowed": narrowed}
    return render(request, "databases/records.html", context)


@require_safe
def detail(request: HttpRequest, record_id: UUID) -> HttpResponse:
    """One record of this bureau."""
    accounts.acting(request, "record.read")
    return page_of(request, databases.record_own(record_id))


def page_of(
    request: HttpRequest, record: Any, *, withdrawing: ReasonForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of ``record``."""
    properties = (record.entity or {}).get("properties", {})
    earlier = databases.record_versions(record.id)
    people = names.officers([record.recorded_by, *(each.recorded_by for each in earlier)])
    allowed = list(record.allowed_recipients)
    context = {
        "record": record,
        "title": reading.titled(databases.record_caption(properties), properties),
        "lines": reading.lines(properties),
        "database": names.databases_named([record.database_id])[record.database_id],
        "purposes": [names.purpose(each) for each in record.purposes],
        "everybody": "*" in allowed,
        "allowed": [each for each in allowed if each != "*"],
        "history": versions.history(record, earlier, people),
        "recorder": people.get(record.recorded_by, ""),
        "withdrawing": withdrawing or ReasonForm(),
        "opened": withdrawing is not None,
    }
    return render(request, "databases/record.html", context, status=status)
