"""The European Union's consolidated financial sanctions list (FSF), XML 1.1."""

from collections.abc import Iterator
from typing import BinaryIO, Final

from jusur.standards.lists import values
from jusur.standards.lists.outcome import Outcome, Refused, Values, family, unique
from jusur.standards.lists.xml import Node, records

DATASETS: Final = ("list-eu",)
_SCHEMAS: Final = {"person": "Person", "enterprise": "Organization", "P": "Person", "E": "Organization"}
_PLACE: Final = ("street", "poBox", "zipCode", "city", "place", "region", "countryDescription")
_NOWHERE: Final = {"00", "UNKNOWN"}


def read(stream: BinaryIO) -> Iterator[Outcome]:
    """Every sanctioned person and enterprise, followed by documents and listing.

    Raises:
        InvalidListError: as `jusur.standards.lists.xml.records`.
    """
    nodes = records(stream, roots={"export"}, tags={"sanctionEntity"})
    return unique((node.line, outcome) for node in nodes for outcome in _record(node))


def _record(node: Node) -> Iterator[Outcome]:
    reference = node.get("euReferenceNumber") or node.get("logicalId")
    kind = next(node.all("subjectType"), None)
    schema = _SCHEMAS.get(kind.get("code") or kind.get("classificationCode")) if kind is not None else None
    if not reference or schema is None:
        yield Refused(node.line, reference[:40], "The entity has no reference or an unknown type of subject.")
        return
    entity = f"eu-fsf-{reference.lower().replace(' ', '-')}"
    properties = _common(node) | (_person(node) if schema == "Person" else {})
    if not properties["name"]:
        yield Refused(node.line, entity, "The entity has no name.")
        return
    others = [*_documents(node, entity), ("listing", "Sanction", _listing(node, entity))]
    yield from family(node.line, entity, schema, properties, datasets=DATASETS, others=others)


def _common(node: Node) -> dict[str, list[str]]:
    names = list(node.all("nameAlias"))
    strong = [_whole(one) for one in names if one.get("strong").lower() != "false"]
    weak = [_whole(one) for one in names if one.get("strong").lower() == "false"]
    primary = next((name for name in strong + weak if name), "")
    addresses = list(node.all("address"))
    return {
        "name": [primary] if primary else [],
        "alias": [name for name in strong if name != primary],
        "weakAlias": [name for name in weak if name != primary],
        "topics": ["sanction"],
        "notes": node.texts("remark"),
        "address": [values.joined(*(address.get(part) for part in _PLACE)) for address in addresses],
        "country": [_country(address) for address in addresses],
    }


def _whole(alias: Node) -> str:
    whole = alias.get("wholeName")
    return whole or " ".join(part for name in ("firstName", "middleName", "lastName") if (part := alias.get(name)))


def _country(node: Node) -> str:
    code = node.get("countryIso2Code")
    return "" if code in _NOWHERE else values.country(code)


def _person(node: Node) -> dict[str, list[str]]:
    births = list(node.all("birthdate"))
    names = list(node.all("nameAlias"))
    return {
        "birthDate": [date for birth in births for date in _birth(birth)],
        "birthPlace": [values.joined(*(birth.get(part) for part in _PLACE[2:])) for birth in births],
        "birthCountry": [_country(birth) for birth in births],
        "nationality": [_country(one) for one in node.all("citizenship")],
        "gender": [values.sex(one.get("gender")) for one in names],
        "title": [one.get("title") for one in names],
        "position": [one.get("function") for one in names],
    }


def _birth(birth: Node) -> tuple[str, ...]:
    if birth.get("calendarType") not in {"", "GREGORIAN"}:
        return ()
    if birth.get("yearRangeFrom") and birth.get("yearRangeTo"):
        return values.years(birth.get("yearRangeFrom"), birth.get("yearRangeTo"))
    if whole := values.dates(birth.get("birthdate")):
        return whole
    parts = [part for part in (birth.get("year"), birth.get("monthOfYear"), birth.get("dayOfMonth")) if part]
    return values.dates("-".join(parts))


def _documents(node: Node, holder: str) -> Iterator[tuple[str, str, Values]]:
    for place, one in enumerate(node.all("identification")):
        number, rest = values.number(one.get("latinNumber") or one.get("number"))
        if not number:
            continue
        code = one.get("identificationTypeCode")
        yield (
            f"document-{place}",
            "Passport" if "passport" in code else "Identification",
            {
                "holder": [holder],
                "number": [number],
                "type": [one.get("identificationTypeDescription") or code],
                "country": [_country(one)],
                "authority": [one.get("issuedBy")],
                "startDate": values.dates(one.get("issuedDate")),
                "endDate": values.dates(one.get("validTo")),
                "summary": [values.joined(rest, *one.texts("remark"))],
            },
        )


def _listing(node: Node, entity: str) -> Values:
    regulations = list(node.all("regulation"))
    return {
        "entity": [entity],
        "authority": ["Council of the European Union"],
        "unscId": [node.get("unitedNationId")],
        "program": [one.get("programme") for one in regulations],
        "programUrl": node.texts("regulation", "publicationUrl"),
        "startDate": values.dates(node.get("designationDate")),
        "listingDate": [date for one in regulations for date in values.dates(one.get("publicationDate"))],
    }
