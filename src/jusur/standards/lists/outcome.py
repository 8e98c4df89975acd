"""What a reader of a list gives for each thing it meets: an entity, or the reason why it was refused."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from jusur.kernel.errors import InvalidInputError, JusurError
from jusur.standards.ftm import Entity, Property, schema
from jusur.standards.ftm.values import clean, is_id

Values = Mapping[str, Iterable[str]]


class InvalidListError(InvalidInputError):
    """The file as a whole is not a list of its format, is cut, or tries to make the reader do other things."""

    code = "invalid-list"
    title = "The list cannot be read"


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that was not taken: where it stands, its id where it has one, and why, in words for a person."""

    line: int
    id: str
    reason: str


Outcome = Entity | Refused
NO_ID: Final = ""


def made(
    line: int, id_: str, schema_name: str, properties: Values, *, datasets: tuple[str, ...], target: bool = True
) -> Outcome:
    """The entity, or why it cannot be one.

    A value that cannot be taken (a broken character in an alias, a date of no calendar) does not lose the record: it is
    left out, and a note on the record says so. Without any name that can be taken, the record is refused.
    """
    try:
        known = schema(schema_name).properties
        kept, faults = _kept({name: list(given) for name, given in properties.items()}, known)
        if faults and not kept.get("name") and properties.get("name"):
            return Refused(line, _shown(id_), faults[0])
        note = "notes" if "notes" in known else "summary"
        if faults and note in known:
            kept.setdefault(note, []).extend(f"Left out: {fault}" for fault in faults)
        return Entity.make(id_, schema_name, kept, datasets=datasets, target=target)
    except JusurError as error:
        return Refused(line, _shown(id_), str(error))


def _kept(given: dict[str, list[str]], known: Mapping[str, Property]) -> tuple[dict[str, list[str]], list[str]]:
    """The values that fit, and why others do not."""
    kept: dict[str, list[str]] = {}
    faults: list[str] = []
    for name, values in given.items():
        for value in values:
            try:
                if value and name in known:
                    clean(known[name], value)
                kept.setdefault(name, []).append(value)
            except JusurError as error:
                faults.append(error.detail)
    return kept, faults


def _shown(id_: str) -> str:
    return id_ if is_id(id_) else NO_ID


def family(
    line: int,
    id_: str,
    schema_name: str,
    properties: Values,
    *,
    datasets: tuple[str, ...],
    others: Iterable[tuple[str, str, Values]] = (),
) -> Iterator[Outcome]:
    """The entity a record is about, then those that explain it (suffix of id, schema, properties), not targets.

    Where the first is refused, the others are left out: what they explain is not there.
    """
    first = made(line, id_, schema_name, properties, datasets=datasets)
    yield first
    if isinstance(first, Entity):
        for suffix, other, values in others:
            yield made(line, f"{id_}.{suffix}", other, values, datasets=datasets, target=False)


def unique(outcomes: Iterable[tuple[int, Outcome]]) -> Iterator[Outcome]:
    """``outcomes``, each given with its line, where an id that came before is refused.

    Which of two records is true is not ours to guess. What explains a refused record goes with it and is not counted
    again.
    """
    seen: set[str] = set()
    dropped = ""
    for line, outcome in outcomes:
        if isinstance(outcome, Entity):
            if dropped and outcome.id.startswith(dropped):
                continue
            dropped = ""
            if outcome.id in seen:
                dropped = f"{outcome.id}."
                yield Refused(line, outcome.id, "The list has this id twice. Keep one of the two.")
                continue
            seen.add(outcome.id)
        yield outcome
