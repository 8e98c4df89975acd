"""Databases, purposes, countries and officers by name in the reader's language."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from jusur.accounts import api as accounts
from jusur.databases import api as databases
from jusur.desk.kit import language
from jusur.desk.kit.context import organisation_name
from jusur.kernel import countries
from jusur.node.context import current

OFFICER = "officer:"


def purposes(*, watching: bool = False) -> list[tuple[str, str]]:
    """The purposes a search may have; with ``watching`` those under which something may be watched for."""
    spoken = language.current()
    found = databases.search_purposes().values()
    return [(each.key, each.name[spoken]) for each in found if each.watch_recent or not watching]


def purpose(key: str) -> str:
    """The purpose ``key`` by name; as it is written where this node knows none such."""
    found = databases.search_purposes().get(key)
    return found.name[language.current()] if found else key


def databases_named(ids: Iterable[str]) -> dict[str, str]:
    """Databases called ``nominal@GS`` by name."""
    spoken = language.current()
    found = {each: names[spoken] for each, names in databases.database_names(ids).items()}
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


def databases_known() -> list[tuple[str, str]]:
    """Every database that is open to this node, by name; with its host where two have the same name."""
    named = databases_named(each.id for each in databases.databases())
    labels = list(named.values())
    twice = {label for label in labels if labels.count(label) > 1}
    return [(each, f"{label} ({each.partition('@')[2]})" if label in twice else label) for each, label in named.items()]


def countries_known() -> list[tuple[str, str]]:
    """Every country, by name."""
    spoken = language.current()
    return sorted(((code, countries.name(code, spoken)) for code in countries.codes()), key=lambda pair: pair[1])


def officers(references: Iterable[str]) -> dict[str, str]:
    """Names of officers by how the ledger names them (``officer:<id>``)."""
    ids: dict[UUID, str] = {}
    for reference in references:
        if reference.startswith(OFFICER):
            try:
                ids[UUID(reference.removeprefix(OFFICER))] = reference
            except ValueError:
                continue
    return {ids[officer]: name for officer, name in accounts.officer_names(set(ids)).items()}


def organisations(addresses: Iterable[str]) -> list[tuple[str, str]]:
    """Other organisations by name, with their addresses beside."""
    own = current().address
    found = {each: organisation_name(each) for each in addresses if each != own}
    return sorted(((each, f"{name} ({each})" if name else each) for each, name in found.items()), key=lambda p: p[1])


def spoken(names: Any) -> str:
    """Of names in the four languages the reader's."""
    return str(getattr(names, language.current()))
