"""File-like stages that run in threads of their own, joined by a few blocks of fixed size.

Hashing, the cipher and the disk all release the interpreter's lock, so reading, encrypting and writing overlap. A
block goes from step to step uncopied, and is used again when the last has done with it: memory is the blocks of a
stage, whatever the size of what flows through.
"""

import mmap
import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import Protocol, runtime_checkable

from jusur.crypto.stream import Source

BLOCK = 2 * 1024 * 1024
"""Large enough that the disk is busy with one while the next is made: smaller ones cost more system calls and waits."""
DEPTH = 3
"""Blocks of a stage besides one for each of its steps."""
SPARE = 128 * 1024
"""Room after a block, for a piece that does not end where the block does."""

Step = Callable[[memoryview], object]
"""What is done with each block; the view is valid only during the call."""
_Item = tuple[memoryview, int]


@runtime_checkable
class _Filling(Protocol):
    def readinto(self, buffer: memoryview, /) -> int | None:
        """Between 1 byte and all of ``buffer``, 0 at the end."""


class _Line:
    """Takes blocks put into ``inlet`` through ``steps``, each in a thread of its own, in order, and on to ``outlet``.

    After an error of a step blocks still pass, but no step sees them. None ends the line, and comes out at its end.
    """

    def __init__(self, steps: Sequence[Step], outlet: "SimpleQueue[_Item | None]") -> None:
        self.error: BaseException | None = None
        queues: list[SimpleQueue[_Item | None]] = [SimpleQueue() for _ in steps]
        self.inlet = queues[0] if queues else outlet
        self._threads = [
            threading.Thread(target=self._run, args=(step, inlet, following), name="package-stage", daemon=True)
            for step, inlet, following in zip(steps, queues, [*queues[1:], outlet], strict=False)
        ]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Wait until everything that was put in is through."""
        self.inlet.put(None)
        self.join()

    def join(self) -> None:
        """Wait for the end that somebody has put in."""
        for thread in self._threads:
            thread.join()

    def _run(self, step: Step, inlet: "SimpleQueue[_Item | None]", outlet: "SimpleQueue[_Item | None]") -> None:
        while (item := inlet.get()) is not None:
            block, length = item
            try:
                if self.error is None:
                    step(block[:length])
            except BaseException as error:  # noqa: BLE001 - it is raised again where somebody listens
                self.error = error
            outlet.put(item)
        outlet.put(None)


class ThreadedWriter:
    """Hands what is written to it on to ``steps``, each in a thread of its own, in order.

    A step gets whole page-aligned blocks, the last excepted. ``own`` is a step that is done before them, in the thread
    that writes, while the block is still in that core's cache. An error of a step is raised by the next ``write`` or by
    ``close``. One of ``close`` and ``abort`` must be called.
    """

    def __init__(self, *steps: Step, own: Step | None = None, block: int = BLOCK, depth: int = DEPTH) -> None:
        self._own = own
        self._block = block
        self._free: SimpleQueue[_Item | None] = SimpleQueue()
        for _ in range(depth + len(steps)):
            self._free.put((_aligned(block + SPARE), 0))
        self._line = _Line(steps, self._free)
        self._current = self._next_free()
        self._length = 0
        self._ended = False

    def room(self, least: int = 1) -> memoryview:
        """Where the next bytes, ``least`` (at most ``SPARE``) or more, may be put straight away; then ``advance``."""
        end = max(self._block, self._length + least)
        return self._current[self._length : end]

    def advance(self, count: int) -> None:
        """Take the ``count`` bytes that were put into ``room``."""
        self._length += count
        if self._length >= self._block:
            self._pass_on()

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Take all of ``data``, waiting while every block is in use; its length."""
        view, offset = memoryview(data), 0
        while offset < len(view):
            room = self.room()
            taken = min(len(room), len(view) - offset)
            room[:taken] = view[offset : offset + taken]
            offset += taken
            self.advance(taken)
        return offset

    def close(self) -> None:
        """Wait until every step has everything; raise what one raised."""
        if not self._ended and self._length:
            self._hand_over(self._length)
        self.abort()
        if self._line.error is not None:
            raise self._line.error

    def abort(self) -> None:
        """Stop the threads once the blocks already passed on are through."""
        if not self._ended:
            self._ended = True
            self._line.end()

    def _pass_on(self) -> None:
        if self._line.error is not None:
            raise self._line.error
        following = self._next_free()
        over = self._length - self._block
        following[:over] = self._current[self._block : self._length]
        self._hand_over(self._block)
        self._current, self._length = following, over

    def _hand_over(self, length: int) -> None:
        if self._own is not None:
            self._own(self._current[:length])
        self._line.inlet.put((self._current, length))

    def _next_free(self) -> memoryview:
        item = self._free.get()
        if item is None:
            raise ValueError("the writer is closed")
        return item[0]


class ReadAhead:
    """Reads ``source`` ahead in a thread of its own, and shows each block to ``steps`` before it is given out.

    ``close`` must be called; errors of the source and of the steps come from reading.
    """

    def __init__(self, source: Source, *steps: Step, block: int = BLOCK, depth: int = DEPTH) -> None:
        self._fill = source.readinto if isinstance(source, _Filling) else _copied(source)
        self._free: SimpleQueue[memoryview] = SimpleQueue()
        for _ in range(depth + len(steps)):
            self._free.put(_aligned(block))
        self._full: SimpleQueue[_Item | None] = SimpleQueue()
        self._line = _Line(steps, self._full)
        self._stopped = threading.Event()
        self._given: memoryview | None = None
        self._rest = memoryview(b"")
        self._ended = False
        self._thread = threading.Thread(target=self._run, name="package-stage", daemon=True)
        self._thread.start()

    def read(self, size: int) -> bytes:
        """Between 1 and ``size`` bytes, none at the end."""
        return bytes(self.read_view(size))

    def read_view(self, size: int) -> memoryview:
        """As ``read`` without a copy; valid until the next read."""
        if not self._rest and not self._ended:
            self._advance()
        view = self._rest[:size]
        self._rest = self._rest[len(view) :]
        return view

    def close(self) -> None:
        """Stop reading."""
        self._stopped.set()
        self._free.put(memoryview(b""))
        self._thread.join()
        self._line.join()

    def _advance(self) -> None:
        if self._given is not None:
            self._free.put(self._given)
            self._given = None
        item = self._full.get()
        if self._line.error is not None:
            self._ended = True
            raise self._line.error
        if item is None:
            self._ended = True
        else:
            self._given, length = item
            self._rest = self._given[:length]

    def _run(self) -> None:
        try:
            while (block := self._free.get()) and not self._stopped.is_set():
                length = self._fill(block)
                if not length:
                    break
                self._line.inlet.put((block, length))
        except BaseException as error:  # noqa: BLE001 - it is raised again where somebody listens
            self._line.error = error
        self._line.inlet.put(None)


def _aligned(size: int) -> memoryview:
    memory = mmap.mmap(-1, size)  # page-aligned, as O_DIRECT wants it
    return memoryview(memory)


def _copied(source: Source) -> Callable[[memoryview], int]:
    def fill(block: memoryview) -> int:
        data = source.read(len(block))
        block[: len(data)] = data
        return len(data)

    return fill
