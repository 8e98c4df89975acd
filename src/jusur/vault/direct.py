"""Writing and reading past the page cache (``O_DIRECT``): a package is written once and read once, front to back.

Copying it through the cache costs several times the processor time of the write or read itself, and pushes out what the
database needs. Where the file system or a buffer's alignment does not allow it, bytes go the usual way.
"""

import fcntl
import io
import os
from pathlib import Path

ALIGNMENT = 4096
LARGE = 256 * 1024
"""Reads of fewer bytes go through the cache: they are of headers and the like, and may be repeated."""


class DirectWriter:
    """Writes to an open file at given offsets, past the page cache where that is possible."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._possible = hasattr(os, "O_DIRECT")
        self._direct = False

    def write(self, data: bytes | memoryview, offset: int) -> None:
        """Write all of ``data`` at ``offset``."""
        view, done = memoryview(data), 0
        while done < len(view):
            rest = view[done:]
            wanted = self._possible and not (len(rest) % ALIGNMENT or (offset + done) % ALIGNMENT)
            try:
                self._turn(direct=wanted)
                done += os.pwrite(self._descriptor, rest, offset + done)
            except OSError:
                if not self._direct and not wanted:
                    raise
                self._possible = False  # not this file system, or not this buffer; a real error comes again below

    def _turn(self, *, direct: bool) -> None:
        if direct != self._direct:
            _turn(self._descriptor, direct=direct)
            self._direct = direct


class DirectReader(io.FileIO):
    """A file for reading, past the page cache wherever a large aligned buffer is filled at an aligned place."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._possible = hasattr(os, "O_DIRECT")
        self._direct = False

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Between 1 byte and all of ``buffer``, 0 at the end."""
        size = len(buffer)
        wanted = self._possible and size >= LARGE and not (size % ALIGNMENT or self.tell() % ALIGNMENT)
        try:
            self._turn(direct=wanted)
            return super().readinto(buffer)
        except OSError:
            if not wanted:
                raise
            self._possible = False  # not this file system, or not this buffer; a real error comes again now
            return self.readinto(buffer)

    def read(self, size: int | None = -1, /) -> bytes:
        """At most ``size`` bytes (all for a negative ``size``), through the cache."""
        self._turn(direct=False)
        return super().read(-1 if size is None else size)

    def readall(self) -> bytes:
        """The rest, through the cache."""
        self._turn(direct=False)
        return super().readall()

    def _turn(self, *, direct: bool) -> None:
        if direct != self._direct:
            _turn(self.fileno(), direct=direct)
            self._direct = direct


def _turn(descriptor: int, *, direct: bool) -> None:
    flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
    fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_DIRECT if direct else flags & ~os.O_DIRECT)
