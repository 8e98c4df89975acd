"""Bank accounts: IBAN (ISO 13616) by schwifty's registry, others as their bank writes them."""

import re
from typing import Final

from jusur.matching.identifiers_base import UNKNOWN_COUNTRY, Identified, InvalidIdentifierError, compact, issuer

MAX_IBAN: Final = 34
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{1,30}")


def iban(kind: str, value: str, _country: str, _region: str) -> Identified:
    """An IBAN: known country, its length and structure, and check digits by ISO 7064 (mod 97-10)."""
    from schwifty import IBAN
    from schwifty.exceptions import (
        InvalidChecksumDigits,
        InvalidCountryCode,
        InvalidLength,
        SchwiftyException,
    )

    found = compact(value, kind=kind, maximum=MAX_IBAN + 4).removeprefix("IBAN")
    if not _IBAN.fullmatch(found):
        raise InvalidIdentifierError(
            "The IBAN does not begin with two letters and two digits.", check="form", fix="Copy the whole IBAN."
        )
    try:
        IBAN(found)
    except InvalidCountryCode:
        raise InvalidIdentifierError(
            f"No country {found[:2]} has IBANs.", check="country", fix="Search it as an account number."
        ) from None
    except InvalidLength:
        raise InvalidIdentifierError(
            f"The IBAN has {len(found)} characters, which is not its country's length.", check="length", fix="Copy it."
        ) from None
    except InvalidChecksumDigits:
        return Identified(kind, found, detail={"country": found[:2]}, warnings=("its check digits do not fit",))
    except SchwiftyException:
        return Identified(kind, found, detail={"country": found[:2]}, warnings=("its structure is not its country's",))
    return Identified(kind, found, detail={"country": found[:2]})


def account(kind: str, value: str, country: str, _region: str) -> Identified:
    """A bank's own account number: letters and digits, at least four, under the country where it is kept."""
    found = compact(value, kind=kind, maximum=40)
    if not (found.isascii() and found.isalnum()) or len(found) < 4 or not any(map(str.isdigit, found)):  # noqa: PLR2004
        raise InvalidIdentifierError(
            "The account number is not at least four letters and digits.", check="characters", fix="Copy it again."
        )
    return Identified(kind, found, issuer(country) or UNKNOWN_COUNTRY)
