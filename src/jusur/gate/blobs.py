"""Chunks of offered blobs: ``GET /blobs/v1/{name}`` with a range of exactly one chunk (RFC 9110, section 14).

The digest of the whole goes along (RFC 9530); a chunk's own is in the message that offered the blob. Bytes are read
and sent piece by piece.
"""

import base64
import re
from collections.abc import AsyncIterator, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from jusur.exchange import api as exchange
from jusur.gate.guard import Guard
from jusur.kernel.errors import InvalidInputError

PIECE: Final = 1024 * 1024
_RANGE = re.compile(r"bytes=(\d{1,19})-(\d{1,19})")


class RangeError(InvalidInputError):
    """The range is not one chunk of the blob."""

    code = "range-not-a-chunk"
    title = "The range is not one chunk"
    status = 416


async def chunk(request: Request) -> Response:
    """One chunk of a blob that is offered to whoever signed the request."""
    guard: Guard = request.app.state.guard
    verified = await guard.identify(request, "standard")
    guard.require_turn(f"{verified.sender} blobs")
    offer = await guard.work(
        "standard", lambda: exchange.find_offer(request.path_params["name"], recipient=verified.sender)
    )
    index = _chunk_of(request.headers.get("range", ""), offer)
    start, length = index * offer.chunk_size, offer.length_of(index)
    read = await guard.work("standard", lambda: exchange.open_offer(offer))
    headers = {
        "content-range": f"bytes {start}-{start + length - 1}/{offer.size}",
        "content-length": str(length),
        "repr-digest": f"sha-256=:{base64.b64encode(bytes.fromhex(offer.sha256)).decode()}:",
        "accept-ranges": "bytes",
        "cache-control": "no-store",
    }
    pieces = _pieces(guard, verified.sender, read, start, length)
    return StreamingResponse(pieces, 206, headers, media_type="application/octet-stream")


def _chunk_of(field: str, offer: exchange.Offer) -> int:
    match = _RANGE.fullmatch(field)
    if match is None:
        raise RangeError("Chunks are asked for one by one: Range: bytes=first-last.", fix="Ask for one chunk.")
    first, last = map(int, match.groups())
    index, rest = divmod(first, offer.chunk_size)
    if rest or first >= offer.size or last - first + 1 != offer.length_of(index):
        raise RangeError(
            f"The blob has {offer.size} bytes in chunks of {offer.chunk_size}; the range is not one of them."
        )
    return index


async def _pieces(
    guard: Guard, peer: str, read: Callable[[int, int], bytes], start: int, length: int
) -> AsyncIterator[bytes]:
    at, end = start, start + length
    with guard.counted(f"{peer} blobs"):
        while at < end:
            piece = await guard.work("standard", read, at, min(PIECE, end - at))
            if not piece:
                return
            yield piece
            at += len(piece)
