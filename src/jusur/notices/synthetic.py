"""Invented notices in many scripts, for rehearsals and measurements. No real person: names are made of syllables.

Some carry deliberate defects, which are named beside them: a reviewer, or the checks, must catch each.
"""

import json
import random
import struct
import zlib
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, Final

import msgspec

from jusur.notices.content import NoticeContent

_COUNTRIES: Final = [
    "MA",
    "NO",
    "SE",
    "FR",
    "ES",
    "DE",
    "BR",
    "AR",
    "KE",
    "ET",
    "IN",
    "CN",
    "KR",
    "GR",
    "GE",
    "RU",
    "EG",
    "SA",
    "TR",
    "GB",
    "IT",
    "NG",
    "SN",
    "MX",
    "CL",
]
_PLACES: Final = ("Old harbour", "Market square", "North station", "River bridge", "Industrial zone", "Hotel lobby")
_CRIMES: Final = (
    ("Fraud by false investment", "النصب والاحتيال", "ar"),
    ("Armed robbery", "vol à main armée", "fr"),
    ("Trafficking in persons", "trata de personas", "es"),
    ("Laundering of proceeds", "غسل الأموال", "ar"),
    ("Drug trafficking", "trafic de stupéfiants", "fr"),
    ("Intrusion into information systems", "acceso ilícito a sistemas", "es"),
)
_EYES: Final = ["BLA", "BLU", "BRO", "BROD", "GRE", "GRY"]
_HAIR: Final = ["BLA", "BRO", "GRY", "RED", "WHI", "YELB"]
_BIRTHS_FROM, _BIRTHS_TO = date(1940, 1, 1), date(2004, 1, 1)
_FIRST_NUMBER: Final = 10_000
DEFECTS: Final = (
    "minor",
    "victim",
    "penalty-short",
    "no-warrant",
    "private-matter",
    "future-facts",
    "political-charge",
    "not-agreed",
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One invented notice: its type, content, reference, source, and the defects put into it."""

    type: str
    content: NoticeContent
    reference: str
    originator: str
    defects: tuple[str, ...]


@cache
def _syllables() -> dict[str, list[list[str]]]:
    data = files("jusur.notices").joinpath("data", "syllables.json").read_bytes()
    found: dict[str, list[list[str]]] = json.loads(data)
    return found


def samples(seed: int = 1, *, defects: float = 0.1) -> Iterator[Sample]:
    """Invented notices without end; the same for the same ``seed``. ``defects``: the part that carries one."""
    chance = random.Random(seed)  # noqa: S311 - invented data, repeatable
    number = _FIRST_NUMBER
    while True:
        number += 1
        kind = chance.choices(("red", "yellow", "un-special"), (80, 15, 5))[0]
        faulty = (chance.choice(DEFECTS),) if chance.random() < defects else ()
        originator = chance.choice(_COUNTRIES)
        plain = _plain(kind, originator, number, chance)
        for fault in faulty:
            _spoil(plain, fault)
        yield Sample(kind, msgspec.convert(plain, NoticeContent), f"{2016 + number % 10}/{number}", originator, faulty)


def photograph(number: int, size: int = 48) -> bytes:
    """An invented portrait (PNG): a pattern of squares that is the same for the same ``number``."""
    bits = sha256(str(number).encode()).digest()
    colours = (bytes(bits[:3]), b"\xf2\xf2\xf2")
    cell = size // 6
    rows = b""
    for y in range(6):
        row = b"".join(colours[0 if bits[3 + y * 3 + min(x, 5 - x)] & 1 else 1] * cell for x in range(6))
        rows += (b"\0" + row) * cell
    head = struct.pack(">IIBBBBB", size, size, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows, 1)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _plain(kind: str, originator: str, number: int, chance: random.Random) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "title": f"Notice {number}",
        "request": "Locate, and tell the source.",
        "persons": [_person(chance, number)],
        "public_extract": True,
    }
    if kind == "red":
        plain |= _red(originator, number, chance)
    elif kind == "yellow":
        plain["persons"][0]["status"] = "missing"
        recorded = _day(chance, date(2015, 1, 1), date(2026, 1, 1))
        plain["case"] = {
            "police_record": f"P/{number}",
            "recorded_on": recorded,
            "facts_date": recorded,
            "facts_place": chance.choice(_PLACES),
        }
    else:
        plain["sanction"] = {"reference": f"QDi.{number % 1000:03d}", "resolution": "2253 (2015)"}
        if chance.random() < 0.3:  # noqa: PLR2004 - a third are entities
            plain["persons"] = []
            plain["title"] = f"The {_word('Latn', chance).title()} Trading Company"
    return plain


def _red(originator: str, number: int, chance: random.Random) -> dict[str, Any]:
    english, original, language = chance.choice(_CRIMES)
    return {
        "case": {
            "reference": f"{originator}/{number}",
            "basis": "prosecution",
            "crime_area": english.lower(),
            "facts": f"{english} at the {chance.choice(_PLACES).lower()}, with others, for gain.",
            "facts_date": _day(chance, date(2015, 1, 1), date(2025, 1, 1))[: chance.choice((4, 7, 10))],
            "facts_place": chance.choice(_PLACES),
            "charges": [
                {
                    "text": {"original": original, "language": language, "translations": {"en": english}},
                    "law": f"Penal Code, article {chance.randrange(100, 600)}",
                    "maximum_penalty": f"P{chance.randrange(2, 20)}Y",
                }
            ],
            "warrant": {
                "number": f"W/{number}",
                "issued_on": _day(chance, date(2025, 1, 1), date(2026, 1, 1)),
                "authority": "Court of First Instance",
                "country": originator,
            },
        },
        "assurances": {"extradition_sought": True, "international_interest": "Left the country."},
    }


def _person(chance: random.Random, number: int) -> dict[str, Any]:
    script = chance.choice([*_syllables(), "Latn", "Latn", "Arab"])
    latin = {"name": _word("Latn", chance).upper(), "forename": _word("Latn", chance).title(), "kind": "romanised"}
    if chance.random() < 0.04:  # noqa: PLR2004 - the trap of a missing forename
        latin["forename"] = chance.choice(("", "-"))
    names = [latin]
    if script != "Latn":
        names.insert(0, {"name": _word(script, chance), "forename": _word(script, chance), "kind": "original-script"})
    born = _day(chance, _BIRTHS_FROM, _BIRTHS_TO)
    return {
        "names": names,
        "sex": chance.choices(("male", "female", "unknown"), (85, 14, 1))[0],
        "date_of_birth": born[: chance.choices((10, 7, 4), (90, 3, 7))[0]] if chance.random() < 0.98 else "",  # noqa: PLR2004
        "place_of_birth": chance.choice(("", *_PLACES)),
        "country_of_birth": chance.choice(_COUNTRIES),
        "nationalities": chance.sample(_COUNTRIES, chance.choices((0, 1, 2), (2, 90, 8))[0]),
        "languages": chance.sample(("ar", "en", "fr", "es", "ru", "zh"), chance.randrange(3)),
        "height_cm": chance.choice((0, *range(150, 200))),
        "weight_kg": chance.choice((0, *range(45, 120))),
        "eyes": [chance.choice(_EYES)],
        "hair": [chance.choice(_HAIR)],
        "description": "Walks with a limp." if chance.random() < 0.5 else "Speaks softly.",  # noqa: PLR2004 - either
        "status": "accused",
        "photographs": [_photograph(number)] if chance.random() < 0.8 else [],  # noqa: PLR2004 - most have one
    }


def _photograph(number: int) -> dict[str, Any]:
    data = photograph(number)
    return {"sha256": sha256(data).hexdigest(), "data": b64encode(data).decode(), "good": True}


def _spoil(plain: dict[str, Any], fault: str) -> None:
    if fault == "minor" and plain["persons"]:
        plain["persons"][0]["date_of_birth"] = "2012-05-01"
    elif fault == "victim" and plain["persons"]:
        plain["persons"][0]["status"] = "victim"
    elif fault == "not-agreed":
        plain["public_extract"] = False
    elif "charges" in plain.get("case", {}):
        case = plain["case"]
        if fault == "penalty-short":
            case["charges"][0]["maximum_penalty"] = "P1Y11M30D"
        elif fault == "no-warrant":
            del case["warrant"]
        elif fault == "private-matter":
            case["private_matter"] = True
        elif fault == "future-facts":
            case["facts_date"] = "2031-01-01"
        elif fault == "political-charge":
            case["charges"][0]["text"] = {"original": "sedition against the regime", "language": "en"}


def _word(script: str, chance: random.Random) -> str:
    firsts, lasts = _syllables()[script]
    return "".join(chance.choice(firsts) for _ in range(chance.randrange(1, 3))) + chance.choice(lasts)


def _day(chance: random.Random, start: date, end: date) -> str:
    return (start + timedelta(days=chance.randrange((end - start).days))).isoformat()
