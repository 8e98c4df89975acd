"""Plain prepared SQL on Django's connection, for what every message passes through.

Django's own cursor writes the parameters into each statement anew and the server parses and plans it every time.
Transactions, errors and the connection stay Django's.
"""

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection


def run(sql: str, parameters: Sequence[Any] = ()) -> psycopg.Cursor[tuple[Any, ...]]:
    """Run ``sql``; its cursor, with the rows and their number."""
    connection.ensure_connection()
    connection.validate_no_broken_transaction()
    with connection.wrap_database_errors:
        cursor: psycopg.Cursor[tuple[Any, ...]] = psycopg.Cursor(connection.connection)
        return cursor.execute(sql.encode(), parameters or None, prepare=True)
