"""Arriving by invitation, and setting up the second factor that everybody must have."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from jusur.accounts import api as accounts
from jusur.desk.kit.forms import show_error
from jusur.desk.signin import factors, flow, pace, pictures
from jusur.desk.signin.forms import InvitationForm, NewCodeForm, NewPasskeyForm, SetUpCodeForm
from jusur.desk.signin.views.entry import passkeys_possible
from jusur.kernel.errors import JusurError


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest) -> HttpResponse:
    """The secret of an invitation, which the link carries in its fragment: no server, log or Referer sees it."""
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        pace.check(request)
        try:
            opened = accounts.invitation_open(secret=form.cleaned_data["code"])
        except accounts.InvitationError as error:
            show_error(form, error, "code")
        else:
            return flow.begin(request, opened.officer, ["invitation"], invitation=opened.id)
    return render(request, "signin/invitation.html", {"form": form})


@require_http_methods(["GET"])
def set_up(request: HttpRequest) -> HttpResponse:
    """The choice of a second factor."""
    way = flow.setting_up(request)
    return render(request, "signin/set_up.html", {"way": way, "passkeys": passkeys_possible(request)})


@require_http_methods(["GET", "POST"])
def set_up_passkey(request: HttpRequest) -> HttpResponse:
    """A first passkey."""
    way = flow.setting_up(request)
    form = NewPasskeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            factors.add_passkey(way.officer, form.cleaned_data["credential"], form.cleaned_data["name"])
        except JusurError as error:
            show_error(form, error)
        else:
            return _arrived(request, way, factors.PASSKEY)
    context = {"form": form, "way": way, "options": factors.new_passkey_options(way.officer)}
    return render(request, "signin/set_up_passkey.html", context)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def set_up_code(request: HttpRequest) -> HttpResponse:
    """A first authenticator app, with a password where the person arrives by invitation."""
    way = flow.setting_up(request)
    secret = factors.new_secret(request, anew=request.method == "GET" and "again" in request.GET)
    form: NewCodeForm
    if way.invitation is not None:
        form = SetUpCodeForm(request.POST or None, officer=way.officer, secret=secret)
    else:
        form = NewCodeForm(request.POST or None, secret=secret)
    if request.method == "POST" and form.is_valid():
        if way.invitation is not None:
            way.officer.set_password(form.cleaned_data["password"])
            way.officer.save(update_fields=["password"])
        factors.set_code(way.officer, secret)
        return _arrived(request, way, factors.CODE)
    context = {"form": form, "way": way, "secret": secret, "picture": pictures.of(way.officer, secret)}
    return render(request, "signin/set_up_code.html", context)


def _arrived(request: HttpRequest, way: flow.Pending, given: str) -> HttpResponse:
    if way.invitation is not None:
        accounts.invitation_accept(invitation_id=way.invitation)
    flow.complete(request, way.officer, [*way.given, given], way.onward)
    return HttpResponseRedirect(reverse("signin:recovery-codes"))
