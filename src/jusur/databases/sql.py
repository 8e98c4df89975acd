"""Plain prepared SQL on Django's connection, for what is asked thousands of times a second.

Django's own cursor writes the parameters into each statement anew and the server plans it every time. Transactions,
errors and the connection stay Django's.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection


def execute(sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> int:
    """Run ``sql``; the number of rows it touched."""
    return int(_run(sql, parameters).rowcount)


def rows(sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of ``sql``."""
    return _run(sql, parameters).fetchall()


def _run(sql: str, parameters: Sequence[Any] | Mapping[str, Any]) -> psycopg.Cursor[tuple[Any, ...]]:
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        cursor: psycopg.Cursor[tuple[Any, ...]] = psycopg.Cursor(connection.connection)
        return cursor.execute(sql.encode(), parameters or None, prepare=True)
