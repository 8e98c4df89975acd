"""What keeps a node running asks of its web process: is it well, what are its figures."""

import sys

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from jusur import __version__
from jusur.kernel.errors import InvalidInputError, NotFoundError
from jusur.web import problems


def health(_request: HttpRequest) -> HttpResponse:
    """200 while the process answers and reaches its database, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "no database", "version": __version__}, status=503)
    return JsonResponse({"status": "ok", "version": __version__})


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus metrics, for this machine only."""
    if request.META.get("REMOTE_ADDR") not in {"127.0.0.1", "::1"}:
        return not_found(request)
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's handlers take both
    """Nothing stands at this address."""
    return problems.of(NotFoundError("Nothing stands at this address.", fix="See /v1/openapi.json."))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's handlers take both
    """The request is not one this node reads: a foreign Host header, too many fields."""
    return problems.of(InvalidInputError("The request is not well formed, or names another host."))


def failed(_request: HttpRequest) -> HttpResponse:
    """Something failed outside the API's own handlers: in what is done before and after them, often the database."""
    error = sys.exc_info()[1]
    if error is not None and problems.is_database_away(error):
        return problems.no_database(error)
    return problems.unexpected()
