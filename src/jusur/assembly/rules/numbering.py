"""The numbers of adopted texts, such as ``GA-2025-93-RES-01``."""

import re
from typing import Final, NamedTuple

from jusur.kernel.errors import InvalidInputError

_FIELDS: Final = {"year": r"(?P<year>\d{4})", "session": r"(?P<session>\d{1,4})", "number": r"(?P<number>\d{2,4})"}


class Number(NamedTuple):
    """What the number of a text says: the year, the session, and which text of that session it is."""

    year: int
    session: int
    number: int


def number(pattern: str, *, year: int, session: int, number: int) -> str:
    """The number of the ``number``-th text (from 1) that a session adopted."""
    return pattern.format(year=f"{year:04d}", session=session, number=f"{number:02d}")


def parse(pattern: str, text: str) -> Number:
    """What a text's number says.

    Raises:
        InvalidInputError: it is not of this pattern.
    """
    found = re.fullmatch(re.escape(pattern).replace(r"\{", "{").replace(r"\}", "}").format(**_FIELDS), text)
    if found is None:
        raise InvalidInputError(f"{text[:40]!r} is not the number of an adopted text.", fix="Like GA-2025-93-RES-01.")
    return Number(int(found["year"]), int(found["session"]), int(found["number"]))
