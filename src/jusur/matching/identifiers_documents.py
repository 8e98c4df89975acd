"""Numbers of documents, plates and goods: letters and digits of an issuer's own, so form is all that is judged."""

import re
from typing import Final

from jusur.matching.identifiers_base import (
    UNKNOWN_COUNTRY,
    Identified,
    InvalidIdentifierError,
    compact,
    issuer,
    words,
)

DOCUMENT_KINDS: Final = ("passport", "identity_document", "driving_licence", "visa")
MAX_NUMBER: Final = 32
MAX_SERIAL: Final = 64

_NUMBER = re.compile(r"[A-Z0-9]+")
_ARABIC_FORMS: Final = str.maketrans({"\u0623": "\u0627", "\u0625": "\u0627", "\u0622": "\u0627", "\u0640": None})
"""Alef with hamza or madda as alef; no tatweel."""
_PLATE_LETTERS: Final = {
    "MA": str.maketrans("\u0627\u0628\u062f\u0647\u0648\u0637", "ABDHWT"),
    "SA": str.maketrans(
        "\u0627\u0628\u062d\u062f\u0631\u0633\u0635\u0637\u0639\u0642\u0643\u0644\u0645\u0646\u0647\u0648\u0649",
        "ABJDRSXTEGKLZNHUV",
    ),
}
"""Arabic letters of plates and the Latin ones that the same plates show beside them."""


def document(kind: str, value: str, country: str, _region: str) -> Identified:
    """A passport, identity card, licence or visa number (ICAO Doc 9303: letters, digits) with its country of issue."""
    found = compact(value, kind=kind, maximum=MAX_NUMBER)
    if not _NUMBER.fullmatch(found):
        raise InvalidIdentifierError(
            f"The {words(kind)} holds something other than Latin letters and digits.",
            check="characters",
            fix="Write it as the machine-readable zone does.",
        )
    if not any(character.isdigit() for character in found):
        raise InvalidIdentifierError(
            f"The {words(kind)} has no digit.", check="characters", fix="Give the number, not the document's name."
        )
    return Identified(kind, found, issuer(country) or UNKNOWN_COUNTRY)


def plate(kind: str, value: str, country: str, _region: str) -> Identified:
    """A number plate: letters of any script and digits.

    Cyrillic and Greek letters become the Latin ones they look like (the Convention on Road Traffic, Vienna 1968, annex
    2, asks for Latin letters abroad); Moroccan and Saudi ones the Latin letters that these plates show beside them.
    """
    issued = issuer(country) or UNKNOWN_COUNTRY
    found = compact(value, kind=kind, maximum=16).translate(_ARABIC_FORMS).translate(_PLATE_LETTERS.get(issued, {}))
    if not found.isalnum() or not any(character.isdigit() for character in found):
        raise InvalidIdentifierError(
            "The number plate has no digit, or signs that no plate has.",
            check="characters",
            fix="Write it as it reads.",
        )
    return Identified(kind, found, issued)


def serial(kind: str, value: str, _country: str, _region: str) -> Identified:
    """A maker's serial number: letters and digits, at least three, one of them a digit."""
    found = compact(value, kind=kind, maximum=MAX_SERIAL)
    if not found.isalnum() or len(found) < 3 or not any(character.isdigit() for character in found):  # noqa: PLR2004
        raise InvalidIdentifierError(
            f"The {words(kind)} is not a serial number: at least three letters and digits, one of them a digit.",
            check="characters",
            fix="Copy it from the object.",
        )
    return Identified(kind, found)
