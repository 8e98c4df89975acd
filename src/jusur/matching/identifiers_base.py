"""What every kind of identifier has in common: the error that says what failed, and the first cleaning."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from jusur.kernel import countries, text
from jusur.kernel.errors import InvalidInputError

UNKNOWN_COUNTRY: Final = "ZZ"
"""Stands in a key for the issuer that a record does not name (ISO 3166-1 leaves it to users)."""

_GROWTH: Final = 4
_DRESSING = re.compile("[\u061c\u200b\u200e\u200f\ufeff\u00ad]")
_SEPARATORS = re.compile(r"[\s\-./\\:,;_'\"()#*\u00b7\u2010-\u2015\u2019\u2022\u2212]+")
_LOOKALIKES: Final = str.maketrans(
    "АВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",  # capitals of Cyrillic and Greek that cannot be told from Latin
    "ABEKMHOPCTYXIJSABEZHIKMNOPTYX",
)
_ICAO_ISSUERS: Final = {
    "D": "DE", "GBD": "GB", "GBN": "GB", "GBO": "GB", "GBP": "GB", "GBS": "GB", "RKS": "XK", "XKX": "XK", "XKK": "XK",
    "EUE": "EU", "UNO": "UN", "UNA": "UN", "UNK": "XK",
}  # fmt: skip
_SPECIAL_ISSUERS: Final = {
    "XBA", "XIM", "XCC", "XCE", "XCO", "XEC", "XPO", "XES", "XMP", "XOM", "XDC", "XXA", "XXB", "XXC", "XXX", "XAA",
    "XCT", "IAO", "UTO",
}  # fmt: skip
_USER_ASSIGNED: Final = {"XK", "EU", "UN"}


class InvalidIdentifierError(InvalidInputError):
    """An identifier is not what its kind must be; ``check`` names the check that failed."""

    code = "invalid-identifier"
    title = "The identifier is not valid"

    def __init__(self, detail: str, *, check: str, fix: str = "") -> None:
        super().__init__(detail, fix=fix)
        self.check = check

    def problem(self) -> dict[str, object]:
        """The error as an RFC 9457 problem object, with the check that failed."""
        return super().problem() | {"check": self.check}


@dataclass(frozen=True, slots=True)
class Identified:
    """An identifier in its one form.

    ``value`` is what is compared, ``country`` the issuer where its kind has one, ``key`` what exact indexes hold,
    ``detail`` what was learned (a wallet's network, a bank's country), ``warnings`` the checks it failed where those do
    not forbid to look for it: records hold misprinted numbers, and these must be found too.
    """

    kind: str
    value: str
    country: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """``passport:MA:AB123456``, ``iban:MA64…``."""
        return f"{self.kind}:{self.country}:{self.value}" if self.country else f"{self.kind}:{self.value}"


def line(value: object, *, kind: str, maximum: int) -> str:
    """``value`` as one line without what typing and pasting add: direction marks, wide forms, digits of other scripts.

    Raises:
        InvalidIdentifierError: not text, empty, too long, or with characters that cannot be seen (says which).
    """
    if not isinstance(value, str):
        raise InvalidIdentifierError(f"The {words(kind)} is not text.", check="text", fix="Give text.")
    if len(value) > _GROWTH * maximum:
        raise InvalidIdentifierError(
            f"The {words(kind)} is longer than {maximum} characters.", check="length", fix="Give the number alone."
        )
    undressed = value if value.isascii() else western(unicodedata.normalize("NFKC", _DRESSING.sub("", value)))
    try:
        return text.line(re.sub(r"\s+", " ", undressed), max_length=maximum, field=f"The {words(kind)}")
    except text.TextError as error:
        raise InvalidIdentifierError(error.detail, check="text", fix=error.fix) from None


def western(value: str) -> str:
    """``value`` with the decimal digits of every script as 0 to 9."""
    return value if value.isascii() else "".join(map(_western, value))


def _western(character: str) -> str:
    digit = unicodedata.decimal(character, None)
    return character if digit is None else str(digit)


def compact(value: object, *, kind: str, maximum: int) -> str:
    """``value`` in capitals without spaces and punctuation, Cyrillic and Greek capitals that look Latin as Latin.

    Raises:
        InvalidIdentifierError: as `line`; or longer than ``maximum``, or nothing is left.
    """
    found = _SEPARATORS.sub("", line(value, kind=kind, maximum=2 * maximum).upper()).translate(_LOOKALIKES)
    if not found or len(found) > maximum:
        raise InvalidIdentifierError(
            f"The {words(kind)} has {len(found)} letters and digits; it may have 1 to {maximum}.",
            check="length",
            fix="Give the number alone.",
        )
    return found


def digits(value: object, *, kind: str, maximum: int) -> str:
    """``value`` as digits alone.

    Raises:
        InvalidIdentifierError: as `compact`, or something that is no digit.
    """
    found = compact(value, kind=kind, maximum=maximum)
    if not (found.isascii() and found.isdigit()):
        raise InvalidIdentifierError(
            f"The {words(kind)} holds something that is not a digit.", check="characters", fix="Give digits."
        )
    return found


def issuer(code: str) -> str:
    """The country of issue in its one form: ISO 3166-1 alpha-2, or ICAO Doc 9303's code of an organisation (XPO, XOM).

    Takes alpha-2, alpha-3 and the codes of machine-readable zones (``D<<``, ``GBN``, ``RKS``); empty stays empty.

    Raises:
        InvalidIdentifierError: no such country or organisation.
    """
    found = code.strip().rstrip("<").upper() if len(code) <= 8 else "?"  # noqa: PLR2004 - no code is longer
    if not found or found == UNKNOWN_COUNTRY:
        return ""
    if found in _ICAO_ISSUERS or found in _SPECIAL_ISSUERS or found in _USER_ASSIGNED:
        return _ICAO_ISSUERS.get(found, found)
    try:
        return countries.country(found).alpha_2
    except InvalidInputError:
        raise InvalidIdentifierError(
            "The country of issue is not known.", check="country", fix="Give its letters of ISO 3166-1, such as MA."
        ) from None


@cache
def issuers() -> tuple[str, ...]:
    """Every code that `issuer` gives, and `UNKNOWN_COUNTRY`."""
    return (*countries.codes(), *sorted(_USER_ASSIGNED), *sorted(_SPECIAL_ISSUERS), UNKNOWN_COUNTRY)


def words(kind: str) -> str:
    """A kind's name as it stands in a sentence."""
    return _WORDS.get(kind, kind.replace("_", " "))


_WORDS: Final = {
    "vin": "vehicle identification number",
    "imo": "IMO number",
    "mmsi": "MMSI",
    "iban": "IBAN",
    "imei": "IMEI",
    "url": "web address",
    "email": "e-mail address",
    "passport": "passport number",
    "identity_document": "document number",
    "driving_licence": "driving licence number",
    "document": "document number",
    "visa": "visa number",
    "plate": "number plate",
    "account": "account number",
    "phone": "phone number",
}
