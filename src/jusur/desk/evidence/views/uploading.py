"""Uploads by the page's own script: opened, sent in parts, resumed. The same service as the API's, by session."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_http_methods, require_POST

from jusur.accounts import api as accounts
from jusur.desk.kit import faults
from jusur.evidence import api as evidence
from jusur.kernel.errors import InvalidInputError, JusurError


@require_POST
def open_upload(request: HttpRequest) -> HttpResponse:
    """Begin to bring a file of this ``name`` and ``size``."""
    actor = accounts.acting(request, "evidence.acquire")
    try:
        opened = evidence.upload_open(name=request.POST.get("name", ""), size=_size(request), actor=actor)
    except JusurError as error:
        return _refusal(error)
    return JsonResponse(evidence.upload_view(opened), status=201)


@require_http_methods(["GET", "PUT"])
def upload(request: HttpRequest, upload_id: UUID) -> HttpResponse:
    """How far an upload came; or (PUT) its next part."""
    actor = accounts.acting(request, "evidence.acquire")
    try:
        if request.method == "PUT":
            part = evidence.content_part(request)
            source = evidence.RequestBody(request)
            found = evidence.upload_part(upload_id=upload_id, part=part, source=source, actor=actor)
        else:
            found = evidence.upload(upload_id, actor=actor)
    except JusurError as error:
        return _refusal(error)
    return JsonResponse(evidence.upload_view(found))


def _size(request: HttpRequest) -> int:
    given = request.POST.get("size", "")
    if not (given.isascii() and given.isdigit() and len(given) <= 16):  # noqa: PLR2004 - below 2**53
        raise InvalidInputError("The file's size is missing.", fix="Choose the file again.")
    return int(given)


def _refusal(error: JusurError) -> HttpResponse:
    """``error`` for the script, in the reader's language."""
    return JsonResponse(faults.shown(error), status=error.status)
