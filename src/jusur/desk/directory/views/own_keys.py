"""This node's own keys: what they are, joining a network with them, new ones in their place."""

import base64
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jusur.accounts import api as accounts
from jusur.crypto.keys import SigningKey
from jusur.desk.directory import pictures
from jusur.desk.directory.forms import AnswerForm, CompleteForm, InvitationForm, NewKeysForm
from jusur.desk.kit.forms import show_error
from jusur.directory import api as directory
from jusur.kernel.errors import JusurError
from jusur.node import context as node

ACT = "directory.manage"


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """This node's keys, the directory's, and what can be done with them."""
    accounts.acting(request, ACT)
    own, joined = node.current().address, directory.has_directory()
    keys = directory.organisation(own).keys if joined else ()
    held = sorted(keys, key=lambda key: (key.state != "active", key.use, key.not_before))
    words = directory.directory_fingerprint() if joined else ""
    context = {
        "joined": joined,
        "keys": [{"key": key, "facts": directory.key_facts(key)} for key in held],
        "words": words,
        "qr": pictures.qr(words) if words else "",
        "current": directory.current() if joined else None,
        "expires": directory.expires() if joined else None,
        "alarms": directory.alarms() if joined else [],
        "waiting": directory.keys_waiting(),
        "secretariat": is_secretariat(),
    }
    return render(request, "directory/keys.html", context)


@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Ask to join: paste the invitation; read the request's words to the secretariat; enter the welcome."""
    actor = accounts.acting(request, ACT)
    if directory.has_directory():
        return HttpResponseRedirect(reverse("directory:keys"))
    form = InvitationForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _asked(request, form.cleaned_data, actor.reference)
        except JusurError as error:
            show_error(form, error)
    made = next(iter(directory.join_requests(state="made")), None)
    anew = "anew" in request.GET or request.method == "POST"
    if made is not None and not anew:
        return render(request, "directory/join_words.html", _words_of(made.id) | {"form": CompleteForm()})
    return render(request, "directory/join.html", {"form": form, "made": made})


@require_POST
def complete(request: HttpRequest) -> HttpResponse:
    """Enter the network with the secretariat's welcome and the words it read out."""
    actor = accounts.acting(request, ACT)
    made = next(iter(directory.join_requests(state="made")), None)
    if made is None:
        return HttpResponseRedirect(reverse("directory:join"))
    form = CompleteForm(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data
        try:
            bundle = given["welcome"] or directory.fetch_welcome(str(given["invitation"]).strip().encode())
            directory.join_complete(
                bundle=bundle,
                keys=directory.holder_keys(),
                fingerprint=given["fingerprint"],
                store=directory.store_certificates,
                actor=actor.reference,
            )
        except JusurError as error:
            show_error(form, error)
        else:
            messages.success(request, _("This node is in the network. Restart its processes: its gate opens then."))
            return HttpResponseRedirect(reverse("directory:index"))
    return render(request, "directory/join_words.html", _words_of(made.id) | {"form": form})


@require_http_methods(["GET", "POST"])
def renew(request: HttpRequest) -> HttpResponse:
    """Ask for new keys; where a request waits: its words, its file, and the answer's place."""
    accounts.acting(request, ACT)
    waiting = directory.keys_waiting()
    if waiting is not None:
        context = {"waiting": waiting, "form": AnswerForm(), "file": _link(waiting.envelope)}
        return render(request, "directory/renew_waiting.html", context | _shown(waiting.fingerprint))
    form = NewKeysForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        uses = () if given["emergency"] else tuple(given["uses"])
        try:
            directory.rotation_request(uses, emergency=given["emergency"], recovery=given["recovery"])
        except JusurError as error:
            show_error(form, error)
        else:
            messages.success(request, _("The new keys are made. They wait until the secretariat grants them."))
            return HttpResponseRedirect(reverse("directory:renew"))
    return render(request, "directory/renew.html", {"form": form})


@require_POST
def install(request: HttpRequest) -> HttpResponse:
    """Take the secretariat's answer and use the new keys."""
    actor = accounts.acting(request, ACT)
    waiting = directory.keys_waiting()
    if waiting is None:
        return HttpResponseRedirect(reverse("directory:renew"))
    form = AnswerForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            directory.rotation_install(form.cleaned_data["paper"], actor=actor.reference)
        except JusurError as error:
            show_error(form, error)
        else:
            messages.success(request, _("The new keys are in place. Restart the node's processes now."))
            return HttpResponseRedirect(reverse("directory:keys"))
    context = {"waiting": waiting, "form": form, "file": _link(waiting.envelope)}
    return render(request, "directory/renew_waiting.html", context | _shown(waiting.fingerprint))


@require_POST
def abandon(request: HttpRequest) -> HttpResponse:
    """Give up the request for new keys."""
    actor = accounts.acting(request, ACT)
    directory.keys_abandon(actor=actor.reference)
    messages.success(request, _("The request is given up, its keys are deleted."))
    return HttpResponseRedirect(reverse("directory:keys"))


@require_POST
def refresh(request: HttpRequest) -> HttpResponse:
    """Fetch the directory from the secretariat now."""
    actor = accounts.acting(request, ACT)
    version = directory.refresh_online(actor=actor.reference)
    messages.success(request, _("This node holds version %(version)s of the directory.") % {"version": version})
    return HttpResponseRedirect(reverse("directory:keys"))


def is_secretariat() -> bool:
    """Whether this node writes the directory."""
    return node.current().settings.role == "secretariat"


def _asked(request: HttpRequest, given: dict[str, Any], actor: str) -> HttpResponse:
    """The request was made: its file and the recovery key are shown this once."""
    recovery = SigningKey.generate() if given["recovery"] else None
    paper, content, words = directory.join_request_file(
        given["paper"], recovery=recovery, relay=given["relay"].strip().upper(), actor=actor
    )
    sent, trouble = False, ""
    if given["online"]:
        try:
            sent = bool(directory.send_online(paper, content))
        except JusurError as error:
            trouble = f"{error.detail} {error.fix}".strip()
    context = {
        "address": paper.address,
        "file": _link(content),
        "recovery": _link(recovery.pem(), "application/x-pem-file") if recovery else "",
        "sent": sent,
        "trouble": trouble,
    }
    return render(request, "directory/join_made.html", context | _shown(words))


def _words_of(request_id: Any) -> dict[str, Any]:
    detail = directory.join_request_detail(request_id)
    return {"detail": replace(detail, welcome=None), **_shown(detail.words), "groups": detail.groups}


def _shown(words: str) -> dict[str, Any]:
    return {"words": words, "qr": pictures.qr(words)}


def _link(content: bytes, kind: str = "application/json") -> str:
    """``content`` as an address that a browser saves as a file: nothing secret is kept at the node for it."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
