"""Organisations and officers as forms and pages name them."""

from collections.abc import Iterable
from uuid import UUID

from jusur.accounts import api as accounts
from jusur.desk.kit import language, words
from jusur.directory import api as directory
from jusur.kernel.errors import JusurError
from jusur.node.context import current

OFFICER = "officer:"


def organisations_known() -> list[tuple[str, str]]:
    """Every other organisation that has joined (also one suspended or withdrawn since), by name: address and name."""
    return _named(one for one in _all() if one.status != "not-joined")


def organisations_active(kind: str = "") -> list[tuple[str, str]]:
    """Every other organisation that may exchange now, by name; with ``kind`` only those."""
    return _named(one for one in _all() if one.status == "active" and kind in {"", one.kind})


def by_region(addresses: Iterable[str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """``addresses`` with their names under their regions; what has no region comes last under no name."""
    wanted, found = set(addresses), dict[str, list[directory.Organisation]]()
    for one in _all():
        if one.address in wanted:
            found.setdefault(one.region, []).append(one)
    order = sorted(found, key=lambda region: (not region, str(words.word("region", region))))
    return [(str(words.word("region", region)) if region else "", _named(found[region])) for region in order]


def regions() -> list[tuple[str, str]]:
    """Regions that have a bureau which may exchange now, with their names."""
    held = {one.region for one in _all() if one.status == "active" and one.kind == "bureau" and one.region}
    return sorted(((region, str(words.word("region", region))) for region in held), key=lambda pair: pair[1])


def of_regions(wanted: Iterable[str]) -> list[str]:
    """Addresses of the bureaus of these regions that may exchange now."""
    chosen = set(wanted)
    return [one.address for one in _all() if one.region in chosen and one.status == "active" and one.kind == "bureau"]


def officers(references: Iterable[str]) -> dict[str, str]:
    """Names of officers by how the ledger names them (``officer:<id>``)."""
    ids = {}
    for reference in references:
        if reference.startswith(OFFICER):
            try:
                ids[UUID(reference.removeprefix(OFFICER))] = reference
            except ValueError:
                continue
    return {ids[officer]: name for officer, name in accounts.officer_names(set(ids)).items()}


def _all() -> list[directory.Organisation]:
    mine = current().address
    try:
        return [one for one in directory.organisations() if one.address != mine]
    except JusurError:  # this node has not joined a network yet
        return []


def _named(found: Iterable[directory.Organisation]) -> list[tuple[str, str]]:
    spoken = language.current()
    pairs = ((one.address, f"{getattr(one.name, spoken)} ({one.address})") for one in found)
    return sorted(pairs, key=lambda pair: pair[1])
