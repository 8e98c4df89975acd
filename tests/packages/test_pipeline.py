import io
import os
from typing import Any

import pytest

from jusur.packages.pipeline import SPARE, ReadAhead, ThreadedWriter

BLOCK = 4096 * 40


@pytest.mark.parametrize("size", [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 7 * BLOCK + 13])
def test_every_step_sees_every_byte_in_whole_blocks(size: int) -> None:
    content, seen = os.urandom(size), [bytearray(), bytearray(), bytearray()]
    lengths: list[int] = []
    writer = ThreadedWriter(
        seen[1].extend, seen[2].extend, lambda view: lengths.append(len(view)), own=seen[0].extend, block=BLOCK
    )
    for start in range(0, size, 1000):
        writer.write(content[start : start + 1000])
    writer.close()
    assert seen == [content] * 3
    assert lengths == [BLOCK] * (size // BLOCK) + [size % BLOCK] * bool(size % BLOCK)


def test_pieces_made_in_its_blocks_may_cross_their_ends() -> None:
    content, seen = os.urandom(BLOCK * 3), bytearray()
    writer, at, step = ThreadedWriter(seen.extend, block=BLOCK), 0, SPARE - 7
    while at < len(content):
        piece = content[at : at + step]
        room = writer.room(step)
        assert len(room) >= step
        room[: len(piece)] = piece
        writer.advance(len(piece))
        at += len(piece)
    writer.close()
    assert seen == content


def test_an_error_of_a_step_comes_out_and_nothing_is_done_after_it() -> None:
    seen: list[int] = []

    def full(view: memoryview) -> None:
        seen.append(len(view))
        raise OSError(28, "No space left on device")

    writer = ThreadedWriter(full, lambda view: seen.append(len(view)), block=BLOCK)
    with pytest.raises(OSError, match="No space"):
        writer.write(bytes(100 * BLOCK))
    writer.abort()
    assert seen == [BLOCK]
    writer = ThreadedWriter(full, block=BLOCK)
    writer.write(b"1")
    with pytest.raises(OSError, match="No space"):
        writer.close()


class Trickle(io.BytesIO):
    """Gives less than it is asked for."""

    def readinto(self, buffer: Any) -> int:
        return super().readinto(memoryview(buffer)[:1234])


class Plain:
    """A source that only reads."""

    def __init__(self, content: bytes) -> None:
        self._file = io.BytesIO(content)

    def read(self, size: int) -> bytes:
        return self._file.read(size)


@pytest.mark.parametrize("kind", [io.BytesIO, Trickle, Plain])
@pytest.mark.parametrize("size", [0, 1, BLOCK, 5 * BLOCK + 3])
def test_what_is_read_ahead_is_what_is_there(kind: Any, size: int) -> None:
    content, seen, found = os.urandom(size), bytearray(), bytearray()
    ahead = ReadAhead(kind(content), seen.extend, block=BLOCK)
    while view := ahead.read_view(50_000):
        found += view
    assert ahead.read(1) == b""
    ahead.close()
    assert found == seen == content


def test_reading_ahead_stops_when_it_is_closed_and_tells_of_errors() -> None:
    ahead = ReadAhead(io.BytesIO(bytes(100 * BLOCK)), block=BLOCK)
    assert ahead.read(10) == bytes(10)
    ahead.close()

    def refuse(_view: memoryview) -> None:
        raise OSError(5, "Input/output error")

    ahead = ReadAhead(io.BytesIO(bytes(BLOCK)), refuse, block=BLOCK)
    with pytest.raises(OSError, match="Input/output"):
        ahead.read(1)
    assert ahead.read(1) == b""
    ahead.close()
