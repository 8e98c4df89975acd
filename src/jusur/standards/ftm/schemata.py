"""The table of schemata: what kinds of entities there are, what they inherit, which properties they have."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from jusur.kernel.errors import InvalidInputError

_FOLDER: Final = Path(__file__).parent


class UnknownSchemaError(InvalidInputError):
    """No schema of that name is in the table."""

    code = "unknown-schema"
    title = "The schema is not known"


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a schema.

    ``type`` is FollowTheMoney's (name, date, country, identifier, entity, …); ``maximum`` the most characters of a
    value, 0 for the type's own limit; ``range`` the schema an entity property points to, ``reverse`` its name there;
    ``ours`` where FollowTheMoney does not have it.
    """

    name: str
    type: str
    maximum: int = 0
    range: str = ""
    reverse: str = ""
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Schema:
    """A kind of entity with all its properties, its own and inherited, and all its ancestors (itself included)."""

    name: str
    label: str
    abstract: bool
    matchable: bool
    caption: tuple[str, ...]
    ancestors: frozenset[str]
    properties: Mapping[str, Property]
    ours: bool

    def is_a(self, name: str) -> bool:
        """Whether this schema is ``name`` or inherits from it."""
        return name in self.ancestors

    def of_type(self, *types: str) -> tuple[str, ...]:
        """The names of the properties of the given types."""
        return tuple(name for name, found in self.properties.items() if found.type in types)


def schema(name: object) -> Schema:
    """The schema called ``name``.

    Raises:
        UnknownSchemaError: neither FollowTheMoney nor our extension has it.
    """
    if isinstance(name, str) and (found := SCHEMAS.get(name)) is not None:
        return found
    raise UnknownSchemaError(
        "The entity's schema is not known.", fix=f"Use a schema of FollowTheMoney {MODEL_VERSION}, such as Person."
    )


def _raw(file: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((_FOLDER / file).read_text(encoding="utf-8"))
    return found


def _merged(model: dict[str, Any], extension: dict[str, Any]) -> dict[str, dict[str, Any]]:
    merged = {name: {**given, "own": _own(given, ours=False), "ours": False} for name, given in model.items()}
    for name, given in extension.items():
        into = merged.setdefault(name, {**given, "own": {}, "ours": True})
        into["own"] |= _own(given, ours=True)
    return merged


def _own(given: dict[str, Any], *, ours: bool) -> dict[str, Property]:
    return {
        name: Property(name, one["type"], one.get("max", 0), one.get("range", ""), one.get("reverse", ""), ours)
        for name, one in given["properties"].items()
    }


def _lineage(name: str, tables: dict[str, dict[str, Any]]) -> Iterator[str]:
    """The ancestors of ``name``, farthest first, itself last: later ones redefine what earlier ones say."""
    for parent in tables[name]["extends"]:
        yield from _lineage(parent, tables)
    yield name


def _built(name: str, tables: dict[str, dict[str, Any]]) -> Schema:
    lineage = tuple(dict.fromkeys(_lineage(name, tables)))
    properties = {key: value for ancestor in lineage for key, value in tables[ancestor]["own"].items()}
    given = tables[name]
    inherited = next((tables[one]["caption"] for one in reversed(lineage) if tables[one].get("caption")), ())
    return Schema(
        name=name,
        label=given["label"],
        abstract=given.get("abstract", False),
        matchable=given.get("matchable", False),
        caption=tuple(dict.fromkeys((*given["caption"], *inherited))),
        ancestors=frozenset(lineage),
        properties=MappingProxyType(properties),
        ours=given["ours"],
    )


def _load() -> tuple[str, dict[str, Schema]]:
    model = _raw("model.json")
    tables = _merged(model["schemata"], _raw("extension.json")["schemata"])
    return model["version"], {name: _built(name, tables) for name in sorted(tables)}


_LOADED: Final = _load()
MODEL_VERSION: Final = _LOADED[0]
SCHEMAS: Final[Mapping[str, Schema]] = MappingProxyType(_LOADED[1])
