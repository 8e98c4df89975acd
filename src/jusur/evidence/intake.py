"""The intake: the folder from which evidence is taken in. Nothing outside it can be named, and links are refused."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from jusur.kernel import text
from jusur.kernel.errors import InvalidInputError, NotFoundError

MAX_FILES = 1_000_000
MAX_PATH = 1024
STAGING = ".uploads"
"""Where uploads lie until they are whole; nothing is collected from there."""


@dataclass(frozen=True, slots=True)
class Found:
    """A regular file in the intake: its path in the package, where it lies, its size in bytes and its time."""

    path: str
    source: Path
    size: int
    modified_at: datetime


def find(intake: Path, name: str) -> list[Found]:
    """The file or all files of the folder called ``name`` in ``intake``, by path.

    Raises:
        InvalidInputError: the name leaves the intake, or something there is a link or a device, or has a name that
            deceives.
        NotFoundError: there is no such file or folder.
    """
    relative = PurePosixPath(name)
    if relative.is_absolute() or ".." in relative.parts or not relative.parts or "\\" in name or "\0" in name:
        raise InvalidInputError("The name leaves the intake.", fix="Name a file or folder within the intake.")
    start = intake / relative
    if relative.parts[0] == STAGING:
        raise NotFoundError("An upload is collected once it is whole.", fix="Collect it by its intake_name.")
    try:
        mode = start.lstat().st_mode
    except OSError:  # there is nothing, or no file system has such a name
        raise NotFoundError(f"The intake holds nothing called {name[:200]!r}.", fix="Put it there first.") from None
    _refuse_links_above(intake, relative)
    found = sorted(_walk(start, PurePosixPath(relative.name)) if stat.S_ISDIR(mode) else [_file(start, relative.name)])
    if not found:
        raise InvalidInputError("The folder is empty.", fix="Put the evidence there first.")
    return [entry for _, entry in found]


def _refuse_links_above(intake: Path, relative: PurePosixPath) -> None:
    place = intake
    for part in relative.parts:
        place /= part
        if place.is_symlink():
            raise InvalidInputError("A part of the path is a link.", fix="Put the files themselves into the intake.")


def _walk(folder: Path, below: PurePosixPath) -> Iterator[tuple[str, Found]]:
    count = 0
    for place, folders, files in os.walk(folder, followlinks=False):
        inside = below / PurePosixPath(Path(place).relative_to(folder).as_posix())
        for name in folders:
            if (Path(place) / name).is_symlink():
                raise InvalidInputError(f"{name!r} is a link.", fix="Put the files themselves into the intake.")
        for name in files:
            count += 1
            if count > MAX_FILES:
                raise InvalidInputError(f"More than {MAX_FILES} files.", fix="Divide them into several packages.")
            yield _file(Path(place) / name, str(inside / name))


def _file(source: Path, path: str) -> tuple[str, Found]:
    status = source.lstat()
    if not stat.S_ISREG(status.st_mode):
        raise InvalidInputError(f"{source.name!r} is not a plain file.", fix="Put only files and folders there.")
    if len(path) > MAX_PATH:
        raise InvalidInputError("A path is longer than 1024 characters.", fix="Shorten the folder names.")
    for part in PurePosixPath(path).parts:
        text.file_name(part, field="file name")
    modified = datetime.fromtimestamp(status.st_mtime, UTC)
    return path, Found(path=path, source=source, size=status.st_size, modified_at=modified)
