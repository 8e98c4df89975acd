"""The list of requests."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jusur.accounts import api as accounts
from jusur.desk.requests import law
from jusur.desk.requests.forms import FilterForm
from jusur.desk.requests.words import OURS, next_act
from jusur.evidence import api as evidence
from jusur.node import context as node
from jusur.rows.pages import page


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Requests made and received, newest first; with a deadline filter the newest of those that are pressing."""
    accounts.acting(request, "request.read")
    form = FilterForm(request.GET, partners=law.bureaus(node.current().address))
    wanted = form.cleaned_data if form.is_valid() else {}
    rows = evidence.request_list(
        side=wanted.get("side", ""),
        state=wanted.get("state", ""),
        partner=wanted.get("partner", ""),
        urgency=wanted.get("urgency", ""),
        due=wanted.get("due", ""),
        case_start=wanted.get("case", ""),
    ).defer("content")
    shown = page(rows, row, cursor=request.GET.get("cursor", ""))
    narrowed = any(value for name, value in wanted.items() if name != "side")
    context = {"form": form, "page": shown, "side": wanted.get("side", ""), "narrowed": narrowed}
    return render(request, "requests/index.html", context)


def row(request: evidence.EvidenceRequest) -> dict[str, Any]:
    """A request as a row of the list."""
    standing = (request.side, request.state)
    next_ = next_act(request.side, request.state, request.measure)
    open_ = request.state in evidence.OPEN
    return {
        "id": request.id,
        "case_reference": request.case_reference,
        "side": request.side,
        "partner": request.counterpart,
        "measure": request.measure,
        "state": request.state,
        "urgency": request.urgency,
        "due_at": request.due_at if open_ or request.answered_at else None,
        "started_at": request.received_at or request.sent_at,
        "answered_at": request.answered_at,
        "stopped": request.state == evidence.State.CLARIFICATION_ASKED,
        "next": next_,
        "ours": standing in OURS and next_ != "",
    }
