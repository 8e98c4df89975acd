"""File-like stages that run in threads of their own, joined by a few blocks of fixed size.

Hashing, the cipher and the disk all release the interpreter's lock, so reading, encrypting and writing overlap.
Memory is ``DEPTH`` blocks a stage, whatever the size of what flows through.
"""

import mmap
import threading
from queue import SimpleQueue

from jusur.crypto.stream import Sink, Source

BLOCK = 1024 * 1024
DEPTH = 4


class ThreadedWriter:
    """Hands what is written to it on to ``sink``, from a thread of its own, in order.

    The sink gets whole page-aligned blocks, the last excepted. An error of the sink is raised by the next ``write`` or
    by ``close``. One of ``close`` and ``abort`` must be called.
    """

    def __init__(self, sink: Sink, *, block: int = BLOCK, depth: int = DEPTH) -> None:
        self._sink = sink
        self._free: SimpleQueue[memoryview] = SimpleQueue()
        self._full: SimpleQueue[tuple[memoryview, int] | None] = SimpleQueue()
        for _ in range(depth):
            self._free.put(memoryview(mmap.mmap(-1, block)))  # page-aligned, as O_DIRECT wants it
        self._current = self._free.get()
        self._length = 0
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="package-stage", daemon=True)
        self._thread.start()

    def room(self) -> memoryview:
        """Where the next bytes may be put straight away, followed by ``advance``."""
        return self._current[self._length :]

    def advance(self, count: int) -> None:
        """Take the ``count`` bytes that were put into ``room``."""
        self._length += count
        if self._length == len(self._current):
            self._pass_on()

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Take all of ``data``, waiting while every block is in use; its length."""
        view, offset = memoryview(data), 0
        while offset < len(view):
            taken = min(len(self._current) - self._length, len(view) - offset)
            self._current[self._length : self._length + taken] = view[offset : offset + taken]
            offset += taken
            self.advance(taken)
        return offset

    def close(self) -> None:
        """Wait until the sink has everything; raise what it raised."""
        if self._thread.is_alive() and self._length:
            self._full.put((self._current, self._length))
            self._length = 0
        self.abort()
        if self._error is not None:
            raise self._error

    def abort(self) -> None:
        """Stop the thread once the blocks already passed on are through."""
        self._full.put(None)
        self._thread.join()

    def _pass_on(self) -> None:
        if self._error is not None:
            raise self._error
        self._full.put((self._current, self._length))
        self._current, self._length = self._free.get(), 0

    def _run(self) -> None:
        while (item := self._full.get()) is not None:
            block, length = item
            try:
                if self._error is None:
                    self._sink.write(block[:length])
            except BaseException as error:  # noqa: BLE001 - it is raised again where somebody listens
                self._error = error
            self._free.put(block)


class ReadAhead:
    """Reads ``source`` ahead in a thread of its own. ``close`` must be called; errors come from ``read``."""

    def __init__(self, source: Source, *, block: int = BLOCK, depth: int = DEPTH) -> None:
        self._source = source
        self._block = block
        self._full: SimpleQueue[bytes | BaseException] = SimpleQueue()
        self._room = threading.Semaphore(depth)
        self._stopped = threading.Event()
        self._rest = memoryview(b"")
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="package-stage", daemon=True)
        self._thread.start()

    def read(self, size: int) -> bytes:
        """Between 1 and ``size`` bytes, none at the end."""
        return bytes(self.read_view(size))

    def read_view(self, size: int) -> memoryview:
        """As ``read`` without a copy."""
        if not self._rest and not self._ended:
            item = self._full.get()
            self._room.release()
            if isinstance(item, BaseException):
                self._ended = True
                raise item
            self._rest = memoryview(item)
            self._ended = not item
        view = self._rest[:size]
        self._rest = self._rest[len(view) :]
        return view

    def close(self) -> None:
        """Stop reading."""
        self._stopped.set()
        self._room.release()
        self._thread.join()

    def _run(self) -> None:
        data: bytes | BaseException = b"-"
        while data and not isinstance(data, BaseException):
            self._room.acquire()
            if self._stopped.is_set():
                return
            try:
                data = self._source.read(self._block)
            except BaseException as error:  # noqa: BLE001 - it is raised again where somebody listens
                data = error
            self._full.put(data)
