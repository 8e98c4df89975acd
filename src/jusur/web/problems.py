"""Every error of the API as a problem document (RFC 9457)."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import structlog
from django.core.exceptions import SuspiciousOperation
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from jusur.kernel import canonical, text
from jusur.kernel.errors import InvalidInputError, JusurError, NotFoundError, UnavailableError
from jusur.web.errors import MethodNotAllowedError, TooManyRequestsError

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
MAX_FAULTS = 50
RETRY_SECONDS = 5


def of(error: JusurError) -> HttpResponse:
    """``error`` as an HTTP answer."""
    response = answer(error.problem())
    if isinstance(error, TooManyRequestsError):
        response["Retry-After"] = str(error.wait_seconds)
    elif error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


def answer(body: dict[str, Any]) -> HttpResponse:
    """``body`` as an HTTP answer with its own status."""
    response = HttpResponse(canonical.encode(body), status=body["status"], content_type=MEDIA_TYPE)
    if body["status"] == HTTPStatus.UNAUTHORIZED:  # RFC 9110, section 15.5.2
        response["WWW-Authenticate"] = "Bearer"
    return response


def no_database(error: BaseException) -> HttpResponse:
    """The answer while the database is away, shut down or starting; nothing was begun or all of it was undone."""
    log.error("api.no_database", error=type(error).__name__)
    return of(UnavailableError("The node's database does not answer.", fix="Try again in a few seconds."))


def is_database_away(error: BaseException | None) -> bool:
    """Whether ``error`` says that the database could not be asked."""
    return isinstance(error, InterfaceError | OperationalError)


def unexpected() -> HttpResponse:
    """The answer where this node failed in a way nobody foresaw; it tells nothing of the inside."""
    body = _problem("unexpected", "Something went wrong here", 500, "The node could not do this.")
    return answer(body | {"fix": "Try again later; the administrator finds the cause in the node's log."})


class Problems:
    """Django middleware: errors that no view of ours made (405 and its like) become problem documents too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer to ``request``; an error answer is a problem document."""
        response = self.get_response(request)
        if response.status_code < HTTPStatus.BAD_REQUEST or response.get("Content-Type") == MEDIA_TYPE:
            return response
        if not request.path_info.startswith("/v1/"):
            return response
        return self._restated(request, response)

    @staticmethod
    def _restated(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            allowed = response.get("Allow", "")
            restated = of(MethodNotAllowedError(f"Nothing here answers {request.method}.", fix=f"Use {allowed}."))
            restated["Allow"] = allowed
            return restated
        if response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return unexpected()
        status = HTTPStatus(response.status_code)
        return answer(_problem("http", "The request is not valid", status, f"{status.phrase}."))


def install(api: NinjaAPI) -> None:
    """Make ``api`` answer every error with a problem document."""
    api.add_exception_handler(JusurError, _expected)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(AuthenticationError, _not_signed_in)
    api.add_exception_handler(HttpError, _http)
    api.add_exception_handler(Http404, _not_found)
    api.add_exception_handler(SuspiciousOperation, _suspicious)
    api.add_exception_handler(DataError, _not_storable)
    api.add_exception_handler(OperationalError, _no_database)
    api.add_exception_handler(InterfaceError, _no_database)
    api.add_exception_handler(Exception, _unexpected)


def _expected(_request: HttpRequest, error: Any) -> HttpResponse:
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("api.failed", error=type(error).__name__, code=error.code)
    return of(error)


def _invalid(_request: HttpRequest, error: Any) -> HttpResponse:
    faults = [
        {
            "at": text.shown("/".join(str(part) for part in fault["loc"])),
            "why": text.shown(fault["msg"], max_length=200),
        }
        for fault in error.errors[:MAX_FAULTS]
    ]
    body = _problem("invalid-input", "The input is not valid", 422, "Some fields are not valid.")
    return answer(body | {"errors": faults})


def _not_signed_in(_request: HttpRequest, _error: Any) -> HttpResponse:
    return answer(
        _problem("not-signed-in", "Sign-in needed", 401, "The request carries no valid token.")
        | {"fix": "Send Authorization: Bearer with a token of this node."}
    )


def _http(_request: HttpRequest, error: Any) -> HttpResponse:
    cause = error.__cause__
    if isinstance(cause, JusurError):  # a parser's refusal, which the framework wraps
        return of(cause)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error.status_code == HTTPStatus.BAD_REQUEST else error.status_code
    return answer(_problem("http", "The request is not valid", int(status), str(error)))


def _not_found(_request: HttpRequest, _error: Any) -> HttpResponse:
    return of(NotFoundError("There is nothing here."))


def _suspicious(_request: HttpRequest, _error: Any) -> HttpResponse:
    return of(InvalidInputError("The request is not acceptable: it has too many fields or is not well formed."))


def _not_storable(_request: HttpRequest, error: Any) -> HttpResponse:
    log.warning("api.not_storable", error=type(error.__cause__).__name__)
    return of(InvalidInputError("A value is outside what this node can keep.", fix="Check numbers and lengths."))


def _no_database(_request: HttpRequest, error: Any) -> HttpResponse:
    return no_database(error)


def _unexpected(_request: HttpRequest, error: Any) -> HttpResponse:
    log.error("api.unexpected", error=type(error).__name__, exc_info=error)
    return unexpected()


def _problem(code: str, title: str, status: int, detail: str) -> dict[str, Any]:
    return {"type": f"urn:jusur:problem:{code}", "title": title, "status": int(status), "detail": detail}
