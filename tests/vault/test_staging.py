import os
import random
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jusur.kernel.errors import ConflictError, InvalidInputError
from jusur.vault import VaultFullError, staging
from jusur.vault.staging import StagedSizedWriter, StagedWriter, clear_abandoned

CHUNK = 1000


def writer(folder: Path, size: int = 3500, chunk: int = CHUNK) -> StagedSizedWriter:
    target = folder / "done"
    return StagedSizedWriter(folder, "a/b", size, chunk, target.hardlink_to)


def content(size: int = 3500) -> bytes:
    return random.Random(size).randbytes(size)


def put(target: StagedSizedWriter, data: bytes, index: int) -> bool:
    return target.write_at(index * target.chunk_size, data[index * target.chunk_size :][: target.chunk_size])


@given(order=st.permutations(range(4)), stops=st.sets(st.integers(0, 3)))
@settings(max_examples=30)
def test_chunks_arrive_in_any_order_with_any_interruption(
    tmp_path_factory: pytest.TempPathFactory, order: list[int], stops: set[int]
) -> None:
    folder, data = tmp_path_factory.mktemp("staging"), content()
    target = writer(folder)
    for step, index in enumerate(order):
        if step in stops:
            target.close()
            target = writer(folder)
            assert target.missing() == sorted(order[step:])
        assert put(target, data, index)
        assert not put(target, data, index)
    assert target.commit() == len(data)
    assert (folder / "done").read_bytes() == data
    assert [path.name for path in folder.iterdir()] == ["done"]


def test_many_threads_write_at_once(tmp_path: Path) -> None:
    data = content(200 * CHUNK)
    with writer(tmp_path, len(data)) as target:

        def lane(start: int) -> None:
            for index in range(start, 200, 4):
                put(target, data, index)

        lanes = [threading.Thread(target=lane, args=(start,)) for start in range(4)]
        for thread in lanes:
            thread.start()
        for thread in lanes:
            thread.join()
        target.commit()
    assert (tmp_path / "done").read_bytes() == data


@pytest.mark.parametrize(("offset", "length"), [(1, CHUNK), (0, CHUNK - 1), (3000, CHUNK), (4000, 1), (-1000, CHUNK)])
def test_what_is_not_a_chunk_is_refused(tmp_path: Path, offset: int, length: int) -> None:
    with writer(tmp_path) as target, pytest.raises(InvalidInputError):
        target.write_at(offset, bytes(length))


@pytest.mark.parametrize(("size", "chunk"), [(0, 1), (-1, 1), (1, 0), (1 << 40, 1)])
def test_impossible_sizes_are_refused(tmp_path: Path, size: int, chunk: int) -> None:
    with pytest.raises(InvalidInputError):
        writer(tmp_path, size, chunk)


def test_an_unfinished_object_cannot_be_committed(tmp_path: Path) -> None:
    with writer(tmp_path) as target:
        put(target, content(), 0)
        with pytest.raises(ConflictError, match="3 chunks"):
            target.commit()
    assert not (tmp_path / "done").exists()


def test_a_wrong_chunk_is_forgotten_for_good(tmp_path: Path) -> None:
    with writer(tmp_path) as target:
        put(target, content(), 0)
        assert target.read_at(0, 4) == content()[:4]
        target.forget(0)
    with writer(tmp_path) as target:
        assert target.missing() == [0, 1, 2, 3]


def test_one_process_at_a_time(tmp_path: Path) -> None:
    with writer(tmp_path), pytest.raises(ConflictError, match="another process"):
        writer(tmp_path)


def test_another_size_under_the_same_name_is_refused(tmp_path: Path) -> None:
    writer(tmp_path).close()
    with pytest.raises(ConflictError, match="another size"):
        writer(tmp_path, 3501)


def test_abort_leaves_nothing(tmp_path: Path) -> None:
    target = writer(tmp_path)
    put(target, content(), 1)
    target.abort()
    target.close()
    assert not list(tmp_path.iterdir())


def test_a_torn_journal_loses_one_chunk_at_most(tmp_path: Path) -> None:
    with writer(tmp_path) as target:
        for index in range(3):
            put(target, content(), index)
    journal = tmp_path / "journal-a~b"
    journal.write_bytes(journal.read_bytes()[:-5])
    with writer(tmp_path) as target:
        assert target.missing() == [2, 3]
        put(target, content(), 3)
    with writer(tmp_path) as target:
        assert target.missing() == [2]


