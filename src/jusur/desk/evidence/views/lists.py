"""The list of packages, and opening a new one."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from jusur.accounts import api as accounts
from jusur.desk.evidence import shown
from jusur.desk.evidence.forms import AnswerForm, ConditionsFields, FilterForm, PackageForm
from jusur.desk.kit.forms import show_error
from jusur.evidence import api as evidence
from jusur.kernel.errors import JusurError
from jusur.kernel.ids import parse_id
from jusur.rows.pages import page

DIRECTIONS = ("", "incoming", "outgoing")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Packages sent and received, newest first."""
    accounts.acting(request, "evidence.read")
    form = FilterForm(request.GET)
    narrowed = form.cleaned_data if form.is_valid() else {"state": "", "partner": "", "case": ""}
    direction = request.GET.get("direction", "")
    rows = evidence.packages(
        state=narrowed["state"],
        partner=narrowed["partner"],
        direction=direction if direction in DIRECTIONS else "",
        case_reference=narrowed["case"].strip(),
        request=request.GET.get("request", ""),
    )
    found = page(rows, shown.row, cursor=request.GET.get("cursor", ""))
    context = {"page": found, "form": form, "direction": direction, "narrowed": _is_narrowed(request)}
    return render(request, "evidence/index.html", context)


def _is_narrowed(request: HttpRequest) -> bool:
    return any(request.GET.get(name) for name in ("state", "partner", "case", "direction", "request", "cursor"))


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new package: in answer to the request that ``?request=`` names, or of spontaneous information."""
    actor = accounts.acting(request, "evidence.acquire")
    wanted = request.GET.get("request", "")
    asked = evidence.request(parse_id(wanted, field="request")) if wanted else None
    form = _form(request, asked)
    if request.method == "POST" and form.is_valid():
        try:
            package = evidence.package_open(actor=actor, conditions=form.conditions(), **_said(form, asked))
        except JusurError as error:
            show_error(form, error)
        else:
            return HttpResponseRedirect(reverse("evidence:collect", args=[package.id]))
    return render(request, "evidence/new.html", {"form": form, "asked": asked})


def _form(request: HttpRequest, asked: evidence.EvidenceRequest | None) -> ConditionsFields:
    given = request.POST if request.method == "POST" else None
    if asked is None:
        return PackageForm(given)
    accepted = asked.content["conditions"]
    initial = accepted | {"purposes": "\n".join(accepted["purposes"] or [asked.content["purpose"][:400]])}
    return AnswerForm(given, initial=initial)


def _said(form: ConditionsFields, asked: evidence.EvidenceRequest | None) -> dict[str, Any]:
    said = form.cleaned_data
    if asked is not None:
        return {"request_id": asked.id, "completes": said["completes"] == "yes"}
    return {name: said[name] for name in ("to", "case_reference", "purpose", "legal_basis")}
