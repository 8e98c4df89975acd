"""One command's import: fetch or take a file, open its edition, and carry it on until it is taken or held."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jusur.databases import walls
from jusur.databases.lists import editions
from jusur.databases.lists.editions import Progress
from jusur.databases.lists.fetching import fetch
from jusur.databases.lists.formats import LINES
from jusur.databases.lists.publishers import publisher
from jusur.databases.models import Database, Edition
from jusur.databases.services import describing
from jusur.kernel.errors import InvalidInputError
from jusur.node import context


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to import: a publisher's list (from its address, or a ``file`` of it), or any file into a list database."""

    actor: str
    publisher: str = ""
    database: str = ""
    file: Path | None = None
    format: str = ""
    mapping: str | None = None
    handling: dict[str, Any] | None = None


def list_import(asked: Asked, *, progress: Progress | None = None) -> Edition:
    """Import what is asked; where it was begun before and broken off, go on.

    Raises:
        JusurError: it cannot be fetched, opened or read (says why).
    """
    if asked.publisher and asked.file is None:
        return _of_publisher(asked, progress)
    return editions.edition_run(list_open(asked).id, progress=progress)


def list_open(asked: Asked) -> Edition:
    """Open the edition of a file; the worker carries it on, or `list_import`.

    Raises:
        JusurError: it cannot be opened (says why).
    """
    if asked.publisher and asked.file is not None:
        known = publisher(asked.publisher)
        form = asked.format or _format(known.format, asked.file)
        return _open(asked, _database(known.database), asked.file, form, legal_basis=known.legal_basis)
    if asked.file is None or not asked.database.startswith("list-"):
        raise InvalidInputError(
            "An import takes a file and a list database.", fix="For example: jusur lists import list-own FILE."
        )
    return _open(asked, _database(asked.database), asked.file, asked.format or LINES)


def _of_publisher(asked: Asked, progress: Progress | None) -> Edition:
    known = publisher(asked.publisher)
    database = _database(known.database)
    form = asked.format or _format(known.format, asked.file)
    with tempfile.TemporaryDirectory(dir=context.current().home.path, prefix=".fetched-") as folder:
        target = Path(folder) / f"{known.key}-list"
        fetch(known.url, target, progress=_fetching(progress))
        opened = _open(asked, database, target, form, url=known.url, legal_basis=known.legal_basis)
    return editions.edition_run(opened.id, progress=progress)


def _format(usual: str, file: Path | None) -> str:
    """The format of a publisher's file: its usual one, or that of the table it publishes too."""
    return "ofac" if usual == "ofac-xml" and file is not None and file.suffix.lower() == ".csv" else usual


def _fetching(progress: Progress | None) -> Any:
    return (lambda done, total: progress("fetching", done, total)) if progress else None


def _open(asked: Asked, database: Database, file: Path, form: str, **more: str) -> Edition:
    return editions.edition_open(
        database=database,
        file=file,
        format=form,
        actor=asked.actor,
        mapping=asked.mapping,
        handling=asked.handling,
        **more,
    )


def _database(key: str) -> Database:
    """The list's database here, made where there is none yet: shared with nobody until somebody shares it."""
    with walls.duty():
        return describing.hosted(key)
