"""Databases, records and editions as the API shows them (``shapes``)."""

import csv
import io
from datetime import datetime
from typing import Any
from uuid import UUID

from jusur.databases import feed, selectors, walls
from jusur.databases.models import Database, Edition, Record, RecordVersion, Refusal
from jusur.databases.selectors import RecordView
from jusur.kernel import clock

_HANDLING = (
    "classification",
    "handling_code",
    "source_evaluation",
    "allowed_recipients",
    "forwarding",
    "conditions",
)
_COUNTS = ("read", "refused", "new", "changed", "unchanged", "gone", "held_before", "taken", "withdrawn")
_MAX_FILE_ROWS = 100_000


def database_view(database: Database) -> dict[str, Any]:
    """A database in a list."""
    plain = ("id", "key", "host", "kind", "mode", "writers", "names", "schemata", "recipients", "purposes")
    return {name: getattr(database, name) for name in plain} | {
        "retention_days": database.retention_days,
        "source": database.source,
        "verified_on": database.verified_on.isoformat() if database.verified_on else None,
        "closed_at": _moment(database.closed_at),
    }


def database_detail(database: Database) -> dict[str, Any]:
    """A database with its followers."""
    with walls.duty():
        last = Record.objects.filter(database=database).order_by("-sequence").values_list("sequence", flat=True).first()
        followers = [
            {
                "peer": follower.peer,
                "behind": feed.count_between(database.id, follower.acknowledged, last or 0),
                "trouble": follower.trouble or None,
                "sent_at": _moment(follower.sent_at),
                "compared_at": _moment(follower.compared_at),
            }
            for follower in database.followers.order_by("peer")
        ]
    return database_view(database) | {"followers": followers}


def record_detail(record: RecordView) -> dict[str, Any]:
    """A record."""
    return {
        "id": str(record.id),
        "database": record.database,
        "originator": record.originator,
        "reference": record.reference,
        "schema_": record.schema,
        "version": record.version,
        "entity": dict(record.entity),
        "handling": {name: _plain(getattr(record, name)) for name in _HANDLING},
        "purpose": record.purpose,
        "purposes": list(record.purposes),
        "legal_basis": record.legal_basis,
        "created_at": _moment(record.created_at),
        "changed_at": _moment(record.changed_at),
        "expires_at": _moment(record.expires_at),
        "refusal": record.refusal or None,
    }


def record_row(record: Record) -> dict[str, Any]:
    """A record read inside the walls."""
    return record_detail(selectors.view(record))


def version_view(version: RecordVersion) -> dict[str, Any]:
    """An earlier version."""
    return {
        "version": version.version,
        "recorded_by": version.recorded_by,
        "recorded_at": _moment(version.recorded_at),
        "reason": version.reason,
        "content": version.content,
    }


def edition_view(edition: Edition) -> dict[str, Any]:
    """An edition of a list."""
    plain = ("format", "url", "file_name", "size", "sha256", "whole", "actor", *_COUNTS)
    return {name: getattr(edition, name) for name in plain} | {
        "id": str(edition.id),
        "database": edition.database_id,
        "state": str(edition.state),
        "held_for": edition.held_for or None,
        "decided_by": edition.decided_by or None,
        "started_at": _moment(edition.started_at),
        "finished_at": _moment(edition.finished_at),
    }


def refusal_view(refusal: Refusal) -> dict[str, Any]:
    """A refused entry."""
    return {
        "number": refusal.number,
        "line": refusal.line,
        "reference": refusal.reference,
        "reason": refusal.reason,
    }


def refusals_page(edition_id: UUID, *, after: int, limit: int) -> dict[str, Any]:
    """Refused entries after the number ``after``."""
    found = selectors.refusals(edition_id, after=after, limit=limit + 1)
    return {
        "items": [refusal_view(each) for each in found[:limit]],
        "next": found[limit - 1].number if len(found) > limit else None,
    }


def refusals_csv(edition_id: UUID) -> str:
    """Every refused entry that was kept, as CSV."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(("number", "line", "reference", "reason"))
    for each in selectors.refusals(edition_id, limit=_MAX_FILE_ROWS):
        writer.writerow((each.number, each.line, _cell(each.reference), _cell(each.reason)))
    return file.getvalue()


def _cell(value: str) -> str:
    """``value`` so that no spreadsheet takes it for a formula."""
    return f"'{value}" if value[:1] in {"=", "+", "-", "@"} else value


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _moment(moment: datetime | None) -> str | None:
    return clock.timestamp(moment) if moment else None
