"""Pages that say what went wrong and what to do."""

import sys
from http import HTTPStatus
from urllib.parse import quote

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from jusur.desk.kit.words import word
from jusur.kernel.errors import ForbiddenError, InvalidInputError, JusurError, NotFoundError
from jusur.web import problems, service

log = structlog.get_logger()

SIGN_IN = "/sign-in"
_MACHINE = ("/v1/", "/health", "/metrics", "/timestamp")


class ExpiredFormError(ForbiddenError):
    """The form came without its proof that this desk made it (cross-site request forgery, or an old page)."""

    code = "expired-form"
    title = "This form is no longer valid"


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page, and from there back here."""
    wanted = request.get_full_path() if request.method == "GET" else "/"
    if request.path_info == "/live":  # an event stream ends for good with 204
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    response: HttpResponse = HttpResponseRedirect(f"{SIGN_IN}?next={quote(wanted)}" if wanted != "/" else SIGN_IN)
    if getattr(request, "htmx", False):
        response = HttpResponse(status=HTTPStatus.NO_CONTENT)
        response["HX-Redirect"] = SIGN_IN
    return response


def page(request: HttpRequest, error: JusurError) -> HttpResponse:
    """The page for ``error``, with its own status."""
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("desk.failed", error=type(error).__name__, code=error.code)
    context = {"problem": shown(error), "status": error.status}
    response = render(request, "kit/problem.html", context, status=error.status)
    if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = str(problems.RETRY_SECONDS)
    return response


def shown(error: JusurError) -> dict[str, str]:
    """``error`` in the reader's language as far as it is known there: ``title``, ``detail``, ``fix``, ``code``.

    The kind of problem is translated always; its details are where the catalogue has them, else they are English.
    """
    return {
        "code": error.code,
        "title": str(word("problem", error.code, default=_(error.title))),
        "detail": _(error.detail) if error.detail else "",
        "fix": _(error.fix) if error.fix else "",
    }


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Nothing stands at this address."""
    if _machine(request):
        return service.not_found(request, exception)
    return page(
        request, NotFoundError(_("Nothing stands at this address."), fix=_("Go back, or start again from Today."))
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The request is not one this node reads."""
    if _machine(request):
        return service.bad_request(request, exception)
    return page(request, InvalidInputError(_("The request is not well formed."), fix=_("Go back and try again.")))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's handlers take both
    """The act is not this person's."""
    return page(request, ForbiddenError(_("You may not do this."), fix=_("Ask your administrator for the role.")))


def failed(request: HttpRequest) -> HttpResponse:
    """Something failed in a way nobody foresaw; the page needs neither database nor session."""
    if _machine(request):
        return service.failed(request)
    if not problems.is_database_away(sys.exc_info()[1]):
        return HttpResponse(render_to_string("kit/failed.html"), status=HTTPStatus.INTERNAL_SERVER_ERROR)
    response = HttpResponse(render_to_string("kit/failed.html", {"away": True}), status=HTTPStatus.SERVICE_UNAVAILABLE)
    response["Retry-After"] = str(problems.RETRY_SECONDS)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is too old, or another site sent it."""
    log.warning("desk.csrf_refused", reason=reason[:80])
    return page(
        request,
        ExpiredFormError(
            _("The form was open too long, or cookies are blocked. Nothing was sent."),
            fix=_("Go back, load the page again and send it once more."),
        ),
    )


def _machine(request: HttpRequest) -> bool:
    return request.path_info.startswith(_MACHINE)
