import json
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from tests.standards.case_corpus import document, package

from jusur.standards.case import case_document, check, encode


def test_the_same_facts_give_the_same_bytes() -> None:
    assert encode(case_document(package(5))) == encode(case_document(package(5)))
    assert encode(case_document(package(5))) != encode(case_document(package(6)))


def test_a_document_conforms() -> None:
    assert check(encode(document(1, files=40))) == []


def test_the_least_package_conforms() -> None:
    full = package(2)
    basis = replace(full.authorization, valid_from=None)
    taken = replace(full.acquisition, place="", tools=())
    least = replace(
        full, acquisition=taken, authorization=basis, files=full.files[:1], events=(), exhibit="", conditions=()
    )
    assert check(encode(case_document(least))) == []


def test_what_the_records_say_is_in_the_document() -> None:
    facts = package(3)
    nodes = {node["@id"]: node for node in case_document(facts)["@graph"]}
    kinds = [node["@type"] for node in nodes.values()]
    files = [node for node in nodes.values() if node["@type"] == "uco-observable:File"]
    described, content = (nodes[reference["@id"]] for reference in files[0]["uco-core:hasFacet"])
    digest = nodes[content["uco-observable:hash"]["@id"]]
    assert described["uco-observable:filePath"] == facts.files[0].path
    assert described["uco-observable:sizeInBytes"] == content["uco-observable:sizeInBytes"] == facts.files[0].size
    assert digest["uco-types:hashValue"]["@value"] == facts.files[0].sha256
    assert len(files) == len(facts.files)
    assert kinds.count("case-investigation:InvestigativeAction") == 1 + len(facts.events)
    assert kinds.count("uco-identity:Organization") == 3  # two bureaus and a maker of tools
    assert kinds[0] == "uco-core:Bundle"


def test_each_action_follows_from_the_one_before() -> None:
    nodes = case_document(package(4))["@graph"]
    actions = [node for node in nodes if node["@type"] == "case-investigation:InvestigativeAction"]
    assert [node["uco-core:name"] for node in actions][:2] == ["acquired", "sealed"]
    for previous, action in pairwise(actions):
        assert action["case-investigation:wasInformedBy"] == {"@id": previous["@id"]}


def test_two_files_of_the_same_content_share_a_digest_and_no_facet() -> None:
    facts = package(1)
    twins = (facts.files[0], replace(facts.files[0], path="data/copy.csv"))
    made = encode(case_document(replace(facts, files=twins)))
    assert check(made) == []
    assert made.count(b'"@type":"uco-types:Hash"') == 1


def test_case_validate_accepts_a_document(tmp_path: Path) -> None:
    path = tmp_path / "case.jsonld"
    path.write_bytes(encode(document(0)))
    judge = Path(sys.executable).with_name("case_validate")
    answer = subprocess.run([judge, str(path)], check=False, capture_output=True, text=True)
    assert "Conforms: True" in answer.stdout
    assert answer.returncode == 0


def test_the_context_holds_only_prefixes() -> None:
    context = json.loads(encode(document(0)))["@context"]
    assert all(isinstance(iri, str) and iri.endswith(("/", "#", ":")) for iri in context.values())
