"""Exact identifiers: one form for each, however it was typed, so that equal means equal.

`normalise` refuses what fails a check and says which. `identify` with ``strict=False`` lets failed check digits pass as
warnings: records hold misprinted numbers, which must still be found. `query_keys` says under which keys to look.
"""

from collections.abc import Callable
from typing import Final

from jusur.matching.identifiers_base import (
    UNKNOWN_COUNTRY,
    Identified,
    InvalidIdentifierError,
    issuer,
    issuers,
    words,
)
from jusur.matching.identifiers_contact import domain, email, phone, url
from jusur.matching.identifiers_documents import DOCUMENT_KINDS, document, plate, serial
from jusur.matching.identifiers_money import account, iban
from jusur.matching.identifiers_vehicles import imei, imo, mmsi, vin
from jusur.matching.identifiers_wallets import wallet

__all__ = [
    "DOCUMENT_KINDS",
    "TYPES",
    "UNKNOWN_COUNTRY",
    "Identified",
    "InvalidIdentifierError",
    "identify",
    "issuer",
    "normalise",
    "query_keys",
]

_KINDS: Final[dict[str, Callable[[str, str, str, str], Identified]]] = {
    "passport": document,
    "identity_document": document,
    "driving_licence": document,
    "visa": document,
    "vin": vin,
    "plate": plate,
    "imo": imo,
    "mmsi": mmsi,
    "firearm_serial": serial,
    "iban": iban,
    "account": account,
    "wallet": wallet,
    "phone": phone,
    "email": email,
    "domain": domain,
    "imei": imei,
    "serial": serial,
    "url": url,
}
TYPES: Final = tuple(_KINDS)
"""The kinds of identifiers."""
COUNTRY_KINDS: Final = frozenset({*DOCUMENT_KINDS, "plate", "account"})
"""Kinds whose numbers mean something only together with the country that issued them."""


def normalise(kind: str, value: str, *, country: str = "", region: str = "") -> str:
    """The key of an identifier: ``normalise("passport", "ab 123456", country="MA") == "passport:MA:AB123456"``.

    Args:
        kind: one of `TYPES`.
        value: as typed, pasted or recorded.
        country: who issued it (alpha-2, alpha-3 or ICAO's code), for document numbers, plates and accounts.
        region: where a phone number without country code is read (alpha-2); the bureau's own.

    Raises:
        InvalidIdentifierError: a check failed; ``check`` and the message say which.
    """
    return identify(kind, value, country=country, region=region).key


def identify(kind: str, value: str, *, country: str = "", region: str = "", strict: bool = True) -> Identified:
    """What `normalise` knows about the identifier. Not ``strict``: failed check digits are warnings, not errors.

    Raises:
        InvalidIdentifierError: as `normalise`; not ``strict``, only where no form can be made of ``value``.
    """
    make = _KINDS.get(kind)
    if make is None:
        raise InvalidIdentifierError(
            "The kind of identifier is not known.", check="kind", fix=f"Use one of {', '.join(TYPES)}."
        )
    found = make(kind, value, country, region)
    if strict and found.warnings:
        raise InvalidIdentifierError(
            f"The {words(kind)} is wrong: {'; '.join(found.warnings)}.",
            check="check digit" if "check" in found.warnings[0] else "assignment",
            fix="Compare it with the original.",
        )
    return found


def query_keys(kind: str, value: str, *, country: str = "", region: str = "") -> tuple[str, ...]:
    """Every key under which a record of this identifier may stand.

    With a country: that country's, and that of records that do not say who issued. Without: every country's (some 270
    keys, which an exact index answers in one batch). ``kind`` may also be ``document``: every kind of document.

    Raises:
        InvalidIdentifierError: no form can be made of ``value``. A failed check digit does not forbid to look.
    """
    if kind == "document":
        return tuple(key for one in DOCUMENT_KINDS for key in query_keys(one, value, country=country, region=region))
    found = identify(kind, value, country=country, region=region, strict=False)
    if kind not in COUNTRY_KINDS:
        return (found.key,)
    countries = issuers() if found.country == UNKNOWN_COUNTRY else (found.country, UNKNOWN_COUNTRY)
    if kind == "plate":  # whose letters are written in their country's way
        return tuple(plate(kind, value, one, region).key for one in countries)
    return tuple(f"{kind}:{one}:{found.value}" for one in countries)
