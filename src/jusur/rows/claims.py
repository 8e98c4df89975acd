"""Claims on long work: one process at a time, and free again the moment that process dies.

A claim is a PostgreSQL advisory lock of the session: it holds no row and no transaction open for the minutes that
sealing a large package takes, and a killed process gives it back with its connection.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import connection


@contextmanager
def claim(kind: str, subject: UUID) -> Iterator[bool]:
    """Try to claim the work called ``kind`` on ``subject``; yields whether it is ours."""
    number = int.from_bytes(hashlib.sha256(f"{kind}/{subject}".encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        row = cursor.fetchone()
    ours = bool(row and row[0])
    try:
        yield ours
    finally:
        if ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
