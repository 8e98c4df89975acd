"""CASE documents for tests and benchmarks: made from a seed, and spoilt in one place at a time."""

import copy
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from jusur.standards.case import (
    Acquisition,
    Agent,
    Authorization,
    CustodyEvent,
    FileRecord,
    Investigation,
    Package,
    Tool,
    case_document,
)
from jusur.standards.case.records import EventKind

START = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
RABAT = Agent("المكتب المركزي الوطني بالرباط", "organization", "MA")
OSLO = Agent("NCB Oslo", "organization", "NO")
EXAMINER = Agent("Kari Nordmann", "person", "NO-4711")
KINDS: tuple[EventKind, ...] = ("sealed", "released", "transferred", "received", "verified")


def package(seed: int = 0, *, files: int = 4) -> Package:
    """A package of ``files`` files; the same for the same seed."""
    source = random.Random(seed)
    steps = [START + timedelta(minutes=30 * number) for number in range(8)]
    return Package(
        package_id=UUID(int=source.getrandbits(128), version=4),
        investigation=Investigation(f"MA-2026-{seed:04}", "Centre d'escroquerie : virements", ("fraud", "احتيال")),
        authorization=Authorization(
            "mutual assistance request", (f"REQ-{seed}", "Art. 31"), "Budapest Convention", valid_from=START
        ),
        acquisition=Acquisition(
            EXAMINER,
            (Tool("guymager", "0.8.13", "Guy Voncken"), Tool("sha256sum", "9.1")),
            "Image",
            steps[0],
            steps[1],
            "Oslo",
        ),
        files=tuple(
            FileRecord(
                f"data/مجلد/file {number}.csv",
                source.randrange(2**40),
                source.randbytes(32).hex(),
                None if number % 2 else START,
            )
            for number in range(files)
        ),
        created_at=steps[7],
        events=tuple(
            CustodyEvent(kind, OSLO, steps[number + 2], f"{kind} for {seed}", (RABAT,), f"jusur.int/log/NO#{number}")
            for number, kind in enumerate(KINDS)
        ),
        exhibit=f"EX/{seed}",
        conditions=("H1: not as evidence in open court without consent", "لا يحال إلى طرف ثالث"),
    )


def document(seed: int = 0, *, files: int = 4) -> dict[str, Any]:
    """The CASE document of ``package``."""
    return case_document(package(seed, files=files))


def _typed(kind: str, value: Any) -> dict[str, Any]:
    return {"@type": kind, "@value": value}


WRONG_VALUES: tuple[Any, ...] = (
    "text",
    7,
    -7,
    1.5,
    True,
    {"@id": "kb:Nobody-00000000-0000-4000-8000-000000000000"},
    {"@value": "نص", "@language": "ar"},
    _typed("xsd:string", "text"),
    _typed("xsd:integer", "seven"),
    _typed("xsd:integer", " 7 "),
    _typed("xsd:nonNegativeInteger", "-1"),
    _typed("xsd:dateTime", "2026-11-21 10:00"),
    _typed("xsd:dateTime", "2026-13-41T00:00:00Z"),
    _typed("xsd:dateTime", "20261121"),
    _typed("xsd:hexBinary", "ABC"),
    _typed("xsd:hexBinary", "zz"),
    _typed("xsd:boolean", "TRUE"),
    _typed("xsd:decimal", "1e3"),
    _typed("xsd:anyURI", "https://example.org/"),
    _typed("uco-types:StructuredText", "<p>"),
    _typed("uco-types:NoSuchType", "x"),
)
CLASSES = (
    "uco-core:UcoObject",
    "uco-core:Facet",
    "uco-core:Event",
    "uco-action:Action",
    "uco-observable:URL",
    "uco-types:Hash",
    "uco-types:ProperDictionary",
    "uco-core:NoSuchClass",
    "case-investigation:ProvenanceRecord",
    "uco-observable:TableFieldFacet",
    "uco-configuration:ConfigurationEntry",
    "uco-action:ActionLifecycle",
    "kb:OwnClass",
)
PROPERTIES = (
    "uco-core:name",
    "uco-core:createdBy",
    "uco-core:objectStatus",
    "uco-core:noSuchProperty",
    "uco-action:actionStatus",
    "uco-action:performer",
    "uco-observable:hash",
    "uco-observable:recordFieldIsNull",
    "uco-observable:creationTime",
    "uco-types:threadNextItem",
    "kb:ownProperty",
)
VOCABULARY = ("Draft", "Final", "Success", "SHA256", "statement", "case", "SHA-0")


