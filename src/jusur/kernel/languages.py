"""The organisation's four languages, their names and their direction."""

from typing import Final, Literal

from jusur.kernel.errors import InvalidInputError

Language = Literal["ar", "en", "fr", "es"]
LANGUAGES: Final[tuple[Language, ...]] = ("ar", "en", "fr", "es")
DEFAULT: Final[Language] = "en"

NAMES: Final[dict[Language, str]] = {"ar": "العربية", "en": "English", "fr": "Français", "es": "Español"}
"""Each language's name in itself."""

RIGHT_TO_LEFT: Final[frozenset[Language]] = frozenset({"ar"})


def check(code: object, *, field: str = "language") -> Language:
    """``code`` where it is one of the four languages.

    Raises:
        InvalidInputError: it is not.
    """
    for language in LANGUAGES:
        if code == language:
            return language
    raise InvalidInputError(f"{field} is not one of the four languages.", fix="Give ar, en, fr or es.")


def direction(language: Language) -> Literal["ltr", "rtl"]:
    """The direction in which ``language`` is written, as HTML's ``dir`` has it."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"
