"""Tables of other makers (CSV) by a mapping file in TOML, which says what each column is.

```toml
schema = "Person"
id = "case-{number}"            # columns in braces
datasets = ["national-wanted"]
delimiter = ";"
encoding = "utf-8"

[properties]
name = ["{family}, {given}", "{name_ar}"]
birthDate = "{dob}"
nationality = { value = "{country}", split = "/" }
```

Dates, countries, sexes are brought to the model's form; a value that does not fit is left out with a note.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from jusur.kernel.errors import JusurError
from jusur.standards.ftm import Schema, schema
from jusur.standards.lists import rows, values
from jusur.standards.lists.outcome import InvalidListError, Outcome, Refused, made, unique

MAX_MAPPING: Final = 65_536
MAX_COLUMNS: Final = 512
_MEMBERS: Final = {"schema", "id", "datasets", "delimiter", "encoding", "properties", "target"}
_COLUMN = re.compile(r"\{([^{}]{1,100})\}")


@dataclass(frozen=True, slots=True)
class Template:
    """A value with columns in braces, split where it holds several."""

    text: str
    split: str = ""

    def filled(self, row: dict[str, str]) -> list[str]:
        """The values that ``row`` gives; none where all its columns are empty. Braces around nothing leave no comma."""
        columns = _COLUMN.findall(self.text)
        if columns and not any(row[column] for column in columns):
            return []
        whole = _COLUMN.sub(lambda found: row[found[1]], self.text).strip().strip(",;").strip()
        return [part.strip() for part in whole.split(self.split)] if self.split else [whole]


@dataclass(frozen=True, slots=True)
class Mapping:
    """A parsed mapping file."""

    schema: Schema
    id: Template
    properties: dict[str, tuple[Template, ...]]
    datasets: tuple[str, ...]
    delimiter: str = ","
    encoding: str = "utf-8"

    @classmethod
    def parse(cls, data: bytes) -> "Mapping":
        """The mapping in ``data`` (TOML).

        Raises:
            InvalidListError: no TOML, or a member or property that is not known; the message says which.
        """
        try:
            if len(data) > MAX_MAPPING:
                raise InvalidListError("The mapping is too large.", fix="Keep it under 64 KiB.")
            body = tomllib.loads(data.decode())
        except (tomllib.TOMLDecodeError, UnicodeDecodeError):
            raise InvalidListError("The mapping is not TOML in UTF-8.", fix="Correct it.") from None
        if unknown := set(body) - _MEMBERS:
            raise InvalidListError(f"The mapping has an unknown member {min(unknown)[:40]}.", fix="Remove it.")
        return cls._made(body)

    @classmethod
    def _made(cls, body: dict[str, Any]) -> "Mapping":
        try:
            known = schema(body.get("schema"))
        except JusurError as error:
            raise InvalidListError(error.detail, fix=error.fix) from None
        given = body.get("properties")
        if not isinstance(body.get("id"), str) or not isinstance(given, dict):
            raise InvalidListError("The mapping says no id or no properties.", fix="Add both.")
        for name in given:
            if name not in known.properties:
                raise InvalidListError(f"{known.name} has no property {name[:40]}.", fix="Correct the mapping.")
        return cls(
            schema=known,
            id=Template(body["id"]),
            properties={name: _templates(name, one) for name, one in given.items()},
            datasets=tuple(map(str, body.get("datasets", ()))),
            delimiter=_delimiter(body.get("delimiter", ",")),
            encoding=str(body.get("encoding", "utf-8")),
        )

    def columns(self) -> set[str]:
        """The columns that the templates name."""
        templates = [self.id, *(one for given in self.properties.values() for one in given)]
        return {column for one in templates for column in _COLUMN.findall(one.text)}


def _templates(name: str, given: Any) -> tuple[Template, ...]:
    if isinstance(given, list):
        return tuple(one for inner in given for one in _templates(name, inner))
    if isinstance(given, str):
        return (Template(given),)
    if isinstance(given, dict) and isinstance(given.get("value"), str) and set(given) <= {"value", "split"}:
        return (Template(given["value"], str(given.get("split", ""))),)
    raise InvalidListError(f"The mapping of {name[:40]} is no text.", fix='Write "{column}".')


def _delimiter(given: Any) -> str:
    if isinstance(given, str) and len(given) == 1 and given not in '"\r\n':
        return given
    raise InvalidListError("The delimiter is not one character.", fix='Write "," or ";" or "\\t".')


def read(stream: BinaryIO, mapping: Mapping) -> Iterator[Outcome]:
    """Every row after the header as an entity.

    Raises:
        InvalidListError: no header, a column that the mapping names and the header lacks, or faulty rows.
    """
    return unique(_outcomes(stream, mapping))


def _outcomes(stream: BinaryIO, mapping: Mapping) -> Iterator[tuple[int, Outcome]]:
    table = rows.read(stream, delimiter=mapping.delimiter, encoding=mapping.encoding)
    header = [cell.strip() for cell in next(table, (0, []))[1]]
    if not header or len(header) > MAX_COLUMNS or len(set(header)) != len(header):
        raise InvalidListError("The first row names no columns, or one of them twice.", fix="Add a row of names.")
    if missing := mapping.columns() - set(header):
        raise InvalidListError(f"The file has no column {min(missing)}.", fix="Correct the mapping or the file.")
    for number, row in table:
        if len(row) != len(header):
            yield number, Refused(number, "", f"The row has {len(row)} fields, the header {len(header)}.")
            continue
        yield number, _entity(number, dict(zip(header, (cell.strip() for cell in row), strict=True)), mapping)


def _entity(number: int, row: dict[str, str], mapping: Mapping) -> Outcome:
    id_ = next(iter(mapping.id.filled(row)), "").replace(" ", "-")
    properties: dict[str, list[str]] = {}
    for name, templates in mapping.properties.items():
        raw = [value for template in templates for value in template.filled(row) if value]
        properties[name] = [one for value in raw for one in _typed(mapping.schema.properties[name].type, value)]
    return made(number, id_, mapping.schema.name, properties, datasets=mapping.datasets)


def _typed(type_: str, value: str) -> list[str]:
    """``value`` in the model's form; as it is where it has none, so that the check says why it does not fit."""
    if type_ == "date":
        return list(values.dates(value)) or [value]
    if type_ == "country":
        return [values.country(value) or value]
    if type_ == "gender":
        return [values.sex(value) or value]
    return [value]
