"""The administration of officers: who is here, inviting, roles, closing access. It shows no case data."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jusur.accounts import api as accounts
from jusur.desk.kit.forms import show_error
from jusur.desk.signin import factors, lockout
from jusur.desk.signin.forms import InviteForm, RolesForm
from jusur.kernel.errors import JusurError

ACT = "officer.manage"


@require_http_methods(["GET"])
def officers(request: HttpRequest) -> HttpResponse:
    """Everybody, by name, and whose invitation is open."""
    accounts.acting(request, ACT)
    invited = set(accounts.open_invitations().values_list("officer_id", flat=True))
    rows = list(accounts.officers())
    context = {
        "active": [row for row in rows if row.is_active],
        "closed": [row for row in rows if not row.is_active],
        "invited": invited,
    }
    return render(request, "signin/officers.html", context)


@require_http_methods(["GET", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """A new person: the link is shown once, to be handed over by another way than the e-mail address."""
    actor = accounts.acting(request, ACT)
    form = InviteForm(request.POST or None, initial={"language": actor.language, "roles": ["officer"]})
    if request.method == "POST" and form.is_valid():
        try:
            officer, secret = accounts.officer_invite(**form.cleaned_data, actor=actor.reference)
        except JusurError as error:
            show_error(form, error)
        else:
            return _link(request, officer, secret)
    return render(request, "signin/invite.html", {"form": form})


@require_http_methods(["GET", "POST"])
def officer(request: HttpRequest, officer_id: UUID) -> HttpResponse:
    """One officer: roles (POST changes them), access, factors held, lock-outs."""
    actor = accounts.acting(request, ACT)
    found = accounts.officer(officer_id)
    form = RolesForm(request.POST or None, initial={"roles": found.roles})
    if request.method == "POST" and form.is_valid():
        try:
            accounts.officer_roles_set(officer_id=officer_id, roles=form.cleaned_data["roles"], actor=actor.reference)
        except JusurError as error:
            show_error(form, error)
        else:
            return _back(request, officer_id, _("The roles hold from now on."))
    context = {
        "found": found,
        "form": form,
        "own": found.id == actor.id,
        "held": factors.held(found),
        "locked": lockout.locked(found.email),
        "invitation": accounts.open_invitations().filter(officer=found).first(),
    }
    return render(request, "signin/officer.html", context)


@require_POST
def deactivate(request: HttpRequest, officer_id: UUID) -> HttpResponse:
    """Close an officer's access."""
    actor = accounts.acting(request, ACT)
    accounts.officer_deactivate(officer_id=officer_id, actor=actor.reference)
    return _back(request, officer_id, _("Access is closed: no sign-in, session or token works any more."))


@require_POST
def end_sessions(request: HttpRequest, officer_id: UUID) -> HttpResponse:
    """End an officer's sessions."""
    actor = accounts.acting(request, ACT)
    accounts.officer_sessions_end(officer_id=officer_id, actor=actor.reference)
    return _back(request, officer_id, _("All sessions of this officer have ended."))


@require_POST
def reinvite(request: HttpRequest, officer_id: UUID) -> HttpResponse:
    """Take an officer's factors away and invite them anew."""
    actor = accounts.acting(request, ACT)
    secret = accounts.invitation_issue(officer_id=officer_id, actor=actor.reference)
    return _link(request, accounts.officer(officer_id), secret)


@require_POST
def lift(request: HttpRequest, officer_id: UUID) -> HttpResponse:
    """End a lock-out."""
    actor = accounts.acting(request, ACT)
    lockout.lift(accounts.officer(officer_id), actor.reference)
    return _back(request, officer_id, _("The officer may try again."))


def _link(request: HttpRequest, officer: accounts.Officer, secret: str) -> HttpResponse:
    link = f"{settings.DESK_ORIGIN}{reverse('signin:invitation')}#{secret}"
    return render(request, "signin/invited.html", {"found": officer, "link": link, "secret": secret})


def _back(request: HttpRequest, officer_id: UUID, said: str) -> HttpResponse:
    messages.success(request, said)
    return HttpResponseRedirect(reverse("signin:officer", args=[officer_id]))
