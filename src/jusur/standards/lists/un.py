"""The United Nations Security Council's consolidated list, XML as published (sc-sanctions.xsd)."""

from collections.abc import Iterator
from typing import BinaryIO, Final

from jusur.standards.lists import values
from jusur.standards.lists.outcome import Outcome, Refused, Values, family, unique
from jusur.standards.lists.xml import Node, records

DATASETS: Final = ("list-un",)
_PASSPORT: Final = ("passport", "passeport", "pasaporte")
_NAMES: Final = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
_PLACE: Final = ("STREET", "CITY", "STATE_PROVINCE", "ZIP_CODE", "COUNTRY")


def read(stream: BinaryIO) -> Iterator[Outcome]:
    """Every individual (Person) and entity (Organization), each followed by its documents and its listing (Sanction).

    Raises:
        InvalidListError: as `jusur.standards.lists.xml.records`.
    """
    nodes = records(stream, roots={"CONSOLIDATED_LIST"}, tags={"INDIVIDUAL", "ENTITY"})
    return unique((node.line, outcome) for node in nodes for outcome in _record(node))


def _record(node: Node) -> Iterator[Outcome]:
    id_ = node.first("DATAID")
    name = " ".join(node.first(part) for part in _NAMES if node.first(part))
    if not id_ or not name:
        yield Refused(node.line, id_, "The entry has no DATAID or no name.")
        return
    person = node.tag == "INDIVIDUAL"
    properties = _common(node, name) | (_person(node) if person else {})
    entity = f"unsc-{id_}"
    others = [*_documents(node, entity), ("listing", "Sanction", _listing(node, entity))]
    yield from family(
        node.line, entity, "Person" if person else "Organization", properties, datasets=DATASETS, others=others
    )


def _common(node: Node, name: str) -> dict[str, list[str]]:
    kind = node.tag
    found: dict[str, list[str]] = {
        "name": [name, *node.texts("NAME_ORIGINAL_SCRIPT")],
        "alias": [],
        "previousName": [],
        "weakAlias": [],
        "topics": ["sanction"],
        "notes": node.texts("COMMENTS1"),
        "address": [],
        "country": [],
    }
    for alias in node.all(f"{kind}_ALIAS"):
        quality = alias.first("QUALITY").lower()
        into = {"low": "weakAlias", "f.k.a.": "previousName"}.get(quality, "alias")
        found[into] += alias.texts("ALIAS_NAME")
        found["notes"] += [f"{alias.first('ALIAS_NAME')}: {note}" for note in alias.texts("NOTE")]
    for address in node.all(f"{kind}_ADDRESS"):
        found["address"].append(values.joined(*(address.first(part) for part in _PLACE), address.first("NOTE")))
        found["country"].append(values.country(address.first("COUNTRY")))
    return found


def _person(node: Node) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {"birthDate": [], "birthPlace": [], "birthCountry": [], "nationality": []}
    notes = node.texts("COMMENTS1")
    for date in node.all("INDIVIDUAL_DATE_OF_BIRTH"):
        known, note = _birth(date)
        found["birthDate"] += known
        notes += note
    for alias in node.all("INDIVIDUAL_ALIAS"):
        found["birthDate"] += values.dates(alias.first("DATE_OF_BIRTH"))
        found["birthPlace"].append(values.joined(alias.first("CITY_OF_BIRTH"), alias.first("COUNTRY_OF_BIRTH")))
    for place in node.all("INDIVIDUAL_PLACE_OF_BIRTH"):
        found["birthPlace"].append(values.joined(*(place.first(part) for part in _PLACE)))
        found["birthCountry"].append(values.country(place.first("COUNTRY")))
    for name in node.texts("NATIONALITY", "VALUE"):
        code = values.country(name)
        found["nationality"].append(code)
        notes += [] if code else [f"Nationality: {name}"]
    found |= {"gender": [values.sex(node.first("GENDER"))], "title": node.texts("TITLE", "VALUE")}
    return found | {"position": node.texts("DESIGNATION", "VALUE"), "notes": notes}


def _birth(date: Node) -> tuple[list[str], list[str]]:
    """Birth dates, and notes for what is no date."""
    known: list[str] = list(values.years(date.first("FROM_YEAR"), date.first("TO_YEAR")))
    for text in (*date.texts("DATE"), *date.texts("YEAR")):
        known += values.dates(text)
    said = values.joined(*(node.text for node in date.children if node.tag != "TYPE_OF_DATE"))
    return known, [] if known or not said else [f"Date of birth: {said}"]


def _documents(node: Node, holder: str) -> Iterator[tuple[str, str, Values]]:
    for place, document in enumerate(node.all(f"{node.tag}_DOCUMENT")):
        number, rest = values.number(document.first("NUMBER"))
        if not number:
            continue
        type_ = document.first("TYPE_OF_DOCUMENT") or document.first("TYPE_OF_DOCUMENT2")
        issuer = document.first("ISSUING_COUNTRY") or document.first("COUNTRY_OF_ISSUE")
        passport = any(word in type_.lower() for word in _PASSPORT)
        yield (
            f"document-{place}",
            "Passport" if passport else "Identification",
            {
                "holder": [holder],
                "number": [number],
                "type": [type_],
                "country": [values.country(issuer)],
                "startDate": values.dates(document.first("DATE_OF_ISSUE")),
                "summary": [values.joined(rest, document.first("NOTE"), document.first("CITY_OF_ISSUE"))],
            },
        )


def _listing(node: Node, entity: str) -> Values:
    return {
        "entity": [entity],
        "authority": ["United Nations Security Council"],
        "unscId": node.texts("REFERENCE_NUMBER"),
        "program": node.texts("UN_LIST_TYPE"),
        "listingDate": values.dates(node.first("LISTED_ON")),
    }
