"""One's own account: factors, recovery codes, password, sessions."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from jusur.accounts import api as accounts
from jusur.desk.kit.forms import show_error
from jusur.desk.signin import factors, pictures
from jusur.desk.signin.forms import NewCodeForm, NewPasskeyForm, NewPasswordForm
from jusur.desk.signin.views import devices
from jusur.desk.signin.views.entry import passkeys_possible
from jusur.kernel.errors import JusurError, NotFoundError

ACT = "account.own"


@require_http_methods(["GET"])
def account(request: HttpRequest) -> HttpResponse:
    """What I sign in with, and where I am signed in."""
    officer = _own(request)
    context = {
        "officer": officer,
        "held": factors.held(officer),
        "sessions": devices.sessions(request, officer),
        "passkeys": passkeys_possible(request),
    }
    return render(request, "signin/account.html", context)


@require_http_methods(["GET", "POST"])
def add_passkey(request: HttpRequest) -> HttpResponse:
    """One more passkey."""
    officer = _changing(request)
    form = NewPasskeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            factors.add_passkey(officer, form.cleaned_data["credential"], form.cleaned_data["name"])
        except JusurError as error:
            show_error(form, error)
        else:
            return _back(request, _("The passkey is kept. You can sign in with it."))
    context = {"form": form, "options": factors.new_passkey_options(officer)}
    return render(request, "signin/add_passkey.html", context)


@require_POST
def remove_passkey(request: HttpRequest, number: int) -> HttpResponse:
    """One passkey less."""
    officer = _changing(request)
    return _try(request, lambda: factors.remove_passkey(officer, number), _("The passkey no longer works here."))


@require_http_methods(["GET", "POST"])
def set_code(request: HttpRequest) -> HttpResponse:
    """An authenticator app, in place of any other."""
    officer = _changing(request)
    secret = factors.new_secret(request, anew=request.method == "GET" and "again" in request.GET)
    form = NewCodeForm(request.POST or None, secret=secret)
    if request.method == "POST" and form.is_valid():
        factors.set_code(officer, secret)
        return _back(request, _("The authenticator app is set up."))
    context = {"form": form, "secret": secret, "picture": pictures.of(officer, secret)}
    return render(request, "signin/set_code.html", context)


@require_POST
def remove_code(request: HttpRequest) -> HttpResponse:
    """No authenticator app any more."""
    officer = _changing(request)
    return _try(request, lambda: factors.remove_code(officer), _("The authenticator app no longer works here."))


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """A new password; every other session ends."""
    officer = _changing(request)
    form = NewPasswordForm(request.POST or None, officer=officer)
    if request.method == "POST" and form.is_valid():
        officer.set_password(form.cleaned_data["password"])
        officer.save(update_fields=["password"])
        update_session_auth_hash(request, officer)
        accounts.officer_record("accounts.password.set", officer.pk, f"officer:{officer.pk}", {})
        if not factors.held(officer).recovery_codes:
            return HttpResponseRedirect(reverse("signin:recovery-codes"))
        return _back(request, _("The new password holds. Other sessions have ended."))
    return render(request, "signin/password.html", {"form": form, "officer": officer})


@require_http_methods(["GET", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes, shown this once; they go with the password, so that takes one."""
    officer = _changing(request)
    held = factors.held(officer)
    codes = factors.new_recovery_codes(officer) if request.method == "POST" and held.password else []
    return render(request, "signin/recovery_codes.html", {"codes": codes, "held": held, "officer": officer})


@require_POST
def end_session(request: HttpRequest, number: int) -> HttpResponse:
    """The end of one of my sessions."""
    officer = _own(request)
    rows = UserSession.objects.filter(user=officer, pk=number)
    if not rows.exists():
        raise NotFoundError(_("There is no such session."))
    devices.end(rows)
    return _back(request, _("The session has ended."))


@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """The end of all my sessions but this."""
    officer = _own(request)
    devices.end(UserSession.objects.filter(user=officer).exclude(session_key=request.session.session_key))
    return _back(request, _("All other sessions have ended."))


def _own(request: HttpRequest) -> accounts.Officer:
    accounts.acting(request, ACT)
    return accounts.officer(accounts.signed_in(request).actor.id)


def _changing(request: HttpRequest) -> accounts.Officer:
    officer = _own(request)
    accounts.require_confirmed(request)
    return officer


def _back(request: HttpRequest, said: str) -> HttpResponse:
    messages.success(request, said)
    return HttpResponseRedirect(reverse("signin:account"))


def _try(request: HttpRequest, act: Any, said: str) -> HttpResponse:
    try:
        act()
    except JusurError as error:
        messages.error(request, " ".join(_(part) for part in (error.detail, error.fix) if part))
        return HttpResponseRedirect(reverse("signin:account"))
    return _back(request, said)
