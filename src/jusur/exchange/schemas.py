"""The published JSON Schemas: of the envelope's header, the message, the receipt, and of every kind's body.

``python -m jusur.exchange.schemas FOLDER`` writes them; a test keeps the published files and the code the same.
"""

import json
import sys
from pathlib import Path
from typing import Any

import msgspec

BASE = "https://jusur.int/schemas/"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_of(name: str, struct: type[Any]) -> dict[str, Any]:
    """The JSON Schema of ``struct``, published as ``name``."""
    return {"$schema": DIALECT, "$id": f"{BASE}{name}.json", **msgspec.json.schema(struct)}


def published() -> dict[str, dict[str, Any]]:
    """Every published schema by its name: the protocol's own and one for each registered kind.

    Django must have been started.
    """
    from jusur.exchange import kinds, reconcile, wire
    from jusur.exchange.envelope import Header
    from jusur.exchange.message import Message
    from jusur.exchange.receipt import Receipt

    own: dict[str, type[Any]] = {
        "envelope-header": Header,
        "message": Message,
        "receipt": Receipt,
        "capabilities": wire.Capabilities,
        "reconcile-question": reconcile.Question,
        "reconcile-answer": reconcile.Found,
    }
    bodies = {name: kinds.get(name).schema for name in kinds.names()}
    return {name: schema_of(name, struct) for name, struct in sorted({**own, **bodies}.items())}


def text_of(schema: dict[str, Any]) -> str:
    """The file of a schema."""
    return json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> None:
    """Write all schemas into the folder that the first argument names."""
    import django

    django.setup()
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in published().items():
        (folder / f"{name}.json").write_text(text_of(schema))


if __name__ == "__main__":
    main()