def test_after_a_power_failure_only_what_was_synchronised_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "SYNC_BYTES", 2 * CHUNK)
    with writer(tmp_path) as target:
        for index in range(3):
            put(target, content(), index)
    monkeypatch.setattr(staging, "_boot", lambda: 77)
    with writer(tmp_path) as target:
        assert target.missing() == [2, 3]


def test_a_part_that_vanished_is_begun_anew(tmp_path: Path) -> None:
    with writer(tmp_path) as target:
        put(target, content(), 0)
    (tmp_path / "part-a~b").unlink()
    with writer(tmp_path) as target:
        assert target.missing() == [0, 1, 2, 3]


_VICTIM = """
import sys
from pathlib import Path
from jusur.vault.staging import StagedSizedWriter
folder, chunk = Path(sys.argv[1]), 65536
target = StagedSizedWriter(folder, "x", 4000 * chunk, chunk, lambda path: None)
for index in target.missing():
    print(index, flush=True)
    target.write_at(index * chunk, bytes([index % 251]) * chunk)
"""


def test_after_kill_9_at_most_the_chunk_in_hand_is_missing(tmp_path: Path) -> None:
    done = 0
    for kill_after in (1, 7, 40):
        victim = subprocess.Popen([sys.executable, "-c", _VICTIM, str(tmp_path)], stdout=subprocess.PIPE)
        assert victim.stdout is not None
        begun = [int(victim.stdout.readline()) for _ in range(kill_after)]
        victim.send_signal(signal.SIGKILL)
        begun += [int(line) for line in victim.stdout.read().split()]
        victim.wait()
        victim.stdout.close()
        assert begun[0] == done
        with StagedSizedWriter(tmp_path, "x", 4000 * 65536, 65536, lambda path: None) as target:
            done = target.missing()[0]
            assert target.missing() == list(range(done, 4000))
            assert done >= begun[-1]
            for index in range(done):
                assert target.read_at(index * 65536, 65536) == bytes([index % 251]) * 65536


@pytest.fixture
def small_files() -> Iterator[None]:
    """No file may grow past 10,000 bytes: the system refuses as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("small_files")
def test_a_full_disk_leaves_nothing_of_a_stream(tmp_path: Path) -> None:
    target = StagedWriter(tmp_path, (tmp_path / "done").hardlink_to)
    with pytest.raises(VaultFullError):
        target.write(bytes(20_000))
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("small_files")
def test_a_full_disk_leaves_nothing_of_a_sized_object(tmp_path: Path) -> None:
    with pytest.raises(VaultFullError):
        writer(tmp_path, 20_000)
    assert not list(tmp_path.iterdir())


def test_what_cannot_fit_is_refused_before_a_byte_is_taken(tmp_path: Path) -> None:
    with pytest.raises(VaultFullError, match="no room"):
        writer(tmp_path, 1 << 60, 1 << 40)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("part")]


def test_a_really_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount a file system")
    monkeypatch.setattr(staging, "RESERVE_BYTES", 0)
    try:
        with StagedWriter(disk, (disk / "done").hardlink_to) as target, pytest.raises(VaultFullError):
            target.write(bytes(100_000))
        assert not list(disk.iterdir())
        (disk / "other").write_bytes(bytes(40_000))
        with pytest.raises(VaultFullError):
            writer(disk, 40_000)
        assert [path.name for path in disk.iterdir() if path.name != "journal-a~b"] == ["other"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_what_a_killed_writer_left_is_cleared_and_a_living_ones_is_not(tmp_path: Path) -> None:
    (tmp_path / "new-dead").write_bytes(b"x")
    with StagedWriter(tmp_path, lambda path: None) as target:
        target.write(b"y")
        clear_abandoned(tmp_path)
        assert len(list(tmp_path.iterdir())) == 1
    assert not list(tmp_path.iterdir())


def test_staged_files_are_private(tmp_path: Path) -> None:
    with writer(tmp_path), StagedWriter(tmp_path, lambda path: None):
        assert all(path.stat().st_mode & 0o077 == 0 for path in tmp_path.iterdir())
        assert all(path.stat().st_uid == os.geteuid() for path in tmp_path.iterdir())
