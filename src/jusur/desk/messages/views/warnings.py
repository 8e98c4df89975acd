"""Warnings to many bureaus: written, looked over with everyone who will get it, then sent."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from jusur.accounts import api as accounts
from jusur.desk.kit import forms as kit_forms
from jusur.desk.messages import people
from jusur.desk.messages.forms import WarningForm
from jusur.desk.messages.views.writing import fields_of
from jusur.exchange import api as exchange
from jusur.kernel.errors import JusurError, NotFoundError
from jusur.kernel.ids import new_id


@require_safe
def new(request: HttpRequest) -> HttpResponse:
    """An empty warning; nothing is kept before something is written."""
    accounts.acting(request, "message.write")
    return _page(request, WarningForm(), new_id())


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, unsent_id: UUID) -> HttpResponse:
    """Write a warning, then look it over."""
    actor = accounts.acting(request, "message.write")
    if request.method != "POST":
        return _page(request, WarningForm(initial=_kept(unsent_id, actor).fields), unsent_id)
    exchange.written_keep(unsent_id, officer=actor.id, warning=True, fields=fields_of(request))
    form = WarningForm(request.POST)
    if request.POST.get("act") == "keep":
        messages.success(request, _("Kept. You find it under what you have not sent."))
        return HttpResponseRedirect(reverse("messages:warn-write", args=[unsent_id]))
    if not form.is_valid():
        return _page(request, form, unsent_id)
    return HttpResponseRedirect(reverse("messages:warn-review", args=[unsent_id]))


@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, unsent_id: UUID) -> HttpResponse:
    """Everyone who will get it, and how it will read; sent from here."""
    actor = accounts.acting(request, "message.write")
    unsent = _kept(unsent_id, actor)
    form = WarningForm(_as_posted(unsent.fields))
    if not form.is_valid():
        return HttpResponseRedirect(reverse("messages:warn-write", args=[unsent_id]))
    sent = _send(form, unsent, actor) if request.method == "POST" else None
    if sent is not None:
        waits = form.cleaned_data["second"]
        messages.success(
            request, _("A second officer must approve it now.") if waits else _("The warning is on its way.")
        )
        return HttpResponseRedirect(reverse("messages:conversation", args=[sent["conversation"]]))
    recipients = form.recipients()
    context = {
        "form": form,
        "unsent": unsent,
        "warning": form.cleaned_data,
        "regions": people.by_region(recipients),
        "count": len(recipients),
    }
    return render(request, "messages/warn_review.html", context)


def _send(form: WarningForm, unsent: exchange.Written, actor: accounts.Actor) -> dict[str, Any] | None:
    arguments = form.warning()
    if not arguments["to"]:
        form.add_error(None, _("Nobody of those you chose takes part now."))
        return None
    try:
        sent = exchange.warning_send(**arguments, actor=actor.reference)
    except JusurError as error:
        kit_forms.show_error(form, error)
        return None
    exchange.written_discard(unsent.id, officer=actor.id)
    return sent


def _kept(unsent_id: UUID, actor: accounts.Actor) -> exchange.Written:
    unsent = exchange.written(unsent_id, officer=actor.id)
    if not unsent.warning:
        raise NotFoundError(_("This is a message and not a warning."), fix=_("Open it under what you have not sent."))
    return unsent


def _as_posted(fields: dict[str, Any]) -> MultiValueDict[str, Any]:
    return MultiValueDict({name: value if isinstance(value, list) else [value] for name, value in fields.items()})


def _page(request: HttpRequest, form: WarningForm, unsent_id: UUID) -> HttpResponse:
    bureaus = people.by_region(address for address, _name in people.organisations_active("bureau"))
    context = {
        "form": form,
        "unsent_id": unsent_id,
        "bureaus": bureaus,
        "chosen": set(form["to"].value() or []),
        "total": sum(len(found) for _region, found in bureaus),
    }
    return render(request, "messages/warn.html", context)
