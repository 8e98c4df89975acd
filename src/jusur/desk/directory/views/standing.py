"""The secretariat's acts on one organisation: suspend, restore, withdraw, limit, revoke a key. And the alarms."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jusur.accounts import api as accounts
from jusur.desk.directory.forms import CloseForm, LimitForm, ReasonForm, RevokeForm
from jusur.desk.directory.views.network import authority, require_secretariat
from jusur.desk.kit.forms import show_error
from jusur.directory import api as directory
from jusur.kernel.errors import JusurError, NotFoundError

ACT = "directory.manage"


class Step(NamedTuple):
    """A change of an organisation's status: from which, by what, and what is said of it."""

    before: tuple[str, ...]
    act: Callable[..., Any]
    title: Promise
    text: Promise


STEPS: Final = {
    "suspend": Step(
        ("active",),
        directory.organisation_suspend,
        gettext_lazy("Suspend"),
        gettext_lazy("Nothing is sent to it or taken from it, on any node, until it is restored."),
    ),
    "restore": Step(
        ("suspended",),
        directory.organisation_restore,
        gettext_lazy("Restore"),
        gettext_lazy("It may exchange again as before."),
    ),
    "withdraw": Step(
        ("not-joined", "active", "suspended"),
        directory.organisation_withdraw,
        gettext_lazy("Let it leave the network"),
        gettext_lazy("For good: to come back it is invited anew. Its keys stay listed for what they signed."),
    ),
}


@require_safe
def manage(request: HttpRequest, address: str) -> HttpResponse:
    """What the secretariat may do with an organisation."""
    accounts.acting(request, ACT)
    require_secretariat()
    found = directory.organisation(address)
    context = {
        "found": found,
        "reason": directory.status_reason(address),
        "steps": [(name, step) for name, step in STEPS.items() if found.status in step.before],
        "keys": [key for key in found.keys if key.state != "revoked"],
    }
    return render(request, "directory/manage.html", context)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, address: str, name: str) -> HttpResponse:
    """Suspend, restore or withdraw, with the reason and the address typed."""
    actor = accounts.acting(request, ACT)
    step, found = STEPS.get(name), directory.organisation(address)
    if step is None:
        raise NotFoundError("There is no such act.")
    form = ReasonForm(request.POST or None, expected=address)
    if request.method == "POST" and form.is_valid():
        try:
            step.act(address=address, reason=form.cleaned_data["reason"], authority=authority(), actor=actor.reference)
        except JusurError as error:
            show_error(form, error)
        else:
            return _done(request, address)
    require_secretariat()
    return render(request, "directory/change.html", {"found": found, "form": form, "step": step})


@require_http_methods(["GET", "POST"])
def limit(request: HttpRequest, address: str) -> HttpResponse:
    """Set what an organisation may send and be sent."""
    actor = accounts.acting(request, ACT)
    require_secretariat()
    found = directory.organisation(address)
    limits = found.limits
    initial = {
        "sends": "\n".join(limits.sends),
        "receives": "\n".join(limits.receives),
        "classifications": list(limits.classifications),
    }
    form = LimitForm(request.POST or None, expected=address, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = {key: form.cleaned_data[key] for key in ("sends", "receives", "classifications")}
        try:
            directory.organisation_limit(address=address, **given, authority=authority(), actor=actor.reference)
        except JusurError as error:
            show_error(form, error)
        else:
            return _done(request, address)
    return render(request, "directory/limit.html", {"found": found, "form": form})


@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, address: str, keyid: str) -> HttpResponse:
    """Revoke a compromised key for all nodes."""
    actor = accounts.acting(request, ACT)
    require_secretariat()
    found = directory.organisation(address)
    key = next((key for key in found.keys if key.keyid == keyid), None)
    if key is None:
        raise NotFoundError("This organisation has no such key.")
    form = RevokeForm(request.POST or None, expected=address)
    if request.method == "POST" and form.is_valid():
        try:
            directory.key_revoke(
                keyid=keyid,
                reason=form.cleaned_data["reason"],
                revoked_at=form.cleaned_data["since"],
                authority=authority(),
                actor=actor.reference,
            )
        except JusurError as error:
            show_error(form, error)
        else:
            return _done(request, address)
    context = {"found": found, "form": form, "key": key, "facts": directory.key_facts(key)}
    return render(request, "directory/revoke.html", context)


@require_safe
def alarms(request: HttpRequest) -> HttpResponse:
    """The alarms about the directory, open ones first."""
    accounts.acting(request, ACT)
    found = directory.alarms(open_only=False)[:100]
    context = {
        "open": [alarm for alarm in found if alarm.closed_at is None],
        "closed": [alarm for alarm in found if alarm.closed_at is not None],
        "form": CloseForm(),
    }
    return render(request, "directory/alarms.html", context)


@require_POST
def close(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Close an alarm, saying why."""
    actor = accounts.acting(request, ACT)
    form = CloseForm(request.POST)
    if form.is_valid():
        directory.alarm_close(alarm_id=alarm_id, reason=form.cleaned_data["reason"], actor=actor.reference)
        messages.success(request, _("The alarm is closed."))
    else:
        messages.error(request, _("Say why the alarm is closed."))
    return HttpResponseRedirect(reverse("directory:alarms"))


def _done(request: HttpRequest, address: str) -> HttpResponse:
    messages.success(request, _("Published as version %(version)s.") % {"version": directory.current().version})
    return HttpResponseRedirect(reverse("directory:manage", args=[address]))
