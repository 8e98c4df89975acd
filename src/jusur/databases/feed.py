"""The change feed: every record stands at the place of its last change, so that following costs what has changed.

Places are given under a lock that is held until the transaction ends: whoever reads up to a place has missed nothing
before it. The index of the search process and other nodes follow by remembering the last place they read.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple
from uuid import UUID

from jusur.databases.models import Record
from jusur.databases.sql import execute, rows
from jusur.databases.walls import duty
from jusur.exchange import api as exchange

CHANNEL: Final = "jusur_records"
"""Notified when a transaction that changed records commits."""
_LOCK: Final = 0x6A75737572_01
_READ_AT_ONCE = 2000


class Change(NamedTuple):
    """A record's last change: its place in the feed; ``gone`` where there is nothing left to be found."""

    sequence: int
    record: UUID
    database: str
    gone: bool


def lock() -> None:
    """Hold the feed until the present transaction ends, and tell its followers then.

    Take it late: lock the rows to change first. Writers take turns from here on.
    """
    execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    exchange.notify(CHANNEL)


def place() -> int:
    """The next place in the feed; the caller holds ``lock``."""
    return int(rows("SELECT nextval('databases_feed')")[0][0])


def latest() -> int:
    """The last place that was given, 0 where there is none."""
    with duty():
        return int(rows("SELECT coalesce(max(sequence), 0) FROM databases_record")[0][0])


def changes_after(position: int, limit: int = _READ_AT_ONCE) -> list[Change]:
    """Records changed after ``position``, each at its last change, in the order of the feed.

    A position beyond ``latest()`` means that the database was restored from a backup: build anew.
    """
    with duty():
        found = rows(
            """SELECT sequence, id, database_id, state <> 'held' FROM databases_record
               WHERE sequence > %s ORDER BY sequence LIMIT %s""",
            (position, limit),
        )
    return [Change(*row) for row in found]


def all_for_index() -> Iterator[Record]:
    """Every held record, read in portions in the order of the feed; the last one's ``sequence`` is where to go on.

    What changes meanwhile moves behind and is read again, so nothing is missed.
    """
    position = 0
    while True:
        with duty():
            held = list(Record.objects.filter(sequence__gt=position).order_by("sequence")[:_READ_AT_ONCE])
        if not held:
            return
        position = held[-1].sequence
        yield from (record for record in held if record.state == "held")


def count_between(database: str, after: int, upto: int) -> int:
    """How many records of a database were last changed after ``after`` and not after ``upto``."""
    with duty():
        return Record.objects.filter(database=database, sequence__gt=after, sequence__lte=upto).count()
