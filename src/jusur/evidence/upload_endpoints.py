"""Uploads over HTTP: open, send parts in order with Content-Range (RFC 9110, section 14.5), ask how far it came."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router, Schema, Status
from pydantic import ConfigDict, Field

from jusur.accounts import api as accounts
from jusur.evidence import uploads
from jusur.evidence.upload_parts import RequestBody, content_part, upload_view
from jusur.kernel.ids import parse_id

router = Router(tags=["evidence"])

Id = Annotated[str, Path(max_length=64)]
_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_PROBLEM: dict[str, Any] = {"schema": {"$ref": "#/components/schemas/Problem"}}
_FULL: dict[int, Any] = {
    507: {"description": "Insufficient Storage", "content": {"application/problem+json": _PROBLEM}},
}
_OFFSET_HEADERS: dict[str, Any] = {
    "Upload-Offset": {"description": "Bytes safely here.", "schema": {"type": "integer"}},
    "Upload-Length": {"description": "Bytes of the whole file.", "schema": {"type": "integer"}},
}


class NewUpload(Schema):
    """A file to bring: its own name, its size in bytes, and its SHA-256 where it is known."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=255)]
    size: Annotated[int, Field(ge=0, lt=2**53)]
    sha256: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")] = ""


class UploadView(Schema):
    """How far an upload came; once it is complete, ``intake_name`` is what to collect it by."""

    id: str
    name: str
    size: int
    sha256: str | None
    offset: int
    complete: bool
    intake_name: str
    opened_at: str
    max_part: int


@router.post("", summary="Begin to bring a file", response={201: UploadView}, openapi_extra={"responses": _FULL})
def open_upload(request: HttpRequest, body: NewUpload) -> Status[dict[str, Any]]:
    """Then send its parts, each after the other."""
    actor = accounts.acting(request, "evidence.acquire")
    upload = uploads.upload_open(name=body.name, size=body.size, sha256=body.sha256, actor=actor)
    return Status(201, upload_view(upload))


@router.get("/{upload_id}", summary="How far an upload came", response=UploadView)
def show_upload(request: HttpRequest, upload_id: Id) -> dict[str, Any]:
    """After an interruption go on at ``offset``."""
    actor = accounts.acting(request, "evidence.acquire")
    return upload_view(uploads.upload(parse_id(upload_id), actor=actor))


@router.api_operation(
    ["HEAD"],
    "/{upload_id}",
    summary="How far an upload came, in headers",
    openapi_extra={"responses": {200: {"headers": _OFFSET_HEADERS}}},
)
def probe_upload(request: HttpRequest, upload_id: Id) -> HttpResponse:
    """After an interruption go on at ``Upload-Offset``."""
    actor = accounts.acting(request, "evidence.acquire")
    upload = uploads.upload(parse_id(upload_id), actor=actor)
    headers = {"Upload-Offset": str(upload.offset), "Upload-Length": str(upload.size), "Cache-Control": "no-store"}
    return HttpResponse(status=200, headers=headers, content_type="application/json")


@router.put(
    "/{upload_id}",
    summary="Send a part",
    response=UploadView,
    openapi_extra={
        "responses": _FULL,
        "requestBody": {"required": False, "content": {"application/octet-stream": _BINARY}},
        "parameters": [
            {
                "in": "header",
                "name": "Content-Range",
                "required": True,
                "description": "bytes FIRST-LAST/TOTAL, or bytes */TOTAL without a body to end an upload.",
                "schema": {"type": "string", "pattern": r"^bytes ([0-9]{1,16}-[0-9]{1,16}|\*)/[0-9]{1,16}$"},
            }
        ],
    },
)
def send_part(request: HttpRequest, upload_id: Id) -> dict[str, Any]:
    """At most ``max_part`` bytes; with the last one the file arrives in the intake."""
    actor = accounts.acting(request, "evidence.acquire")
    part = content_part(request)
    return upload_view(
        uploads.upload_part(upload_id=parse_id(upload_id), part=part, source=RequestBody(request), actor=actor),
    )
