"""Exact identifiers: from a key (`jusur.matching.identifiers`) to the records that bear it, for hundreds of millions.

The index is a folder of four mapped arrays, with a small delta of changes beside it. To say «no hit» touches about five
bytes a key (four of fingerprint, one of the directory of buckets); a hit reads the entry itself. The fingerprint only
rules out: a hit is always the whole key compared, so that no collision is ever a false hit. SipHash with a secret key
of the index's own keeps anyone from making keys that fall together.
"""

import threading
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Final

import numpy as np

from jusur.kernel.errors import ConflictError
from jusur.matching.exact_build import Builder, Progress, Record, decoded, decoded_many, encoded, joined, single
from jusur.matching.exact_delta import Delta, Journal
from jusur.matching.exact_files import (
    FILES,
    JOURNAL,
    DamagedIndexError,
    InvalidKeyError,
    Manifest,
    digest,
    mapped,
    read_manifest,
)
from jusur.matching.exact_kernels import fingerprints, looked_up, looked_up_one, walked

__all__ = ["DamagedIndexError", "ExactIndex", "InvalidKeyError", "Record"]

MAX_BATCH: Final = 1 << 20
"""Keys that one call of the compiled loop looks up; longer batches are cut."""
_COPY: Final = 1 << 18
_ROOM: Final = 16


