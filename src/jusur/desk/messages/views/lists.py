"""The list of conversations, and what an officer has begun to write."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from jusur.accounts import api as accounts
from jusur.desk.kit import words
from jusur.desk.kit.forms import Filters
from jusur.desk.messages.people import organisations_known
from jusur.exchange import api as exchange

VIEWS = ("", "unread", "received", "sent", "waiting", "failed", "drafted")
"""Tabs over the list; the first shows everything."""


class FilterForm(Filters):
    """Which conversations are shown."""

    partner = forms.ChoiceField(label=gettext_lazy("Bureau or organisation"), required=False)
    priority = forms.ChoiceField(label=gettext_lazy("Priority"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        anything = [("", _("All"))]
        self.fields["partner"].choices = [*anything, *organisations_known()]  # type: ignore[attr-defined]
        self.fields["priority"].choices = [*anything, *words.choices("message-priority")]  # type: ignore[attr-defined]


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Conversations, the newest first."""
    actor = accounts.acting(request, "message.read")
    form = FilterForm(request.GET or None)
    chosen = form.cleaned_data if form.is_valid() else {}
    view = request.GET.get("view", "")
    view = view if view in VIEWS else ""
    page = exchange.conversations(
        officer=actor.id,
        wanted=_wanted(view, chosen),
        cursor=request.GET.get("cursor", ""),
    )
    context = {
        "page": page,
        "form": form if form.is_bound else FilterForm(),
        "view": view,
        "tabs": _tabs(view, exchange.conversations_unread(actor.id), exchange.drafts_waiting()),
        "filtered": any(chosen.values()),
    }
    return render(request, "messages/index.html", context)


@require_POST
def mark_read(request: HttpRequest) -> HttpResponse:
    """Nothing received so far counts as unread by this officer any more."""
    actor = accounts.acting(request, "message.read")
    exchange.conversations_mark_read(actor.id)
    messages.success(request, _("Everything received so far is marked as read for you. No sender is told."))
    return HttpResponseRedirect(reverse("messages:index"))


@require_safe
def unsent(request: HttpRequest) -> HttpResponse:
    """What this officer has begun to write."""
    actor = accounts.acting(request, "message.write")
    return render(request, "messages/unsent.html", {"unsent": exchange.written_by(actor.id)})


def _wanted(view: str, chosen: dict[str, Any]) -> exchange.ConversationsWanted:
    return exchange.ConversationsWanted(
        partner=chosen.get("partner", ""),
        priority=chosen.get("priority", ""),
        direction=view if view in {"received", "sent"} else "",  # type: ignore[arg-type] # one of VIEWS
        standing=view if view in {"waiting", "failed", "drafted"} else "",  # type: ignore[arg-type] # likewise
        unread=view == "unread",
    )


def _tabs(view: str, unread: int, drafted: int) -> list[dict[str, Any]]:
    labels = {
        "": _("All"),
        "unread": _("Unread"),
        "received": _("With received messages"),
        "sent": _("With sent messages"),
        "waiting": _("Not yet received"),
        "failed": _("Refused or expired"),
        "drafted": _("For approval"),
    }
    counts = {"unread": unread, "drafted": drafted}
    return [
        {"view": name, "label": label, "here": name == view, "count": _capped(counts.get(name, 0))}
        for name, label in labels.items()
    ]


def _capped(count: int) -> str:
    return f"{count - 1}+" if count >= 100 else str(count or "")  # noqa: PLR2004 - counted to a hundred
