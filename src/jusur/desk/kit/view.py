"""How a reader wants pages to look: theme, contrast, the Hijri date; kept in a cookie of this browser."""

from dataclasses import asdict, dataclass, fields
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

COOKIE_SECONDS: Final = 365 * 24 * 3600
CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "theme": ("auto", "light", "dark"),
    "contrast": ("auto", "more"),
    "hijri": ("no", "yes"),
    "keys": ("yes", "no"),
}
"""What may be chosen; the first of each is what holds where nothing was."""


@dataclass(frozen=True, slots=True)
class View:
    """One reader's choices."""

    theme: str = "auto"
    contrast: str = "auto"
    hijri: str = "no"
    keys: str = "yes"


def of(request: HttpRequest) -> View:
    """What this browser's cookie says; anything unknown in it counts as not chosen."""
    return read(request.COOKIES.get(settings.VIEW_COOKIE_NAME, "")[:200])


def read(text: str) -> View:
    """The choices in ``theme.dark~hijri.yes``."""
    pairs = (part.partition(".") for part in text.split("~"))
    return View(**{name: value for name, _, value in pairs if value in CHOICES.get(name, ())})


def write(view: View) -> str:
    """``view`` as the cookie holds it."""
    return "~".join(f"{name}.{value}" for name, value in asdict(view).items())


def remember(response: HttpResponse, view: View) -> None:
    """Keep the choices in this browser."""
    response.set_cookie(
        settings.VIEW_COOKIE_NAME,
        write(view),
        max_age=COOKIE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


NAMES: Final = tuple(field.name for field in fields(View))
