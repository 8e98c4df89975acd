"""Machine-readable zones, one after another in a text file: each as a person and the document that was read."""

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO, Final

from jusur.kernel.errors import InvalidInputError
from jusur.standards import mrz
from jusur.standards.lists import rows, values
from jusur.standards.lists.outcome import Outcome, Refused, Values, family

DATASETS: Final = ("mrz",)
_TD1: Final = 30


def read(stream: BinaryIO, *, today: date | None = None) -> Iterator[Outcome]:
    """Every zone (two lines, or three of 30 characters) as a Person followed by the document.

    Empty lines between zones are free. Ids are the numbers of the lines where the zones begin, as a person may stand
    there twice. A zone with a wrong check digit is taken, and its note says which.

    Raises:
        InvalidListError: bytes that are not text, or lines longer than `jusur.standards.lists.rows.MAX_LINE`.
    """
    zone: list[str] = []
    began = 0
    for number, line in enumerate(rows.lines(stream), 1):
        text = "".join(line.split())
        if not text:
            yield from _zone(began, zone, today)
            zone = []
            continue
        began = began if zone else number
        zone.append(text[: mrz.MAX_TEXT])
        if len(zone) == (3 if len(zone[0]) <= _TD1 else 2) or len(text) > 45:  # noqa: PLR2004 - a zone in one line
            yield from _zone(began, zone, today)
            zone = []
    yield from _zone(began, zone, today)


def _zone(line: int, zone: list[str], today: date | None) -> Iterator[Outcome]:
    if not zone:
        return
    try:
        found = mrz.parse("\n".join(zone), today=today)
    except InvalidInputError as error:
        yield Refused(line, "", str(error))
        return
    id_ = f"mrz-{line}"
    person: Values = {
        "name": [found.name],
        "lastName": [found.surname],
        "firstName": [found.given_names],
        "birthDate": [found.birth_date],
        "gender": [found.sex],
        "nationality": [values.mrz_country(found.nationality)],
        "notes": [f"Wrong in the machine-readable zone: {fault}." for fault in found.faults],
    }
    document: Values = {
        "holder": [id_],
        "number": [found.number],
        "country": [values.mrz_country(found.issuer)],
        "type": [{"passport": "Passport", "visa": "Visa"}.get(found.kind, "Identity document")],
        "expiryDate": [found.expiry_date],
    }
    yield from family(line, id_, "Person", person, datasets=DATASETS, others=[("document", "TravelDocument", document)])
