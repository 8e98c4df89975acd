"""What a database of each key holds, who writes it and how long it is kept: data with sources, shipped."""

from datetime import date
from functools import cache
from importlib.resources import files

import msgspec

from jusur.databases.rules import LIST_KEY, Writers
from jusur.kernel.errors import InvalidInputError


class Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text in the four official languages."""

    ar: str
    en: str
    fr: str
    es: str


class Template(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a database of this key is: its names, schemata, writers, permitted uses and longest retention (days)."""

    key: str
    names: Names
    schemata: tuple[str, ...]
    writers: Writers
    purposes: tuple[str, ...]
    retention_days: int
    source: str
    verified_on: date | None = None


@cache
def templates() -> dict[str, Template]:
    """Every shipped database by its key."""
    return {each.key: each for each in msgspec.json.decode(_data("catalogue.json"), type=list[Template])}


def template(key: str) -> Template:
    """The template of ``key``: a shipped one, or that of an imported list.

    Raises:
        InvalidInputError: there is no such database.
    """
    known = templates()
    if key in known:
        return known[key]
    if LIST_KEY.fullmatch(key):
        return msgspec.structs.replace(known["list"], key=key)
    raise InvalidInputError(
        f"There is no database called {key[:40]!r}.",
        fix=f"Use one of {', '.join(name for name in known if name != 'list')}, or list-… for an imported list.",
    )


def _data(name: str) -> bytes:
    return files("jusur.databases").joinpath("data", name).read_bytes()
