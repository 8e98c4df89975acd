"""Every error of the API as a problem document (RFC 9457)."""

from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from jusur.kernel import canonical
from jusur.kernel.errors import JusurError

log = structlog.get_logger()


def answer(body: dict[str, Any]) -> HttpResponse:
    """``body`` as an HTTP answer with its own status."""
    response = HttpResponse(canonical.encode(body), status=body["status"], content_type="application/problem+json")
    if body["status"] == 401:  # noqa: PLR2004 - RFC 9110, section 15.5.2
        response["WWW-Authenticate"] = "Bearer"
    return response


def install(api: NinjaAPI) -> None:
    """Make ``api`` answer every error with a problem document."""
    api.add_exception_handler(JusurError, _expected)
    api.add_exception_handler(ValidationError, _invalid)
    api.add_exception_handler(AuthenticationError, _not_signed_in)
    api.add_exception_handler(HttpError, _http)
    api.add_exception_handler(Exception, _unexpected)


def _expected(_request: HttpRequest, error: JusurError | type[JusurError]) -> HttpResponse:
    return answer(error.problem() if isinstance(error, JusurError) else JusurError("").problem())


def _invalid(_request: HttpRequest, error: Any) -> HttpResponse:
    faults = [{"at": "/".join(str(part) for part in fault["loc"]), "why": fault["msg"]} for fault in error.errors]
    return answer(
        _problem("invalid-input", "The input is not valid", 422, "Some fields are not valid.") | {"errors": faults}
    )


def _not_signed_in(_request: HttpRequest, _error: Any) -> HttpResponse:
    return answer(
        _problem("not-signed-in", "Sign-in needed", 401, "The request carries no valid token.")
        | {"fix": "Send Authorization: Bearer with a token of this node."}
    )


def _http(_request: HttpRequest, error: Any) -> HttpResponse:
    return answer(_problem("http", "The request is not valid", error.status_code, str(error)))


def _unexpected(_request: HttpRequest, error: Any) -> HttpResponse:
    log.error("api.unexpected", error=type(error).__name__, exc_info=error)
    return answer(
        _problem("unexpected", "Something went wrong here", 500, "The node could not do this; nothing was changed.")
    )


def _problem(code: str, title: str, status: int, detail: str) -> dict[str, Any]:
    return {"type": f"urn:jusur:problem:{code}", "title": title, "status": status, "detail": detail}
