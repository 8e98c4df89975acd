"""What the API answers about databases, records and lists, as national systems may rely on it.

Fields may be added; those named here stay and keep their meaning. Moments are ISO 8601 in UTC.
"""

from typing import Any

from jusur.rows.shapes import Answer, Digest, Moment, Names


class FollowerView(Answer):
    """How far another node has been told of a database: changes still to be sent or confirmed, and what hinders it."""

    peer: str
    behind: int
    trouble: str | None
    sent_at: Moment | None
    compared_at: Moment | None


class DatabaseView(Answer):
    """A database that this node hosts or was told of."""

    id: str
    key: str
    host: str
    kind: str
    mode: str
    writers: str
    names: Names
    schemata: list[str]
    recipients: list[str]
    purposes: list[str]
    retention_days: int
    source: str
    verified_on: str | None
    closed_at: Moment | None


class DatabaseDetail(DatabaseView):
    """A database with the nodes that are told of its changes."""

    followers: list[FollowerView]


class DatabaseList(Answer):
    """All databases known here, by key and host."""

    items: list[DatabaseView]


class RecordHandling(Answer):
    """How a record must be handled."""

    classification: str
    handling_code: str
    source_evaluation: str
    allowed_recipients: list[str]
    forwarding: list[str]
    conditions: str


class RecordDetail(Answer):
    """A record that the reader may see. ``refusal``: why its host did not take this version."""

    id: str
    database: str
    originator: str
    reference: str
    schema_: str
    version: int
    entity: dict[str, Any]
    handling: RecordHandling
    purpose: str
    purposes: list[str]
    legal_basis: str
    created_at: Moment
    changed_at: Moment
    expires_at: Moment
    refusal: str | None


class RecordPage(Answer):
    """This bureau's own records, newest first, and the cursor of the next page."""

    items: list[RecordDetail]
    next: str | None


class VersionView(Answer):
    """A version of a record that was corrected or withdrawn, and why."""

    version: int
    recorded_by: str
    recorded_at: Moment
    reason: str
    content: dict[str, Any]


class Versions(Answer):
    """The versions of a record that no longer stand, oldest first."""

    items: list[VersionView]


class Withdrawn(Answer):
    """A record that was withdrawn, and the version that says so."""

    id: str
    state: str
    version: int


class EditionView(Answer):
    """An edition of a list: how far it is and its exact counts, of entries.

    ``taken`` are new and changed entries that became records so far; ``withdrawn`` records that it no longer named.
    """

    id: str
    database: str
    state: str
    format: str
    url: str
    file_name: str
    size: int
    sha256: Digest
    whole: bool
    read: int
    refused: int
    new: int | None
    changed: int | None
    unchanged: int | None
    gone: int | None
    held_before: int | None
    taken: int
    withdrawn: int
    held_for: str | None
    actor: str
    decided_by: str | None
    started_at: Moment
    finished_at: Moment | None


class EditionPage(Answer):
    """Editions, newest first, and the cursor of the next page."""

    items: list[EditionView]
    next: str | None


class RefusalView(Answer):
    """An entry that was not taken: its place in the file (from 0), its line and identifier where known, and why."""

    number: int
    line: int | None
    reference: str
    reason: str


class RefusalPage(Answer):
    """Refused entries in the order of the file; ``next`` is the number to go on after."""

    items: list[RefusalView]
    next: int | None


REFUSALS_FILE: dict[str, Any] = {
    "responses": {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
}
