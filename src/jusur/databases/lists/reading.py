"""Reading an edition's file: entry by entry, compared at once with what is held, in transactions of bounded size.

The number of entries read stands with what they became, in one transaction: who reads on after a kill skips exactly
those. Of two entries with one identifier the first counts; the second is refused.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final
from uuid import UUID

import psycopg
from django.db import connection

from jusur.databases import content as contents
from jusur.databases import entities, walls
from jusur.databases.errors import ListUnreadableError, RecordInvalidError
from jusur.databases.lists import formats
from jusur.databases.models import Edition, Refusal
from jusur.databases.rules import RecordState
from jusur.databases.sql import rows
from jusur.kernel import canonical, text
from jusur.kernel.errors import JusurError
from jusur.kernel.ids import new_id
from jusur.standards import ftm

BATCH: Final = 2000
MAX_REFUSALS: Final = 100_000
"""Refusals kept one by one; more are counted only."""
MAX_REASON: Final = 500
MAX_REFERENCE: Final = 255
Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class _Entry:
    number: int
    entity: ftm.Entity
    plain: bytes
    digest: str

    @property
    def reference(self) -> str:
        return self.entity.id


@dataclass(frozen=True, slots=True)
class _Refused:
    number: int
    line: int | None
    reference: str
    reason: str


def read(edition: Edition, path: Path, *, progress: Progress | None = None) -> None:
    """Read an edition's file to its end, from where it was left.

    Raises:
        ListUnreadableError: not one entry could be read.
        FileNotFoundError: the copy of the file is gone.
    """
    profile = contents.parse(edition.handling, contents.RecordContent)
    digest = contents.digester(profile)
    with path.open("rb") as stream:
        source = _Source(edition, stream)
        entries = _entries(source, edition, digest)
        while batch := list(islice(entries, BATCH)):
            _keep(edition, batch)
            if progress:
                progress("reading", stream.tell(), edition.size)
    edition.whole = source.broken == ""
    edition.held_for = source.broken
    if edition.read == edition.refused and (edition.read or not edition.whole):
        raise ListUnreadableError(source.broken or f"Not one of its {edition.read:,} entries could be taken.")


class _Source:
    """The file's entries after those read already; ``broken`` says why the file ended before its proper end."""

    def __init__(self, edition: Edition, stream: BinaryIO) -> None:
        self._items = formats.read(edition.format, stream, edition.mapping)
        self._skip = edition.read
        self.broken = ""

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        numbered = islice(enumerate(self._items), self._skip, None)
        try:
            yield from numbered
        except JusurError as error:
            self.broken = f"The file could not be read to its end: {error.detail}"[:MAX_REASON]


def _entries(source: _Source, edition: Edition, digest: Callable[[bytes], str]) -> Iterator[_Entry | _Refused]:
    schemata = edition.database.schemata
    for number, item in source:
        if not isinstance(item, ftm.Entity):
            reason = text.shown(item.reason, max_length=MAX_REASON)
            yield _Refused(number, item.line, text.shown(item.id or "", max_length=MAX_REFERENCE), reason)
            continue
        try:
            entities.check_schema(item, schemata)
            plain = canonical.encode(entities.plain(item))
            if len(plain) > contents.MAX_CONTENT_BYTES:
                raise RecordInvalidError(f"The entry has {len(plain):,} bytes; at most {contents.MAX_CONTENT_BYTES:,}.")
        except JusurError as error:
            yield _Refused(number, None, item.id, error.detail[:MAX_REASON])
            continue
        yield _Entry(number, item, plain, digest(plain))


def _keep(edition: Edition, batch: Sequence[_Entry | _Refused]) -> None:
    """Write what a batch became, and how far the edition is read, in one transaction."""
    refused = [each for each in batch if isinstance(each, _Refused)]
    first: dict[str, _Entry] = {}
    with walls.duty():
        earlier = _earlier(edition, [each.reference for each in batch if isinstance(each, _Entry)])
        for each in batch:
            if isinstance(each, _Refused):
                continue
            if each.reference in earlier or each.reference in first:
                reason = "Another entry of the file has the same identifier; the first counts."
                refused.append(_Refused(each.number, None, each.reference, reason))
            else:
                first[each.reference] = each
        counts = _stage(edition, list(first.values()))
        _refuse(edition, refused)
        edition.read += len(batch)
        edition.refused += len(refused)
        for verdict, name in (("n", "new"), ("c", "changed"), ("u", "unchanged")):
            setattr(edition, name, (getattr(edition, name) or 0) + counts.count(verdict))
        edition.save()


def _earlier(edition: Edition, references: list[str]) -> set[str]:
    found = rows(
        "SELECT reference FROM databases_staged WHERE edition_id = %s AND reference = ANY(%s)", (edition.id, references)
    )
    return {row[0] for row in found}


def _stage(edition: Edition, entries: list[_Entry]) -> list[str]:
    """Put entries beside what is held; their verdicts."""
    held: dict[str, tuple[UUID, str, str]] = {
        row[0]: row[1:]
        for row in rows(
            """SELECT reference, id, state, content_sha256 FROM databases_record
               WHERE database_id = %s AND originator = %s AND reference = ANY(%s)""",
            (edition.database_id, edition.database.host, [entry.reference for entry in entries]),
        )
    }
    verdicts = []
    connection.ensure_connection()
    cursor: psycopg.Cursor[tuple[Any, ...]] = psycopg.Cursor(connection.connection)
    with cursor.copy(
        "COPY databases_staged (edition_id, number, record, reference, schema, entity, content_sha256, identifiers,"
        " verdict) FROM STDIN"
    ) as copy:
        for entry in entries:
            record, state, known = held.get(entry.reference, (None, "", ""))
            verdict = "n" if state != RecordState.HELD else "u" if known == entry.digest else "c"
            verdicts.append(verdict)
            unchanged = verdict == "u"
            copy.write_row(
                (
                    edition.id,
                    entry.number,
                    record or new_id(),
                    entry.reference,
                    entry.entity.schema,
                    None if unchanged else entry.plain.decode(),
                    entry.digest,
                    [] if unchanged else list(entities.keys_of(entry.entity)),
                    verdict,
                )
            )
    return verdicts


def _refuse(edition: Edition, refused: Sequence[_Refused]) -> None:
    room = MAX_REFUSALS - edition.refused
    Refusal.objects.bulk_create(
        Refusal(edition=edition, number=each.number, line=each.line, reference=each.reference, reason=each.reason)
        for each in refused[: max(room, 0)]
    )
