"""The exchange with each peer: what waits, trying again, comparing; and every open alarm. No content is shown."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from jusur.accounts import api as accounts
from jusur.desk.settings.forms import DismissForm
from jusur.directory import api as directory
from jusur.exchange import api as exchange
from jusur.kernel.errors import InvalidInputError, JusurError, NotFoundError
from jusur.kernel.ids import parse_id
from jusur.ledger import api as ledger

ACT = "settings.manage"
RETRIED = ("message-failed", "transfer-failed")
"""Alarms whose subject can be tried again."""


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every peer: last heard, what waits for it, since when; and packages on their way here."""
    accounts.acting(request, ACT)
    peers, queues = exchange.peers(), {queue.route: queue for queue in exchange.queues()}
    rows = [{"address": each, "peer": peers.get(each), "queue": queues.get(each)} for each in {*peers, *queues}]
    rows.sort(key=lambda row: (row["queue"] is None, str(row["address"])))
    return render(request, "settings/exchange.html", {"rows": rows, "transfers": exchange.transfers_open()})


@require_safe
def peer(request: HttpRequest, address: str) -> HttpResponse:
    """One peer: the deliveries that wait for its gate."""
    accounts.acting(request, ACT)
    found = exchange.peers().get(address)
    if found is None and address not in {queue.route for queue in exchange.queues()}:
        raise NotFoundError("Nothing was exchanged with this address.")
    context = {"address": address, "peer": found, "waiting": exchange.waiting(address)}
    return render(request, "settings/peer.html", context)


@require_POST
def retry(request: HttpRequest, subject: UUID) -> HttpResponse:
    """Try again now whatever ``subject`` names: a delivery, a transfer, a failed message."""
    actor = accounts.acting(request, ACT)
    exchange.retry(subject, actor=actor.reference)
    messages.success(request, _("It is tried again now."))
    return HttpResponseRedirect(_back(request))


@require_POST
def compare(request: HttpRequest, address: str) -> HttpResponse:
    """Compare with a peer what was exchanged, and send again what one side lacks."""
    accounts.acting(request, ACT)
    if address not in exchange.peers():
        raise NotFoundError("Nothing was exchanged with this address.")
    exchange.reconcile_with(address)
    messages.success(request, _("Compared. What one side lacked is sent again."))
    return HttpResponseRedirect(reverse("settings:peer", args=[address]))


@require_safe
def alarms(request: HttpRequest) -> HttpResponse:
    """Every open alarm, with what to do."""
    actor = accounts.acting(request, "alarm.dismiss")
    rows = [row | {"retry": _subject(row)} for row in exchange.open_alarms()]
    context = {
        "rows": rows,
        "of_directory": directory.alarms() if directory.has_directory() else [],
        "of_logs": ledger.alarms(),
        "form": DismissForm(),
        "administrator": ACT in accounts.permitted_acts(actor.roles),
    }
    return render(request, "settings/alarms.html", context)


@require_POST
def dismiss(request: HttpRequest, number: int) -> HttpResponse:
    """Close an alarm of the exchange, saying why."""
    actor = accounts.acting(request, "alarm.dismiss")
    exchange.alarm_dismiss(number, actor=actor.reference, reason=_reason(request))
    messages.success(request, _("The alarm is closed."))
    return HttpResponseRedirect(reverse("settings:alarms"))


@require_POST
def resolve(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Close an alarm about a peer's log with what was found out."""
    actor = accounts.acting(request, "alarm.dismiss")
    found = next((alarm for alarm in ledger.alarms() if alarm.id == alarm_id), None)
    if found is None:
        raise NotFoundError("There is no such alarm.")
    ledger.alarm_resolve(found, actor=actor.reference, resolution=_reason(request))
    messages.success(request, _("The alarm is closed."))
    return HttpResponseRedirect(reverse("settings:alarms"))


def _reason(request: HttpRequest) -> str:
    form = DismissForm(request.POST)
    if not form.is_valid():
        raise InvalidInputError(_("Say why the alarm is closed."), fix=_("Go back and write a sentence."))
    return str(form.cleaned_data["reason"])


def _subject(row: dict[str, Any]) -> str:
    """What an alarm's trouble can be tried again by, or ""."""
    if row["kind"] not in RETRIED:
        return ""
    try:
        return str(parse_id(row["subject"]))
    except JusurError:
        return ""


def _back(request: HttpRequest) -> str:
    address = request.POST.get("peer", "")
    if address and address in exchange.peers():
        return reverse("settings:peer", args=[address])
    return reverse("settings:alarms") if request.POST.get("from") == "alarms" else reverse("settings:exchange")
