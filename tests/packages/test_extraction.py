import io
from pathlib import Path

import pytest
from tests.packages import samples

from jusur import packages
from jusur.kernel.errors import ConflictError


@pytest.fixture
def sealed(tmp_path: Path) -> bytes:
    return samples.seal(samples.evidence(tmp_path / "evidence"))[1]


def extract(sealed: bytes, folder: Path, limits: packages.Limits | None = None) -> packages.Report:
    return packages.extract(io.BytesIO(sealed), samples.identity(), folder, trust=samples.trust(), limits=limits)


def test_everything_comes_out_as_it_went_in(sealed: bytes, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    report = extract(sealed, out)
    bag = out / samples.PACKAGE_ID
    for path, size, _ in report.files:
        assert (bag / path).stat().st_size == size
    source = tmp_path / "evidence" / "chat.txt"
    copy = bag / "data" / "chat.txt"
    assert copy.read_bytes() == source.read_bytes()
    assert copy.stat().st_mtime_ns == source.stat().st_mtime_ns
    assert copy.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in out.iterdir()] == [samples.PACKAGE_ID]


def test_nothing_is_overwritten(sealed: bytes, tmp_path: Path) -> None:
    (tmp_path / samples.PACKAGE_ID).mkdir()
    with pytest.raises(ConflictError, match="extracted there before"):
        extract(sealed, tmp_path)
    assert list((tmp_path / samples.PACKAGE_ID).iterdir()) == []


def test_a_bad_package_leaves_nothing_behind(sealed: bytes, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    altered = bytearray(sealed)
    altered[-100] ^= 1
    for data, limits in ((bytes(altered), packages.Limits()), (sealed, packages.Limits(total=100_000))):
        with pytest.raises(packages.PackageError, match="was not extracted"):
            extract(data, out, limits=limits)
        assert list(out.iterdir()) == []


def test_a_bomb_stops_at_its_header(tmp_path: Path) -> None:
    """A header that claims more than allowed is refused before one byte of it is written."""
    from jusur.packages import tar

    bomb = samples.wrap(tar.header("p/data/huge", 2**50, 0) + bytes(10_000_000))
    with pytest.raises(packages.PackageError, match="more than"):
        extract(bomb, tmp_path)
    assert list(tmp_path.iterdir()) == []
