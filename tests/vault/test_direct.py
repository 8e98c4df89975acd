import io
import mmap
import os
from pathlib import Path

import pytest

from jusur.vault.direct import ALIGNMENT, LARGE, DirectReader, DirectWriter


def aligned(size: int) -> memoryview:
    view = memoryview(mmap.mmap(-1, size))
    view[:] = os.urandom(size)
    return view


@pytest.mark.parametrize("folder", ["tmp_path", "/dev/shm"])
def test_aligned_odd_and_unaligned_pieces_arrive_in_order(folder: str, tmp_path: Path) -> None:
    place = tmp_path if folder == "tmp_path" else Path(folder)
    path = place / f"direct-{os.getpid()}"
    pieces = [aligned(256 * ALIGNMENT), aligned(ALIGNMENT), aligned(ALIGNMENT)[:100], aligned(2 * ALIGNMENT)]
    pieces.append(memoryview(b"x" + os.urandom(ALIGNMENT))[1:])
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL)
    try:
        writer, offset = DirectWriter(descriptor), 0
        for piece in pieces:
            writer.write(piece, offset)
            offset += len(piece)
        assert path.read_bytes() == b"".join(bytes(piece) for piece in pieces)
    finally:
        os.close(descriptor)
        path.unlink()


def test_real_errors_are_raised() -> None:
    descriptor = os.open("/dev/full", os.O_WRONLY)
    try:
        with pytest.raises(OSError, match="No space left"):
            DirectWriter(descriptor).write(aligned(ALIGNMENT), 0)
    finally:
        os.close(descriptor)


@pytest.mark.parametrize("folder", ["tmp_path", "/dev/shm"])
@pytest.mark.parametrize("skipped", [0, 1, ALIGNMENT])
def test_small_large_and_unaligned_reads_give_the_same_bytes(folder: str, skipped: int, tmp_path: Path) -> None:
    path = (tmp_path if folder == "tmp_path" else Path(folder)) / f"read-{os.getpid()}"
    content = os.urandom(3 * LARGE + 4097)
    path.write_bytes(content)
    try:
        with io.BufferedReader(DirectReader(path), ALIGNMENT) as file:
            found = file.read(skipped)
            for block in (aligned(LARGE), aligned(LARGE)[1:], aligned(LARGE)):
                found += bytes(block[: file.readinto(block)])
            assert found + file.read() == content
            file.seek(5)
            assert file.read() == content[5:]
            assert file.readinto(aligned(LARGE)) == 0
    finally:
        path.unlink()
