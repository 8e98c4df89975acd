"""An entity: a schema, an id and properties of many values, in the JSON shape that FollowTheMoney's programs share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from jusur.kernel.errors import InvalidInputError
from jusur.standards.ftm.schemata import SCHEMAS, Property, Schema, UnknownSchemaError, schema
from jusur.standards.ftm.values import clean, is_date, is_id

MAX_VALUES: Final = 1024
"""Most values of one property; the longest published entries have some hundreds of aliases."""
MAX_CHARACTERS: Final = 1_000_000
"""Most characters of one entity's values together."""
MAX_DATASETS: Final = 128
MAX_CAPTION: Final = 1024
_MAX_WORD: Final = 64
_TIMES: Final = ("first_seen", "last_seen", "last_change")
_LISTS: Final = ("datasets", "referents", "origin")
_MEMBERS: Final = frozenset({"id", "schema", "caption", "properties", "target", *_TIMES, *_LISTS})


class InvalidEntityError(InvalidInputError):
    """The entity does not have the form of the model."""

    code = "invalid-entity"
    title = "The entity is not valid"


@dataclass(frozen=True, slots=True)
class Entity:
    """One entity. Make one by `Entity.make` or `Entity.parse`, which check it against its schema.

    ``target`` says that the list is about this entity and not about what explains it (a passport, a decision).
    The times are ISO 8601, of the dataset's and not of the person's; empty where not known.
    """

    id: str
    schema: str
    properties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    datasets: tuple[str, ...] = ()
    referents: tuple[str, ...] = ()
    caption: str = ""
    target: bool = False
    first_seen: str = ""
    last_seen: str = ""
    last_change: str = ""

    @classmethod
    def make(
        cls,
        id: str,  # noqa: A002 - the model's own word
        schema_name: str,
        properties: Mapping[str, Iterable[str]],
        *,
        datasets: Iterable[str] = (),
        target: bool = True,
    ) -> "Entity":
        """A checked entity of ``properties``; empty values are left out, doubled ones kept once, in the order given.

        Raises:
            InvalidInputError: as `parse`.
        """
        given = {name: [value for value in values if value] for name, values in properties.items()}
        return cls.parse(
            {"id": id, "schema": schema_name, "properties": given, "datasets": list(datasets), "target": target}
        )

    @classmethod
    def parse(cls, value: object) -> "Entity":
        """The entity that the JSON object ``value`` describes. Nested entities become their ids.

        Raises:
            InvalidEntityError: no object, a member or property that the model lacks, too many values, too much text.
            InvalidInputError: an unknown schema, or a value that does not fit; the message says which.
        """
        given = _object(value)
        found = schema(given.get("schema"))
        if found.abstract:
            raise UnknownSchemaError(f"{found.name} is abstract.", fix="Use one of the schemata that inherit from it.")
        properties = _properties(found, given.get("properties", {}))
        return cls(
            id=_id(given.get("id")),
            schema=found.name,
            properties=properties,
            datasets=_ids(given, "datasets"),
            referents=_ids(given, "referents"),
            caption=_caption(given.get("caption"), found, properties),
            target=given.get("target") is True,
            **{name: _time(given, name) for name in _TIMES},
        )

    def to_dict(self) -> dict[str, Any]:
        """The entity in FollowTheMoney's JSON shape; properties in alphabetical order, absent times left out."""
        body: dict[str, Any] = {
            "id": self.id,
            "caption": self.caption,
            "schema": self.schema,
            "properties": {name: list(self.properties[name]) for name in sorted(self.properties)},
            "datasets": list(self.datasets),
            "referents": list(self.referents),
            "target": self.target,
        }
        return body | {name: value for name in _TIMES if (value := getattr(self, name))}

    @property
    def type(self) -> Schema:
        """The entity's schema."""
        return SCHEMAS[self.schema]

    def get(self, name: str) -> tuple[str, ...]:
        """The values of property ``name``, none where it has none."""
        return self.properties.get(name, ())

    def first(self, name: str) -> str:
        """The first value of property ``name``, or an empty text."""
        return next(iter(self.get(name)), "")

    def names(self) -> tuple[str, ...]:
        """Every name, the primary ones first, each once; weak aliases last."""
        order = ("name", "nativeName", "alias", "previousName", "weakAlias")
        return tuple(dict.fromkeys(value for one in order for value in self.get(one)))


