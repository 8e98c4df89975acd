"""Writing past the page cache (``O_DIRECT``): a package is written once and not read again soon.

Copying it into the cache costs several times the processor time of the write itself, and pushes out what the
database needs. Where the file system or a buffer's alignment does not allow it, bytes are written as usual.
"""

import fcntl
import os

ALIGNMENT = 4096


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
            flags = fcntl.fcntl(self._descriptor, fcntl.F_GETFL)
            changed = flags | os.O_DIRECT if direct else flags & ~os.O_DIRECT
            fcntl.fcntl(self._descriptor, fcntl.F_SETFL, changed)
            self._direct = direct
