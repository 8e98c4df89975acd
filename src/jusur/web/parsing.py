"""Bodies of requests, read strictly: what is kept and signed later must not carry a second meaning."""

from typing import Any, cast

from django.http import HttpRequest
from ninja.parser import Parser
from ninja.types import DictStrAny

from jusur.kernel import canonical
from jusur.kernel.errors import InvalidInputError
from jusur.web.limits import MAX_JSON


class StrictParser(Parser):
    """I-JSON (RFC 7493) without NUL characters, which no text of this node has."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        """The JSON value of the body.

        Raises:
            InvalidInputError: malformed, ambiguous, too deep, numbers beyond exact doubles, NUL characters.
        """
        value = canonical.decode(request.body, max_bytes=MAX_JSON)
        if b"\\u0000" in request.body or b"\0" in request.body:
            _refuse_nul(value)
        return cast("DictStrAny", value)


def _refuse_nul(root: Any) -> None:
    pending = [root]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending.extend(value)
            pending.extend(value.values())
        elif isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, str) and "\0" in value:
            raise InvalidInputError("A text holds a NUL character.", fix="Remove it.")
