"""The database into a file and back, by PostgreSQL's own programs, embedded or not."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from jusur.node import binaries
from jusur.node.archive import BackupError
from jusur.node.home import NodeHome
from jusur.node.postgres import ADMIN, EmbeddedPostgres
from jusur.node.settings import NodeSettings

_VARIABLES = {
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "passfile": "PGPASSFILE",
    "options": "PGOPTIONS",
    "service": "PGSERVICE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}
_TABLES = """
    SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_'
    ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach a node's database: as its owner, and as whoever sees every row."""

    owner: str
    reader: str


@contextmanager
def access(home: NodeHome, settings: NodeSettings) -> Iterator[Access]:
    """The node's database, the embedded one started for the occasion where it does not run."""
    server = EmbeddedPostgres(home)
    if settings.database_url not in {"", server.url()}:
        yield Access(settings.database_url, _with_every_row(settings.database_url))
        return
    with server.running():
        yield Access(server.url(), server.url(ADMIN))


def _with_every_row(url: str) -> str:
    """``url``, for the owner of tables under row-level security, with the setting that shows it all rows."""
    options = f"{conninfo_to_dict(url).get('options') or ''} -c jusur.duty=on".strip()
    return make_conninfo(url, options=options)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A dump and what was in the database at its moment."""

    file: IO[bytes]
    size: int
    rows: Mapping[str, int]
    major: int


@contextmanager
def dumped(url: str, folder: Path) -> Iterator[Snapshot]:
    """A dump of the database in an unnamed file in ``folder``, and the rows of each table in the same snapshot.

    Raises:
        BackupError: the database cannot be read.
    """
    with tempfile.TemporaryFile(dir=folder) as file:
        try:
            with psycopg.connect(url) as connection:
                connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                major = connection.info.server_version // 10000
                (snapshot,) = connection.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
                program = binaries.client("pg_dump", major)
                options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}"]
                options.append("--enable-row-security")  # an owner that is no superuser could not read otherwise
                _run([program, *options], url, output=file.fileno())
                rows = _count(connection)
        except psycopg.Error as error:
            raise _unreadable(error) from error
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        yield Snapshot(file, size, rows, major)


def restored(file: Path, to: Access, rows: Mapping[str, int]) -> None:
    """Fill an empty database from a dump, in one transaction, and check that every table has its rows.

    Raises:
        BackupError: the database is not empty, refuses the dump, or holds other rows than the dump.
    """
    try:
        with psycopg.connect(to.reader) as connection:
            if connection.execute(_TABLES.encode()).fetchone():
                raise BackupError("The database to restore into is not empty.", fix="Name an empty database.")
            major = connection.info.server_version // 10000
        database = conninfo_to_dict(to.owner).get("dbname", "")
        options = ["--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges", f"--dbname={database}"]
        _run([binaries.client("pg_restore", major), *options, str(file)], to.owner)
        with psycopg.connect(to.reader) as connection:
            found = _count(connection)
    except psycopg.Error as error:
        raise _unreadable(error) from error
    if found != dict(rows):
        raise BackupError("The restored database does not hold the rows of the backup.", fix="Try again.")


def _count(connection: psycopg.Connection[tuple[object, ...]]) -> dict[str, int]:
    counts = {}
    for schema, table in connection.execute(_TABLES.encode()).fetchall():
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(str(schema), str(table)))
        (number,) = connection.execute(query).fetchone() or (0,)
        counts[f"{schema}.{table}"] = int(str(number))
    return counts


def _run(command: list[str], url: str, output: int | None = None) -> None:
    """Run one of PostgreSQL's programs; the connection goes by the environment, as others see command lines."""
    given = conninfo_to_dict(url)
    passed = {variable: str(given[name]) for name, variable in _VARIABLES.items() if given.get(name)}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    done = subprocess.run(
        command, env={**kept, **passed, "LC_ALL": "C"}, stdout=output, stderr=subprocess.PIPE, check=False
    )
    if done.returncode:
        said = done.stderr[-1500:].decode("utf-8", "replace").strip()
        raise BackupError(f"{Path(command[0]).name} failed: {said}", fix="Correct that, then try again.")


def _unreadable(error: psycopg.Error) -> BackupError:
    return BackupError(f"The database could not be read ({type(error).__name__}).", fix="See `jusur doctor`.")
