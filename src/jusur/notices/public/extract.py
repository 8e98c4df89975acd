"""What of a notice the public may see, in the shape of the published interface (HAL, ISO and the house's own codes).

Only what the source agreed to show; minors, victims and whoever may be a minor never.
"""

import base64
from dataclasses import dataclass, field
from typing import Any, Final

from jusur.kernel import clock
from jusur.notices.ages import is_minor
from jusur.notices.content import NoticeContent, Person
from jusur.notices.types import NoticeType

COLLECTIONS: Final = ("red", "yellow", "un")
EYES: Final = frozenset(["BLA", "BLU", "BLUL", "BRO", "BROD", "BROH", "BROL", "GRE", "GRY", "OTHC", "OTHD", "OTHL"])
HAIR: Final = frozenset(["BLA", "BRO", "BROF", "GRY", "GRYG", "HAIB", "HAID", "OTHD", "RED", "REDA", "WHI", "YELB"])
_SEX: Final = {"female": "F", "male": "M", "unknown": "U", "": "U"}
_LANGUAGES: Final = {
    "ar": "ARA",
    "en": "ENG",
    "fr": "FRE",
    "es": "SPA",
    "ru": "RUS",
    "zh": "CHI",
    "de": "GER",
    "pt": "POR",
    "fa": "PER",
    "ur": "URD",
    "hi": "HIN",
    "tr": "TUR",
    "am": "AMH",
    "he": "HEB",
    "el": "GRE",
    "ka": "GEO",
    "it": "ITA",
    "nl": "DUT",
    "sw": "SWA",
    "ja": "JPN",
    "ko": "KOR",
    "no": "NOR",
    "hy": "ARM",
    "th": "THA",
}
"""ISO 639-1 to 639-2/B, upper case."""


@dataclass(frozen=True, slots=True)
class Extract:
    """One notice as the public sees it."""

    collection: str
    kind: str
    """``persons`` or ``entities``."""
    entity_id: str
    summary: dict[str, Any]
    detail: dict[str, Any]
    sex: str
    nationalities: tuple[str, ...]
    warrant_countries: tuple[str, ...]
    free_text: str
    born: tuple[int, int, int] | None
    images: tuple[tuple[str, bytes, str], ...] = field(default=())
    """Number, bytes and media type of each picture."""

    @property
    def path(self) -> str:
        """The identifier as addresses write it: with a dash."""
        return self.entity_id.replace("/", "-")


def extract_of(kind: NoticeType, content: NoticeContent, reference: str, originator: str) -> Extract | None:
    """The public extract of a notice in force; ``None`` where the public sees nothing of it."""
    if kind.colour not in COLLECTIONS or not reference:
        return None
    if kind.public == "never" or (kind.public == "source-agrees" and not content.public_extract):
        return None
    if any(
        person.status == "victim" or is_minor(person.date_of_birth, clock.now().date()) for person in content.persons
    ):
        return None
    person = content.persons[0] if content.persons else Person()
    summary = _summary(content, person, reference)
    warrants = _warrants(content, originator) if kind.colour == "red" else []
    detail = summary | _detail(person)
    if kind.colour == "red":
        detail["arrest_warrants"] = warrants
    if kind.colour == "yellow":
        detail |= {
            "date_of_event": _slashed(content.case.facts_date),
            "place": content.case.facts_place or None,
            "country": originator,
        }
    if kind.colour == "un" and content.sanction is not None:
        listed = {
            "un_reference": content.sanction.reference,
            "un_resolution": content.sanction.resolution,
            "measures": list(content.sanction.measures),
        }
        summary, detail = summary | {"un_reference": listed["un_reference"]}, detail | listed
    return Extract(
        collection=kind.colour,
        kind="persons" if content.persons else "entities",
        entity_id=reference,
        summary=summary,
        detail=detail,
        sex=_SEX[person.sex],
        nationalities=tuple(summary["nationalities"] or ()),
        warrant_countries=tuple(each["issuing_country_id"] for each in warrants),
        free_text=_free_text(content, detail),
        born=_born(person.date_of_birth),
        images=_images(person, reference),
    )


def _summary(content: NoticeContent, person: Person, reference: str) -> dict[str, Any]:
    romanised = next((name for name in person.names if name.kind == "romanised"), None)
    name = romanised or (person.names[0] if person.names else None)
    return {
        "entity_id": reference,
        "forename": (name.forename or None) if name else None,
        "name": name.name if name else content.title,
        "date_of_birth": _slashed(person.date_of_birth),
        "nationalities": list(person.nationalities) or None,
    }


def _detail(person: Person) -> dict[str, Any]:
    return {
        "sex_id": _SEX[person.sex],
        "place_of_birth": person.place_of_birth or None,
        "country_of_birth_id": person.country_of_birth or None,
        "eyes_colors_id": [each for each in person.eyes if each in EYES] or None,
        "hairs_id": [each for each in person.hair if each in HAIR] or None,
        "languages_spoken_ids": [_LANGUAGES.get(each[:2], each[:3].upper()) for each in person.languages] or None,
        "height": round(person.height_cm / 100, 2) if person.height_cm else 0,
        "weight": person.weight_kg,
        "distinguishing_marks": person.marks or None,
    }


def _warrants(content: NoticeContent, originator: str) -> list[dict[str, Any]]:
    country = content.case.warrant.country if content.case.warrant else originator
    return [
        {
            "charge": charge.text.original,
            "issuing_country_id": country,
            "charge_translation": charge.text.translations.get("en"),
        }
        for charge in content.case.charges
    ]


def _free_text(content: NoticeContent, detail: dict[str, Any]) -> str:
    names = [f"{name.forename} {name.name}" for person in content.persons for name in person.names]
    charges = [each["charge"] for each in detail.get("arrest_warrants", [])]
    charges += [each["charge_translation"] or "" for each in detail.get("arrest_warrants", [])]
    said = [detail.get("place_of_birth"), detail.get("distinguishing_marks"), detail.get("un_reference")]
    return "\n".join([detail["name"] or "", *names, *charges, *(each for each in said if each)])


def _slashed(partial: str) -> str | None:
    return partial.replace("-", "/") or None


def _born(partial: str) -> tuple[int, int, int] | None:
    if not partial:
        return None
    year, month, day = ([int(part) for part in partial.split("-")] + [0, 0])[:3]
    return year, month, day


def _images(person: Person, reference: str) -> tuple[tuple[str, bytes, str], ...]:
    base = "".join(filter(str.isdigit, reference))
    return tuple(
        (f"{base}{number:02d}", base64.b64decode(photograph.data), "image/jpeg")
        for number, photograph in enumerate(person.photographs, start=1)
    )
