"""One value of a property, checked by its type: bounded, and no text that hides something.

Lists of the world are typed by hand: runs of white space, direction marks, soft hyphens, zero-width spaces and byte
order marks are put right without a word, since no reader sees them. Everything else that cannot be seen is refused.
"""

import ipaddress
import re
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Final

from jusur.kernel import countries, text
from jusur.kernel.errors import InvalidInputError
from jusur.standards.ftm.schemata import Property

LIMITS: Final = {
    "name": 512,
    "string": 2048,
    "text": 65_000,
    "html": 65_000,
    "json": 65_000,
    "address": 2048,
    "identifier": 512,
    "url": 4096,
    "date": 32,
    "phone": 64,
    "email": 320,
    "entity": 255,
    "country": 16,
    "topic": 64,
}
"""Most characters of a value by type; 128 for the others."""

_GROWTH: Final = 4
"""Values longer than this many times their limit are refused before the work of cleaning them."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:\-]{0,254}")
_DATE = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T\d\d(?::\d\d(?::\d\d(?:\.\d{1,6})?)?)?(?:Z|\+00:00)?)?)?)?", re.ASCII
)
_COUNTRY = re.compile(r"([a-z]{2}|[a-z]{4})(-[a-z0-9]{1,6})?")
_TOPIC = re.compile(r"[a-z]+(\.[a-z]+){0,5}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_CHECKSUM = re.compile(r"[0-9a-f]{32,128}")
_NUMBER = re.compile(r"[-+]?\d[\d., ']*( ?[A-Za-zµ%/]{1,12})?")
_DRESSING = re.compile("[\u061c\u200b\u200e\u200f\ufeff\u00ad]")
_SPACES = re.compile(r"\s+")
_TERRITORIES: Final = {"eu", "xk", "zz", "un", "ac"}
_GENDERS: Final = ("male", "female", "other")
_SCHEMES: Final = ("http://", "https://", "ftp://", "mailto:")


class InvalidValueError(InvalidInputError):
    """A value does not fit its property's type."""

    code = "invalid-value"
    title = "The value is not valid"


def clean(given: Property, value: object) -> str:
    """``value`` as the property ``given`` holds it.

    Raises:
        InvalidInputError: not text, too long, unseen characters, or not of the property's type; says which property.
    """
    if not isinstance(value, str):
        raise InvalidValueError(f"{given.name} holds something that is not text.", fix="Give a list of texts.")
    limit = given.maximum or LIMITS.get(given.type, 128)
    if len(value) > _GROWTH * limit:
        raise InvalidValueError(f"{given.name} is longer than {limit} characters.", fix="Shorten it.")
    if given.type in {"text", "html", "json"}:
        return text.paragraph(undressed(value), max_length=limit, field=given.name)
    found = text.line(_SPACES.sub(" ", undressed(value)).strip(), max_length=limit, field=given.name)
    checked = _CHECKS.get(given.type)
    if checked is not None and not checked(found):
        raise InvalidValueError(f"{given.name} is not {_WORDS[given.type]}.", fix=_FIXES[given.type])
    return found


def undressed(value: str) -> str:
    """``value`` without direction marks, soft hyphens, zero-width spaces and byte order marks."""
    return value if value.isascii() else _DRESSING.sub("", value)


def is_id(value: object) -> bool:
    """Whether ``value`` may name an entity or a dataset: ASCII letters, digits and ``. _ : -``, at most 255."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def is_date(value: str) -> bool:
    """Whether ``value`` is an ISO 8601 date, may be cut after the year or the month; a time is in UTC."""
    found = _DATE.fullmatch(value)
    if found is None:
        return False
    try:
        date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return False
    return True


def is_country(value: str) -> bool:
    """Whether ``value`` is FollowTheMoney's code: ISO 3166-1 or -3 in small letters, with a part after ``-`` or not."""
    found = _COUNTRY.fullmatch(value)
    if found is None:
        return False
    code = found[1]
    return code in _TERRITORIES or countries.is_country(code.upper()) or code in _former()


@cache
def _former() -> frozenset[str]:
    """Countries that are no more (ISO 3166-3), by their four letters, by FollowTheMoney's and by their old two."""
    import pycountry

    codes = {one.alpha_4.lower() for one in pycountry.historic_countries}
    return frozenset(codes | {code[:2] for code in codes} | {"suhh", "yucs", "csxx", "cshh", "ddde"})


def _is_ip(value: str) -> bool:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return False
    return True


_CHECKS: Final[dict[str, Callable[[str], object]]] = {
    "entity": is_id,
    "date": is_date,
    "country": is_country,
    "gender": _GENDERS.__contains__,
    "topic": _TOPIC.fullmatch,
    "language": _LANGUAGE.fullmatch,
    "checksum": _CHECKSUM.fullmatch,
    "number": _NUMBER.fullmatch,
    "ip": _is_ip,
    "url": lambda value: value.lower().startswith(_SCHEMES),
}
_WORDS: Final = {
    "entity": "the id of an entity",
    "date": "a date of the calendar",
    "country": "a country's code",
    "gender": "a sex that the model knows",
    "topic": "a topic",
    "language": "a language's code",
    "checksum": "a checksum",
    "number": "a number",
    "ip": "an IP address",
    "url": "an address of the web",
}
_FIXES: Final = {
    "entity": "Use letters, digits, dots, colons and hyphens.",
    "date": "Write 1971, 1971-03 or 1971-03-02; leave out what is not known.",
    "country": "Write the small letters of ISO 3166-1, such as ma.",
    "gender": f"Write {', '.join(_GENDERS)}.",
    "topic": "Write it as in crime.fraud.",
    "language": "Write the small letters of ISO 639, such as ara.",
    "checksum": "Write it in hexadecimal.",
    "number": "Write digits.",
    "ip": "Write it as 192.0.2.1 or 2001:db8::1.",
    "url": "Begin it with https://.",
}
