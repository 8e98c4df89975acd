"""What every vault can do. Objects are written once, become visible whole or not at all, and are never changed."""

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import BinaryIO, Protocol, Self


class Writer(Protocol):
    """One new object, written from beginning to end; leaving the ``with`` block without ``commit`` leaves nothing."""

    def write(self, data: bytes | memoryview) -> int:
        """Append ``data``; returns its length.

        Raises:
            VaultFullError: no room; the object is given up.
        """
        ...

    def commit(self) -> int:
        """Make the object durable and visible; returns its size.

        Raises:
            WriteOnceError: somebody else committed this name meanwhile.
        """
        ...

    def abort(self) -> None:
        """Give the object up; nothing remains. Nothing happens after ``commit``."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class SizedWriter(Protocol):
    """One new object of known size that arrives in chunks, in any order, from several threads.

    What has arrived outlives the process: opened again after a ``kill -9``, the writer knows its chunks.
    """

    size: int
    chunk_size: int

    def write_at(self, offset: int, data: bytes | memoryview) -> bool:
        """Keep one whole chunk; False if it was there already.

        Raises:
            InvalidInputError: not exactly one chunk of this object.
            VaultFullError: no room.
        """
        ...

    def missing(self) -> Sequence[int]:
        """The indexes of the chunks that have not arrived (chunk ``i`` starts at ``i * chunk_size``)."""
        ...

    def read_at(self, offset: int, length: int) -> bytes:
        """What is kept so far at ``offset``, e.g. to check digests after a restart."""
        ...

    def forget(self, index: int) -> None:
        """Count a chunk as missing again, because its content turned out wrong."""
        ...

    def close(self) -> None:
        """Let go of the object, to be continued later. Nothing happens after ``commit`` or ``abort``."""
        ...

    def commit(self) -> int:
        """Make the object durable and visible; returns its size.

        Raises:
            ConflictError: chunks are missing.
            WriteOnceError: somebody else committed this name meanwhile.
        """
        ...

    def abort(self) -> None:
        """Give the object and all that has arrived up. Nothing happens after ``commit``."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Vault(Protocol):
    """A write-once store of sealed packages. Names: see ``names.checked``. Sizes and offsets are bytes."""

    def create(self, name: str, *, expected_size: int = 0) -> Writer:
        """A writer for a new object.

        Raises:
            WriteOnceError: the name is taken, or was.
            VaultFullError: ``expected_size`` does not fit.
        """
        ...

    def create_sized(self, name: str, size: int, *, chunk_size: int) -> SizedWriter:
        """A writer for a new object of ``size`` bytes, or the one that was left open under this name.

        Raises:
            WriteOnceError: the name is taken, or was.
            ConflictError: it is being written by another process, or was begun with another size.
            VaultFullError: ``size`` does not fit.
        """
        ...

    def exists(self, name: str) -> bool:
        """Whether the object is there."""
        ...

    def size(self, name: str) -> int:
        """The object's size.

        Raises:
            MissingObjectError: it is not there.
        """
        ...

    def open(self, name: str) -> BinaryIO:
        """The object for reading, seekable.

        Raises:
            MissingObjectError: it is not there.
        """
        ...

    def read_range(self, name: str, start: int, length: int) -> bytes:
        """Up to ``length`` bytes from ``start``; fewer only at the object's end.

        Raises:
            MissingObjectError: it is not there.
        """
        ...

    def names(self) -> Iterator[str]:
        """Every object's name, sorted."""
        ...

    def delete(self, name: str, *, reason: str) -> None:
        """Destroy the object for ``reason``, which is kept with the name; the name stays taken.

        Raises:
            MissingObjectError: it is not there.
            InvalidInputError: no reason given.
        """
        ...

    def free_bytes(self) -> int:
        """How much more can be accepted."""
        ...
