"""From a FollowTheMoney entity to what the engine compares. What the engine refuses is left out, never guessed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from jusur.kernel import countries
from jusur.matching.subject import MAX_NAME, MAX_NAMES, MAX_VALUES, InvalidSubjectError, Subject

_KINDS: Final = {
    "Person": "person",
    "Organization": "organisation",
    "Company": "organisation",
    "PublicBody": "organisation",
    "LegalEntity": "organisation",
    "Vessel": "vessel",
}
_NAMES: Final = ("name", "alias", "previousName", "weakAlias", "abbreviation")
_COUNTRIES: Final = ("nationality", "citizenship", "country", "jurisdiction", "flag", "birthCountry")
_PLACES: Final = ("birthPlace", "address", "city")
_DATES: Final = ("birthDate", "incorporationDate", "buildDate")
_DATE: Final = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_SEXES: Final = {"male": "male", "m": "male", "female": "female", "f": "female"}


def subject_of(record: str, schema: str, properties: Mapping[str, Sequence[str]]) -> Subject | None:
    """What the engine compares of an entity; ``None`` where it has no name (a document, an account).

    Args:
        record: the identifier that the engine gives back.
        schema: the entity's FollowTheMoney schema.
        properties: its values.
    """
    names = _names(properties)
    if not names:
        return None
    return Subject(
        id=record,
        kind=_KINDS.get(schema, "other"),
        names=names,
        birth_dates=_dates(_values(properties, _DATES)),
        countries=_countries(_values(properties, _COUNTRIES)),
        places=tuple(value[:MAX_NAME] for value in _values(properties, _PLACES))[:MAX_VALUES],
        sex=next((_SEXES[value.lower()] for value in properties.get("gender", ()) if value.lower() in _SEXES), ""),
    )


def _values(properties: Mapping[str, Sequence[str]], names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(value for name in names for value in properties.get(name, ()) if value))


def _names(properties: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    found = _values(properties, _NAMES)
    if not found:
        parts = ("firstName", "secondName", "middleName", "fatherName", "lastName")
        found = [" ".join(value for name in parts for value in properties.get(name, ())[:1])]
    return tuple(name for name in found if 0 < len(name) <= MAX_NAME)[:MAX_NAMES]


def _dates(values: Iterable[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for value in values:
        prefix = _DATE.match(value)
        for text in (prefix.group()[:length] for length in (10, 7, 4) if prefix):
            if _is_date(text):
                kept.append(text)
                break
    return tuple(dict.fromkeys(kept))[:MAX_VALUES]


def _is_date(value: str) -> bool:
    try:
        Subject(birth_dates=(value,))
    except InvalidSubjectError:
        return False
    return True


def _countries(values: Iterable[str]) -> tuple[str, ...]:
    codes = (value.upper() for value in values)
    return tuple(dict.fromkeys(code for code in codes if countries.is_country(code)))[:MAX_VALUES]


def subject_of_record(record: Any) -> Subject | None:
    """`subject_of` for a record of the database."""
    return subject_of(str(record.id), record.schema, (record.entity or {}).get("properties", {}))
