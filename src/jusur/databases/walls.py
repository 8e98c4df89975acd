"""Row-level security: PostgreSQL itself shows a reader only the records that their conditions let it see.

Two ways to the records, and none besides. ``reading`` reads on behalf of an organisation, for a purpose: the database
role becomes ``jusur_reader``, which may only select, and the policies compare each record's owner, allowed recipients,
purposes and retention with the settings ``jusur.reader`` and ``jusur.purpose``. ``duty`` is the node's own work
(writing, importing, copying, purging): only there does the tables' owner see rows. Code that forgets both sees nothing.

The walls stop queries that lack a condition; they do not hold against somebody who may run any statement as the
tables' owner, who could take them down.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import connection, transaction

from jusur.databases.rules import ADDRESS
from jusur.databases.search_purposes import purpose as permitted
from jusur.databases.sql import rows
from jusur.kernel.errors import InvalidInputError

READER: Final = "jusur_reader"
"""The database role that reads on behalf of organisations."""
CARRYING: Final = "*"
"""The purpose under which a record is copied to a node that is to keep its purposes itself."""
_READABLE: Final = (
    "databases_database",
    "databases_record",
    "databases_recordversion",
    "databases_identifier",
)
_BEFORE = "SELECT " + ", ".join(
    f"coalesce(current_setting('jusur.{name}', true), '')" for name in ("reader", "purpose", "duty")
)
_SET = (
    "SELECT set_config('jusur.reader', %s, true), set_config('jusur.purpose', %s, true),"
    " set_config('jusur.duty', %s, true), set_config('role', %s, true)"
)


@contextmanager
def reading(organisation: str, purpose: str = "") -> Iterator[None]:
    """Read on behalf of ``organisation`` for ``purpose``: one of the permitted uses; empty for its own records only.

    In a transaction; inside it nothing can be written and nothing but these tables read.

    Raises:
        InvalidInputError: not an organisation's address.
        UnknownPurposeError: not a purpose that is allowed.
    """
    if not ADDRESS.fullmatch(organisation):
        raise InvalidInputError("The reader is not an organisation's address.")
    if purpose:
        permitted(purpose)
    with _as_reader(organisation, purpose):
        yield


@contextmanager
def carrying(organisation: str) -> Iterator[None]:
    """Read what may be copied to ``organisation``'s node, which keeps the purposes of what it holds."""
    with _as_reader(organisation, CARRYING):
        yield


@contextmanager
def duty() -> Iterator[None]:
    """The node's own work on records: in a transaction, with every row in sight."""
    with _set("", "", "on", "none"):
        yield


@contextmanager
def _as_reader(organisation: str, purpose: str) -> Iterator[None]:
    with _set(organisation, purpose, "", READER):
        yield


@contextmanager
def _set(*settings: str) -> Iterator[None]:
    """Settings and role for a block; where it fails, the end of its (sub)transaction takes them back."""
    with transaction.atomic():
        (row,) = rows(_BEFORE + ", current_setting('role')")
        rows(_SET, settings)
        yield
        rows(_SET, row)


def grant() -> None:
    """Let the reading role select, and nothing else (a restored backup brings no privileges). Can be repeated."""
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {READER}")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {READER}")
        for table in _READABLE:
            cursor.execute(f"GRANT SELECT ON {table} TO {READER}")


def grant_after_migrate(**_: Any) -> None:
    """``grant``, once the tables are there (a signal's receiver)."""
    tables = connection.introspection.table_names()
    if all(table in tables for table in _READABLE):
        grant()
