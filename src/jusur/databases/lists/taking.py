"""Taking an edition: its difference becomes records, versions, identifiers and tombstones, a bounded part at a time.

Each part is one transaction that also deletes what it took from the table of what was read: a kill loses nothing and
repeats nothing.
"""

import hashlib
from collections.abc import Callable
from typing import Any, Final

from jusur.databases import content as contents
from jusur.databases import feed, walls
from jusur.databases.models import Edition
from jusur.databases.sql import execute, rows
from jusur.kernel.clock import now

BATCH: Final = 2000
Progress = Callable[[str, int, int | None], None]

_BOUND: Final = """
    SELECT max(number) FROM (SELECT number FROM databases_staged WHERE edition_id = %s ORDER BY number LIMIT %s) AS part
"""
_LOCK: Final = """
    SELECT 1 FROM databases_record r JOIN databases_staged s ON s.record = r.id
    WHERE s.edition_id = %s AND s.number <= %s ORDER BY r.id FOR UPDATE OF r
"""
_VERSIONS: Final = """
    INSERT INTO databases_recordversion (record_id, version, content, recorded_by, recorded_at, reason)
    SELECT r.id, r.version, jsonb_build_object(
             'entity', r.entity, 'purpose', r.purpose, 'purposes', to_jsonb(r.purposes),
             'legal_basis', r.legal_basis,
             'expires_at', to_char(r.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
             'handling', jsonb_build_object(
                'classification', r.classification, 'handling_code', r.handling_code,
                'source_evaluation', r.source_evaluation, 'allowed_recipients', to_jsonb(r.allowed_recipients),
                'forwarding', to_jsonb(r.forwarding), 'conditions', r.conditions)),
           r.recorded_by, r.changed_at, %s
    FROM databases_staged s JOIN databases_record r ON r.id = s.record
    WHERE s.edition_id = %s AND s.number <= %s AND r.state = 'held'
"""
_UPSERT: Final = """
    INSERT INTO databases_record AS r (id, database_id, originator, reference, schema, entity, classification,
        handling_code, source_evaluation, allowed_recipients, forwarding, conditions, purpose, purposes, legal_basis,
        expires_at, state, version, content_sha256, signature, dropped, refusal, recorded_by, created_at, changed_at,
        sequence)
    SELECT s.record, %(database)s, %(host)s, s.reference, s.schema, s.entity, %(classification)s, %(handling_code)s,
        %(source_evaluation)s, %(allowed_recipients)s, %(forwarding)s, %(conditions)s, %(purpose)s, %(purposes)s,
        %(legal_basis)s, %(expires_at)s, 'held', 1, s.content_sha256, NULL, '{}', '', %(actor)s, %(at)s, %(at)s,
        nextval('databases_feed')
    FROM databases_staged s
    WHERE s.edition_id = %(edition)s AND s.number <= %(bound)s AND s.verdict IN ('n', 'c')
    ORDER BY s.number
    ON CONFLICT (id) DO UPDATE SET
        schema = EXCLUDED.schema, entity = EXCLUDED.entity, classification = EXCLUDED.classification,
        handling_code = EXCLUDED.handling_code, source_evaluation = EXCLUDED.source_evaluation,
        dropped = ARRAY(SELECT a FROM unnest(r.dropped || r.allowed_recipients) AS a
                        WHERE a <> ALL (EXCLUDED.allowed_recipients) GROUP BY a ORDER BY a),
        allowed_recipients = EXCLUDED.allowed_recipients, forwarding = EXCLUDED.forwarding,
        conditions = EXCLUDED.conditions, purpose = EXCLUDED.purpose, purposes = EXCLUDED.purposes,
        legal_basis = EXCLUDED.legal_basis, expires_at = EXCLUDED.expires_at, state = 'held', version = r.version + 1,
        content_sha256 = EXCLUDED.content_sha256, refusal = '', recorded_by = EXCLUDED.recorded_by,
        changed_at = EXCLUDED.changed_at, sequence = EXCLUDED.sequence
    RETURNING sequence, id, version, content_sha256
"""
_GONE: Final = """
    UPDATE databases_record r SET state = 'withdrawn', entity = NULL, content_sha256 = '', purpose = '',
        legal_basis = '', conditions = '', purposes = '{}', forwarding = '{}', version = r.version + 1,
        dropped = ARRAY(SELECT a FROM unnest(r.dropped || r.allowed_recipients) AS a GROUP BY a ORDER BY a),
        allowed_recipients = '{}', recorded_by = %s, changed_at = %s, sequence = nextval('databases_feed')
    FROM databases_staged s
    WHERE r.id = s.record AND s.edition_id = %s AND s.number <= %s AND s.verdict = 'g' AND r.state = 'held'
    RETURNING r.sequence, r.id, r.version, r.content_sha256
"""
_KEYS_OLD: Final = """
    DELETE FROM databases_identifier i USING databases_staged s
    WHERE i.record_id = s.record AND s.edition_id = %s AND s.number <= %s
"""
_KEYS_NEW: Final = """
    INSERT INTO databases_identifier (record_id, kind, key)
    SELECT s.record, left(split_part(key, ':', 1), 24), key
    FROM databases_staged s, unnest(s.identifiers) AS key
    WHERE s.edition_id = %s AND s.number <= %s AND s.verdict IN ('n', 'c')
"""
_TAKEN: Final = "DELETE FROM databases_staged WHERE edition_id = %s AND number <= %s"


def take(edition: Edition, *, progress: Progress | None = None) -> None:
    """Take all that is left of an edition."""
    conditions = _conditions(edition)
    total = (edition.new or 0) + (edition.changed or 0) + (edition.gone or 0)
    while _take_part(edition, conditions):
        if progress:
            progress("taking", edition.taken + edition.withdrawn, total)


def _conditions(edition: Edition) -> dict[str, Any]:
    """The columns that every record of the edition shares."""
    content = contents.parse(edition.handling, contents.RecordContent)
    handling = {name: getattr(content.handling, name) for name in contents.Handling.__struct_fields__}
    return handling | {
        "purpose": content.purpose,
        "purposes": content.purposes,
        "legal_basis": content.legal_basis,
        "expires_at": contents.expiry(content),
        "database": edition.database_id,
        "host": edition.database.host,
        "actor": edition.actor,
        "edition": edition.id,
    }


def _take_part(edition: Edition, conditions: dict[str, Any]) -> bool:
    """Take the next part; false where nothing is left."""
    with walls.duty():
        bound = rows(_BOUND, (edition.id, BATCH))[0][0]
        if bound is None:
            return False
        part = (edition.id, bound)
        rows(_LOCK, part)
        feed.lock()
        execute(_VERSIONS, (f"edition {edition.id}", *part))
        changed = rows(_UPSERT, conditions | {"bound": bound, "at": now()})
        gone = rows(_GONE, (edition.actor, now(), *part))
        execute(_KEYS_OLD, part)
        execute(_KEYS_NEW, part)
        execute(_TAKEN, part)
        edition.taken += len(changed)
        edition.withdrawn += len(gone)
        edition.changes_sha256 = _chain(edition.changes_sha256, sorted(changed + gone))
        edition.save()
    return True


def _chain(before: str, changes: list[tuple[Any, ...]]) -> str:
    """SHA-256 over the digest before and, one a line, each change's place, record, version and content digest."""
    lines = "".join(f"{place} {record} {version} {content}\n" for place, record, version, content in changes)
    return hashlib.sha256(before.encode() + b"\n" + lines.encode()).hexdigest()
