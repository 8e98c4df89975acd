import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from tests.exchange.conftest import BODY

from jusur.exchange import handling, kinds, schemas
from jusur.exchange.errors import HandlingError, MessageInvalidError

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "reference" / "schemas"


def test_the_published_schemas_are_those_of_the_code() -> None:
    published = {path.stem: path.read_text() for path in FOLDER.glob("*.json")}
    own = {
        name: schemas.text_of(schema) for name, schema in schemas.published().items() if not name.startswith("test.")
    }
    assert {name: published.get(name) for name in own} == own


@pytest.mark.parametrize("name", sorted(schemas.published()))
def test_each_schema_is_a_json_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schemas.published()[name])


@pytest.mark.parametrize(
    "body",
    [BODY, {**BODY, "surprise": 1}, {**BODY, "language": "de"}, {"subject": "", "text": "x", "language": "en"}, {}],
)
def test_schema_and_code_agree(body: dict[str, Any]) -> None:
    schema = json.loads((FOLDER / "message.text.json").read_text())
    valid = jsonschema.Draft202012Validator(schema).is_valid(body)
    try:
        kinds.get("message.text").parse(body)
        parsed = True
    except MessageInvalidError:
        parsed = False
    assert valid == parsed


def test_handling_is_strict() -> None:
    block = msgspec.to_builtins(handling.for_recipients(["NO"]))
    assert handling.parse(block).allowed_recipients == ["NO"]
    for name in block:
        if name != "conditions":
            with pytest.raises(HandlingError):
                handling.parse({key: value for key, value in block.items() if key != name})
    with pytest.raises(HandlingError):
        handling.parse({**block, "handling_code": "H3"})
    with pytest.raises(HandlingError):
        handling.parse({**block, "source_evaluation": "E5"})
    with pytest.raises(HandlingError):
        handling.require_allowed(handling.parse({**block, "allowed_recipients": []}), ["NO"])
