"""The language of a page, and the reader's choice of it."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from jusur.kernel import languages

COOKIE_SECONDS = 365 * 24 * 3600


def choose(request: HttpRequest) -> languages.Language:
    """The officer's language, else the cookie's, else what the browser accepts, else English."""
    user = getattr(request, "user", None)
    wanted = user.language if user is not None and user.is_authenticated else ""
    wanted = wanted or translation.get_language_from_request(request)
    return _known(wanted)


def current() -> languages.Language:
    """The language in which the present page is written."""
    return _known(translation.get_language() or languages.DEFAULT)


def remember(response: HttpResponse, code: languages.Language) -> None:
    """Keep the choice in this browser."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=COOKIE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _known(code: str) -> languages.Language:
    for language in languages.LANGUAGES:
        if code.partition("-")[0] == language:
            return language
    return languages.DEFAULT
