"""The sign-in page, the second step, confirming anew, signing out."""

from typing import Any

from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from jusur.accounts import api as accounts
from jusur.desk.kit.forms import Form
from jusur.desk.signin import directory, factors, flow, lockout, pace
from jusur.desk.signin.forms import CodeForm, CredentialForm, SignInForm


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """E-mail address and password, or a passkey."""
    if request.method == "GET" and _is_in(request):
        return HttpResponseRedirect(flow.next_address(request))
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        officer = _by_password(request, form.cleaned_data)
        if officer is not None:
            return flow.begin(request, officer, ["password"], onward=flow.next_address(request))
        form.add_error(None, _("The e-mail address or the password is not right."))
    return _entry(request, form)


@require_http_methods(["GET", "POST"])
def passkey(request: HttpRequest) -> HttpResponse:
    """A passkey's question (GET, by script) and answer (POST); whose it is, it says itself."""
    pace.check(request)
    if request.method == "GET":
        return HttpResponse(factors.passkey_options(), content_type="application/json")
    form = CredentialForm(request.POST)
    officer = factors.check_passkey(form.cleaned_data["credential"]) if form.is_valid() else None
    if officer is None or not officer.is_active or officer.kind != accounts.Officer.PERSON:
        refused = SignInForm()
        return _entry(request, refused, fault=_("This passkey is not known here. Try again, or sign in by password."))
    return flow.complete(request, officer, [factors.PASSKEY], flow.next_address(request))


@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """The second factor: a one-time code, a recovery code, or a passkey."""
    way = flow.pending(request)
    held = factors.held(way.officer)
    if not held.second or way.invitation is not None:
        return HttpResponseRedirect(reverse("signin:set-up"))
    given, form = _given(request, way.officer)
    if given is not None:
        return flow.complete(request, way.officer, [*way.given, given], way.onward)
    return render(request, "signin/second_step.html", _asking(way.officer, held, form))


@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """A factor given anew before a sensitive act."""
    accounts.signed_in(request)
    officer = request.user
    assert isinstance(officer, accounts.Officer)  # noqa: S101 - signed_in has made sure; mypy has not seen it
    given, form = _given(request, officer)
    if given is not None:
        accounts.session_confirm(request)
        return HttpResponseRedirect(flow.next_address(request))
    context = _asking(officer, factors.held(officer), form) | {"next": flow.next_address(request)}
    return render(request, "signin/confirm.html", context)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """The end of this session."""
    logout(request)
    return HttpResponseRedirect(reverse("signin:sign-in"))


def _is_in(request: HttpRequest) -> bool:
    try:
        accounts.signed_in(request)
    except accounts.NotSignedInError:
        return False
    return True


def _by_password(request: HttpRequest, given: dict[str, Any]) -> accounts.Officer | None:
    found = authenticate(request, email=given["email"].lower(), password=given["password"])
    return found if isinstance(found, accounts.Officer) else None


def _entry(request: HttpRequest, form: Form, fault: str = "") -> HttpResponse:
    context = {
        "form": form,
        "fault": fault,
        "next": flow.next_address(request),
        "directory": directory.offered(),
        "passkeys": passkeys_possible(request),
        "ended": "ended" in request.GET,
    }
    return render(request, "signin/sign_in.html", context)


def passkeys_possible(request: HttpRequest) -> bool:
    """Whether browsers make passkeys for this desk's address: a host name, by https or on this machine."""
    host = request.get_host().rpartition(":")[0] or request.get_host()
    return not host.replace(".", "").isdigit() and not host.startswith("[") and (request.is_secure() or _local(host))


def _local(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost")


def _given(request: HttpRequest, officer: accounts.Officer) -> tuple[str | None, Form]:
    """The factor that was just given, if it is right, and the form that asks for a code."""
    form = CodeForm(request.POST if "code" in request.POST else None)
    if request.method != "POST":
        return None, form
    if not lockout.allowed(request, officer):
        request.axes_locked_out = True  # type: ignore[attr-defined] # axes' middleware answers
        return None, form
    given = _factor(request, officer, form)
    if given is None and (form.is_valid() or "credential" in request.POST):
        lockout.failed(request, officer)
        if not form.is_bound:
            form = CodeForm({"code": ""})
            form.errors.clear()
        form.add_error(None, _("That did not match. Try again."))
    return given, form


def _factor(request: HttpRequest, officer: accounts.Officer, form: Form) -> str | None:
    if form.is_bound:
        return factors.check_code(officer, form.cleaned_data["code"]) if form.is_valid() else None
    answered = CredentialForm(request.POST)
    if answered.is_valid() and factors.check_passkey(answered.cleaned_data["credential"], officer) is not None:
        return factors.PASSKEY
    return None


def _asking(officer: accounts.Officer, held: factors.Held, form: Form) -> dict[str, Any]:
    options = factors.passkey_options(officer) if held.passkeys else ""
    return {"form": form, "held": held, "options": options, "officer": officer}
