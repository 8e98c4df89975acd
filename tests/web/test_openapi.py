import json
from importlib import import_module
from typing import Any

import pytest
from django.test import Client
from jsonschema import Draft202012Validator
from ninja import Schema

from jusur.web import http_api

pytestmark = [pytest.mark.django_db]


@pytest.fixture(params=["tests.web.frame_urls", "jusur.config.urls"])
def document(request: pytest.FixtureRequest, settings: Any) -> dict[str, Any]:
    settings.ROOT_URLCONF = request.param
    import_module(request.param)
    response = Client().get("/v1/openapi.json")
    assert response.status_code == 200
    body: dict[str, Any] = json.loads(response.content)
    return body


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_it_is_openapi_3_1_with_bearer_tokens(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    for name, operation in operations(document).items():
        joining = "/v1/join/" in name  # a node that joins holds an invitation, not a token
        assert operation["security"] == ([] if joining else [{"bearer": []}]), name


def test_operations_have_names_of_their_own(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for operation in operations(document).values()]
    assert len(names) == len(set(names))
    assert all(name.replace("_", "").isalnum() and not name.startswith("jusur_") for name in names)


def test_every_operation_documents_its_errors(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        assert {"401", "403", "404", "409", "422", "429", "503"} <= operation["responses"].keys(), name
        if not name.startswith("HEAD"):
            answers = [answer for status, answer in operation["responses"].items() if status >= "400"]
            assert all("application/problem+json" in answer["content"] for answer in answers), name
        if name.startswith(("POST", "PUT")):
            assert {"411", "413", "415"} <= operation["responses"].keys(), name


def test_every_success_says_what_it_answers(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        for status, answer in operation["responses"].items():
            if status in {"200", "201"} and not name.startswith("HEAD"):
                assert answer.get("content"), f"{name} {status}"


def members(document: dict[str, Any], schema: dict[str, Any]) -> bool:
    """Whether ``schema`` names the members of the objects it describes."""
    if "$ref" in schema:
        return members(document, document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    if choices := schema.get("oneOf") or schema.get("anyOf"):
        return all(members(document, choice) for choice in choices)
    return bool(schema.get("properties"))


def test_every_json_answer_names_its_members(document: dict[str, Any]) -> None:
    for name, operation in operations(document).items():
        if name in {"POST /v1/probe", "GET /v1/evidence/packages/{package_id}/custody-proof"}:
            continue  # the tests' own; a file of a format of its own
        for status, answer in operation["responses"].items():
            if status < "300" and "application/json" in answer.get("content", {}):
                assert members(document, answer["content"]["application/json"]["schema"]), f"{name} {status}"


def test_a_schema_s_name_stands_for_one_schema() -> None:
    """The document knows schemas by name alone: a second one of a name would silently take the first one's place."""
    http_api.build(http_api.all_mounts())
    named: dict[str, set[str]] = {}
    waiting = [Schema]
    while waiting:
        for found in waiting.pop().__subclasses__():
            waiting.append(found)
            if found.__module__.startswith("jusur.") and found.__name__ not in {"Body", "Answer"}:
                named.setdefault(found.__name__, set()).add(found.__module__)
    assert {name: sorted(rooms) for name, rooms in named.items() if len(rooms) > 1} == {}


def test_every_reference_leads_somewhere_and_schemas_are_schemas(document: dict[str, Any]) -> None:
    text = json.dumps(document)
    for part in text.split('"$ref": "#/components/schemas/')[1:]:
        assert part.split('"')[0] in document["components"]["schemas"]
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)
