"""Numbers of vehicles, ships and phones with check digits: VIN, IMO, MMSI, IMEI."""

import re
from typing import Final

from jusur.matching.identifiers_base import Identified, InvalidIdentifierError, compact, digits
from jusur.matching.identifiers_checksums import luhn

_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_VIN_LENGTH: Final = 17
_VIN_VALUES: Final = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", "12345678123457923456789", strict=True))
_VIN_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_CHECKED: Final = frozenset("1245L")
"""First characters of makers whose law asks for the check digit: USA and Canada (49 CFR 565.15), China (GB 16735)."""

_MMSI = re.compile(r"(?:0{0,2}|8|98|99|111|970|972|974)([2-7]\d{2})\d*")
_MMSI_SPECIAL = re.compile(r"(?:970|972|974)\d{6}")
_IMEI_BODY: Final = 14


def vin(kind: str, value: str, _country: str, _region: str) -> Identified:
    """A vehicle identification number (ISO 3779): 17 letters and digits without I, O and Q, check digit where due."""
    found = compact(value, kind=kind, maximum=24)
    if len(found) != _VIN_LENGTH:
        raise InvalidIdentifierError(
            f"The vehicle identification number has {len(found)} characters, not 17.",
            check="length",
            fix="Search numbers of vehicles from before 1981 as a serial number.",
        )
    if not _VIN.fullmatch(found):
        raise InvalidIdentifierError(
            "The vehicle identification number holds I, O, Q or a sign, which none holds.",
            check="characters",
            fix="Read I as 1, and O or Q as 0.",
        )
    if found[0] not in _VIN_CHECKED or found[8] == vin_check_digit(found):
        return Identified(kind, found, detail={"checked": "yes" if found[0] in _VIN_CHECKED else "no"})
    return Identified(kind, found, warnings=(f"its check digit is {found[8]}, not {vin_check_digit(found)}",))


def vin_check_digit(found: str) -> str:
    """The ninth character that 49 CFR 565.15 (c) computes from the other sixteen."""
    values = (int(_VIN_VALUES.get(character, character)) for character in found)
    rest = sum(value * weight for value, weight in zip(values, _VIN_WEIGHTS, strict=True)) % 11
    return "0123456789X"[rest]


def imo(kind: str, value: str, _country: str, _region: str) -> Identified:
    """A ship's IMO number (IMO resolution A.1117(30)): seven digits, the last one checks the others."""
    found = compact(value, kind=kind, maximum=16).removeprefix("IMO").removeprefix("NO")
    if len(found) != 7 or not (found.isascii() and found.isdigit()):  # noqa: PLR2004 - the resolution's length
        raise InvalidIdentifierError(
            "The IMO number is not seven digits.", check="length", fix="Give the digits after IMO."
        )
    expected = sum(int(digit) * weight for digit, weight in zip(found, range(7, 1, -1), strict=False)) % 10
    wrong = () if expected == int(found[6]) else (f"its check digit is {found[6]}, not {expected}",)
    return Identified(kind, found, warnings=wrong)


def mmsi(kind: str, value: str, _country: str, _region: str) -> Identified:
    """A maritime mobile service identity (ITU-R M.585): nine digits, whose country digits are 2 to 7 and two more."""
    found = digits(value, kind=kind, maximum=9)
    if len(found) != 9:  # noqa: PLR2004 - the recommendation's length
        raise InvalidIdentifierError("The MMSI is not nine digits.", check="length", fix="Give all nine digits.")
    known = _MMSI.fullmatch(found) or _MMSI_SPECIAL.fullmatch(found)
    return Identified(kind, found, warnings=() if known else ("it names no country",))


def imei(kind: str, value: str, _country: str, _region: str) -> Identified:
    """An IMEI (3GPP TS 23.003): 14 digits and Luhn's check digit; the 16 digits of an IMEISV lose their version."""
    found = digits(value, kind=kind, maximum=16)
    if len(found) not in {14, 15, 16}:
        raise InvalidIdentifierError(
            f"The IMEI has {len(found)} digits, not 15.", check="length", fix="Dial *#06# to read it."
        )
    body = found[:_IMEI_BODY]
    expected = luhn(body)
    given = found[_IMEI_BODY] if len(found) == _IMEI_BODY + 1 else str(expected)
    wrong = () if given == str(expected) else (f"its check digit is {given}, not {expected}",)
    return Identified(kind, body + given, warnings=wrong)
