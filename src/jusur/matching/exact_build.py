"""Building an exact index from a stream of any length in bounded memory.

Entries go into 256 files by the first byte of their fingerprint; each file is then sorted in memory and appended to the
index. At 128 million entries a file holds half a million; the batch in hand is at most `BATCH` entries.
"""

import secrets
import shutil
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, Self

import numpy as np

from jusur.matching.exact_files import FILES, DigestingFile, InvalidKeyError, Manifest, publish, staging
from jusur.matching.exact_kernels import (
    I64,
    TAG_INTEGER,
    TAG_TEXT,
    TAG_UUID,
    U8,
    U64,
    fingerprints,
    gathered,
    laid_out,
    split,
    walked,
)

Record = str | int
"""What a key leads to: a record's id (UUIDs take 16 bytes) or number (0 to 2^63)."""
Progress = Callable[[str, int, int], None]
"""Told the stage (``read`` or ``sort``), how much is done and of how much (0: not known)."""

BATCH: Final = 1 << 18
MAX_KEY: Final = 255
"""Most bytes of a key in UTF-8."""
MAX_RECORD: Final = 255
_PARTITIONS: Final = 256
_ENTRIES_A_BUCKET: Final = 4
_UUID_LENGTH: Final = 36
_MIN_BITS, _MAX_BITS = 8, 40
_ZERO: Final = np.zeros(1, np.int64)


