"""What the engine compares: a person, an organisation or a vessel, reduced to what tells one from another.

A record of any database and a query of any channel become a `Subject`; everything in this room takes subjects and knows
nothing else of where they came from. Values are as they were written (any script, any order): cleaning them is the
engine's work, and it says what it cleaned. Wrong values are refused here, once.
"""

import re
from dataclasses import dataclass
from datetime import date

from jusur.kernel.errors import InvalidInputError

KINDS = ("person", "organisation", "vessel", "other")
SEXES = ("", "male", "female")

MAX_NAMES = 64
"""Most names (aliases) of one subject that are compared; the Security Council's longest entry has about forty."""
MAX_NAME = 512
"""Longest name in characters; the longest in the published sanctions lists has under 200."""
MAX_VALUES = 32
"""Most birth dates, countries or places of one subject."""

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_COUNTRY = re.compile(r"[A-Z]{2}")


class InvalidSubjectError(InvalidInputError):
    """A subject holds something that the engine cannot compare."""

    code = "invalid-subject"
    title = "The subject is not valid"


@dataclass(frozen=True, slots=True)
class Subject:
    """A record or a query, reduced to what the engine compares.

    Raises:
        InvalidSubjectError: an unknown kind or sex, a date that no calendar has, too many or too long values.
    """

    id: str = ""
    kind: str = "person"
    """One of `KINDS`."""
    names: tuple[str, ...] = ()
    """In any script; ``Family, Given`` tells the parts."""
    birth_dates: tuple[str, ...] = ()
    """ISO 8601 prefixes: ``1971``, ``1971-03``, ``1971-03-02``."""
    countries: tuple[str, ...] = ()
    """ISO 3166-1 alpha-2, upper case."""
    places: tuple[str, ...] = ()
    sex: str = ""
    """One of `SEXES`; empty where it is not known."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InvalidSubjectError("The kind of the subject is not known.", fix=f"Use one of {', '.join(KINDS)}.")
        if self.sex not in SEXES:
            raise InvalidSubjectError("The sex of the subject is not known.", fix="Use male, female, or leave it out.")
        _check_names(self.names)
        for field, values in (
            ("birth dates", self.birth_dates),
            ("countries", self.countries),
            ("places", self.places),
        ):
            if len(values) > MAX_VALUES:
                raise InvalidSubjectError(f"More than {MAX_VALUES} {field}.", fix="Give the most certain ones.")
        for value in self.birth_dates:
            check_date(value)
        for value in self.countries:
            if not _COUNTRY.fullmatch(value):
                raise InvalidSubjectError("A country is not an upper-case ISO 3166-1 alpha-2 code.")
        for value in self.places:
            if len(value) > MAX_NAME:
                raise InvalidSubjectError(f"A place is longer than {MAX_NAME} characters.", fix="Shorten it.")


def check_date(value: str) -> None:
    """See that ``value`` is a calendar date, a month or a year as ISO 8601 writes them.

    Raises:
        InvalidSubjectError: it is not.
    """
    found = _DATE.fullmatch(value) if value.isascii() else None
    if found is None:
        raise InvalidSubjectError("A birth date is not of the form 1971, 1971-03 or 1971-03-02.")
    try:
        date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        raise InvalidSubjectError("A birth date is not in the calendar.", fix="Leave unknown parts out.") from None


def _check_names(names: tuple[str, ...]) -> None:
    if len(names) > MAX_NAMES:
        raise InvalidSubjectError(f"More than {MAX_NAMES} names.", fix="Give the names most in use.")
    for name in names:
        if len(name) > MAX_NAME:
            raise InvalidSubjectError(f"A name is longer than {MAX_NAME} characters.", fix="Shorten it.")
