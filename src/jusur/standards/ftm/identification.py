"""What an entity can be found by exactly: documents, plates, accounts, numbers, each with the country of issue."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from jusur.standards.ftm.entity import Entity


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier as the record writes it: its kind (as `jusur.matching.identifiers` names it), value and country.

    ``country`` is ISO 3166-1 alpha-2 in capitals, empty where the record does not say who issued it.
    """

    kind: str
    value: str
    country: str = ""


_DOCUMENT_WORDS: Final = (
    ("passport", ("passport", "passeport", "pasaporte", "جواز", "laissez", "travel document")),
    ("driving_licence", ("driv", "conduire", "conducir", "قيادة")),
    ("visa", ("visa", "تأشيرة")),
)
_BY_SCHEMA: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "Person": (("passportNumber", "passport"), ("nationalId", "identity_document")),
    "LegalEntity": (("idNumber", "identity_document"), ("phone", "phone"), ("email", "email")),
    "UserAccount": (("phone", "phone"), ("email", "email")),
    "Vehicle": (("registrationNumber", "plate"), ("vin", "vin"), ("engineNumber", "serial")),
    "Vessel": (("imoNumber", "imo"), ("mmsi", "mmsi")),
    "Airplane": (("serialNumber", "serial"),),
    "Firearm": (("serialNumber", "firearm_serial"),),
    "WorkOfArt": (("inventoryNumber", "serial"),),
    "BankAccount": (("iban", "iban"), ("accountNumber", "account")),
    "CryptoWallet": (("publicKey", "wallet"), ("cryptoAddress", "wallet")),
    "PhoneLine": (("phone", "phone"),),
    "EmailAddress": (("email", "email"),),
    "Domain": (("domainName", "domain"),),
    "Device": (("imei", "imei"), ("serialNumber", "serial"), ("macAddress", "serial")),
}
_DOCUMENTS: Final = {"Passport", "Identification", "TravelDocument", "AdministrativeDocument"}
_WEBSITES: Final = ("website",)


def identifiers(entity: Entity) -> Iterator[Identifier]:
    """Every exact identifier of ``entity``, as written; `jusur.matching.identifiers` normalises them.

    A person's own document numbers carry no country (nationality does not say who issued a document); document entities
    carry theirs, one `Identifier` for each country they name.
    """
    seen = set()
    for found in _all(entity):
        if found not in seen:
            seen.add(found)
            yield found


def _all(entity: Entity) -> Iterator[Identifier]:
    if entity.schema in _DOCUMENTS:
        yield from _documents(entity)
        return
    for name, pairs in _BY_SCHEMA.items():
        if entity.type.is_a(name):
            for source, kind in pairs:
                yield from _of(entity, source, _vessel_plate(entity, kind))
    for source in _WEBSITES:
        yield from _of(entity, source, "url") if source in entity.type.properties else ()


def _of(entity: Entity, source: str, kind: str) -> Iterator[Identifier]:
    if not kind:
        return
    countries = _issuers(entity) if kind in {"plate", "account"} else ("",)
    for value in entity.get(source):
        for country in countries:
            yield Identifier(kind, value, country)


def _vessel_plate(entity: Entity, kind: str) -> str:
    """A ship's or an aircraft's registration is no number plate, but as exact."""
    return "serial" if kind == "plate" and (entity.type.is_a("Vessel") or entity.type.is_a("Airplane")) else kind


def _documents(entity: Entity) -> Iterator[Identifier]:
    kind = document_kind(entity.schema, entity.get("type"))
    for source in ("number", "passportNumber"):
        for value in entity.get(source):
            for country in _issuers(entity):
                yield Identifier(kind, value, country)
    for value in entity.get("personalNumber"):
        for country in _issuers(entity):
            yield Identifier("identity_document", value, country)


def document_kind(schema: str, types: tuple[str, ...]) -> str:
    """The kind of identifier that a document of ``schema`` with the stated ``types`` bears."""
    stated = " ".join(types).lower()
    for kind, words in _DOCUMENT_WORDS:
        if any(word in stated for word in words):
            return kind
    return "passport" if schema in {"Passport", "TravelDocument"} and not stated else "identity_document"


def _issuers(entity: Entity) -> tuple[str, ...]:
    countries = tuple(value[:2].upper() for value in entity.get("country") if value != "zz")
    return tuple(dict.fromkeys(countries)) or ("",)
