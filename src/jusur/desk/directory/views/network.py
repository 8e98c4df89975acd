"""The secretariat's side: inviting, comparing and admitting, granting new keys, the directory key."""

import base64
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jusur.accounts import api as accounts
from jusur.desk.directory import pictures
from jusur.desk.directory.forms import AdmitForm, GrantForm, InviteForm, PaperForm, RefuseForm, RetireForm, TypedForm
from jusur.desk.directory.views.own_keys import is_secretariat
from jusur.desk.kit import language
from jusur.desk.kit.forms import show_error
from jusur.directory import api as directory
from jusur.kernel.errors import JusurError, NotFoundError
from jusur.node import context as node

ACT = "directory.manage"
JSON = "application/json"


def authority() -> directory.Authority:
    """The keys by which this node writes the directory.

    Raises:
        NotFoundError: this node is not the secretariat's.
        MissingKeyError: it holds no key that the directory lists.
    """
    require_secretariat()
    return directory.authority_of(node.current().keys)


def require_secretariat() -> None:
    """Return if this node writes the directory.

    Raises:
        NotFoundError: it is a member's.
    """
    if not is_secretariat():
        raise NotFoundError("Only the secretariat's node writes the directory.", fix="Ask the secretariat to do it.")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What waits for the secretariat, and the keys that sign the directory."""
    accounts.acting(request, ACT)
    require_secretariat()
    words = directory.directory_fingerprint()
    context = {
        "requests": directory.join_requests(state="received"),
        "invitations": directory.invitations_open(),
        "words": words,
        "qr": pictures.qr(words),
        "directory_keys": directory.directory_key_rows(),
        "current": directory.current(),
        "expires": directory.expires(),
        "form": PaperForm(),
    }
    return render(request, "directory/network.html", context)


@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """A one-time invitation, shown this once."""
    actor = accounts.acting(request, ACT)
    require_secretariat()
    tongue = language.current()
    outside = [each for each in directory.organisations() if each.status in {"not-joined", "withdrawn"}]
    named = sorted((str(getattr(each.name, tongue)), each.address) for each in outside)
    choices = [(address, f"{name} ({address})") for name, address in named]
    form = InviteForm(request.POST or None, choices=choices, initial={"address": request.GET.get("address", "")})
    if request.method == "POST" and form.is_valid():
        try:
            paper = directory.invitation_issue(**form.cleaned_data, authority=authority(), actor=actor.reference)
        except JusurError as error:
            show_error(form, error)
        else:
            return _invited(request, paper)
    return render(request, "directory/invite.html", {"form": form})


@require_POST
def receive(request: HttpRequest) -> HttpResponse:
    """Take the file of a request to join."""
    accounts.acting(request, ACT)
    require_secretariat()
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            row = directory.join_request_take(form.cleaned_data["paper"])
        except JusurError as error:
            show_error(form, error)
        else:
            return HttpResponseRedirect(reverse("directory:join-request", args=[row.id]))
    return render(request, "directory/receive.html", {"form": form})


@require_http_methods(["GET", "POST"])
def join_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One request: the words to compare, then admit (POST)."""
    actor = accounts.acting(request, ACT)
    require_secretariat()
    detail = directory.join_request_detail(request_id)
    form = AdmitForm(request.POST or None, expected=detail.address)
    if request.method == "POST" and form.is_valid():
        try:
            directory.join_request_admit(
                request_id=request_id,
                fingerprint=form.cleaned_data["fingerprint"],
                authority=authority(),
                actor=actor.reference,
            )
        except JusurError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Admitted. Read your directory key's words out and hand over the welcome."))
            return HttpResponseRedirect(reverse("directory:join-request", args=[request_id]))
    words = directory.directory_fingerprint()
    context = {"detail": detail, "form": form, "refuse": RefuseForm(), "words": words, "qr": pictures.qr(words)}
    return render(request, "directory/join_request.html", context)


@require_POST
def refuse(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Refuse a request to join."""
    actor = accounts.acting(request, ACT)
    require_secretariat()
    form = RefuseForm(request.POST)
    if form.is_valid():
        directory.join_request_refuse(request_id=request_id, reason=form.cleaned_data["reason"], actor=actor.reference)
        messages.success(request, _("Refused. The organisation needs another invitation."))
    else:
        messages.error(request, _("Say why the request is refused."))
    return HttpResponseRedirect(reverse("directory:join-request", args=[request_id]))


@require_safe
def welcome(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The welcome of an admitted organisation, as a file that only its keys open."""
    accounts.acting(request, ACT)
    require_secretariat()
    detail = directory.join_request_detail(request_id)
    if detail.welcome is None:
        raise NotFoundError("There is no welcome: the request was not admitted.")
    return as_file(detail.welcome, f"welcome-{detail.address}.json")


@require_http_methods(["GET", "POST"])
def grant(request: HttpRequest) -> HttpResponse:
    """Grant new keys to an organisation; the answer is a file for its node."""
    actor = accounts.acting(request, ACT)
    require_secretariat()
    form = GrantForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            return as_file(_granted(form.cleaned_data, actor.reference), "answer.json")
        except JusurError as error:
            show_error(form, error)
    return render(request, "directory/grant.html", {"form": form})


@require_http_methods(["GET", "POST"])
def announce(request: HttpRequest) -> HttpResponse:
    """Make the directory key that is to follow the present one."""
    actor = accounts.acting(request, ACT)
    require_secretariat()
    form = TypedForm(request.POST or None, expected=node.current().address)
    if request.method == "POST" and form.is_valid():
        try:
            directory.announce_directory_key(actor=actor.reference)
        except JusurError as error:
            show_error(form, error)
        else:
            messages.success(request, _("The new directory key is announced. Restart the node's processes now."))
            return HttpResponseRedirect(reverse("directory:network"))
    return render(request, "directory/announce.html", {"form": form})


@require_http_methods(["GET", "POST"])
def retire(request: HttpRequest, keyid: str) -> HttpResponse:
    """Retire a directory key, or revoke it; the announced one takes its place."""
    actor = accounts.acting(request, ACT)
    require_secretariat()
    row = next((row for row in directory.directory_key_rows() if row["keyid"] == keyid), None)
    if row is None:
        raise NotFoundError("The directory has no such key.")
    form = RetireForm(request.POST or None, expected=node.current().address)
    if request.method == "POST" and form.is_valid():
        try:
            directory.retire_directory_key(keyid, revoke=form.cleaned_data["revoke"], actor=actor.reference)
        except JusurError as error:
            show_error(form, error)
        else:
            messages.success(request, _("The directory key is retired. Restart the node's processes now."))
            return HttpResponseRedirect(reverse("directory:network"))
    return render(request, "directory/retire.html", {"form": form, "row": row})


def as_file(content: bytes, name: str) -> HttpResponse:
    """``content`` for the browser to save."""
    return HttpResponse(content, content_type=JSON, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _invited(request: HttpRequest, paper: directory.InvitationPaper) -> HttpResponse:
    content, words = directory.write_invitation(paper), directory.directory_fingerprint()
    context = {
        "paper": paper,
        "text": content.decode(),
        "file": f"data:{JSON};base64,{base64.b64encode(content).decode()}",
        "words": words,
    }
    return render(request, "directory/invited.html", context)


def _granted(given: dict[str, Any], actor: str) -> bytes:
    if given["emergency"]:
        return directory.emergency_key_replacement(
            envelope=given["paper"],
            authority=authority(),
            actor=actor,
            fingerprint=given["fingerprint"],
            reason=given["reason"],
        )
    return directory.key_rotate(envelope=given["paper"], authority=authority(), actor=actor)