class Builder:
    """Collects entries and writes the folder of an index. Use as a context manager; leaving it early leaves nothing."""

    def __init__(self, folder: Path, *, progress: Progress | None = None) -> None:
        self._folder = folder
        self._beside = staging(folder)
        self._progress = progress or (lambda *_: None)
        self._k0, self._k1 = np.uint64(secrets.randbits(64)), np.uint64(secrets.randbits(64))
        self._parts: dict[int, BinaryIO] = {}
        self._counts = np.zeros(_PARTITIONS, np.int64)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for part in self._parts.values():
            part.close()
        shutil.rmtree(self._beside, ignore_errors=True)

    def add(self, pairs: Iterable[tuple[str, Record]]) -> None:
        """Add pairs of a key and the record it leads to.

        Raises:
            InvalidKeyError: a key or record that is empty, too long or holds a zero byte.
        """
        stream = iter(pairs)
        while batch := list(islice(stream, BATCH)):
            keys, values = joined([key for key, _ in batch]), [encoded(record) for _, record in batch]
            ends = np.fromiter(map(len, values), np.int64, len(values)).cumsum()
            self.add_buffers(*keys, np.frombuffer(bytearray().join(values), np.uint8), np.concatenate((_ZERO, ends)))

    def add_buffers(self, keys: U8, starts: I64, values: U8, value_starts: I64) -> None:
        """Add many entries at once: keys joined by zero bytes, with their starts; encoded values, with theirs."""
        prints = fingerprints(keys, starts, self._k0, self._k1)
        first = (prints >> np.uint64(56)).astype(np.uint8)
        order = np.argsort(first, kind="stable")
        out = np.empty(9 * len(prints) + len(keys) + len(values), np.uint8)
        ends = laid_out(keys, starts, values, value_starts, prints, order, out)
        counts = np.bincount(first, minlength=_PARTITIONS)
        self._counts += counts
        last = 0
        for number, upto in enumerate(counts.cumsum()):
            end = int(ends[upto - 1]) if upto else 0
            if end > last:
                self._opened(number).write(out[last:end].data)
            last = max(last, end)
        self._progress("read", int(self._counts.sum()), 0)

    def finish(self, *, position: int = 0) -> Manifest:
        """Sort, write and publish the index. ``position`` says how far in the truth's changes it reaches."""
        for part in self._parts.values():
            part.close()
        total = int(self._counts.sum())
        bits = min(max((total // _ENTRIES_A_BUCKET).bit_length(), _MIN_BITS), _MAX_BITS)
        files = {name: DigestingFile(self._beside / name) for name in FILES}
        try:
            count = self._sorted_into(files, bits)
            listed = {name: file.finish() for name, file in files.items()}
        finally:
            for file in files.values():
                file.abandon()
        manifest = Manifest(count, bits, int(self._k0), int(self._k1), position, listed)
        publish(self._beside, self._folder, manifest)
        return manifest

    def _sorted_into(self, files: dict[str, DigestingFile], bits: int) -> int:
        buckets = 1 << (bits - 8)  # of one partition
        count = size = 0
        for number in range(_PARTITIONS):
            entries, prints, ends = self._sorted(number)
            bucket = (prints >> np.uint64(64 - bits)).astype(np.int64) - number * buckets
            firsts = np.searchsorted(bucket, np.arange(buckets))
            files["firsts"].write((count + firsts).astype(np.uint32))
            files["offsets"].write((size + np.concatenate((_ZERO, ends))[firsts]).astype(np.uint64))
            files["rests"].write((prints << np.uint64(bits) >> np.uint64(32)).astype(np.uint32))
            files["entries"].write(entries)
            count, size = count + len(prints), size + len(entries)
            self._progress("sort", number + 1, _PARTITIONS)
        files["firsts"].write(np.array([count], np.uint32))
        return count

    def _sorted(self, number: int) -> tuple[U8, U64, I64]:
        """Entries of a partition by fingerprint, their fingerprints, and where each ends."""
        if not self._counts[number]:
            return np.empty(0, np.uint8), np.empty(0, np.uint64), np.empty(0, np.int64)
        path = self._part(number)
        data = np.fromfile(path, np.uint8)
        path.unlink()
        starts, prints = walked(data, int(self._counts[number]), 8)
        order = np.argsort(prints, kind="stable")
        out = np.empty(len(data), np.uint8)
        size, kept, ends = gathered(data, starts, prints, order, out)
        return out[:size], prints[kept], ends

    def _opened(self, number: int) -> BinaryIO:
        if number not in self._parts:
            self._parts[number] = self._part(number).open("xb")
        return self._parts[number]

    def _part(self, number: int) -> Path:
        return self._beside / f"part-{number:02x}"


def joined(keys: list[str]) -> tuple[U8, I64]:
    """``keys`` joined by zero bytes, and their starts.

    Raises:
        InvalidKeyError: a key is empty, longer than `MAX_KEY` bytes, no text, or holds a zero byte or a surrogate.
    """
    try:
        data = "\0".join(keys).encode()
    except (UnicodeEncodeError, TypeError):
        raise InvalidKeyError("A key is no text in Unicode.", fix="Normalise the identifier first.") from None
    if data.count(0) != max(len(keys) - 1, 0):
        raise InvalidKeyError("A key holds a zero byte.", fix="Normalise the identifier first.")
    buffer = np.frombuffer(bytearray(data), np.uint8)  # writable, as mapped arrays are: compiled once for both
    starts = split(buffer, len(keys)) if keys else np.zeros(1, np.int64)
    lengths = np.diff(starts) - 1
    if len(keys) and (lengths.min() < 1 or lengths.max() > MAX_KEY):
        raise InvalidKeyError(f"A key is empty or longer than {MAX_KEY} bytes.", fix="Normalise the identifier first.")
    return buffer, starts


def single(key: str) -> U8:
    """One key's bytes.

    Raises:
        InvalidKeyError: as `joined`.
    """
    try:
        data = key.encode()
    except (UnicodeEncodeError, AttributeError):
        raise InvalidKeyError("A key is no text in Unicode.", fix="Normalise the identifier first.") from None
    if not 0 < len(data) <= MAX_KEY or b"\0" in data:
        raise InvalidKeyError(f"A key is empty or longer than {MAX_KEY} bytes.", fix="Normalise the identifier first.")
    return np.frombuffer(bytearray(data), np.uint8)


def encoded(record: Record) -> bytes:
    """The value that stands for ``record``.

    Raises:
        InvalidKeyError: a negative or too large number, an empty or too long text.
    """
    if isinstance(record, int):
        if not 0 <= record < 1 << 63:
            raise InvalidKeyError("A record's number is not between 0 and 2^63.", fix="Use the record's own id.")
        return bytes([TAG_INTEGER]) + record.to_bytes(8, "little")
    if len(record) == _UUID_LENGTH and (found := _uuid(record)) is not None:
        return bytes([TAG_UUID]) + found
    data = record.encode()
    if not 0 < len(data) <= MAX_RECORD:
        raise InvalidKeyError(f"A record's id is empty or longer than {MAX_RECORD} bytes.", fix="Use a shorter one.")
    return bytes([TAG_TEXT, len(data)]) + data


def decoded(data: U8, at: int) -> Record:
    """The record whose value stands at ``at``."""
    tag = data[at]
    if tag == TAG_INTEGER:
        return int.from_bytes(data[at + 1 : at + 9].tobytes(), "little")
    if tag == TAG_UUID:
        return _spelt(data[at + 1 : at + 17].tobytes().hex())
    return data[at + 2 : at + 2 + int(data[at + 1])].tobytes().decode()


def decoded_many(data: U8, places: I64) -> list[Record]:
    """The records whose values stand at ``places``."""
    tags = data[places]
    if len(tags) and (tags == TAG_INTEGER).all():
        found: list[Record] = data[places[:, None] + np.arange(1, 9)].view("<u8").ravel().tolist()
        return found
    if len(tags) and (tags == TAG_UUID).all():
        digits = data[places[:, None] + np.arange(1, 17)].tobytes().hex()
        return [_spelt(digits[at : at + 32]) for at in range(0, len(digits), 32)]
    return [decoded(data, place) for place in places.tolist()]


def _uuid(record: str) -> bytes | None:
    try:
        found = bytes.fromhex(record.replace("-", ""))
    except ValueError:
        return None
    return found if len(found) == 16 and _spelt(found.hex()) == record else None  # noqa: PLR2004 - of a UUID


def _spelt(digits: str) -> str:
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