def _object(value: object) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise InvalidEntityError("The entity is not a JSON object.", fix="Give an object with id, schema, properties.")
    for name in value:
        if name not in _MEMBERS:
            raise InvalidEntityError(f"The entity has a member {_word(name)} that the model lacks.", fix="Remove it.")
    return value


def _properties(found: Schema, given: object) -> Mapping[str, tuple[str, ...]]:
    if not isinstance(given, Mapping):
        raise InvalidEntityError("The properties are not a JSON object.", fix="Give names with lists of texts.")
    properties: dict[str, tuple[str, ...]] = {}
    room = MAX_CHARACTERS
    for name, values in given.items():
        known = found.properties.get(name) if isinstance(name, str) else None
        if known is None:
            raise InvalidEntityError(
                f"{found.name} has no property {_word(name)}.", fix="Use a property of the schema."
            )
        cleaned = _values(known, values)
        room -= sum(map(len, cleaned))
        if room < 0:
            raise InvalidEntityError(f"The entity holds more than {MAX_CHARACTERS:,} characters.", fix="Shorten it.")
        if cleaned:
            properties[known.name] = cleaned
    return MappingProxyType(properties)


def _values(known: Property, values: object) -> tuple[str, ...]:
    if isinstance(values, str) or not isinstance(values, list | tuple):
        raise InvalidEntityError(f"{known.name} is not a list.", fix="Give a list of texts, also for one value.")
    if len(values) > MAX_VALUES:
        raise InvalidEntityError(f"{known.name} has more than {MAX_VALUES} values.", fix="Leave out the least certain.")
    return tuple(dict.fromkeys(clean(known, _flat(known, value)) for value in values))


def _flat(known: Property, value: object) -> object:
    """The id of a nested entity (OpenSanctions' nested form), other values as they are."""
    return value.get("id") if known.type == "entity" and isinstance(value, Mapping) else value


def _id(value: object) -> str:
    if isinstance(value, str) and is_id(value):
        return value
    raise InvalidEntityError(
        "The entity's id is missing or holds characters that an id may not.",
        fix="Use up to 255 letters, digits, dots, colons and hyphens.",
    )


def _ids(given: Mapping[str, Any], name: str) -> tuple[str, ...]:
    values = given.get(name, [])
    if not isinstance(values, list | tuple) or len(values) > MAX_VALUES:
        raise InvalidEntityError(f"{name} is not a list of at most {MAX_VALUES}.", fix="Give a list of ids.")
    if not all(is_id(value) for value in values):
        raise InvalidEntityError(f"{name} holds something that is not an id.", fix="Give a list of ids.")
    return tuple(dict.fromkeys(values))


def _caption(value: object, found: Schema, properties: Mapping[str, tuple[str, ...]]) -> str:
    if isinstance(value, str) and value:
        return clean(Property("caption", "string", MAX_CAPTION), value)
    return next((properties[name][0][:MAX_CAPTION].strip() for name in found.caption if name in properties), "")


def _time(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name)
    if value is None or value == "":
        return ""
    if isinstance(value, str) and is_date(value):
        return value
    raise InvalidEntityError(f"{name} is not a time.", fix="Write it as 2026-11-21T20:05:06.")


def _word(name: object) -> str:
    """A name from outside as an error may repeat it: short, and only where it is a plain word."""
    plain = isinstance(name, str) and len(name) <= _MAX_WORD and name.isascii() and name.isidentifier()
    return f"«{name}»" if plain else "of that name"
