"""Comparing an edition with what is held: which records it no longer names, and whether a person must look first."""

from typing import Final

from jusur.databases import walls
from jusur.databases.models import Edition
from jusur.databases.rules import shrinks
from jusur.databases.sql import execute, rows

_GONE: Final = """
    INSERT INTO databases_staged (edition_id, number, record, reference, schema, entity, content_sha256, identifiers,
        verdict)
    SELECT %s, %s + row_number() OVER (ORDER BY r.reference), r.id, r.reference, r.schema, NULL, '', '{}', 'g'
    FROM databases_record r
    WHERE r.database_id = %s AND r.originator = %s AND r.state = 'held'
      AND NOT EXISTS (SELECT 1 FROM databases_staged s WHERE s.edition_id = %s AND s.reference = r.reference)
      AND NOT EXISTS (SELECT 1 FROM databases_refusal f WHERE f.edition_id = %s AND f.reference = r.reference)
"""
"""What an entry of the edition that was refused speaks of is not gone: it stays as it was."""


def compare(edition: Edition) -> None:
    """Find what the edition no longer names; ``held_for`` says afterwards why a person must look, if one must."""
    with walls.duty():
        execute("DELETE FROM databases_staged WHERE edition_id = %s AND verdict = 'g'", (edition.id,))
        (counted,) = rows(
            "SELECT count(*) FROM databases_record WHERE database_id = %s AND originator = %s AND state = 'held'",
            (edition.database_id, edition.database.host),
        )
        edition.held_before = int(counted[0])
        edition.gone = execute(
            _GONE,
            (edition.id, edition.read, edition.database_id, edition.database.host, edition.id, edition.id),
        )
        execute("DELETE FROM databases_staged WHERE edition_id = %s AND verdict = 'u'", (edition.id,))
        edition.held_for = edition.held_for or _doubt(edition)
        edition.save()


def _doubt(edition: Edition) -> str:
    held, gone = edition.held_before or 0, edition.gone or 0
    if shrinks(held, gone):
        return f"It would drop {gone:,} of {held:,} records; an edition that drops more than half waits."
    if edition.refused * 2 > edition.read:
        return f"{edition.refused:,} of its {edition.read:,} entries were refused; more than half waits."
    return ""
