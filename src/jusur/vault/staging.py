"""Objects on their way in: local files that become an object by one atomic step, or vanish.

A sized object keeps a journal of the chunks that have arrived. Each chunk is noted after its bytes are written, so
after a ``kill -9`` at most the chunk each thread had in hand is missing. After a power failure only chunks noted before
the last synchronisation count: the journal names the boot in which each was noted.
"""

import contextlib
import fcntl
import json
import os
import struct
import threading
import zlib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from jusur.kernel.errors import ConflictError, InvalidInputError
from jusur.vault.direct import DirectWriter
from jusur.vault.names import VaultFullError, translated

SYNC_BYTES = 64 << 20
"""A sized object is synchronised with the disk every so many bytes."""
RESERVE_BYTES = 64 << 20
"""Room always left free: the database and the logs live beside the vault."""
MAX_CHUNKS = 1 << 22

_RECORD = struct.Struct(">cIQI")  # kind, chunk, boot, CRC-32 of what is before
_ARRIVED, _FORGOTTEN, _SYNCED = b"A", b"F", b"S"

Commit = Callable[[Path], None]


def free_bytes(folder: Path) -> int:
    """Bytes that may still be written under ``folder``, less the reserve."""
    with translated():
        state = os.statvfs(folder)
    return max(0, state.f_bavail * state.f_frsize - RESERVE_BYTES)


def require_room(folder: Path, size: int) -> None:
    """Refuse what cannot fit before a byte of it is taken.

    Raises:
        VaultFullError: it does not fit.
    """
    if size > free_bytes(folder):
        raise VaultFullError(f"The vault has no room for {size} bytes.", fix="Free space, then try again.")