def _node(document: dict[str, Any], source: random.Random) -> dict[str, Any]:
    return source.choice(document["@graph"])


def _property(node: dict[str, Any], source: random.Random) -> str:
    return source.choice([key for key in node if not key.startswith("@")] or ["uco-core:name"])


def drop_property(document: dict[str, Any], source: random.Random) -> None:
    node = _node(document, source)
    node.pop(_property(node, source), None)


def drop_node(document: dict[str, Any], source: random.Random) -> None:
    document["@graph"].remove(_node(document, source))


def drop_type(document: dict[str, Any], source: random.Random) -> None:
    del _node(document, source)["@type"]


def change_value(document: dict[str, Any], source: random.Random) -> None:
    node = _node(document, source)
    node[_property(node, source)] = source.choice(WRONG_VALUES)


def change_class(document: dict[str, Any], source: random.Random) -> None:
    _node(document, source)["@type"] = source.choice(CLASSES)


def add_class(document: dict[str, Any], source: random.Random) -> None:
    node = _node(document, source)
    node["@type"] = [node["@type"], source.choice(CLASSES)]


def double_value(document: dict[str, Any], source: random.Random) -> None:
    node = _node(document, source)
    key = _property(node, source)
    value = node.get(key, [])
    values = value if isinstance(value, list) else [value]
    node[key] = [*values, source.choice((*WRONG_VALUES, *values))]


def add_property(document: dict[str, Any], source: random.Random) -> None:
    value = source.choice((*WRONG_VALUES, *VOCABULARY, {"@id": _node(document, source)["@id"]}))
    _node(document, source)[source.choice(PROPERTIES)] = value


def misspell(document: dict[str, Any], source: random.Random) -> None:
    node = _node(document, source)
    key = _property(node, source)
    node[key + "s"] = node.pop(key, "x")


def rename_node(document: dict[str, Any], source: random.Random) -> None:
    node = _node(document, source)
    node["@id"] = source.choice(
        ("kb:no-uuid", "_:blank", node["@id"].upper(), "kb:018f3c1e-0000-7000-8000-0123456789ab")
    )


def share_facet(document: dict[str, Any], source: random.Random) -> None:
    facets = [node["uco-core:hasFacet"] for node in document["@graph"] if "uco-core:hasFacet" in node]
    if facets:
        node = _node(document, source)
        node["uco-core:hasFacet"] = source.choice(facets)


def embed(document: dict[str, Any], source: random.Random) -> None:
    extra = source.choice(
        (
            {"@type": "uco-core:UcoObject"},
            {"@id": "kb:D-00000000-0000-4000-8000-000000000001", "@type": "uco-types:Dictionary"},
            {"@type": "uco-configuration:ConfigurationEntry", "uco-configuration:itemName": "x"},
        )
    )
    _node(document, source)["kb:extra"] = dict(extra)


def rewrite(document: dict[str, Any], source: random.Random) -> None:
    """The same or a lawful statement in another writing."""
    node = _node(document, source)
    key = _property(node, source)
    spaces = document["@context"]
    prefix, _, local = key.partition(":")
    choice = source.randrange(5)
    if choice == 0 and key in node:
        node[spaces[prefix] + local] = node.pop(key)
    elif choice == 1 and key in node and not isinstance(node[key], list):
        node[key] = [node[key], None, copy.deepcopy(node[key])]
    elif choice == 2:
        node["kb:note"] = source.choice(WRONG_VALUES)
    elif choice == 3:
        node["@type"] = [node.get("@type", "kb:OwnClass"), "kb:OwnClass"]
    else:
        node["http://www.w3.org/2000/01/rdf-schema#label"] = {"@value": "étiquette", "@language": "fr"}


MUTATIONS: tuple[Callable[[dict[str, Any], random.Random], None], ...] = (
    drop_property,
    drop_node,
    drop_type,
    change_value,
    change_class,
    add_class,
    double_value,
    add_property,
    misspell,
    rename_node,
    share_facet,
    embed,
    rewrite,
    rewrite,
    rewrite,
    rewrite,
)


def mutated(seed: int) -> dict[str, Any]:
    """A document with one to three mutations."""
    source = random.Random(seed)
    spoilt = copy.deepcopy(document(seed % 3, files=2))
    for _ in range(source.choice((1, 1, 2, 3))):
        source.choice(MUTATIONS)(spoilt, source)
    return spoilt
