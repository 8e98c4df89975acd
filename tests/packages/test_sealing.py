import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from blake3 import blake3
from tests.packages import samples

from jusur import packages
from jusur.packages import layout, sources


class Faulty(io.BytesIO):
    """A disk that is full after so many bytes."""

    def __init__(self, room: int) -> None:
        super().__init__()
        self._room = room

    def write(self, data: Any) -> int:
        if self.tell() + len(data) > self._room:
            raise OSError(28, "No space left on device")
        return super().write(data)


def test_the_digests_are_those_of_the_sealed_bytes(tmp_path: Path) -> None:
    package, sealed = samples.seal(samples.evidence(tmp_path), chunk=100_000)
    assert package.size == len(sealed)
    chunks = [sealed[start : start + 100_000] for start in range(0, len(sealed), 100_000)]
    assert package.chunk_size == 100_000
    assert package.chunk_digests == tuple(blake3(chunk).hexdigest() for chunk in chunks)
    assert package.sha256 == hashlib.sha256(sealed).hexdigest()


def test_files_are_recorded_as_they_are(tmp_path: Path) -> None:
    package, _ = samples.seal(samples.evidence(tmp_path))
    by_path = {one.path: one for one in package.files}
    chat = by_path["data/chat.txt"]
    assert (chat.size, chat.original) == (6000, None)
    assert chat.mtime_ns == (tmp_path / "chat.txt").stat().st_mtime_ns
    assert by_path["data/100_x0025_/50_x0025_25.txt"].original == "100%/50%25.txt"
    assert package.payload_bytes == sum(one.size for one in package.files)


def test_a_single_file_is_sealed_under_its_name(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes(b"1")
    package, sealed = samples.seal(tmp_path / "list.csv")
    assert [one.path for one in package.files] == ["data/list.csv"]
    assert samples.verify(sealed).ok


def test_named_files_are_sealed_under_the_paths_given(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "b").write_bytes(b"2")
    package, sealed = samples.seal([(tmp_path / "a", "case 7/first.txt"), (tmp_path / "b", "case 7/first.txt")])
    assert [one.path for one in package.files] == ["data/case 7/first.txt", "data/case 7/first~2.txt"]
    assert samples.verify(sealed).ok
    (tmp_path / "link").symlink_to("a")
    with pytest.raises(packages.SourceError, match="link"):
        samples.seal([(tmp_path / "link", "x")])


def test_hostile_paths_given_for_files_stay_in_the_payload(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    for name in ("../../x", "/etc/passwd", "a//b", "."):
        package, sealed = samples.seal([(tmp_path / "a", name)])
        assert package.files[0].path.startswith("data/")
        assert samples.verify(sealed).ok


def test_progress_ends_at_the_whole(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    package, _ = samples.seal(samples.evidence(tmp_path), progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (package.payload_bytes, package.payload_bytes)
    assert told == sorted(told)


@pytest.mark.parametrize("room", [0, 1000, 300_000, 3_000_000])
def test_a_full_disk_is_an_error_and_no_thread_stays(room: int, tmp_path: Path) -> None:
    import threading

    before = threading.active_count()
    with pytest.raises(OSError, match="No space left"):
        packages.seal(
            samples.evidence(tmp_path),
            Faulty(room),
            recipients=[samples.identity().recipient()],
            contents=samples.contents(),
            seals=samples.seals(),
        )
    assert threading.active_count() == before


@pytest.mark.parametrize("change", ["grows", "shrinks", "touched", "link", "gone"])
def test_evidence_that_changes_while_it_is_read_is_refused(change: str, tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    first.write_bytes(bytes(2_000_000))
    second.write_bytes(bytes(2_000_000))
    done: list[bool] = []

    def act(_done: int, _total: int) -> None:
        if not done:
            done.append(True)
            if change == "grows":
                with second.open("ab") as file:
                    file.write(b"x")
            elif change == "shrinks":
                os.truncate(second, 100)
            elif change == "touched":
                os.utime(second, (1, 1))
            else:
                second.unlink()
                if change == "link":
                    second.symlink_to(first)

    with pytest.raises(packages.SourceError):
        samples.seal(tmp_path, progress=act)


def test_the_file_being_read_may_not_change_either(tmp_path: Path) -> None:
    path = tmp_path / "1"
    path.write_bytes(bytes(5_000_000))
    with pytest.raises(packages.SourceError, match="changed while it was read"):
        samples.seal(tmp_path, progress=lambda done, _total: os.truncate(path, done) if done < 3_000_000 else None)


def test_what_cannot_travel_is_refused(tmp_path: Path) -> None:
    with pytest.raises(packages.SourceError, match="no file to seal"):
        samples.seal(tmp_path)
    with pytest.raises(packages.SourceError, match="cannot be read"):
        samples.seal(tmp_path / "absent")
    (tmp_path / "link").symlink_to("/etc/passwd")
    with pytest.raises(packages.SourceError, match="link"):
        samples.seal(tmp_path)
    (tmp_path / "link").unlink()
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(packages.SourceError, match="special file"):
        samples.seal(tmp_path)


def test_too_many_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_FILES", 2)
    for number in range(3):
        (tmp_path / str(number)).write_bytes(b"")
    with pytest.raises(packages.SourceError, match="more than 2 files"):
        samples.seal(tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names themselves")
def test_names_that_no_court_could_hold_are_changed_and_kept(tmp_path: Path) -> None:
    names = ["a\nb", "CON", "trail.", "A", "a", "e\u0301", "é", "x\\y", " lead", "r\u202ecod.exe", "s:t"]
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe")).write_bytes(b"bytes")
    package, sealed = samples.seal(tmp_path)
    report = samples.verify(sealed)
    assert report.ok, report.failures()
    assert len({one.path.casefold() for one in package.files}) == len(names) + 1
    changed = {one.original: one.path for one in package.files if one.original}
    assert changed["a\nb"] == "data/a_x000A_b"
    assert "\\xff\\xfe" in changed
    assert b"\\\\xff" in report.tags[layout.NAMES]


def test_large_metadata_are_refused(tmp_path: Path) -> None:
    (tmp_path / "1").write_bytes(b"1")
    with pytest.raises(packages.PackageError, match="larger than a package allows"):
        samples.seal(tmp_path, contents=samples.contents(custody=bytes(layout.MAX_TAG + 1)))


@pytest.mark.parametrize(
    ("estimate", "expected"), [(0, 8), (2**37 - 2**29, 8), (2**37, 16), (20 * 2**30, 8), (2**40, 128)]
)
def test_chunks_double_when_there_would_be_too_many(estimate: int, expected: int) -> None:
    assert layout.chunk_size(estimate) == expected * 2**20


def test_memory_stays_flat(tmp_path: Path) -> None:
    script = (
        "import re, sys; from pathlib import Path; from tests.packages import samples; from jusur import packages\n"
        "class Sink:\n    def write(self, data): pass\n"
        "packages.seal(Path(sys.argv[1]), Sink(), recipients=[samples.identity().recipient()],"
        " contents=samples.contents(), seals=samples.seals())\n"
        "print(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1])\n"
    )
    with (tmp_path / "big").open("wb") as file:
        file.truncate(400 * 2**20)
    env = {**os.environ, "PYTHONPATH": f"src{os.pathsep}."}
    command = [sys.executable, "-c", script, str(tmp_path / "big")]
    root = Path(__file__).parents[2]
    used = subprocess.run(command, capture_output=True, check=True, env=env, cwd=root, text=True).stdout
    assert int(used) < 128 * 1024
