"""Leads whoever must confirm that it is them to the page that asks for it, and back."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from jusur.accounts import api as accounts
from jusur.desk.signin import flow


class Guard:
    """Turns a missing confirmation into the question for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer to ``request``."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """To the confirmation, where that is what lacks."""
        if not isinstance(error, accounts.ConfirmationNeededError):
            return None
        address = f"{reverse('signin:confirm')}?{urlencode({'next': came_from(request)})}"
        if getattr(request, "htmx", False):
            response = HttpResponse(status=204)
            response["HX-Redirect"] = address
            return response
        return HttpResponseRedirect(address)


def came_from(request: HttpRequest) -> str:
    """The page on which the person is: this address if it was looked at, else the page that sent the form."""
    if request.method == "GET":
        return request.get_full_path()
    referer = urlsplit(request.headers.get("Referer", ""))
    path = f"{referer.path}?{referer.query}" if referer.query else referer.path
    return path if referer.netloc == request.get_host() and flow.is_ours(request, path) else request.path
