"""The list of Specially Designated Nationals of OFAC (US Treasury), as XML (SDN.XML, its first form)."""

from collections.abc import Iterator
from typing import BinaryIO, Final

from jusur.standards.lists import values
from jusur.standards.lists.ofac import DATASETS
from jusur.standards.lists.outcome import Outcome, Refused, Values, family, unique
from jusur.standards.lists.xml import Node, records

_SCHEMAS: Final = {"individual": "Person", "entity": "Organization", "vessel": "Vessel", "aircraft": "Airplane"}
_KINDS: Final = {"f.k.a.": "previousName"}
_WALLET: Final = "Digital Currency Address - "
_SHIP: Final = "Vessel Registration Identification"
_LINES: Final = ("address1", "address2", "address3", "city", "stateOrProvince", "postalCode", "country")


def read(stream: BinaryIO) -> Iterator[Outcome]:
    """Every entry as an entity, followed by its documents, wallets and listing.

    Raises:
        InvalidListError: as `jusur.standards.lists.xml.records`.
    """
    nodes = records(stream, roots={"sdnList"}, tags={"sdnEntry"})
    return unique((node.line, outcome) for node in nodes for outcome in _entry(node))


def _entry(node: Node) -> Iterator[Outcome]:
    uid, schema, name = node.first("uid"), _SCHEMAS.get(node.first("sdnType").lower()), _name(node)
    if not uid.isdigit() or schema is None or not name:
        yield Refused(node.line, uid[:20], "The entry has no number, no name or an unknown type.")
        return
    entity = f"ofac-{uid}"
    properties = _common(node, name) | (_person(node) if schema == "Person" else {})
    if schema == "Vessel":
        properties |= _vessel(node)
    listing: Values = {
        "entity": [entity],
        "authority": ["Office of Foreign Assets Control"],
        "program": node.texts("programList", "program"),
    }
    others = [*_identities(node, entity), ("listing", "Sanction", listing)]
    yield from family(node.line, entity, schema, properties, datasets=DATASETS, others=others)


def _name(node: Node) -> str:
    return values.joined(node.first("lastName"), node.first("firstName"))


def _common(node: Node, name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"name": [name], "alias": [], "previousName": [], "weakAlias": []}
    for alias in node.all("akaList", "aka"):
        weak = alias.first("category").lower() == "weak"
        found["weakAlias" if weak else _KINDS.get(alias.first("type").lower(), "alias")].append(_name(alias))
    addresses = list(node.all("addressList", "address"))
    return found | {
        "topics": ["sanction"],
        "notes": node.texts("remarks"),
        "address": [values.joined(*(address.first(part) for part in _LINES)) for address in addresses],
        "country": [values.country(address.first("country")) for address in addresses],
    }


def _person(node: Node) -> dict[str, list[str]]:
    places = node.texts("placeOfBirthList", "placeOfBirthItem", "placeOfBirth")
    return {
        "title": node.texts("title"),
        "birthDate": [
            date
            for text in node.texts("dateOfBirthList", "dateOfBirthItem", "dateOfBirth")
            for date in values.dates(text)
        ],
        "birthPlace": places,
        "birthCountry": [values.place_country(place) for place in places],
        "nationality": [values.country(name) for name in node.texts("nationalityList", "nationality", "country")],
        "citizenship": [values.country(name) for name in node.texts("citizenshipList", "citizenship", "country")],
        "gender": [
            values.sex(one.first("idNumber")) for one in node.all("idList", "id") if one.first("idType") == "Gender"
        ],
    }


def _vessel(node: Node) -> dict[str, list[str]]:
    numbers = [one.first("idNumber") for one in node.all("idList", "id") if one.first("idType") == _SHIP]
    return {
        "callSign": node.texts("vesselInfo", "callSign"),
        "type": node.texts("vesselInfo", "vesselType"),
        "flag": [values.country(name) for name in node.texts("vesselInfo", "vesselFlag")],
        "deadweightTonnage": node.texts("vesselInfo", "tonnage"),
        "grossRegisteredTonnage": node.texts("vesselInfo", "grossRegisteredTonnage"),
        "imoNumber": [number.removeprefix("IMO").strip() for number in numbers],
        "mmsi": [one.first("idNumber") for one in node.all("idList", "id") if one.first("idType") == "MMSI"],
    }


def _identities(node: Node, holder: str) -> Iterator[tuple[str, str, Values]]:
    for place, one in enumerate(node.all("idList", "id")):
        kind, text = one.first("idType"), one.first("idNumber")
        if kind.startswith(_WALLET):
            currency = kind.removeprefix(_WALLET)
            yield (
                f"wallet-{place}",
                "CryptoWallet",
                {"publicKey": [text], "currencySymbol": [currency], "holder": [holder]},
            )
            continue
        number, rest = values.number(text)
        if not number or kind in {"Gender", _SHIP, "MMSI"} or kind.endswith(":") or "risk" in kind.lower():
            continue
        yield (
            f"document-{place}",
            "Passport" if kind == "Passport" else "Identification",
            {
                "holder": [holder],
                "number": [number],
                "type": [kind],
                "country": [values.country(one.first("idCountry"))],
                "startDate": values.dates(one.first("issueDate")),
                "endDate": values.dates(one.first("expirationDate")),
                "summary": [rest],
            },
        )
