"""The remarks of OFAC's list: phrases as ``DOB 02 Mar 1971``, ``Passport AB1 (Morocco)``, ``nationality Morocco``."""

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from jusur.standards.lists import values
from jusur.standards.lists.outcome import Values

_PHRASE_LIMIT: Final = 500
_COUNTRY = re.compile(r"\(([^()]{2,60})\)")
_WALLET = re.compile(r"Digital Currency Address - ([A-Z0-9]{2,8}) ([A-Za-z0-9:]{20,120})")
_DIGITS = re.compile(r"\d{7,9}")
_DOCUMENTS: Final = (
    "Driver's License No.", "National ID No.", "Identification Number", "Registration ID", "Cedula No.", "D.N.I.",
    "C.U.R.P.", "C.U.I.T.", "C.U.I.", "C.I.", "SSN", "NIT #", "RUC #", "RUT #", "R.F.C.", "RTN", "Tax ID No.",
    "Turkish Identification Number", "Personal ID Card", "Birth Certificate Number", "Residency Number",
    "Registration Number", "Commercial Registry Number", "Company Number", "Matricula Mercantil No",
    "Folio Mercantil No.", "V.A.T. Number", "Electoral Registry No.", "Visa Number ID", "Stateless Person ID Card",
    "Kenyan ID No.", "Bosnian Personal ID No.", "British National Overseas Passport",
)  # fmt: skip


@dataclass(slots=True)
class Remarks:
    """What the remarks say: properties of the entity, and entities that explain it (suffix, schema, properties)."""

    properties: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    others: list[tuple[str, str, Values]] = field(default_factory=list)


def parsed(text: str, schema: str, holder: str) -> Remarks:
    """The remarks ``text`` of an entity of ``schema`` with id ``holder``. Other phrases are left."""
    found = Remarks()
    for place, phrase in enumerate(text.split(";")):
        plain = phrase.strip().rstrip(".").removeprefix("alt. ").strip()[:_PHRASE_LIMIT]
        for prefix, reader in _READERS:
            if plain.startswith(prefix):
                reader(found, plain[len(prefix) :].strip(" :#"), schema)
                break
        else:
            _other(found, plain, place, holder)
    return found


def _other(found: Remarks, plain: str, place: int, holder: str) -> None:
    """A document or a wallet, which are entities of their own."""
    if (wallet := _WALLET.match(plain)) is not None:
        known: Values = {"publicKey": [wallet[2]], "currencySymbol": [wallet[1]], "holder": [holder]}
        found.others.append((f"wallet-{place}", "CryptoWallet", known))
        return
    for words in ("Passport", *_DOCUMENTS):
        if plain.startswith(words):
            document = _document(plain[len(words) :], words, holder)
            if document is not None:
                schema = "Passport" if words == "Passport" else "Identification"
                found.others.append((f"document-{place}", schema, document))
            return


def _document(rest: str, words: str, holder: str) -> Values | None:
    number, left = values.number(_COUNTRY.sub("", rest).strip(" #:").partition(" issued ")[0].partition(" expires ")[0])
    issuer = next((code for name in _COUNTRY.findall(rest) if (code := values.country(name))), "")
    if not number:
        return None
    return {
        "holder": [holder],
        "number": [number],
        "type": [words.rstrip(" #")],
        "country": [issuer],
        "startDate": values.dates(rest.partition(" issued ")[2].partition(" expires ")[0]),
        "endDate": values.dates(rest.partition(" expires ")[2]),
        "summary": [left],
    }


def _birth(found: Remarks, rest: str, schema: str) -> None:
    if schema == "Person":
        found.properties["birthDate"] += values.dates(rest)


def _birth_place(found: Remarks, rest: str, schema: str) -> None:
    if schema == "Person":
        found.properties["birthPlace"].append(rest)
        found.properties["birthCountry"].append(values.place_country(rest))


def _gender(found: Remarks, rest: str, schema: str) -> None:
    if schema == "Person":
        found.properties["gender"].append(values.sex(rest))


def _countries(name: str) -> Callable[[Remarks, str, str], None]:
    def read(found: Remarks, rest: str, schema: str) -> None:
        if schema == "Person":
            found.properties[name].append(values.country(rest))

    return read


def _of(name: str, *schemata: str) -> Callable[[Remarks, str, str], None]:
    def read(found: Remarks, rest: str, schema: str) -> None:
        if schema in schemata:
            found.properties[name].append(rest.partition(" (")[0][:64])

    return read


def _ship(found: Remarks, rest: str, schema: str) -> None:
    number = _DIGITS.search(rest)
    if schema == "Vessel" and number is not None:
        found.properties["imoNumber"].append(number[0])


def _website(found: Remarks, rest: str, schema: str) -> None:
    if schema in {"Person", "Organization"}:
        found.properties["website"].append(rest if "://" in rest else f"http://{rest}")


_READERS: Final[tuple[tuple[str, Callable[[Remarks, str, str], None]], ...]] = (
    ("DOB", _birth),
    ("POB", _birth_place),
    ("nationality", _countries("nationality")),
    ("citizen", _countries("citizenship")),
    ("Gender", _gender),
    ("Vessel Registration Identification", _ship),
    ("MMSI", _of("mmsi", "Vessel")),
    ("Aircraft Tail Number", _of("registrationNumber", "Airplane")),
    ("Aircraft Manufacturer's Serial Number (MSN)", _of("serialNumber", "Airplane")),
    ("Aircraft Construction Number (also called L/N or S/N or F/N)", _of("serialNumber", "Airplane")),
    ("Aircraft Model", _of("model", "Airplane")),
    ("Telephone", _of("phone", "Person", "Organization")),
    ("Phone Number", _of("phone", "Person", "Organization")),
    ("Email Address", _of("email", "Person", "Organization")),
    ("Website", _website),
)
