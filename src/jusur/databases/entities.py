"""Entities as databases keep them: strict FollowTheMoney, with their identifiers normalised for exact search."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from jusur.databases.errors import RecordInvalidError
from jusur.kernel.errors import JusurError
from jusur.matching import identifiers
from jusur.standards import ftm

ANY_SCHEMA: Final = "*"
MAX_KEYS: Final = 256
MAX_KEY: Final = 200


@dataclass(frozen=True, slots=True)
class Kept:
    """An entity as it is kept: its schema, its plain form, and the keys it is found by exactly."""

    schema: str
    plain: dict[str, Any]
    keys: tuple[str, ...]
    issuing: tuple[str, ...]
    """Countries that the entity says issued it (upper case), for documents."""


def take(value: Mapping[str, Any], *, name: str, schemata: Iterable[str]) -> Kept:
    """An entity from outside, as it is kept under the identifier ``name``.

    Raises:
        RecordInvalidError: not an entity of one of ``schemata``.
        JusurError: not a FollowTheMoney entity (says what is wrong).
    """
    given = {key: each for key, each in value.items() if key in {"schema", "properties"}}
    unknown = sorted(str(key)[:40] for key in value if key not in {"id", "schema", "properties"})
    if unknown:
        raise RecordInvalidError(f"The entity has an unknown field {unknown[0]!r}.", fix="Give schema and properties.")
    return keep(ftm.Entity.parse({"id": name, **given}), schemata=schemata)


def keep(entity: ftm.Entity, *, schemata: Iterable[str]) -> Kept:
    """A parsed entity as it is kept.

    Raises:
        RecordInvalidError: its schema is not one that the database holds.
    """
    check_schema(entity, schemata)
    issuing = tuple(sorted({code.upper() for code in entity.get("country")}))
    return Kept(entity.schema, plain(entity), keys_of(entity), issuing)


def check_schema(entity: ftm.Entity, schemata: Iterable[str]) -> None:
    """See that a database that holds ``schemata`` takes the entity.

    Raises:
        RecordInvalidError: it does not.
    """
    allowed = tuple(schemata)
    if ANY_SCHEMA not in allowed and entity.schema not in allowed:
        raise RecordInvalidError(
            f"The database holds no {entity.schema[:40]}.", fix=f"Use one of {', '.join(sorted(allowed))}."
        )


def plain(entity: ftm.Entity) -> dict[str, Any]:
    """An entity as JSON data: identifier, schema, properties."""
    properties = {name: list(values) for name, values in entity.properties.items()}
    return {"id": entity.id, "schema": entity.schema, "properties": properties}


def keys_of(entity: ftm.Entity) -> tuple[str, ...]:
    """The normalised identifiers of an entity; one that its check refuses is kept in the entity and not here."""
    found: dict[str, None] = {}
    for each in ftm.identifiers(entity):
        try:
            key = identifiers.identify(each.kind, each.value, country=each.country, strict=False).key
        except JusurError:
            continue
        if len(key) <= MAX_KEY:
            found[key] = None
    return tuple(found)[:MAX_KEYS]
