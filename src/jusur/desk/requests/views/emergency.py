"""Danger to life or safety: one screen, then a second officer, then the express lane."""

from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from jusur.accounts import api as accounts
from jusur.desk.kit import language
from jusur.desk.kit.forms import show_error
from jusur.desk.requests import drafts, law, reading
from jusur.desk.requests.forms import EmergencyForm
from jusur.evidence import api as evidence
from jusur.kernel.errors import JusurError
from jusur.node import context as node

MEASURE = evidence.Measure.EMERGENCY
ANYBODY = "icpo-rpd"
"""The instrument between any two members, whose fields show until a bureau is chosen."""
URGENCY: Final = "emergency"


@require_http_methods(["GET", "POST"])
def emergency(request: HttpRequest) -> HttpResponse:
    """The form; sent, it drafts the request and asks for approval in one step."""
    actor = accounts.acting(request, "request.draft")
    own = node.current().address
    partners = law.bureaus(own)
    given = request.POST if request.method == "POST" else request.GET
    to = given.get("to", "") if given.get("to", "") in dict(partners) else ""
    option = _option(own, to)
    content = _empty(option.instrument if option else ANYBODY)
    before = drafts.last_content(actor.id)
    authority = before.get("contents", {}).get("authority", "")
    form = EmergencyForm(
        request.POST if request.method == "POST" else None,
        partners=partners,
        needed=drafts.needed(content),
        initial={"to": to, drafts.PREFIX + "authority": authority},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = _ask(to, content, form.cleaned_data, actor)
        except JusurError as error:
            show_error(form, error)
        else:
            messages.success(
                request, _("Submitted. Call an officer who may approve it: it is sent the moment they do.")
            )
            return HttpResponseRedirect(reverse("requests:detail", args=[made.id]))
    context = {"form": form, "to": to, "option": option, "approvers": reading.approvers(actor.id)}
    return render(request, "requests/emergency.html", context)


@transaction.atomic
def _ask(to: str, content: dict[str, Any], cleaned: dict[str, Any], actor: accounts.Actor) -> evidence.EvidenceRequest:
    contents = {name.removeprefix(drafts.PREFIX): text for name, text in cleaned.items() if name.startswith("c_")}
    made = evidence.request_draft(
        to=to,
        content=content
        | {
            "case_reference": cleaned["case_reference"],
            "purpose": cleaned["purpose"],
            "offence": {"description": cleaned["offence"]},
            "contents": contents,
            "language": language.current(),
        },
        actor=actor,
    )
    return evidence.request_submit(request_id=made.id, actor=actor)


def _option(own: str, to: str) -> law.Option | None:
    offers = law.offers(own, to, URGENCY) if to else []
    return next((offer.first for offer in offers if offer.measure == MEASURE), None)


def _empty(instrument: str) -> dict[str, Any]:
    return {"measure": str(MEASURE), "instrument": instrument, "urgency": URGENCY, "contents": {}}
