"""The directory for national systems, and joining online (both mounted by the web room).

A node that joins has no certificate yet and cannot pass the gate, so it asks here; what protects the joining are the
one-time token and the two fingerprints, not the connection.
"""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Header, Query, Router, Schema, Status
from pydantic import Field

from jusur.directory import api, envelopes, shapes
from jusur.directory.errors import DirectoryDocumentError
from jusur.directory.possession import MAX_BYTES as MAX_SEALED_WELCOME
from jusur.directory.requests import MAX_ENVELOPE_BYTES
from jusur.directory.schema import Kind
from jusur.directory.schema import Status as Standing
from jusur.kernel import canonical, clock

router = Router(tags=["directory"])
join_router = Router(tags=["joining"], auth=None)

_TOKEN_LENGTH = 200
_JOIN_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["token", "request"],
                    "additionalProperties": False,
                    "properties": {
                        "token": {"type": "string", "maxLength": _TOKEN_LENGTH, "description": "The invitation's."},
                        "request": {"type": "object", "description": "The key request: a DSSE envelope."},
                    },
                }
            }
        },
    }
}


class Filter(Schema):
    """Which organisations are wanted; all where nothing is said."""

    kind: Kind | None = None
    status: Standing | None = None
    region: Annotated[str, Field(max_length=8)] = ""


@router.get(
    "", summary="The directory this node holds", operation_id="directory_current", response=shapes.CurrentDirectory
)
def current(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001 - django-ninja passes it
    """Version, digest and end of the directory held, and the open alarms about it."""
    version, digest = api.current()
    return {
        "version": version,
        "digest": digest,
        "expires_at": clock.timestamp(api.expires()),
        "alarms": [{"kind": a.kind, "detail": a.detail, "raised_at": a.raised_at} for a in api.alarms()],
    }


@router.get(
    "/organisations",
    summary="List organisations",
    operation_id="directory_organisations",
    response=shapes.OrganisationList,
)
def organisations(request: HttpRequest, wanted: Query[Filter]) -> dict[str, Any]:  # noqa: ARG001 - passed by ninja
    """Members, regional and partner organisations, without their keys."""
    found = api.organisations(kind=wanted.kind or "", status=wanted.status or "", region=wanted.region)
    return {"organisations": [api.organisation_view(each) for each in found]}


@router.get(
    "/organisations/{address}",
    summary="One organisation",
    operation_id="directory_organisation",
    response=shapes.OrganisationDetail,
)
def organisation(request: HttpRequest, address: str) -> dict[str, Any]:  # noqa: ARG001 - django-ninja passes it
    """An organisation with its keys."""
    return api.organisation_view(api.organisation(address), keys=True)


@join_router.post(
    "/requests",
    response={202: shapes.Received},
    summary="Ask to join",
    operation_id="join_ask",
    openapi_extra=_JOIN_BODY,
)
def ask(request: HttpRequest) -> Status[dict[str, Any]]:
    """Take a key request made under an invitation. The token travels in the body, never in an address or a log."""
    body = canonical.decode(request.body, max_bytes=MAX_ENVELOPE_BYTES + 1024, max_depth=8)
    if not isinstance(body, dict) or set(body) != {"token", "request"} or not isinstance(body["request"], dict):
        raise DirectoryDocumentError("The body needs the members token and request.", fix="See /v1/openapi.json.")
    token = body["token"]
    if not isinstance(token, str) or len(token) > _TOKEN_LENGTH:
        raise DirectoryDocumentError("The token is not one of an invitation.")
    row = api.join_request_receive(token=token, envelope=envelopes.write(body["request"]))
    return Status(202, {"id": row.id, "state": row.state})


@join_router.get(
    "/requests/{request_id}/welcome",
    response=shapes.Welcomed,
    summary="What became of a request",
    operation_id="join_welcome",
)
def welcome(
    request: HttpRequest,  # noqa: ARG001 - django-ninja passes it
    request_id: UUID,
    token: Annotated[str, Header(alias="Jusur-Invitation-Token", max_length=_TOKEN_LENGTH)],
) -> dict[str, Any]:
    """The state of a request, and the welcome once it was admitted, for whoever holds the invitation's token."""
    standing = api.join_standing(request_id=request_id, token=token)
    answer: dict[str, Any] = {"state": standing.state, "reason": standing.reason}
    if standing.bundle is not None:
        answer["welcome"] = canonical.decode(standing.bundle, max_bytes=MAX_SEALED_WELCOME)
    return answer
