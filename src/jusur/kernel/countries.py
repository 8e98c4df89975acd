"""Countries by their ISO 3166-1 codes (pycountry), named in the four languages (Unicode CLDR through Babel).

A code here says that ISO assigns it, nothing about recognition or membership: who is a member is the directory's
to say (``jusur/directory/data/members.json``).
"""

from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from jusur.kernel.errors import InvalidInputError
from jusur.kernel.languages import LANGUAGES, Language

Region = Literal["africa", "americas", "asia", "europe"]
REGIONS: Final[tuple[Region, ...]] = ("africa", "americas", "asia", "europe")
"""The organisation's four regions; the Pacific counts with Asia."""

REGION_NAMES: Final[dict[Region, dict[Language, str]]] = {
    "africa": {"ar": "أفريقيا", "en": "Africa", "fr": "Afrique", "es": "África"},
    "americas": {"ar": "الأمريكتان", "en": "Americas", "fr": "Amériques", "es": "Américas"},
    "asia": {"ar": "آسيا", "en": "Asia", "fr": "Asie", "es": "Asia"},
    "europe": {"ar": "أوروبا", "en": "Europe", "fr": "Europe", "es": "Europa"},
}


@dataclass(frozen=True, slots=True)
class Country:
    """A country or territory of ISO 3166-1."""

    alpha_2: str
    alpha_3: str
    numeric: str


@cache
def _by_alpha_2() -> dict[str, Country]:
    import pycountry

    return {c.alpha_2: Country(c.alpha_2, c.alpha_3, c.numeric) for c in pycountry.countries}


@cache
def _by_alpha_3() -> dict[str, Country]:
    return {country.alpha_3: country for country in _by_alpha_2().values()}


@cache
def _territories(language: Language) -> dict[str, str]:
    from babel import Locale

    return dict(Locale(language).territories)


def codes() -> tuple[str, ...]:
    """Every alpha-2 code, in alphabetical order."""
    return tuple(sorted(_by_alpha_2()))


def is_country(code: object) -> bool:
    """Whether ``code`` is an upper-case alpha-2 code that ISO 3166-1 assigns."""
    return isinstance(code, str) and code in _by_alpha_2()


def check(code: object, *, field: str = "country") -> str:
    """``code`` where it is an alpha-2 code.

    Raises:
        InvalidInputError: ISO 3166-1 does not assign it.
    """
    if isinstance(code, str) and code in _by_alpha_2():
        return code
    raise InvalidInputError(
        f"{field} is not a country's code.", fix="Give the two capital letters of ISO 3166-1, such as MA or NO."
    )


def country(code: str) -> Country:
    """The country of an alpha-2 or alpha-3 code.

    Raises:
        InvalidInputError: ISO 3166-1 does not assign it.
    """
    found = _by_alpha_2().get(code) or _by_alpha_3().get(code)
    return found or _by_alpha_2()[check(code)]


def name(code: str, language: Language = "en") -> str:
    """The short name of country ``code`` (alpha-2) in ``language``.

    Raises:
        InvalidInputError: ISO 3166-1 does not assign the code.
    """
    return _territories(language)[check(code)]


def names(code: str) -> dict[Language, str]:
    """The short names of country ``code`` (alpha-2) in the four languages.

    Raises:
        InvalidInputError: ISO 3166-1 does not assign the code.
    """
    return {language: name(code, language) for language in LANGUAGES}
