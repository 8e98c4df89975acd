"""Plain SQL on Django's connection, for what must touch many rows at once."""

from collections.abc import Sequence
from typing import Any

from django.db import connection


def execute(sql: str, parameters: Sequence[Any] = ()) -> int:
    """Run ``sql``; the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


def rows(sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of ``sql``."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def row(sql: str, parameters: Sequence[Any] = ()) -> tuple[Any, ...] | None:
    """The first row of ``sql``, or none."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found: tuple[Any, ...] | None = cursor.fetchone()
        return found
