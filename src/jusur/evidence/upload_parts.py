"""Parts of an upload as HTTP carries them: Content-Range (RFC 9110, section 14.5) and a body that may break off."""

import re
from typing import Any

from django.http import HttpRequest

from jusur.evidence import uploads
from jusur.kernel.errors import InvalidInputError

_RANGE = re.compile(r"bytes (?:(?P<first>\d{1,16})-(?P<last>\d{1,16})|\*)/(?P<total>\d{1,16})")


class RequestBody:
    """A request's body that ends where the connection does."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes."""
        try:
            return self._request.read(size)
        except OSError:  # the sender is gone; what came is kept
            return b""


def content_part(request: HttpRequest) -> uploads.Part:
    """The place of the part that ``request`` brings, as its Content-Range says.

    Raises:
        InvalidInputError: it says none, or one that does not fit the body.
    """
    match = _RANGE.fullmatch(request.headers.get("Content-Range", ""))
    if match is None:
        raise InvalidInputError("The part's place is missing.", fix="Send Content-Range: bytes FIRST-LAST/TOTAL.")
    total = int(match["total"])
    first = int(match["first"]) if match["first"] else total
    stop = int(match["last"]) + 1 if match["last"] else total
    length = request.headers.get("Content-Length") or "0"
    if (
        not first <= stop <= total
        or (match["first"] and first == stop)
        or stop - first > uploads.MAX_PART
        or length != str(stop - first)
    ):
        raise InvalidInputError(
            "The Content-Range does not fit the body.", fix=f"Send 1 to {uploads.MAX_PART} bytes and say which."
        )
    return uploads.Part(first, stop, total)


def upload_view(upload: uploads.Upload) -> dict[str, Any]:
    """An upload as programs see it."""
    return {
        "id": str(upload.id),
        "name": upload.name,
        "size": upload.size,
        "sha256": upload.sha256 or None,
        "offset": upload.offset,
        "complete": upload.complete,
        "intake_name": upload.intake_name,
        "opened_at": upload.opened_at,
        "max_part": uploads.MAX_PART,
    }
