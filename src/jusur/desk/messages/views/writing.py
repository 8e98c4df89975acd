"""Writing a message: the form, kept as it is typed; files beside it; sending, or asking a second officer."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jusur.accounts import api as accounts
from jusur.desk.kit import forms as kit_forms
from jusur.desk.messages import people
from jusur.desk.messages.forms import MessageForm, initial_of
from jusur.desk.messages.views import uploads
from jusur.exchange import api as exchange
from jusur.kernel.clock import now
from jusur.kernel.errors import JusurError, NotFoundError
from jusur.kernel.ids import new_id, parse_id

SERVICE = frozenset({"csrfmiddlewaretoken", "act", "file", "form"})
"""Fields of a form that are not what was written."""


@require_safe
def new(request: HttpRequest) -> HttpResponse:
    """An empty form, or one that answers a message; nothing is kept before something is written."""
    actor = accounts.acting(request, "message.write")
    unsent = exchange.Written(id=new_id(), warning=False, fields={}, files=(), changed_at=now())
    form = MessageForm(initial=_begun(request))
    return _page(request, actor, form, unsent)


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, unsent_id: UUID) -> HttpResponse:
    """Go on writing; keep it, bring a file, or send it."""
    actor = accounts.acting(request, "message.write")
    if request.method != "POST":
        unsent = exchange.written(unsent_id, officer=actor.id)
        if unsent.warning:
            return HttpResponseRedirect(reverse("messages:warn-write", args=[unsent_id]))
        return _page(request, actor, MessageForm(initial=unsent.fields), unsent)
    unsent = exchange.written_keep(unsent_id, officer=actor.id, fields=fields_of(request))
    form = MessageForm(request.POST)
    if request.POST.get("act") == "keep":
        messages.success(request, _("Kept. You find it under what you have not sent."))
        return HttpResponseRedirect(reverse("messages:write", args=[unsent_id]))
    sent = _send(form, unsent, actor) if form.is_valid() else None
    if sent is None:
        return _page(request, actor, form, unsent)
    waits = form.cleaned_data["second"]
    said = _("A second officer must approve it now.") if waits else _("The message is on its way.")
    messages.success(request, said)
    return HttpResponseRedirect(reverse("messages:conversation", args=[sent["conversation"]]))


@require_POST
def keep(request: HttpRequest, unsent_id: UUID) -> HttpResponse:
    """Keep what is being typed, for the page's own script."""
    actor = accounts.acting(request, "message.write")
    warning = request.POST.get("form") == "warning"
    exchange.written_keep(unsent_id, officer=actor.id, warning=warning, fields=fields_of(request))
    place = "messages:warn-write" if warning else "messages:write"
    return JsonResponse({"at": reverse(place, args=[unsent_id])})


@require_POST
def discard(request: HttpRequest, unsent_id: UUID) -> HttpResponse:
    """Throw away what was written, with its files."""
    actor = accounts.acting(request, "message.write")
    unsent = exchange.written(unsent_id, officer=actor.id)
    uploads.drop_all(unsent.files, actor)
    exchange.written_discard(unsent_id, officer=actor.id)
    messages.success(request, _("Discarded."))
    return HttpResponseRedirect(reverse("messages:unsent"))


def fields_of(request: HttpRequest) -> dict[str, Any]:
    """What was written, field by field; fields of which several are chosen as lists."""
    several = {"to", "regions"}
    return {
        name: values if name in several else values[-1]
        for name, values in request.POST.lists()
        if name not in SERVICE and values
    }


def sending(files: tuple[str, ...], actor: accounts.Actor, send: Callable[[list[exchange.OpenFile]], Any]) -> Any:
    """Call ``send`` with the brought files open; afterwards they are removed, unless it raised."""
    with ExitStack() as stack:
        opened = [uploads.opened(name, actor, stack) for name in files]
        sent = send(opened)
    uploads.drop_all(files, actor)
    return sent


def _send(form: MessageForm, unsent: exchange.Written, actor: accounts.Actor) -> dict[str, Any] | None:
    try:
        sent: dict[str, Any] = sending(
            unsent.files,
            actor,
            lambda opened: exchange.message_send(**form.message(), opened=opened, actor=actor.reference),
        )
    except JusurError as error:
        kit_forms.show_error(form, error)
        return None
    exchange.written_discard(unsent.id, officer=actor.id)
    return sent


def _page(request: HttpRequest, actor: accounts.Actor, form: MessageForm, unsent: exchange.Written) -> HttpResponse:
    chosen = set(form["to"].value() or [])
    context = {
        "form": form,
        "unsent": unsent,
        "files": uploads.listed(unsent.files, actor),
        "recipients": people.by_region(address for address, _name in people.organisations_active()),
        "chosen": chosen,
        "kept": bool(unsent.fields),
        "largest": uploads.MAX_PLAIN,
    }
    return render(request, "messages/write.html", context)


def _begun(request: HttpRequest) -> dict[str, Any]:
    """How the form begins: to whom (``?to=``), and what it answers (``?conversation=&reply=``)."""
    begun: dict[str, Any] = {"to": request.GET.getlist("to")}
    if request.GET.get("reply"):
        conversation = parse_id(request.GET.get("conversation", ""), field="conversation")
        answered = exchange.message_of(parse_id(request.GET["reply"], field="reply"), conversation)
        if answered["forgotten"]:
            raise NotFoundError(_("The message you answer is not in this conversation any more."))
        begun = initial_of(answered) | {"conversation": conversation}
    return begun
