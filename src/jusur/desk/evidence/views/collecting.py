"""Taking evidence into a package, and out again while it still collects."""

from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from jusur.accounts import api as accounts
from jusur.desk.evidence import shown
from jusur.desk.evidence.forms import MAX_FILES, CollectForm
from jusur.desk.kit.forms import show_error
from jusur.evidence import api as evidence
from jusur.kernel.errors import InvalidInputError, JusurError

_MAX_NAME = 1024


@require_http_methods(["GET", "HEAD", "POST"])
def collect(request: HttpRequest, package_id: UUID) -> HttpResponse:
    """Take files in: from the intake folder, or uploaded from this computer."""
    actor = accounts.acting(request, "evidence.acquire")
    package = evidence.package(package_id)
    entries = evidence.intake_entries()
    form = CollectForm(
        request.POST if request.method == "POST" else None, entries=[(one.name, one.name) for one in entries]
    )
    if request.method == "POST" and form.is_valid():
        try:
            count = _take_in(request, package, form, actor)
        except JusurError as error:
            show_error(form, error)
        else:
            messages.success(
                request, ngettext("%(count)s file taken in.", "%(count)s files taken in.", count) % {"count": count}
            )
            return HttpResponseRedirect(reverse("evidence:detail", args=[package.id]))
    context = shown.overview(package) | {
        "form": form,
        "entries": entries,
        "arrived": _arrived(request),
        "possible": package.state == "collecting",
    }
    return render(request, "evidence/collect.html", context)


def _take_in(request: HttpRequest, package: evidence.EvidencePackage, form: CollectForm, actor: accounts.Actor) -> int:
    said = form.cleaned_data
    names = [*said["names"], *_arrived(request)]
    names += [_bring(file, actor) for file in request.FILES.getlist("files")[:MAX_FILES]]
    if not names:
        raise InvalidInputError(_("Nothing was chosen."), fix=_("Choose files of the intake, or add files from here."))
    count = 0
    for name in names:
        count += len(
            evidence.items_collect(
                package_id=package.id, name=name, method=said["method"], tool=said["tool"], actor=actor
            )
        )
    return count


def _arrived(request: HttpRequest) -> list[str]:
    """Uploads that the page's script has brought, by their names in the intake."""
    return [name[:_MAX_NAME] for name in request.POST.getlist("arrived")[:MAX_FILES] if name.startswith("uploads/")]


def _bring(file: "UploadedFile[bytes]", actor: accounts.Actor) -> str:
    """Put a file that came with the form into the intake; its name there."""
    size = file.size or 0
    opened = evidence.upload_open(name=file.name or "", size=size, actor=actor)
    part = evidence.Part(0, size, size)
    return evidence.upload_part(upload_id=opened.id, part=part, source=file, actor=actor).intake_name


@require_POST
def remove(request: HttpRequest, package_id: UUID) -> HttpResponse:
    """Take a file out of a package that still collects."""
    actor = accounts.acting(request, "evidence.acquire")
    path = request.POST.get("path", "")
    count = evidence.items_remove(package_id=package_id, path=path[:_MAX_NAME], actor=actor)
    messages.success(
        request, ngettext("%(count)s file taken out.", "%(count)s files taken out.", count) % {"count": count}
    )
    return HttpResponseRedirect(reverse("evidence:detail", args=[package_id]))
