"""The chain of custody to take away: the dossier on paper, and the file that the offline verifier checks."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from jusur.accounts import api as accounts
from jusur.desk.evidence.forms import DossierForm
from jusur.evidence import api as evidence
from jusur.kernel.errors import InvalidInputError
from jusur.ledger import api as ledger


@require_POST
def dossier(request: HttpRequest, package_id: UUID) -> HttpResponse:
    """The dossier as PDF. Making it is an event of custody, so it is asked for and not only looked at."""
    actor = accounts.acting(request, "evidence.read")
    form = DossierForm(request.POST)
    if not form.is_valid():
        raise InvalidInputError("There is no dossier in this language.", fix="Choose ar, en, fr or es.")
    language = form.cleaned_data["language"]
    made = evidence.dossier_pdf(evidence.package(package_id), language, actor.reference)
    return _attachment(made, "application/pdf", f"dossier-{package_id}-{language}.pdf")


@require_safe
def document(request: HttpRequest, package_id: UUID) -> HttpResponse:
    """The chain of custody with its log proofs."""
    accounts.acting(request, "evidence.read")
    package = evidence.package(package_id)
    ledger.integrate()
    return _attachment(evidence.custody_document(package.id), "application/json", f"custody-{package_id}.json")


def _attachment(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
