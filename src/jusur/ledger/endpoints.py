"""The node's log over HTTP: C2SP tlog-tiles resources, and the proofs of single events.

The web room mounts this for holders of ``audit.read``: it knows no accounts, which stand above the log.
"""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Router, Schema
from pydantic import Field

from jusur.kernel import clock
from jusur.kernel.ids import parse_id
from jusur.ledger import api
from jusur.tlog import tiles
from jusur.tlog.errors import TileError

router = Router(tags=["ledger"])

Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="SHA-256 in hexadecimal")]
_BYTES: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}


class Proof(Schema):
    """That an event stands in the log: RFC 9162 inclusion proof under a signed checkpoint."""

    event: str
    leaf: Annotated[str, Field(description="The log's entry, canonical JSON; its RFC 9162 leaf hash starts the path")]
    leaf_index: int
    inclusion: list[Digest]
    checkpoint: Annotated[str, Field(description="C2SP checkpoint: a signed note")]
    log_key: str


class Consistency(Schema):
    """That the log of ``old`` entries is the beginning of the log of ``new`` entries."""

    old: int
    new: int
    proof: list[Digest]


class EventRow(Schema):
    """An event as an auditor sees it: who did what to which subject, and never its content."""

    id: str
    kind: str
    subject_type: str
    subject_id: str
    actor: str
    purpose: str
    occurred_at: str
    leaf_index: int
    forgotten: bool


class EventPage(Schema):
    """Events in the order of the log, and the leaf to go on after."""

    items: list[EventRow]
    next: int | None


@router.get(
    "/checkpoint",
    summary="The newest signed checkpoint",
    openapi_extra={"responses": {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}},
)
def checkpoint(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - django-ninja passes it
    """A C2SP checkpoint: origin, size, root hash, signature."""
    return HttpResponse(api.resource("checkpoint"), content_type="text/plain; charset=utf-8")


@router.get(
    "/tile/{path:tile}",
    summary="A tile of hashes or a bundle of entries",
    openapi_extra={"responses": {200: {"content": {"application/octet-stream": _BYTES}}}},
)
def tile(request: HttpRequest, tile: Annotated[str, Path(max_length=64)]) -> HttpResponse:  # noqa: ARG001 - django-ninja passes it
    """``<L>/<N>[.p/<W>]`` or ``entries/<N>[.p/<W>]`` as C2SP tlog-tiles spells them."""
    path = f"tile/{tile}"
    try:
        tiles.parse_path(path)
    except TileError as error:
        raise api.EventNotFoundError(error.detail, fix=error.fix) from None
    return HttpResponse(api.resource(path), content_type="application/octet-stream")


@router.get("/events", summary="Events in the order of the log", response=EventPage)
def events(
    request: HttpRequest,  # noqa: ARG001 - django-ninja passes it
    after: Annotated[int, Field(ge=-1, lt=2**63 - 1)] = -1,
    limit: Annotated[int, Field(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """Who did what to which subject and why, without content."""
    found = api.sequenced_after(after, limit=limit)
    more = len(found) == limit
    return {"items": [_row(event) for event in found], "next": found[-1].leaf_index if more else None}


@router.get("/events/{event_id}/proof", summary="The inclusion proof of one event", response=Proof)
def proof(request: HttpRequest, event_id: Annotated[str, Path(max_length=64)]) -> dict[str, Any]:  # noqa: ARG001 - django-ninja passes it
    """The proof under the newest checkpoint."""
    proved = api.proof(parse_id(event_id))
    return {
        "event": str(proved.event_id),
        "leaf": proved.leaf.decode(),
        "leaf_index": proved.leaf_index,
        "inclusion": [value.hex() for value in proved.hashes],
        "checkpoint": proved.checkpoint.text,
        "log_key": api.log_key(),
    }


@router.get("/consistency", summary="The proof that the log only grew", response=Consistency)
def consistency(
    request: HttpRequest,  # noqa: ARG001 - django-ninja passes it
    old: Annotated[int, Field(ge=0, lt=2**63)],
    new: Annotated[int, Field(ge=0, lt=2**63)],
) -> dict[str, Any]:
    """The RFC 9162 consistency proof between two sizes of the log."""
    if new > api.size():
        raise api.EventNotFoundError("The log has not grown that far.", fix="Ask for its newest checkpoint first.")
    proved = api.consistency(old, new)
    return {"old": old, "new": new, "proof": [value.hex() for value in proved.hashes]}


def _row(event: api.LedgerEvent) -> dict[str, Any]:
    return {
        "id": str(event.id),
        "kind": event.kind,
        "subject_type": event.subject_type,
        "subject_id": event.subject_id,
        "actor": event.actor,
        "purpose": event.purpose,
        "occurred_at": clock.timestamp(event.occurred_at),
        "leaf_index": event.leaf_index,
        "forgotten": event.forgotten_at is not None,
    }
