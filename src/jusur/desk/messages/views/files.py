"""Files of messages: brought in parts or with the form, and read from the vault."""

import base64
import hashlib
import io
from http import HTTPStatus
from urllib.parse import quote
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jusur.accounts import api as accounts
from jusur.desk.messages.views import uploads
from jusur.desk.messages.views.writing import fields_of
from jusur.evidence import api as evidence
from jusur.exchange import api as exchange
from jusur.kernel.errors import ConflictError, InvalidInputError, JusurError, NotFoundError

FORM_BYTES = 1 << 20
"""Bytes of a form beside its file."""
OPAQUE = "application/octet-stream"
SANDBOX = "default-src 'none'; sandbox"


class FileTooLargeError(InvalidInputError):
    """A file that is too large to come with a form."""

    code = "file-too-large"
    title = "The file is too large"
    status = 413


@csrf_exempt  # the length is looked at before anything of the body is read; `_bring` checks the token then
@require_POST
def bring(request: HttpRequest, unsent_id: UUID) -> HttpResponse:
    """Bring a file: the page's script begins an upload in parts; without script the file comes with the form."""
    accounts.acting(request, "message.write")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > uploads.MAX_PLAIN + FORM_BYTES:
        raise FileTooLargeError(
            _("This file is too large to be sent in one piece."),
            fix=_("Allow scripts on this page: then files of any size are sent in parts."),
        )
    answer: HttpResponse = _bring(request, unsent_id)
    return answer


@csrf_protect
def _bring(request: HttpRequest, unsent_id: UUID) -> HttpResponse:
    actor = accounts.acting(request, "message.write")
    if request.accepts("text/html"):
        return _with_form(request, unsent_id, actor)
    size = request.POST.get("size", "")
    if not size.isascii() or not size.isdecimal():
        raise InvalidInputError("The file's size is missing.", fix="Say how many bytes it has.")
    upload = evidence.upload_open(name=request.POST.get("name", ""), size=int(size[:16]), actor=actor)
    return _taken(upload, unsent_id, actor)


def _taken(upload: evidence.Upload, unsent_id: UUID, actor: accounts.Actor) -> HttpResponse:
    try:
        exchange.written_keep(unsent_id, officer=actor.id, add_file=str(upload.id))
    except JusurError:
        evidence.upload_drop(upload_id=upload.id, actor=actor)
        raise
    shown = uploads.view(upload) | {
        "put": reverse("messages:part", args=[unsent_id, upload.id]),
        "drop": reverse("messages:drop", args=[unsent_id, upload.id]),
        "at": reverse("messages:write", args=[unsent_id]),
    }
    return JsonResponse(shown, status=HTTPStatus.CREATED)


def _with_form(request: HttpRequest, unsent_id: UUID, actor: accounts.Actor) -> HttpResponse:
    unsent = exchange.written_keep(unsent_id, officer=actor.id, fields=fields_of(request))
    file = request.FILES.get("file")
    if file is None:
        raise InvalidInputError(_("No file was chosen."), fix=_("Choose one, then press the button again."))
    if (file.size or 0) > uploads.MAX_PLAIN:
        raise FileTooLargeError(_("This file is too large to be sent in one piece."))
    size = file.size or 0
    upload = evidence.upload_open(name=file.name or "", size=size, actor=actor)
    evidence.upload_part(upload_id=upload.id, part=evidence.Part(0, size, size), source=file, actor=actor)
    _taken(upload, unsent.id, actor)
    return HttpResponseRedirect(reverse("messages:write", args=[unsent_id]) + "#files")


@require_http_methods(["GET", "PUT"])
def part(request: HttpRequest, unsent_id: UUID, upload_id: UUID) -> HttpResponse:
    """How far a file has come; or its next part, whose digest (RFC 9530) is compared before it counts."""
    actor = accounts.acting(request, "message.write")
    _belongs(unsent_id, upload_id, actor)
    try:
        if request.method == "PUT":
            place = evidence.content_part(request)
            source = io.BytesIO(_checked(request, place.stop - place.start))
            evidence.upload_part(upload_id=upload_id, part=place, source=source, actor=actor)
        return JsonResponse(uploads.view(evidence.upload(upload_id, actor=actor)))
    except ConflictError as error:  # the script goes on where the file ends
        known = uploads.view(evidence.upload(upload_id, actor=actor))
        return JsonResponse(known | {"why": _(error.detail)}, status=error.status)


@require_POST
def drop(request: HttpRequest, unsent_id: UUID, upload_id: UUID) -> HttpResponse:
    """Take a file away from a message that is not sent yet."""
    actor = accounts.acting(request, "message.write")
    _belongs(unsent_id, upload_id, actor)
    exchange.written_keep(unsent_id, officer=actor.id, fields=fields_of(request) or None, drop_file=str(upload_id))
    uploads.drop_all([str(upload_id)], actor)
    if request.accepts("text/html"):
        return HttpResponseRedirect(reverse("messages:write", args=[unsent_id]) + "#files")
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_safe
def download(request: HttpRequest, conversation_id: UUID, message_id: UUID, number: int) -> HttpResponseBase:
    """A file of a message, to be kept and never to be shown by the browser: it may be anything."""
    actor = accounts.acting(request, "message.read")
    if request.method == "HEAD":
        exchange.message_of(message_id, conversation_id)
        return HttpResponse(content_type=OPAQUE)
    file = exchange.attachment_read(message_id, number, conversation=conversation_id, actor=actor.reference)
    response = StreamingHttpResponse(file.pieces, content_type=OPAQUE)
    response["Content-Length"] = str(file.attachment.size)
    response["Content-Disposition"] = _disposition(file.attachment.name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Repr-Digest"] = f"sha-256=:{base64.b64encode(bytes.fromhex(file.attachment.sha256)).decode()}:"
    return response


def _disposition(name: str) -> str:
    """RFC 6266: always an attachment; a plain name for old readers, the whole one for others."""
    plain = "".join(one if one.isascii() and (one.isalnum() or one in "._- ") else "_" for one in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _belongs(unsent_id: UUID, upload_id: UUID, actor: accounts.Actor) -> None:
    if str(upload_id) not in exchange.written(unsent_id, officer=actor.id).files:
        raise NotFoundError(_("There is no such file with this message."))


def _checked(request: HttpRequest, length: int) -> bytes:
    if length > uploads.MAX_CHUNK:
        raise InvalidInputError("The part is too large.", fix=f"Send at most {uploads.MAX_CHUNK} bytes at once.")
    body = evidence.RequestBody(request)
    data = b""
    while len(data) < length and (more := body.read(length - len(data))):
        data += more
    told = request.headers.get("Content-Digest", "")
    if told and told != f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:":
        raise ConflictError("The part was damaged on its way.", fix="Send it again.")
    return data