class StagedWriter:
    """A new object written from beginning to end into ``folder``, handed to ``commit`` as a synchronised file."""

    def __init__(self, folder: Path, commit: Commit) -> None:
        self._path = folder / f"new-{os.urandom(12).hex()}"
        self._commit = commit
        self._size = 0
        with translated():
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400)
        self._direct = DirectWriter(self._file)
        self._open = True
        # Whoever clears the folder after a crash leaves files alone that somebody still writes.
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def write(self, data: bytes | memoryview) -> int:
        """Append ``data``."""
        try:
            with translated():
                self._direct.write(data, self._size)
        except BaseException:
            self.abort()
            raise
        self._size += len(data)
        return len(data)

    def commit(self) -> int:
        """Make the object durable and visible."""
        try:
            with translated():
                os.fsync(self._file)
                self._commit(self._path)
        finally:
            self.abort()
        return self._size

    def abort(self) -> None:
        """Remove what is staged."""
        if self._open:
            self._open = False
            self._path.unlink(missing_ok=True)
            os.close(self._file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abort()


class StagedSizedWriter:
    """A new object of known size in ``folder``, with its journal; see ``SizedWriter``."""

    def __init__(self, folder: Path, name: str, size: int, chunk_size: int, commit: Commit) -> None:
        chunks = -(-size // chunk_size) if chunk_size > 0 else 0
        if size <= 0 or not 0 < chunks <= MAX_CHUNKS:
            raise InvalidInputError(f"An object of {size} bytes cannot arrive in chunks of {chunk_size}.")
        self.size, self.chunk_size = size, chunk_size
        self._commit = commit
        mark = name.replace("/", "~")
        self._path, self._journal_path = folder / f"part-{mark}", folder / f"journal-{mark}"
        self._mutex = threading.Lock()
        self._unsynced = 0
        self._boot = _boot()
        self._open = True
        with translated():
            self._journal = os.open(self._journal_path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            self._own(name)
            self._have = self._begin(folder, name, chunks)
        except BaseException:
            os.close(self._journal)
            raise

    def _own(self, name: str) -> None:
        try:
            fcntl.flock(self._journal, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConflictError(f"{name} is being written by another process.", fix="Let that one finish.") from None

    def _begin(self, folder: Path, name: str, chunks: int) -> bytearray:
        header = json.dumps({"name": name, "size": self.size, "chunk_size": self.chunk_size}).encode() + b"\n"
        found = _read_all(self._journal)
        fresh = b"\n" not in found or not self._path.exists() or self._path.stat().st_size != self.size
        if b"\n" in found and not found.startswith(header):
            raise ConflictError(f"{name} was begun with another size.", fix="Give up the earlier one first.")
        if fresh:
            require_room(folder, self.size)
        flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | (os.O_TRUNC if fresh else 0)
        try:
            with translated():
                self._file = os.open(self._path, flags, 0o600)
                if fresh:
                    os.posix_fallocate(self._file, 0, self.size)
                    os.ftruncate(self._journal, 0)
                    _write_all(self._journal, header)
        except VaultFullError:
            self._path.unlink(missing_ok=True)
            self._journal_path.unlink(missing_ok=True)
            raise
        return self._replay(found[len(header) :], chunks) if not fresh else bytearray(chunks)

    def _replay(self, records: bytes, chunks: int) -> bytearray:
        have, doubtful = bytearray(chunks), set[int]()
        whole = len(records) // _RECORD.size * _RECORD.size
        for at in range(0, whole, _RECORD.size):
            kind, index, boot, check = _RECORD.unpack_from(records, at)
            if zlib.crc32(records[at : at + _RECORD.size - 4]) != check or index >= chunks:
                break
            if kind == _SYNCED:
                doubtful.clear()
            else:
                have[index] = kind == _ARRIVED
                if boot != self._boot or not boot:
                    doubtful.add(index)
        for index in doubtful:
            have[index] = 0
        self._compact(have)
        return have

    def _compact(self, have: bytearray) -> None:
        """Write the journal anew: a torn record at its end must not hide what follows."""
        with translated():
            os.fdatasync(self._file)
            os.lseek(self._journal, 0, os.SEEK_SET)
            header = _read_all(self._journal).split(b"\n", 1)[0] + b"\n"
            os.ftruncate(self._journal, 0)
            records = b"".join(self._record(_ARRIVED, index) for index, there in enumerate(have) if there)
            _write_all(self._journal, header + records + self._record(_SYNCED, 0))
            os.fdatasync(self._journal)

    def _record(self, kind: bytes, index: int) -> bytes:
        body = _RECORD.pack(kind, index, self._boot, 0)[:-4]
        return body + zlib.crc32(body).to_bytes(4)

    def _length(self, index: int) -> int:
        return min(self.chunk_size, self.size - index * self.chunk_size)

    def write_at(self, offset: int, data: bytes | memoryview) -> bool:
        """Keep one whole chunk."""
        index, rest = divmod(offset, self.chunk_size)
        if rest or not 0 <= index < len(self._have) or len(data) != self._length(index):
            raise InvalidInputError("That is not a chunk of this object.", fix="Send whole chunks at their places.")
        if self._have[index]:
            return False
        with translated():
            _write_all(self._file, data, offset)
        with self._mutex, translated():
            _write_all(self._journal, self._record(_ARRIVED, index))
            self._have[index] = 1
            self._unsynced += len(data)
            due = self._unsynced >= SYNC_BYTES
            if due:
                self._unsynced = 0
                os.fdatasync(self._file)
                _write_all(self._journal, self._record(_SYNCED, 0))
                os.fdatasync(self._journal)
        return True

    def missing(self) -> list[int]:
        """The indexes of the chunks that have not arrived."""
        return [index for index, there in enumerate(self._have) if not there]

    def read_at(self, offset: int, length: int) -> bytes:
        """What is kept at ``offset``."""
        with translated():
            return os.pread(self._file, length, offset)

    def forget(self, index: int) -> None:
        """Count a chunk as missing again."""
        with self._mutex, translated():
            _write_all(self._journal, self._record(_FORGOTTEN, index))
            self._have[index] = 0

    def commit(self) -> int:
        """Make the object durable and visible."""
        lacking = self._have.count(0)
        if lacking:
            raise ConflictError(f"{lacking} chunks of the object are missing.", fix="Fetch them, then commit.")
        with translated():
            os.fchmod(self._file, 0o400)
            os.fsync(self._file)
            self._commit(self._path)
        self.abort()
        return self.size

    def abort(self) -> None:
        """Remove what is staged."""
        if self._open:
            self._path.unlink(missing_ok=True)
            self._journal_path.unlink(missing_ok=True)
            self.close()

    def close(self) -> None:
        """Let go, to be continued later."""
        if self._open:
            self._open = False
            os.close(self._file)
            os.close(self._journal)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def clear_abandoned(folder: Path) -> None:
    """Remove what writers left behind that were killed before they committed; sized objects wait to be continued."""
    for part in folder.glob("part-*"):
        if part.stat().st_nlink > 1:  # committed, and killed before its staging was cleared
            part.unlink(missing_ok=True)
            part.with_name("journal" + part.name.removeprefix("part")).unlink(missing_ok=True)
    for path in folder.glob("new-*"):
        with contextlib.suppress(OSError):
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # refused while its writer lives
                path.unlink()
            finally:
                os.close(descriptor)


def _write_all(file: int, data: bytes | memoryview, offset: int | None = None) -> None:
    view = memoryview(data)
    done = 0
    while done < len(view):
        rest = view[done:]
        done += os.write(file, rest) if offset is None else os.pwrite(file, rest, offset + done)


def _read_all(file: int) -> bytes:
    parts = []
    while part := os.read(file, 1 << 20):
        parts.append(part)
    return b"".join(parts)


def _boot() -> int:
    """A number of this boot of the machine; 0 where the system does not tell (then nothing unsynchronised counts)."""
    try:
        text = Path("/proc/sys/kernel/random/boot_id").read_text()
    except OSError:
        return 0
    return int(text.strip().replace("-", "")[:16], 16) or 1
