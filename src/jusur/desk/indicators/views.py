"""The indicators: the page, their definitions, the table as CSV, the paper as PDF."""

import csv
import io
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from jusur.accounts import api as accounts
from jusur.desk.indicators import paper as papers
from jusur.desk.indicators.figures import Figures
from jusur.desk.indicators.forms import IndicatorForm
from jusur.indicators import api as indicators

ACT = "indicators.read"
INJECTING = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would take for a formula (OWASP, CSV injection)."""


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """How long evidence takes: by stage, by group, as a curve; and how requests ended."""
    accounts.acting(request, ACT)
    form = _form(request)
    return render(request, "indicators/index.html", {"form": form, "figures": Figures(form.asked())})


@require_safe
def definitions(request: HttpRequest) -> HttpResponse:
    """What each figure means and from which events it is read."""
    accounts.acting(request, ACT)
    return render(request, "indicators/definitions.html", {"stages": indicators.STAGES})


@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """The figures as a table for a spreadsheet, in seconds and with the codes of the API."""
    accounts.acting(request, ACT)
    found = Figures(_form(request).asked())
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows(map(_safe, rows(found)))
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="evidence-exchange.csv"'
    return response


@require_safe
def paper(request: HttpRequest) -> HttpResponse:
    """The figures on paper, in the reader's language."""
    accounts.acting(request, ACT)
    made = papers.pdf(Figures(_form(request).asked()))
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="evidence-exchange.pdf"'
    return response


def rows(found: Figures) -> Iterable[list[Any]]:
    """The table: a row for each stage, then one for each group with its outcomes."""
    yield [_("Stage"), "stage", _("Cases"), _("Open"), _("Median, seconds"), _("90th percentile, seconds")]
    for row in found.stages:
        yield [row.label, row.name, row.count, row.open, row.median, row.ninetieth]
    yield []
    yield [found.by_label, found.asked.by, _("Requests"), _("Fulfilled"), _("Refused"), _("Late")]
    for name, label, figures in found.outcomes:
        yield [label, name, figures["requests"], figures["fulfilled"], figures["refused"], figures["late"]]


def _safe(row: list[Any]) -> list[Any]:
    return [f"'{cell}" if isinstance(cell, str) and cell.startswith(INJECTING) else cell for cell in row]


def _form(request: HttpRequest) -> IndicatorForm:
    return IndicatorForm(request.GET)
