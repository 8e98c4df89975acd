"""Subjects read back from the columns of a segment."""

import numpy as np

from jusur.matching.columns import tie
from jusur.matching.segment import Segment
from jusur.matching.subject import KINDS, SEXES, Subject


def find(segment: Segment, id_: str) -> list[int]:
    """The numbers of the subjects whose id is ``id_``."""
    order, ties = segment.arrays["tie_order"], segment.arrays["ties"]
    wanted = tie(id_)
    at = int(np.searchsorted(ties, wanted, sorter=order))
    found: list[int] = []
    while at < len(order) and ties[order[at]] == wanted:
        if segment.ids[order[at]] == id_:
            found.append(int(order[at]))
        at += 1
    return found


def subject_of(segment: Segment, number: int) -> Subject:
    """The subject of that number, with the names in which something can be read."""
    arrays = segment.arrays
    first, last = np.searchsorted(arrays["subject"], (number, number + 1))
    dates = arrays["dates"][arrays["date_starts"][number] : arrays["date_starts"][number + 1]].tolist()
    countries = arrays["countries"][arrays["country_starts"][number] : arrays["country_starts"][number + 1]].tolist()
    return Subject(
        id=segment.ids[number],
        kind=KINDS[arrays["kinds"][number]],
        names=tuple(segment.names[name] for name in range(first, last)),
        birth_dates=tuple(map(date_text, dates)),
        countries=tuple(map(country_text, countries)),
        places=tuple(filter(None, segment.places[number].split("\n"))),
        sex=SEXES[arrays["sexes"][number]],
    )


def date_text(number: int) -> str:
    """A date number (`jusur.matching.packing.date_number`) as ISO 8601 prefix."""
    year, month, day = number // 10000, number // 100 % 100, number % 100
    return f"{year:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if day else "")


def country_text(number: int) -> str:
    """A country number as its two letters."""
    return chr(number // 256) + chr(number % 256)
