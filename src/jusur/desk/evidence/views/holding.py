"""What is done with evidence that this bureau holds: countersign, open, copy, pass on, give back, destroy."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from jusur.accounts import api as accounts
from jusur.desk.evidence import shown
from jusur.desk.evidence.forms import ExportForm, ForwardForm, PurposeForm, WhyForm
from jusur.desk.kit.forms import Form, show_error
from jusur.evidence import api as evidence
from jusur.kernel.errors import JusurError, NotFoundError

_BOTH = ["GET", "HEAD", "POST"]


@require_POST
def countersign(request: HttpRequest, package_id: UUID) -> HttpResponse:
    """Give the sender this bureau's signed word that the package arrived whole."""
    actor = accounts.acting(request, "request.approve")
    evidence.package_countersign(package_id=package_id, actor=actor)
    messages.success(request, _("Countersigned. The sending bureau is told."))
    return _back(package_id)


@require_http_methods(_BOTH)
def export(request: HttpRequest, package_id: UUID) -> HttpResponse:
    """Have the package decrypted and unpacked into the node's exports, for a purpose its conditions allow."""
    actor = accounts.acting(request, "evidence.export")
    package = evidence.package(package_id)
    form = ExportForm(_given(request), purposes=package.conditions["purposes"], initial=_folder(package))
    if _sent(request, form):
        said = form.cleaned_data
        return _do(
            request,
            form,
            package,
            "evidence/export.html",
            lambda: evidence.package_export(
                package_id=package_id, folder=said["folder"], purpose=said["purpose"], actor=actor
            ),
            _("The node unpacks the package now. Its place is shown below once it is done."),
        )
    return _page(request, form, package, "evidence/export.html")


@require_http_methods(_BOTH)
def file(request: HttpRequest, package_id: UUID, number: int) -> HttpResponseBase:
    """Take a copy of one file, for a purpose its conditions allow; it is never shown in the browser."""
    actor = accounts.acting(request, "evidence.export")
    package = evidence.package(package_id)
    entry = evidence.received_file(package, number)
    if entry is None or package.direction != evidence.Direction.INCOMING:
        raise NotFoundError("The package has no such file.", fix="Look at its contents again.")
    form = PurposeForm(_given(request), purposes=package.conditions["purposes"])
    if _sent(request, form):
        try:
            copy = evidence.file_copy(
                package_id=package_id, number=number, purpose=form.cleaned_data["purpose"], actor=actor
            )
        except JusurError as error:
            show_error(form, error)
        else:
            return attachment(copy)
    return _page(request, form, package, "evidence/file.html", entry=entry)


def attachment(copy: evidence.FileCopy) -> StreamingHttpResponse:
    """The file as something to be kept, never as a page: no type is believed, nothing in it may run."""
    response = StreamingHttpResponse(copy.chunks, content_type="application/octet-stream")
    response["Content-Length"] = str(copy.size)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=copy.name) or "attachment"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_http_methods(_BOTH)
def forward(request: HttpRequest, package_id: UUID) -> HttpResponse:
    """Ask for the release of a copy to another bureau that the originator has named."""
    actor = accounts.acting(request, "evidence.acquire")
    package = evidence.package(package_id)
    conditions = package.conditions
    form = ForwardForm(_given(request), purposes=conditions["purposes"], allowed=conditions["forwarding"])
    if _sent(request, form):
        said = form.cleaned_data
        return _do(
            request,
            form,
            package,
            "evidence/forward.html",
            lambda: evidence.package_forward(
                package_id=package_id, to=said["to"], purpose=said["purpose"], actor=actor
            ),
            _("A copy waits for its release by a second person."),
        )
    return _page(request, form, package, "evidence/forward.html")


@require_http_methods(_BOTH)
def give_back(request: HttpRequest, package_id: UUID) -> HttpResponse:
    """Ask for the release of the package back to the bureau that sent it."""
    actor = accounts.acting(request, "evidence.acquire")
    return _with_reason(
        request,
        evidence.package(package_id),
        "evidence/return.html",
        lambda reason: evidence.package_return(package_id=package_id, purpose=reason, actor=actor),
        _("The return waits for its release by a second person."),
    )


@require_http_methods(_BOTH)
def destroy(request: HttpRequest, package_id: UUID) -> HttpResponse:
    """Delete this bureau's sealed copy for good."""
    actor = accounts.acting(request, "evidence.release")
    return _with_reason(
        request,
        evidence.package(package_id),
        "evidence/destroy.html",
        lambda reason: evidence.package_destroy(package_id=package_id, purpose=reason, actor=actor),
        _("Destroyed. The chain of custody and its proofs stay."),
    )


def _with_reason(
    request: HttpRequest,
    package: evidence.EvidencePackage,
    template: str,
    act: Callable[[str], object],
    done: str,
) -> HttpResponse:
    """An act that takes nothing but its reason: asked for, then done."""
    form = WhyForm(_given(request))
    if not _sent(request, form):
        return _page(request, form, package, template)
    return _do(request, form, package, template, lambda: act(form.cleaned_data["purpose"]), done)


def _do(
    request: HttpRequest,
    form: Form,
    package: evidence.EvidencePackage,
    template: str,
    act: Callable[[], object],
    done: str,
) -> HttpResponse:
    """Do ``act``; then back to the package, or the form again with what was refused."""
    try:
        made = act()
    except JusurError as error:
        show_error(form, error)
        return _page(request, form, package, template)
    messages.success(request, done)
    other = made.id if isinstance(made, evidence.EvidencePackage) else package.id
    return _back(other)


def _page(
    request: HttpRequest, form: Form, package: evidence.EvidencePackage, template: str, **more: object
) -> HttpResponse:
    held = package.state in {"verified", "countersigned"}
    return render(request, template, shown.overview(package) | {"form": form, "held": held} | more)


def _back(package_id: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("evidence:detail", args=[package_id]))


def _given(request: HttpRequest) -> object:
    return request.POST if request.method == "POST" else None


def _sent(request: HttpRequest, form: Form) -> bool:
    return request.method == "POST" and form.is_valid()


def _folder(package: evidence.EvidencePackage) -> dict[str, str]:
    """A folder's name made of the case reference, as far as folders take it."""
    kept = "".join(one if one.isalnum() or one in "-_." else "-" for one in package.case_reference)
    return {"folder": kept.strip("-.") or "evidence"}
