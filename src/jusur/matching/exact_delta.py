"""Changes since an exact index was built: in memory for lookups, in a journal for the next start.

A line of the journal is a checksum and JSON. What a crash cut off at its end is dropped: the truth repeats it, since
the position says how far the journal reaches.
"""

import json
import os
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from jusur.matching.exact_build import Record

MAX_LINE: Final = 1 << 24
_CRC_LENGTH: Final = 8


class Delta:
    """Added entries by key and by record, and records of the base that are gone. One writer, many readers."""

    def __init__(self, position: int) -> None:
        self.position = position
        self.added: dict[str, tuple[Record, ...]] = {}
        self.gone: set[Record] = set()
        self._keys: dict[Record, set[str]] = {}

    def __len__(self) -> int:
        return len(self._keys) + len(self.gone)

    def put(self, pairs: Iterable[tuple[str, Record]]) -> None:
        """Add entries."""
        for key, record in pairs:
            before = self.added.get(key, ())
            if record not in before:
                self.added[key] = (*before, record)
                self._keys.setdefault(record, set()).add(key)

    def withdraw(self, records: Iterable[Record]) -> None:
        """Take every entry of these records away, the base's and the added ones."""
        for record in records:
            self.gone.add(record)
            for key in self._keys.pop(record, ()):
                left = tuple(one for one in self.added[key] if one != record)
                if left:
                    self.added[key] = left
                else:
                    del self.added[key]

    def apply(self, change: dict[str, Any]) -> None:
        """Apply one change of the journal."""
        self.withdraw(change.get("withdraw", ()))
        self.put((key, record) for key, record in change.get("put", ()))
        self.position = max(self.position, int(change.get("position", 0)))


class Journal:
    """The changes on disk, each line whole or not there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.end = 0
        """Where the last whole change ends, in bytes."""

    def read(self, start: int = 0) -> list[dict[str, Any]]:
        """The changes from byte ``start``."""
        changes, self.end = [], start
        if self._path.exists():
            with self._path.open("rb") as file:
                file.seek(start)
                while (change := _parsed(line := file.readline(MAX_LINE))) is not None:
                    changes.append(change)
                    self.end += len(line)
        return changes

    def append(self, change: dict[str, Any]) -> None:
        """Write a change after the last whole one and bring it to the disk."""
        body = json.dumps(change, ensure_ascii=True, separators=(",", ":")).encode()
        line = b"%08x %s\n" % (zlib.crc32(body), body)
        with self._path.open("ab") as file:
            file.truncate(self.end)  # what a crash left behind the last whole change
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        self.end += len(line)


def _parsed(line: bytes) -> dict[str, Any] | None:
    """The change in ``line``, or None where the line is cut or changed."""
    body = line[_CRC_LENGTH + 1 : -1]
    if not line.endswith(b"\n") or line[:_CRC_LENGTH] != b"%08x" % zlib.crc32(body):
        return None
    found: dict[str, Any] = json.loads(body)
    return found
