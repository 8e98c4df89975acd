"""One conversation: its messages, their deliveries and receipts, the answer, the second officer's approval."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jusur.accounts import api as accounts
from jusur.desk.kit import forms as kit_forms
from jusur.desk.messages import people
from jusur.desk.messages.forms import ReplyForm, reply_to
from jusur.exchange import api as exchange
from jusur.kernel.clock import parse_timestamp, timestamp
from jusur.kernel.errors import JusurError, NotFoundError

PAGE = 50
MANY = 4
"""A message to more recipients shows how many have it instead of each delivery."""


@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Read a conversation, and answer in it."""
    actor = accounts.acting(request, "message.write" if request.method == "POST" else "message.read")
    before = request.GET.get("before", "")
    unseen = 0 if before else exchange.conversation_unseen(conversation_id, officer=actor.id)
    found = exchange.conversation(
        conversation_id,
        before=parse_timestamp(before, field="before") if before else None,
        limit=max(PAGE, unseen + 1),
    )
    if request.method == "GET" and not before:
        exchange.conversation_opened(conversation_id, actor=actor.reference, officer=actor.id)
    last = _answerable(found["items"])
    form = ReplyForm(request.POST or None, initial={"in_reply_to": last["id"] if last else None})
    if request.method == "POST" and last is not None and form.is_valid() and _answer(form, found, actor.reference):
        messages.success(request, _("Your answer is on its way."))
        return HttpResponseRedirect(reverse("messages:conversation", args=[conversation_id]) + "#last")
    context = {
        "conversation": found,
        "items": _shown(found["items"], unseen),
        "officers": people.officers(_references(found["items"])),
        "subject": _subject(found["items"]),
        "form": form,
        "last": last,
        "earlier": timestamp(found["earlier"]) if found["earlier"] else "",
        "actor": actor.reference,
        "unseen": unseen,
    }
    return render(request, "messages/conversation.html", context)


@require_POST
def approve(request: HttpRequest, conversation_id: UUID, message_id: UUID) -> HttpResponse:
    """Approve another officer's draft, which is then sent."""
    actor = accounts.acting(request, "message.write")
    exchange.message_of(message_id, conversation_id)
    exchange.approve(message_id, actor=actor.reference)
    messages.success(request, _("Approved. The message is on its way."))
    return HttpResponseRedirect(reverse("messages:conversation", args=[conversation_id]))


@require_safe
def board(request: HttpRequest, conversation_id: UUID, message_id: UUID) -> HttpResponse:
    """Who of many recipients has received a message, and who has read it."""
    accounts.acting(request, "message.read")
    found = exchange.message_of(message_id, conversation_id)
    if found["direction"] != "sent":
        raise NotFoundError(_("Only a sent message has recipients to follow."))
    view = request.GET.get("view", "")
    context = {
        "message": found,
        "conversation_id": conversation_id,
        "figures": _figures(found["deliveries"]),
        "view": view,
        "deliveries": [one for one in found["deliveries"] if _matches(one, view)],
        "officers": people.officers([found["actor"], found["approved_by"]]),
    }
    return render(request, "messages/board.html", context)


@require_safe
def receipt(request: HttpRequest, conversation_id: UUID, message_id: UUID, recipient: str) -> HttpResponse:
    """A recipient's signed receipt, checked anew."""
    accounts.acting(request, "message.read")
    found = exchange.message_of(message_id, conversation_id)
    context = {
        "message": found,
        "conversation_id": conversation_id,
        "recipient": recipient,
        "found": exchange.receipt_view(message_id, recipient),
        "delivery": next((one for one in found.get("deliveries", []) if one["recipient"] == recipient), None),
    }
    return render(request, "messages/receipt.html", context)


@require_safe
def receipt_file(request: HttpRequest, conversation_id: UUID, message_id: UUID, recipient: str) -> HttpResponse:
    """The receipt as a file for the offline verifier."""
    accounts.acting(request, "message.read")
    exchange.message_of(message_id, conversation_id)
    document = exchange.receipt_view(message_id, recipient)["document"]
    response = HttpResponse(json.dumps(document, indent=1), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="receipt-{recipient}-{message_id}.dsse.json"'
    return response


def _answer(form: ReplyForm, found: dict[str, Any], actor: str) -> bool:
    answered = next((one for one in found["items"] if one["id"] == form.cleaned_data["in_reply_to"]), None)
    if answered is None or answered["forgotten"]:
        form.add_error(None, _("The message you answer is not in this conversation any more."))
        return False
    try:
        exchange.message_send(
            **reply_to(answered, form.cleaned_data["text"]), conversation=str(found["id"]), actor=actor
        )
    except JusurError as error:
        kit_forms.show_error(form, error)
        return False
    return True


def _answerable(items: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The message that an answer answers: the last received one, else the last sent one."""
    whole = [one for one in items if not one["forgotten"] and not one.get("drafted")]
    received = [one for one in whole if one["direction"] == "received"]
    found = received or whole
    return found[-1] if found else None


def _shown(items: list[dict[str, Any]], unseen: int) -> list[dict[str, Any]]:
    received = [one["id"] for one in items if one["direction"] == "received"]
    new = set(received[-unseen:]) if unseen else set()
    for one in items:
        one["new"] = one["direction"] == "received" and one["id"] in new
        if one["direction"] == "sent":
            one["many"] = len(one["deliveries"]) > MANY
            one["figures"] = _figures(one["deliveries"])
    return items


def _figures(deliveries: list[dict[str, Any]]) -> dict[str, int]:
    return {
        "all": len(deliveries),
        "received": sum(one["state"] == "receipted" for one in deliveries),
        "read": sum(one["acknowledged_at"] is not None for one in deliveries),
        "waiting": sum(_matches(one, "waiting") for one in deliveries),
        "failed": sum(_matches(one, "failed") for one in deliveries),
    }


def _matches(delivery: dict[str, Any], view: str) -> bool:
    state, read = delivery["state"], delivery["acknowledged_at"] is not None
    wanted: dict[str, bool] = {
        "received": state == "receipted",
        "read": read,
        "waiting": state in {"queued", "delivered", "drafted", "approved"},
        "failed": state in {"refused", "expired"},
    }
    return wanted.get(view, True)


def _subject(items: list[dict[str, Any]]) -> str:
    subjects = (str(one["body"].get("subject", "")) for one in items)
    return next((subject for subject in subjects if subject), "")


def _references(items: list[dict[str, Any]]) -> list[str]:
    return [one[name] for one in items if one["direction"] == "sent" for name in ("actor", "approved_by")]
