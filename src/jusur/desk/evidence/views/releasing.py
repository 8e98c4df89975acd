"""The release of a package, which takes two people."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jusur.accounts import api as accounts
from jusur.desk.evidence import shown
from jusur.desk.evidence.forms import DecisionForm
from jusur.desk.kit.forms import show_error
from jusur.evidence import api as evidence
from jusur.kernel.errors import InvalidInputError, JusurError

FILES = 1000
"""Files that the page of a release lists; all of them are bound by the digest."""


@require_POST
def ask(request: HttpRequest, package_id: UUID) -> HttpResponse:
    """Ask a second person to release exactly these files under these conditions."""
    actor = accounts.acting(request, "evidence.acquire")
    evidence.release_ask(package_id=package_id, actor=actor)
    messages.success(request, _("A second person is asked to release the package."))
    return HttpResponseRedirect(reverse("evidence:detail", args=[package_id]))


@require_http_methods(["GET", "HEAD", "POST"])
def release(request: HttpRequest, package_id: UUID) -> HttpResponse:
    """Exactly what leaves, and the second person's decision."""
    actor = accounts.acting(request, "evidence.release" if request.method == "POST" else "evidence.read")
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        granted = request.POST.get("decision") == "release"
        try:
            _decide(package_id, form, actor, granted=granted)
        except JusurError as error:
            show_error(form, error)
        else:
            said = (
                _("Released: the node seals and sends it now.")
                if granted
                else _("Declined: the package is open again.")
            )
            messages.success(request, said)
            return HttpResponseRedirect(reverse("evidence:detail", args=[package_id]))
    package = evidence.package(package_id)
    asked = evidence.release_asked(package.id)
    context = shown.overview(package) | {
        "form": form,
        "asked": asked,
        "own": asked is not None and asked.asked_by_id == actor.id,
        "files": evidence.package_files(package, limit=FILES),
        "totals": evidence.package_totals(package),
        "digest": evidence.release_digest(package),
    }
    return render(request, "evidence/release.html", context)


def _decide(package_id: UUID, form: DecisionForm, actor: accounts.Actor, *, granted: bool) -> None:
    reason = form.cleaned_data["reason"].strip()
    if not granted and not reason:
        raise InvalidInputError(_("Say why you decline."), fix=_("Your colleagues need the reason to go on."))
    evidence.release_decide(package_id=package_id, granted=granted, reason=reason, actor=actor)
