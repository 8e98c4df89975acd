"""What the web process did, for its keepers: counts and times by route, and one log line a request.

Addresses appear as templates and people as identifiers: neither queries nor bodies nor names are written.
"""

import time
from collections.abc import Callable

import structlog
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from prometheus_client import Counter, Histogram

from jusur.accounts import api as accounts

log = structlog.get_logger()

REQUESTS = Counter("jusur_http_requests_total", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "jusur_http_request_seconds",
    "Time to the answer.",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60),
)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Observe:
    """Django middleware that counts, times and logs every request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer to ``request``."""
        began = time.perf_counter()
        response = self.get_response(request)
        seconds = time.perf_counter() - began
        method = request.method if request.method in _METHODS else "OTHER"
        where = route(request)
        REQUESTS.labels(method, where, str(response.status_code)).inc()
        SECONDS.labels(method, where).observe(seconds)
        log.info(
            "web.request",
            method=method,
            route=where,
            status=response.status_code,
            milliseconds=round(seconds * 1000, 1),
            actor=_actor(request),
        )
        return response


def route(request: HttpRequest) -> str:
    """The template of the address that answered, such as ``/v1/evidence/requests/<request_id>``."""
    try:
        match = request.resolver_match or resolve(request.path_info)
    except Resolver404:
        return "unmatched"
    return "/" + match.route


def _actor(request: HttpRequest) -> str:
    actor = getattr(request, "auth", None)
    return actor.reference if isinstance(actor, accounts.Actor) else "-"
