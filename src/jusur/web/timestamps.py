"""The demonstration's time-stamp authority over HTTP (RFC 3161, section 3.4). No other node serves it."""

from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from jusur.crypto import timestamps
from jusur.kernel.errors import NotFoundError
from jusur.node.context import Node, current
from jusur.web import problems
from jusur.web.errors import MethodNotAllowedError, TooLargeError, UnsupportedTypeError

QUERY = "application/timestamp-query"
REPLY = "application/timestamp-reply"


@csrf_exempt  # machines post here, without cookies
def stamp(request: HttpRequest) -> HttpResponse:
    """The time-stamp over what the query names, or the authority's refusal in the protocol's own form."""
    node = current()
    if not (node.settings.demo and node.settings.role == "secretariat"):
        return problems.of(NotFoundError("This node is no time-stamp authority.", fix="Ask a qualified authority."))
    if request.method != "POST":
        refused = problems.of(MethodNotAllowedError("Time-stamp queries are posted.", fix="Use POST."))
        refused["Allow"] = "POST"
        return refused
    if request.content_type != QUERY:
        return problems.of(UnsupportedTypeError("This is no time-stamp query.", fix=f"Send {QUERY}."))
    body = request.read(timestamps.MAX_REQUEST + 1)
    if len(body) > timestamps.MAX_REQUEST:
        return problems.of(TooLargeError(f"A query has at most {timestamps.MAX_REQUEST} bytes."))
    return HttpResponse(_authority(node).respond(body), content_type=REPLY)


@lru_cache(maxsize=1)
def _authority(node: Node) -> timestamps.Authority:
    tsa = node.keys.tsa
    return timestamps.Authority(tsa.key, tsa.certificate)
