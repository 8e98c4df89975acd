"""The databases' rules: what may stand where, who may write it, who may see it. Pure functions.

The keys, what each holds and who writes are data (``data/catalogue.json``, with sources); the permitted uses are
``data/purposes.json``. Stolen and lost travel documents are written by the issuing country alone (INTERPOL's SLTD).
"""

import re
from collections.abc import Collection
from enum import StrEnum
from typing import Final

EVERYBODY: Final = "*"
"""In a record's allowed recipients: every organisation that its database is shared with."""
CLASSIFICATIONS: Final = ("official_use_only", "restricted", "confidential")
"""In rising order."""
HANDLING_CODES: Final = ("H0", "H1", "H2", "H3")
MAX_RETENTION_DAYS: Final = 36_525
HELD_BELOW: Final = 0.5
"""An edition that would leave less than this share of a list's records waits for a person's word."""
ADDRESS: Final = re.compile(r"[A-Z]{2}|[A-Z][A-Z0-9-]{1,15}")
LIST_KEY: Final = re.compile(r"list-[a-z0-9]{1,12}(-[a-z0-9]{1,12}){0,2}")


class DatabaseKind(StrEnum):
    """A database that bureaus write record by record, or a list that is imported edition by edition."""

    SHARED = "shared"
    LIST = "list"


class Mode(StrEnum):
    """Whether those it is shared with hold copies, or ask the host each time."""

    REPLICATED = "replicated"
    REMOTE = "remote"


class Writers(StrEnum):
    """Who may write: whoever it is shared with, only the country that issued the document, or only its host."""

    MEMBERS = "members"
    ISSUING_COUNTRY = "issuing_country"
    HOST = "host"


class RecordState(StrEnum):
    """A record that is held; a tombstone of one that its owner withdrew, or whose time was over."""

    HELD = "held"
    WITHDRAWN = "withdrawn"
    PURGED = "purged"


class EditionState(StrEnum):
    """An edition's way: read, compared, perhaps held for a person's word, taken record by record, done."""

    READING = "reading"
    COMPARING = "comparing"
    HELD = "held"
    TAKING = "taking"
    TAKEN = "taken"
    DISCARDED = "discarded"


UNDER_WAY: Final = frozenset({EditionState.READING, EditionState.COMPARING, EditionState.HELD, EditionState.TAKING})


def database_id(key: str, host: str) -> str:
    """How a database is called on every node: ``nominal@GS``."""
    return f"{key}@{host}"


def may_see(
    reader: str, *, originator: str, allowed: Collection[str], shared_with: Collection[str], purpose_allowed: bool
) -> bool:
    """Whether ``reader`` may see a record: its owner always, others where it and its purposes allow.

    Unknown or empty means nobody. The same rule stands in the database as a policy of row-level security.
    """
    if not reader:
        return False
    named = reader in allowed or (EVERYBODY in allowed and reader in shared_with)
    return reader == originator or (named and purpose_allowed)


def write_refusal(
    writers: Writers, *, writer: str, country: str, host: str, recipients: Collection[str], issuing: Collection[str]
) -> str:
    """Why ``writer`` may not write a record into a database; empty where it may.

    Args:
        writers: the database's rule.
        writer: the organisation's address.
        country: its country, empty for organisations that are no country's.
        host: the database's host.
        recipients: whom the database is shared with.
        issuing: the countries that the record says issued the document (upper case).
    """
    if writer != host and writer not in recipients:
        return f"The database is not shared with {writer}."
    if writers is Writers.HOST and writer != host:
        return f"Only its host, {host}, writes into this database."
    if writers is Writers.ISSUING_COUNTRY:
        if not issuing:
            return "The record does not say which country issued the document."
        if set(issuing) != {country}:
            return "Only the country that issued a travel document may enter it as stolen or lost."
    return ""


def shrinks(held: int, gone: int) -> bool:
    """Whether an edition that drops ``gone`` of ``held`` records must wait for a person's word."""
    return held > 0 and held - gone < held * HELD_BELOW
