"""What every page of the desk gets on its way: language, headers, compression, and refusals shown to a person."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers

from jusur.desk.kit import faults, language
from jusur.kernel.errors import JusurError

MACHINE = ("/v1/", "/health", "/metrics", "/timestamp")
"""Addresses that programs ask, not people."""
_COMPRESSED = ("text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml", "text/csv")
_POLICY = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"


def for_people(request: HttpRequest) -> bool:
    """Whether a person's browser asks for a page, not a program for data."""
    return not request.path_info.startswith(MACHINE)


class Compression(GZipMiddleware):
    """Compresses text on its way to people; fonts, evidence and live updates go as they are."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """``response``, smaller where that helps."""
        kind = response.get("Content-Type", "").partition(";")[0]
        if kind not in _COMPRESSED or not for_people(request) or response.get("Content-Disposition", ""):
            return response
        return super().process_response(request, response)


class Pages:
    """Headers of pages: nothing that an officer saw stays in a cache, no page asks for a camera."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer to ``request`` with its headers."""
        response = self.get_response(request)
        if for_people(request):
            response.setdefault("Cache-Control", "no-store")
            response.setdefault("Permissions-Policy", _POLICY)
            response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class Language:
    """Chooses the page's language: the officer's, else the cookie's, else what the browser accepts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer to ``request`` in its reader's language."""
        if not for_people(request):
            return self.get_response(request)
        chosen = language.choose(request)
        with translation.override(chosen):
            request.LANGUAGE_CODE = chosen
            response = self.get_response(request)
        response.setdefault("Content-Language", chosen)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response


class Refusals:
    """Turns an error a view did not catch into a page that says what is wrong and what to do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer to ``request``."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page for ``error``, or ``None`` where it is not one of ours or no person asked."""
        if not isinstance(error, JusurError) or not for_people(request):
            return None
        if error.status == HTTPStatus.UNAUTHORIZED:
            return faults.to_sign_in(request)
        return faults.page(request, error)
