"""A vault in a local folder.

``objects/`` holds the objects, ``staging/`` what is on its way in (on the same file system, so that one ``link(2)``
makes an object visible whole, and fails where the name is taken), ``destroyed/`` a note for each object destroyed.
"""

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from jusur.kernel import clock
from jusur.vault.base import SizedWriter, Writer
from jusur.vault.direct import DirectReader
from jusur.vault.names import checked, checked_reason, missing, taken, translated
from jusur.vault.staging import StagedSizedWriter, StagedWriter, clear_abandoned, free_bytes, require_room

READ_BUFFER = 64 * 1024
"""What small reads take from an object at once."""


class FolderVault:
    """Objects as files, mode 0400, in a folder that is the node's alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._objects, self._staging, self.destroyed_folder = (
            folder / part for part in ("objects", "staging", "destroyed")
        )
        with translated():
            for part in (folder, self._objects, self._staging, self.destroyed_folder):
                part.mkdir(mode=0o700, parents=True, exist_ok=True)
        clear_abandoned(self._staging)

    def create(self, name: str, *, expected_size: int = 0) -> Writer:
        """A writer for a new object."""
        self._require_new(name)
        require_room(self._staging, expected_size)
        return StagedWriter(self._staging, lambda staged: self._publish(staged, name))

    def create_sized(self, name: str, size: int, *, chunk_size: int) -> SizedWriter:
        """A writer for a new object of known size, or the one left open."""
        self._require_new(name)
        return StagedSizedWriter(self._staging, name, size, chunk_size, lambda staged: self._publish(staged, name))

    def exists(self, name: str) -> bool:
        """Whether the object is there."""
        return self._path(name).is_file()

    def size(self, name: str) -> int:
        """The object's size in bytes."""
        try:
            with translated():
                return self._path(name).stat().st_size
        except Exception as error:
            raise self._explained(error, name) from error

    def open(self, name: str) -> BinaryIO:
        """The object for reading; large pieces come past the page cache."""
        try:
            with translated():
                return cast("BinaryIO", io.BufferedReader(DirectReader(self._path(name)), READ_BUFFER))
        except Exception as error:
            raise self._explained(error, name) from error

    def read_range(self, name: str, start: int, length: int) -> bytes:
        """Up to ``length`` bytes from ``start``."""
        try:
            with translated(), self._path(name).open("rb", buffering=0) as file:
                return os.pread(file.fileno(), length, start)
        except Exception as error:
            raise self._explained(error, name) from error

    def names(self) -> Iterator[str]:
        """Every object's name."""
        found = (path for path in self._objects.rglob("*") if path.is_file())
        yield from sorted(path.relative_to(self._objects).as_posix() for path in found)

    def delete(self, name: str, *, reason: str) -> None:
        """Destroy the object; its name and the reason remain."""
        note = {"name": name, "size": self.size(name), "reason": checked_reason(reason)}
        note["destroyed_at"] = clock.timestamp(clock.now())
        with translated():
            target = self.destroyed_folder / f"{name.replace('/', '~')}.json"
            draft = self._staging / f"new-{os.urandom(12).hex()}"
            with draft.open("x") as file:
                json.dump(note, file)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(target)
            _sync(self.destroyed_folder)
            self._path(name).unlink()
            _sync(self._path(name).parent)

    def free_bytes(self) -> int:
        """How much more can be accepted."""
        return free_bytes(self._staging)

    def _path(self, name: str) -> Path:
        return self._objects / checked(name)

    def _require_new(self, name: str) -> None:
        if self._path(name).exists() or (self.destroyed_folder / f"{name.replace('/', '~')}.json").exists():
            raise taken(name)

    def _publish(self, staged: Path, name: str) -> None:
        self._require_new(name)
        target = self._path(name)
        made = list(reversed(target.relative_to(self._objects).parents))
        for part in made:
            (self._objects / part).mkdir(mode=0o700, exist_ok=True)
        try:
            target.hardlink_to(staged)
        except FileExistsError:
            raise taken(name) from None
        for part in made:
            _sync(self._objects / part)

    def _explained(self, error: Exception, name: str) -> Exception:
        return missing(name) if isinstance(error.__cause__, FileNotFoundError | NotADirectoryError) else error


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
