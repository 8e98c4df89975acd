import io
import tarfile
from collections.abc import Callable
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jusur.packages import PackageError, tar

NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0/"), min_size=1, max_size=60)


def read(data: bytes, step: int = 700) -> list[tuple[tar.Member, bytes]]:
    source = io.BytesIO(data)
    reader = tar.TarReader(lambda size: memoryview(source.read(min(size, step))))
    return [(member, b"".join(bytes(view) for view in reader.chunks())) for member in reader]


def archive(*files: tuple[str, bytes, int]) -> bytes:
    out = b""
    for path, data, mtime in files:
        out += tar.header(path, len(data), mtime) + data + tar.padding(len(data))
    return out + tar.END


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(NAMES, st.binary(max_size=1500), st.integers(-(10**18), 10**19)), max_size=4))
def test_what_is_written_is_read_back_here_and_by_python(files: list[tuple[str, bytes, int]]) -> None:
    data = archive(*files)
    assert [(member.path, content, member.mtime_ns) for member, content in read(data)] == files
    with tarfile.open(fileobj=io.BytesIO(data)) as python:
        assert [info.name for info in python] == [name for name, _, _ in files]


def test_sizes_beyond_eight_gibibytes_are_written_and_read() -> None:
    source = io.BytesIO(tar.header("big", 2**40, 0))
    reader = iter(tar.TarReader(lambda size: memoryview(source.read(size))))
    assert next(reader).size == 2**40


def member(change: Callable[[tarfile.TarInfo], None], fmt: Literal[0, 1, 2] = 2) -> bytes:
    info = tarfile.TarInfo("name")
    change(info)
    return info.tobuf(fmt) + tar.END


def extended(records: dict[str, str]) -> bytes:
    return member(lambda info: setattr(info, "pax_headers", records))


def typed(kind: bytes) -> bytes:
    return member(lambda info: setattr(info, "type", kind))


GOOD = archive(("name", b"content", 0))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        GOOD[:-600],
        GOOD[:400],
        GOOD[:515],
        GOOD + b"more",
        GOOD + bytes(100_000),
        GOOD[:520] + b"x" + GOOD[521:],
        typed(tarfile.SYMTYPE),
        typed(tarfile.LNKTYPE),
        typed(tarfile.DIRTYPE),
        typed(tarfile.CHRTYPE),
        typed(tarfile.FIFOTYPE),
        typed(tarfile.GNUTYPE_SPARSE),
        typed(b"g"),
        member(lambda info: setattr(info, "linkname", "x")),
        member(lambda info: setattr(info, "name", "x" * 200), 1),
        member(lambda info: setattr(info, "name", "x" * 90 + "/" + "y" * 90), 0),
        extended({"comment": "x"}),
        extended({"path": "x" * 10_000}),
        extended({"mtime": "yesterday"}),
        extended({"size": "-1"}),
        extended({"size": "9" * 30}),
        GOOD[:148] + b"0000000\0" + GOOD[156:],
        b"x" * 5000,
    ],
    ids=range(24),
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(PackageError):
        read(data)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=600), st.integers(0, 1500))
def test_noise_is_refused_or_read_but_never_breaks(noise: bytes, at: int) -> None:
    base = archive(("n" * 150, b"content", 1_700_000_000_123_456_789))
    data = base[:at] + noise + base[at + len(noise) :]
    try:
        assert len(read(data)) <= 2
    except PackageError:
        assert data != base
