import json
import logging
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from case_utils.case_validate import validate
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.standards.case_corpus import document, mutated

from jusur.standards.case import check, conforms, encode

UUID = "00000000-0000-4000-8000-000000000000"
CONTEXT = {
    "kb": "urn:example:kb:",
    "core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "action": "https://ontology.unifiedcyberontology.org/uco/action/",
    "observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
    "types": "https://ontology.unifiedcyberontology.org/uco/types/",
    "configuration": "https://ontology.unifiedcyberontology.org/uco/configuration/",
    "co": "http://purl.org/co/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@pytest.fixture(autouse=True)
def quiet_judge() -> Iterator[None]:
    """The judge warns of misspelt names and logs what it cannot read; only its verdict matters here."""
    logging.disable(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    logging.disable(logging.NOTSET)


def written(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def of(*nodes: dict[str, Any]) -> bytes:
    return written({"@context": CONTEXT, "@graph": list(nodes)})


def thing(kind: str, number: int = 0, **members: Any) -> dict[str, Any]:
    return {
        "@id": f"kb:{number}-{UUID}",
        "@type": kind,
        **{key.replace("__", ":"): value for key, value in members.items()},
    }


def judged(path: Path, data: bytes) -> bool:
    """The verdict of ``case_validate``; what it stumbles over does not conform."""
    path.write_bytes(data)
    try:
        return bool(validate(str(path)).conforms)
    except Exception:  # noqa: BLE001 - whatever a general engine raises on hostile input
        return False


OBJECT = "core:UcoObject"
DICTIONARY_ENTRIES = [thing("types:DictionaryEntry", n, types__key="k", types__value=str(n)) for n in (1, 2)]

CASES: dict[str, tuple[bytes, bool]] = {
    "an object": (of(thing(OBJECT)), True),
    "two names": (of(thing(OBJECT, core__name=["a", "b"])), False),
    "one name twice": (of(thing(OBJECT, core__name=["a", "a"])), True),
    "a name in a language": (of(thing(OBJECT, core__name={"@value": "a", "@language": "en"})), False),
    "a name as typed text": (of(thing(OBJECT, core__name={"@value": "a", "@type": "xsd:string"})), True),
    "a listed value": (of(thing(OBJECT, core__objectStatus="Draft")), True),
    "an unlisted value": (of(thing(OBJECT, core__objectStatus="draft")), False),
    "an advisory list": (of(thing("action:Action", action__actionStatus="Perhaps")), False),
    "an unknown class": (of(thing("core:UcoObjekt")), False),
    "an unknown property": (of(thing(OBJECT, core__nome="a")), False),
    "an own property": (of(thing(OBJECT, kb__nome="a")), True),
    "an identifier without UUID": (of({"@id": "kb:x", "@type": OBJECT}), False),
    "a blank thing": (of({"@type": OBJECT}), False),
    "a reference to a class": (of(thing(OBJECT, core__createdBy={"@id": OBJECT})), False),
    "an empty bundle": (of(thing("core:Bundle")), False),
    "a bundle": (of(thing("core:Bundle", core__object={"@id": f"kb:1-{UUID}"}), thing(OBJECT, 1)), True),
    "disjoint classes": (of({**thing(OBJECT), "@type": ["action:Action", "core:Event"]}), False),
    "a time without zone": (
        of(thing(OBJECT, core__objectCreatedTime={"@type": "xsd:dateTime", "@value": "2026-11-21T10:00"})),
        True,
    ),
    "one time written twice": (
        of(
            thing(
                OBJECT,
                core__objectCreatedTime=[
                    {"@type": "xsd:dateTime", "@value": "2026-11-21T10:00:00Z"},
                    {"@type": "xsd:dateTime", "@value": "2026-11-21T10:00:00+00:00"},
                ],
            )
        ),
        True,
    ),
    "a proper dictionary that repeats": (
        of(
            thing("types:ProperDictionary", types__entry=[{"@id": entry["@id"]} for entry in DICTIONARY_ENTRIES]),
            *DICTIONARY_ENTRIES,
        ),
        False,
    ),
    "one of two": (
        of(thing("configuration:ConfigurationEntry", configuration__itemName="a", configuration__itemValue="b")),
        True,
    ),
    "neither of two": (of(thing("configuration:ConfigurationEntry", configuration__itemName="a")), True),
    "a list item inside a list item": (
        of(thing("co:ListItem", 0, co__itemContent={"@id": f"kb:1-{UUID}"}), thing("co:ListItem", 1)),
        False,
    ),
}

OUTSIDE: dict[str, bytes] = {
    "a remote context": written({"@context": "https://example.org/context", "@graph": []}),
    "a term": written({"@context": {**CONTEXT, "name": {"@id": "core:name"}}, "@graph": []}),
    "a name without prefix": of({**thing(OBJECT), "name": "a"}),
    "a list": of(thing(OBJECT, core__name={"@list": ["a"]})),
    "a relative IRI": of({"@id": "a", "@type": OBJECT}),
    "a metaclass": of(thing("action:Technique")),
    "a class": of(thing("owl:Class")),
    "a statement about the ontology": of({"@id": "core:UcoObject", "core:name": "a"}),
    "a number as text": of(thing(OBJECT, core__name={"@value": 3, "@type": "xsd:string"})),
    "an empty file": b"",
    "a duplicate name": b'{"@graph": [], "@graph": []}',
    "a nested list": of(thing(OBJECT, core__name=[["a"]])),
    "a reverse property": of(thing(OBJECT) | {"@reverse": {}}),
}


@pytest.mark.parametrize("name", CASES)
def test_known_cases(name: str) -> None:
    data, expected = CASES[name]
    assert conforms(check(data)) is expected


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_case_validate_says_the_same_of_the_known_cases(name: str, tmp_path: Path) -> None:
    data, expected = CASES[name]
    assert judged(tmp_path / "case.jsonld", data) is expected


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_is_outside_the_profile_is_refused_with_the_reason(name: str) -> None:
    (finding,) = check(OUTSIDE[name])
    assert finding.kind == "unsupported"
    assert finding.message.endswith(".")


@pytest.mark.parametrize("seed", [3, 11, 19])
def test_case_validate_says_the_same_of_spoilt_documents(seed: int, tmp_path: Path) -> None:
    data = written(mutated(seed))
    assert conforms(check(data)) is judged(tmp_path / "case.jsonld", data)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_case_validate_says_the_same_of_many_spoilt_documents(tmp_path: Path) -> None:
    different = []
    for seed in range(1000, 1300):
        data = written(mutated(seed))
        if conforms(check(data)) is not judged(tmp_path / "case.jsonld", data):
            different.append(seed)
    assert different == []


def test_a_finding_says_where_and_what() -> None:
    (finding,) = check(of(thing(OBJECT, core__name=["a", "b"])))
    assert finding.node == f"urn:example:kb:0-{UUID}"
    assert finding.path == "uco-core:name"
    assert finding.message == "uco-core:name takes at most 1, has 2."
    assert finding.severity == "Violation"


def test_too_large_a_document_is_refused() -> None:
    (finding,) = check(encode(document(0)), max_bytes=100)
    assert finding.kind == "unsupported"


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200) | st.from_regex(r'\{"@(id|graph)": ?[\[{"a-z:}\]]*\}', fullmatch=True).map(str.encode))
def test_hostile_bytes_never_raise(data: bytes) -> None:
    assert isinstance(check(data), list)


@settings(max_examples=40, deadline=None)
@given(st.integers(min_value=0, max_value=10**9))
def test_spoilt_documents_never_raise(seed: int) -> None:
    assert all(finding.message for finding in check(written(mutated(seed))))
