"""Databases and records straight into the tables, as the node's own work would write them."""

from datetime import timedelta
from typing import Any

from django.db import connection

from jusur.databases import feed, walls
from jusur.databases.catalogue import template
from jusur.databases.models import Database, Record
from jusur.kernel.clock import now


def add_database(key: str = "nominal", host: str = "GS", **changes: Any) -> Database:
    kind = template(key)
    values: dict[str, Any] = {
        "id": f"{key}@{host}",
        "key": key,
        "host": host,
        "kind": "list" if key.startswith("list-") else "shared",
        "mode": "replicated",
        "writers": kind.writers,
        "names": {"ar": "", "en": key, "fr": "", "es": ""},
        "schemata": list(kind.schemata),
        "recipients": ["MA", "NO", "SE"],
        "purposes": list(kind.purposes),
        "retention_days": kind.retention_days,
        "created_at": now(),
        "changed_at": now(),
        **changes,
    }
    return Database.objects.create(**values)


def add_record(database: Database, originator: str = "NO", **changes: Any) -> Record:
    """A record straight into the table, as the node's own work would write it."""
    moment = now()
    values: dict[str, Any] = {
        "database": database,
        "originator": originator,
        "reference": f"r-{moment.timestamp()}",
        "schema": "Person",
        "entity": {"id": "r", "schema": "Person", "properties": {"name": ["Sami Nouri"]}},
        "classification": "restricted",
        "handling_code": "H1",
        "source_evaluation": "B2",
        "allowed_recipients": ["MA"],
        "purpose": "locate a person",
        "purposes": ["border-check", "criminal-investigation"],
        "expires_at": moment + timedelta(days=100),
        "state": "held",
        "version": 1,
        "content_sha256": "ab" * 32,
        "recorded_by": "officer:x",
        "created_at": moment,
        "changed_at": moment,
        **changes,
    }
    with walls.duty():
        feed.lock()
        return Record.objects.create(sequence=feed.place(), **values)


def run(sql: str, parameters: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters or None)
        return cursor.fetchall() if cursor.description else []
