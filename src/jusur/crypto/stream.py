"""STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015) as age v1 uses it: ChaCha20-Poly1305 in chunks of 64 KiB.

Each chunk's nonce is an 11-byte big-endian counter and a byte that is 1 for the last chunk only, so that chunks
can be neither reordered nor dropped, nor the stream cut short. Memory is constant: one batch of chunks. The
cipher releases the interpreter's lock, so a thread that encrypts leaves the other core to the others. It works on the
bytes where they are, from the source's own buffer into the sink's, if these have them.
"""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

CHUNK = 64 * 1024
TAG = 16
BATCH = 16
"""Chunks handed on at once: 1 MiB, past which the measured throughput no longer rises."""

_SEALED = CHUNK + TAG


class Sink(Protocol):
    """Where bytes go. The view is the caller's again when ``write`` returns."""

    def write(self, data: memoryview, /) -> object:
        """Take all of ``data``."""


@runtime_checkable
class RoomySink(Protocol):
    """A sink that lets bytes be made in its own buffer, uncopied."""

    def room(self, least: int, /) -> memoryview:
        """Where the next bytes may be put: room for ``least`` or more."""

    def advance(self, count: int, /) -> None:
        """Take the ``count`` bytes that were put into ``room``."""


class Source(Protocol):
    """Where bytes come from: ``read(n)`` gives at most ``n`` and nothing only at the end."""

    def read(self, size: int, /) -> bytes:
        """Between 1 and ``size`` bytes, or none at the end."""


@runtime_checkable
class _ViewSource(Protocol):
    def read_view(self, size: int, /) -> memoryview:
        """As ``read`` without a copy; valid until the next read."""


class StreamError(Exception):
    """The stream was altered, cut short, or continues after its end."""


def _nonce(counter: int, *, last: bool) -> bytes:
    return counter.to_bytes(11) + (b"\x01" if last else b"\x00")


class StreamEncryptor:
    """Encrypts what is written to it into ``sink``; ``close`` writes the last chunk."""

    def __init__(self, sink: Sink, key: bytes) -> None:
        self._sink: RoomySink = sink if isinstance(sink, RoomySink) else _Batches(sink)
        self._cipher = ChaCha20Poly1305(key)
        self._counter = 0
        self._held = bytearray(CHUNK)  # the last chunk is marked, so one is held until more is known to come
        self._held_view = memoryview(self._held)
        self._held_length = 0

    def write(self, data: memoryview) -> None:
        """Encrypt ``data``; whole chunks go straight from it to the cipher, uncopied."""
        offset, length = 0, len(data)
        while offset < length:
            if self._held_length == CHUNK:
                self._encrypt(self._held_view)
                self._held_length = 0
            if not self._held_length:
                while length - offset > CHUNK:
                    self._encrypt(data[offset : offset + CHUNK])
                    offset += CHUNK
            taken = min(CHUNK - self._held_length, length - offset)
            self._held_view[self._held_length : self._held_length + taken] = data[offset : offset + taken]
            self._held_length += taken
            offset += taken

    def close(self) -> None:
        """Write the last chunk (empty only where the whole stream is) and hand everything on."""
        self._encrypt(self._held_view[: self._held_length], last=True)
        if isinstance(self._sink, _Batches):
            self._sink.flush()

    def _encrypt(self, chunk: memoryview, *, last: bool = False) -> None:
        size = len(chunk) + TAG
        room = self._sink.room(_SEALED)
        self._cipher.encrypt_into(_nonce(self._counter, last=last), chunk, None, room[:size])
        self._counter += 1
        self._sink.advance(size)


class _Batches:
    """A buffer before a sink that has none of its own."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._buffer = memoryview(bytearray(BATCH * _SEALED))
        self._length = 0

    def room(self, least: int, /) -> memoryview:
        if self._length + least > len(self._buffer):
            self.flush()
        return self._buffer[self._length :]

    def advance(self, count: int, /) -> None:
        self._length += count
        if self._length == len(self._buffer):
            self.flush()

    def flush(self) -> None:
        if self._length:
            self._sink.write(self._buffer[: self._length])
            self._length = 0


class StreamDecryptor:
    """Gives the authenticated plaintext of ``source``; never a byte that was not checked."""

    def __init__(self, source: Source, key: bytes) -> None:
        self._next: Callable[[int], bytes | memoryview]
        self._next = source.read_view if isinstance(source, _ViewSource) else source.read
        self._cipher = ChaCha20Poly1305(key)
        self._counter = 0
        self._piece = memoryview(b"")
        self._held = memoryview(bytearray(_SEALED))  # a chunk that the source gave in parts, or that may be the last
        self._held_length = 0
        self._ended = False

    def into(self, target: memoryview) -> int:
        """Put the next whole chunks into ``target`` (at least `CHUNK` long), as many as fit; 0 bytes at the end.

        Raises:
            StreamError: altered, cut short, or continued after its last chunk.
        """
        written = 0
        while not self._ended and len(target) - written >= CHUNK:
            if not self._piece:
                self._piece = memoryview(self._next(BATCH * _SEALED))
            written += self._step(target[written:])
        return written

    def _step(self, target: memoryview) -> int:
        """Decrypt a chunk of which it is known whether it is the last, or put aside what there is of it."""
        if not self._piece:
            self._ended = True
            return self._take_held(target, last=True)
        if self._held_length == _SEALED:
            return self._take_held(target, last=False)
        if not self._held_length and len(self._piece) > _SEALED:
            chunk, self._piece = self._piece[:_SEALED], self._piece[_SEALED:]
            return self._decrypt(chunk, target, last=False)
        taken = min(_SEALED - self._held_length, len(self._piece))
        self._held[self._held_length : self._held_length + taken] = self._piece[:taken]
        self._held_length += taken
        self._piece = self._piece[taken:]
        return 0

    def _take_held(self, target: memoryview, *, last: bool) -> int:
        if not self._held_length:
            raise StreamError("the stream ends before its last chunk")
        size = self._decrypt(self._held[: self._held_length], target, last=last)
        self._held_length = 0
        return size

    def _decrypt(self, sealed: memoryview, target: memoryview, *, last: bool) -> int:
        size = len(sealed) - TAG
        if size < 0 or (size == 0 and self._counter):
            raise StreamError("the last chunk is cut short")
        try:
            self._cipher.decrypt_into(_nonce(self._counter, last=last), sealed, None, target[:size])
        except InvalidTag:
            raise StreamError(f"chunk {self._counter} does not authenticate") from None
        self._counter += 1
        return size
