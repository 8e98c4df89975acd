"""The purposes a search may have: shipped as data with their source, changed by the organisation, held by the code.

A purpose says how long what was asked is kept, whether later records are checked against it, how certain an answer
must be, and whether other bureaus are asked. An unknown purpose allows nothing.
"""

import functools
import json
from dataclasses import dataclass
from importlib.resources import files

from jusur.kernel.errors import InvalidInputError
from jusur.kernel.languages import LANGUAGES


@dataclass(frozen=True, slots=True)
class Purpose:
    """One purpose of searching. ``verified_on`` is empty where the organisation has not confirmed the rule yet."""

    key: str
    name: dict[str, str]
    keep_query_days: int
    """Days for which what was asked is kept, sealed; 0: it is forgotten with the answer."""
    watch_recent: bool
    """Whether new records are checked against what was asked, as long as that is kept."""
    thresholds: str
    """The purpose by which the engine's thresholds are called."""
    remote: bool
    """Whether other bureaus' nodes may be asked."""
    source: str
    verified_on: str


class UnknownPurposeError(InvalidInputError):
    """A search states no purpose, or one that nobody allows."""

    code = "unknown-purpose"
    title = "The search has no purpose that is allowed"


@functools.cache
def purposes() -> dict[str, Purpose]:
    """Every purpose by its key."""
    document = json.loads(files("jusur.databases").joinpath("data", "search_purposes.json").read_text("utf-8"))
    found = {entry["key"]: Purpose(**entry) for entry in document["purposes"]}
    for purpose in found.values():
        if set(purpose.name) != set(LANGUAGES):
            raise ValueError(f"the purpose {purpose.key} is not named in the four languages")
    return found


def purpose(key: str) -> Purpose:
    """The purpose called ``key``.

    Raises:
        UnknownPurposeError: there is none.
    """
    found = purposes().get(key)
    if found is None:
        raise UnknownPurposeError(
            "A search takes a purpose that is allowed here.", fix=f"State one of {', '.join(purposes())}."
        )
    return found
