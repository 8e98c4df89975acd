"""Dates, countries, sexes and numbers as lists write them, brought to the model's form."""

import re
from functools import cache
from typing import Final

from jusur.kernel import countries
from jusur.kernel.errors import InvalidInputError
from jusur.kernel.languages import LANGUAGES
from jusur.standards.ftm.values import is_date

MAX_YEARS: Final = 12
"""A birth stated as between two years is taken as each of them, where they are this many at most."""

_MONTHS: Final = {name: at for at, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}  # noqa: SIM905
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?:T[\d:.Z+]{0,20})?")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
_WORDED = re.compile(r"(?:(\d{1,2}) )?([A-Za-z]{3,9})\.? (\d{4})")
_YEAR = re.compile(r"(?:circa |approximately |c\. ?|ca\. ?)?(\d{4})")
_RANGE = re.compile(r"(?:circa |between )?(\d{4}) ?(?:to|and|-|–) ?(?:circa )?(\d{4})")  # noqa: RUF001 - a dash of ranges
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ./\-]{0,62}")
_SEXES: Final = {"male": "male", "m": "male", "female": "female", "f": "female"}
_OTHER_NAMES: Final = {
    "russia": "ru", "iran": "ir", "syria": "sy", "korea north": "kp", "north korea": "kp", "korea south": "kr",
    "south korea": "kr", "democratic people s republic of korea": "kp", "dprk": "kp", "burma": "mm",
    "palestinian": "ps",
    "palestine": "ps", "west bank": "ps", "gaza": "ps", "region gaza": "ps", "state of palestine": "ps",
    "congo democratic republic of the": "cd", "democratic republic of the congo": "cd", "zaire": "cd",
    "congo republic of the": "cg", "cote d ivoire": "ci", "ivory coast": "ci", "the gambia": "gm", "gambia the": "gm",
    "bahamas the": "bs", "kosovo": "xk", "macau": "mo", "hong kong": "hk", "turkey": "tr", "great britain": "gb",
    "united kingdom": "gb", "uk": "gb", "usa": "us", "united states": "us", "uae": "ae", "tanzania": "tz",
    "venezuela": "ve", "bolivia": "bo", "moldova": "md", "laos": "la", "vietnam": "vn", "brunei": "bn",
    "czech republic": "cz", "macedonia": "mk", "the former yugoslav republic of macedonia": "mk", "swaziland": "sz",
    "cape verde": "cv", "micronesia": "fm", "east timor": "tl", "taiwan": "tw", "libyan arab jamahiriya": "ly",
    "soviet union": "suhh", "ussr": "suhh", "yugoslavia": "yucs", "federal republic of yugoslavia": "yucs",
    "serbia and montenegro": "csxx", "czechoslovakia": "cshh", "east germany": "ddde",
}  # fmt: skip


def dates(text: str) -> tuple[str, ...]:
    """The dates that ``text`` states, as ISO 8601 prefixes: none, one, each year of a short range, or both readings.

    Where day and month may be exchanged (03/04/1971) both are given, since lists are written on both sides of the sea.
    """
    found = " ".join(text.split())[:64]
    if (between := _RANGE.fullmatch(found)) is not None and found.count("-") < 2:  # noqa: PLR2004 - a date, not years
        return years(between[1], between[2])
    if (year := _YEAR.fullmatch(found)) is not None:
        return _sound(year[1])
    if (iso := _ISO.fullmatch(found)) is not None:
        return _sound(iso[1], iso[2], iso[3] or "")
    if (worded := _WORDED.fullmatch(found.removeprefix("circa "))) is not None:
        month = _MONTHS.get(worded[2][:3].lower())
        return _sound(worded[3], str(month), worded[1] or "") if month else ()
    if (numbers := _DAY_FIRST.fullmatch(found)) is not None:
        both = (*_sound(numbers[3], numbers[2], numbers[1]), *_sound(numbers[3], numbers[1], numbers[2]))
        return tuple(dict.fromkeys(both))
    return ()


def years(first: str, last: str) -> tuple[str, ...]:
    """Every year from ``first`` to ``last``; only these two where there are more than `MAX_YEARS`."""
    if not (_YEAR.fullmatch(first) and _YEAR.fullmatch(last)) or int(first) > int(last):
        return ()
    if int(last) - int(first) >= MAX_YEARS:
        return first, last
    return tuple(f"{year:04}" for year in range(int(first), int(last) + 1))


def _sound(year: str, month: str = "", day: str = "") -> tuple[str, ...]:
    """The date of these parts, cut before the first that is empty or zero; none where no calendar has it."""
    parts = [year]
    for part in (month, day):
        if not part or not int(part):
            break
        parts.append(f"{int(part):02}")
    found = "-".join(parts)
    return (found,) if int(year) and is_date(found) else ()


def country(name: str) -> str:
    """FollowTheMoney's code of the country that ``name`` (in one of the four languages) or a code names, or empty."""
    if len(name) > 80:  # noqa: PLR2004 - longer than any country's name
        return ""
    if len(name) in {2, 3} and name.isupper():
        try:
            return countries.country(name).alpha_2.lower()
        except InvalidInputError:
            return _OTHER_NAMES.get(name.lower(), "")
    return _names().get(_plain(name), "")


@cache
def _names() -> dict[str, str]:
    import pycountry

    found = {_plain(name): code.lower() for code in countries.codes() for name in _spellings(code)}
    for one in pycountry.countries:
        for attribute in ("name", "official_name", "common_name"):
            if hasattr(one, attribute):
                found[_plain(getattr(one, attribute))] = one.alpha_2.lower()
    return found | _OTHER_NAMES


def _spellings(code: str) -> list[str]:
    return [countries.name(code, language) for language in LANGUAGES]


def _plain(name: str) -> str:
    folded = name.casefold().replace("ô", "o").replace("é", "e").replace("ü", "u")
    return " ".join(re.sub(r"[^\w]+", " ", folded).split()).removeprefix("the ")


def place_country(place: str) -> str:
    """The country that ends a place: ``Damascus, Syria``."""
    return country(place.rpartition(",")[2].strip())


def sex(text: str) -> str:
    """``male``, ``female`` or empty."""
    return _SEXES.get(text.strip().strip(".").lower(), "")


def number(text: str) -> tuple[str, str]:
    """A document's number, and what else the field says: ``A123 (expired)`` gives ``A123`` and ``(expired)``."""
    found = _NUMBER.match(text.strip())
    value = found[0].strip() if found else ""
    if not any(character.isdigit() for character in value):
        return "", text.strip()
    return value, text.strip()[len(value) :].strip(" ,;")


def joined(*parts: str) -> str:
    """The parts that are not empty, with commas."""
    return ", ".join(part for part in parts if part)


def mrz_country(code: str) -> str:
    """The country of a machine-readable zone's code (``D``, ``GBN``, ``RKS``, ISO 3166-1 alpha-3), or empty."""
    return {"D": "de", "RKS": "xk", "EUE": "eu", "UNO": "un", "UNA": "un", "UNK": "xk"}.get(code) or (
        "gb" if code in {"GBD", "GBN", "GBO", "GBP", "GBS"} else country(code)
    )