class ExactIndex:
    """An index opened for lookups and changes. Any number of threads may look up while one changes."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self._manifest = manifest
        self._arrays = {name: mapped(folder, name) for name in FILES}
        self._k0, self._k1 = np.uint64(manifest.k0), np.uint64(manifest.k1)
        self._lock = threading.Lock()
        self._closed = False
        self._journal = Journal(folder / JOURNAL)
        self._delta = Delta(manifest.position)
        for change in self._journal.read():
            self._delta.apply(change)

    @classmethod
    def build(
        cls, pairs: Iterable[tuple[str, Record]], folder: Path, *, position: int = 0, progress: Progress | None = None
    ) -> "ExactIndex":
        """Build an index of ``pairs`` (key, record) in the new ``folder`` and open it.

        Args:
            pairs: a stream; a key may lead to several records. Memory stays bounded whatever its length.
            folder: must not exist; appears whole or not at all.
            position: how far in the changes of the truth these pairs reach.
            progress: told how far the work is.

        Raises:
            InvalidKeyError: a key or record that is empty or too long.
            InvalidInputError: the folder exists.
        """
        with Builder(folder, progress=progress) as builder:
            builder.add(pairs)
            builder.finish(position=position)
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> "ExactIndex":
        """Open the index in ``folder``, with the changes of its journal.

        Raises:
            DamagedIndexError: its manifest or its files are missing or cut.
        """
        return cls(folder, read_manifest(folder))

    def __len__(self) -> int:
        """Entries as built; changes since are not counted."""
        return self._manifest.count

    @property
    def position(self) -> int:
        """How far in the changes of the truth this index reaches."""
        return self._delta.position

    @property
    def pending(self) -> int:
        """Records changed since the index was built; when there are many, `compact` it."""
        return len(self._delta)

    def lookup(self, key: str) -> tuple[Record, ...]:
        """The records that bear ``key``, none where there are none.

        Raises:
            InvalidKeyError: no key of an index.
        """
        delta, files = self._delta, self._arrays
        data = single(key)
        room = _ROOM
        while True:
            places = np.empty(room, np.int64)
            count = looked_up_one(
                data, self._k0, self._k1, self._manifest.bits, files["firsts"], files["rests"], files["offsets"],
                files["entries"], places,
            )  # fmt: skip
            if count <= room:
                break
            room = count
        found = [decoded(files["entries"], place) for place in places[:count].tolist()]
        if delta.gone:
            found = [record for record in found if record not in delta.gone]
        return tuple(dict.fromkeys((*found, *delta.added.get(key, ()))))

    def lookup_many(self, keys: Sequence[str]) -> list[tuple[Record, ...]]:
        """The records of each of ``keys``, in their order.

        Raises:
            InvalidKeyError: a key that is empty, too long or no text.
        """
        delta = self._delta
        found: list[tuple[Record, ...]] = []
        for start in range(0, len(keys), MAX_BATCH):
            found += self._based(list(keys[start : start + MAX_BATCH]))
        if delta.gone:
            found = [tuple(one for one in records if one not in delta.gone) if records else () for records in found]
        if delta.added:
            for place, key in enumerate(keys):
                if (more := delta.added.get(key)) is not None:
                    found[place] = tuple(dict.fromkeys((*found[place], *more)))
        return found

    def put(self, pairs: Iterable[tuple[str, Record]], *, position: int = 0) -> None:
        """Add entries; the next lookup sees them, and the next start too.

        A record that changes is withdrawn first, then put with all its keys (`replace` does both as one).

        Raises:
            InvalidKeyError: as `build`; nothing is added then.
        """
        self.repeat({"put": _checked(pairs), "position": position})

    def withdraw(self, records: Iterable[Record], *, position: int = 0) -> None:
        """Take every entry of ``records`` away."""
        self.repeat({"withdraw": list(records), "position": position})

    def replace(self, records: Iterable[Record], pairs: Iterable[tuple[str, Record]], *, position: int = 0) -> None:
        """Withdraw ``records`` and put ``pairs`` as one change: no lookup sees a half of it after a crash.

        Raises:
            InvalidKeyError: as `put`.
        """
        self.repeat({"withdraw": list(records), "put": _checked(pairs), "position": position})

    def repeat(self, change: dict[str, Any]) -> None:
        """Apply a change of a journal: withdrawals first, then additions; on disk before any lookup sees it.

        Raises:
            ConflictError: the index was closed.
        """
        with self._lock:
            if self._closed:
                raise ConflictError("This index takes no more changes.", fix="Change the index that replaced it.")
            self._journal.append(change)
            self._delta.apply(change)

    def compact(self, folder: Path, *, progress: Progress | None = None) -> "ExactIndex":
        """Build this index with its changes anew in ``folder`` beside it, and open that.

        This one goes on answering and taking changes; those that came meanwhile are repeated on the new one. What comes
        after this returns, before the caller takes the new one into use, is the caller's to repeat (`position` tells).
        """
        with self._lock:
            delta, start = self._copied(), self._journal.end
        with Builder(folder, progress=progress) as builder:
            builder.add(chain(self._entries(delta.gone), _pairs(delta)))
            builder.finish(position=delta.position)
        fresh = ExactIndex.open(folder)
        with self._lock:
            for change in self._journal.read(start):
                fresh.repeat(change)
        return fresh

    def verify(self) -> None:
        """Compare the digest of every file with the manifest.

        Raises:
            DamagedIndexError: a file was changed; the message says which.
        """
        for name, (_, expected) in self._manifest.files.items():
            if digest(self.folder / name) != expected:
                raise DamagedIndexError(f"The file {name} of the index was changed.", fix="Build the index again.")

    def close(self) -> None:
        """Take no more changes (a newer index has taken over); lookups that still run are answered."""
        with self._lock:
            self._closed = True

    def _copied(self) -> Delta:
        copy = Delta(self._delta.position)
        copy.gone = set(self._delta.gone)
        copy.added = dict(self._delta.added)
        return copy

    def _based(self, keys: list[str]) -> list[tuple[Record, ...]]:
        """The records of ``keys`` in the mapped files."""
        buffer, starts = joined(keys)
        prints = fingerprints(buffer, starts, self._k0, self._k1)
        files, room = self._arrays, len(keys) + _ROOM
        while True:
            places = np.empty(room, np.int64)
            count, upto = looked_up(
                buffer, starts, prints, self._manifest.bits, files["firsts"], files["rests"], files["offsets"],
                files["entries"], places,
            )  # fmt: skip
            if count <= room:
                break
            room = count
        records = decoded_many(files["entries"], places[:count])
        found: list[tuple[Record, ...]] = [()] * len(keys)
        before = np.concatenate(([0], upto[:-1]))
        hit = np.flatnonzero(upto > before)
        for key, start, end in zip(hit.tolist(), before[hit].tolist(), upto[hit].tolist(), strict=True):
            found[key] = (records[start],) if end - start == 1 else tuple(dict.fromkeys(records[start:end]))
        return found

    def _entries(self, gone: set[Record]) -> Iterator[tuple[str, Record]]:
        """Every entry of the mapped files that is not gone."""
        entries, offsets = self._arrays["entries"], self._arrays["offsets"]
        firsts = self._arrays["firsts"]
        step = max(1, len(offsets) * _COPY // max(len(self), 1))
        for bucket in range(0, len(offsets), step):
            last = min(bucket + step, len(offsets))
            start = int(offsets[bucket])
            end = int(offsets[last]) if last < len(offsets) else len(entries)
            run = entries[start:end]
            starts, _ = walked(run, int(firsts[last]) - int(firsts[bucket]), 0)
            for at in starts[:-1].tolist():
                length = int(run[at])
                record = decoded(run, at + 1 + length)
                if record not in gone:
                    yield run[at + 1 : at + 1 + length].tobytes().decode(), record


def _checked(pairs: Iterable[tuple[str, Record]]) -> list[tuple[str, Record]]:
    """``pairs`` as a list, each seen to fit the index before anything is changed."""
    found = list(pairs)
    joined([key for key, _ in found])
    for _, record in found:
        encoded(record)
    return found


def _pairs(delta: Delta) -> Iterator[tuple[str, Record]]:
    return ((key, record) for key, records in delta.added.items() for record in records)
