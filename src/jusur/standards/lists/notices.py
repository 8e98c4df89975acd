"""Notices in the shape of the INTERPOL public API (HAL): a page of ``_embedded.notices``, one notice, or one a line."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from jusur.kernel import canonical
from jusur.kernel.errors import JusurError
from jusur.standards.lists import values
from jusur.standards.lists.outcome import InvalidListError, Outcome, Refused, Values, family, unique

DATASETS: Final = ("list-interpol",)
MAX_BYTES: Final = 64_000_000
_ID = re.compile(r"(\d{4})[/-](\d{1,8})")
_ABSENT: Final = {"", "-", "UNK"}
_SEXES: Final = {"M": "male", "F": "female"}


def read(stream: BinaryIO) -> Iterator[Outcome]:
    """Every notice as a Person, followed by a Case for each arrest warrant.

    Raises:
        InvalidListError: no JSON of this shape, or more than `MAX_BYTES`.
    """
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise InvalidListError(f"The file is larger than {MAX_BYTES:,} bytes.", fix="Import it in parts.")
    return unique((line, outcome) for line, notice in _notices(data) for outcome in _notice(line, notice))


def _notices(data: bytes) -> Iterator[tuple[int, Any]]:
    try:
        whole = canonical.decode(data, max_bytes=MAX_BYTES)
    except JusurError:
        for number, line in enumerate(data.splitlines(), 1):
            if line.strip():
                yield number, _decoded(number, line)
    else:
        yield from _listed(whole)


def _listed(value: Any) -> list[tuple[int, Any]]:
    if isinstance(value, dict) and "_embedded" in value:
        value = value["_embedded"].get("notices") if isinstance(value["_embedded"], dict) else None
    notices = [value] if isinstance(value, dict) else value
    if not isinstance(notices, list):
        raise InvalidListError("The JSON holds no notices.", fix="Give what /notices/v1/red answers.")
    return list(enumerate(notices, 1))


def _decoded(number: int, line: bytes) -> Any:
    try:
        return canonical.decode(line, max_bytes=MAX_BYTES)
    except JusurError:
        raise InvalidListError(
            f"Line {number} is not JSON: the file breaks off or is of another kind.", fix="Get the notices again."
        ) from None


def _notice(line: int, notice: Any) -> Iterator[Outcome]:
    found = _ID.fullmatch(str(notice.get("entity_id", ""))[:16]) if isinstance(notice, dict) else None
    if found is None:
        yield Refused(line, "", "The notice has no entity_id such as 2024/12345.")
        return
    surname, forename = _text(notice, "name"), _text(notice, "forename")
    if not surname and not forename:
        yield Refused(line, f"interpol-{found[1]}-{found[2]}", "The notice has no name.")
        return
    entity = f"interpol-{found[1]}-{found[2]}"
    properties = {
        "name": [values.joined(surname, forename)],
        "lastName": [surname],
        "firstName": [forename],
        "topics": ["wanted"] if notice.get("arrest_warrants") else [],
        "birthDate": values.dates(_text(notice, "date_of_birth")),
        "birthPlace": [_text(notice, "place_of_birth")],
        "birthCountry": [_code(notice.get("country_of_birth_id"))],
        "nationality": [_code(code) for code in _list(notice, "nationalities")],
        "gender": [_SEXES.get(_text(notice, "sex_id"), "")],
        "eyeColor": _list(notice, "eyes_colors_id"),
        "hairColor": _list(notice, "hairs_id"),
        "spokenLanguage": [code.lower() for code in _list(notice, "languages_spoken_ids")],
        "height": _measure(notice, "height"),
        "weight": _measure(notice, "weight"),
        "distinguishingMarks": [_text(notice, "distinguishing_marks")],
    }
    yield from family(line, entity, "Person", properties, datasets=DATASETS, others=_warrants(notice, entity, found))


def _warrants(notice: dict[str, Any], subject: str, found: re.Match[str]) -> Iterator[tuple[str, str, Values]]:
    warrants = notice.get("arrest_warrants")
    for place, one in enumerate(warrants if isinstance(warrants, list) else []):
        if isinstance(one, dict):
            yield (
                f"case-{place}",
                "Case",
                {
                    "name": [f"{found[1]}/{found[2]}"],
                    "subject": [subject],
                    "country": [_code(one.get("issuing_country_id"))],
                    "offence": [_text(one, "charge"), _text(one, "charge_translation")],
                },
            )


def _text(value: dict[str, Any], name: str) -> str:
    text = value.get(name)
    found = " ".join(text.split()) if isinstance(text, str) else ""
    return "" if found in _ABSENT else found


def _list(value: dict[str, Any], name: str) -> list[str]:
    found = value.get(name)
    return [one for one in found if isinstance(one, str) and one not in _ABSENT] if isinstance(found, list) else []


def _code(code: object) -> str:
    """FollowTheMoney's code; the organisation's own numbers (914, 916, 922, UNK) name no country."""
    return values.country(code) if isinstance(code, str) else ""


def _measure(value: dict[str, Any], name: str) -> list[str]:
    """A height or weight; zero means that it is not known."""
    found = value.get(name)
    return [str(found)] if isinstance(found, int | float) and not isinstance(found, bool) and found > 0 else []
