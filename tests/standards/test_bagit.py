import hashlib
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jusur.standards import bagit

DIGEST = hashlib.sha256(b"").hexdigest()
HOSTILE = [
    "",
    "/etc/passwd",
    "..",
    "data/../../x",
    "data/./x",
    "data//x",
    "data/",
    "data\\x",
    "C:/x",
    "data/C:",
    "data/file:stream",
    "data/NUL",
    "data/con.txt",
    "data/COM1",
    "data/LPT¹.log",
    "data/x.",
    "data/ x",
    "data/x ",
    "data/a\nb",
    "data/a\0b",
    "data/a\x1bb",
    "data/r\u202ecod.exe",
    "data/zero\u200bwidth",
    "data/e\u0301",
    "data/\udcff",
    "data/" + "x" * 256,
    "data/" + "x/" * 40 + "y",
    "/".join(["data", *["é" * 120] * 5]),
]
NAMES = st.text(min_size=1, max_size=40)
ODD = st.sampled_from([*HOSTILE, "aux", "A", "a", "é", "e\u0301", "ß", "SS", "%", "%0A", "~", "..."])


@pytest.mark.parametrize("path", HOSTILE)
def test_paths_that_mean_something_else_elsewhere_are_refused(path: str) -> None:
    with pytest.raises(bagit.BagError):
        bagit.check_path(path)
    with pytest.raises(bagit.BagError):
        bagit.PathSet().add(path)


@pytest.mark.parametrize(
    "path", ["data/x", "data/مراسلات/تقرير.txt", "data/a b.txt", "data/100%", "data/日本", "data/.hidden"]
)
def test_portable_paths_pass(path: str) -> None:
    assert bagit.check_path(path) == path


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("data/a", "data/A"),
        ("data/a", "data/a"),
        ("data/é", "data/É"),
        ("data/a", "data/a/b"),
        ("data/A/b", "data/a"),
        ("data/straße", "data/STRASSE"),
    ],
)
def test_paths_that_some_computer_takes_for_one_do_not_share_a_bag(first: str, second: str) -> None:
    paths = bagit.PathSet()
    paths.add(first)
    with pytest.raises(bagit.BagError, match="the same"):
        paths.add(second)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.one_of(ODD, NAMES, st.lists(st.one_of(ODD, NAMES), min_size=2, max_size=3).map("/".join)), max_size=6)
)
def test_any_name_becomes_a_portable_path_of_its_own(originals: list[str]) -> None:
    taken = bagit.PathSet()
    for original in originals:
        path = bagit.safe_path(f"data/{original}", taken)
        assert path.startswith("data/")
        taken.add(path)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(ODD, NAMES), min_size=1, max_size=5))
def test_a_manifest_reads_back_what_was_written_or_is_refused(names: list[str]) -> None:
    entries = [(f"data/{name}", DIGEST) for name in names]
    try:
        for path, _ in entries:
            bagit.check_path(path)
    except bagit.BagError:
        with pytest.raises((bagit.BagError, UnicodeEncodeError)):
            list(bagit.read_manifest(b"".join(bagit.manifest_lines(entries))))
    else:
        assert list(bagit.read_manifest(b"".join(bagit.manifest_lines(entries)))) == entries


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_noise_is_no_manifest_and_no_info_and_breaks_nothing(noise: bytes) -> None:
    for read in (lambda: list(bagit.read_manifest(noise)), lambda: bagit.read_info(noise)):
        with suppress(bagit.BagError):
            assert read() is not None


@pytest.mark.parametrize(
    "line",
    [
        b"xyz  data/x\n",
        DIGEST.upper().encode() + b"  data/x\n",
        DIGEST.encode() + b" data/x\n",
        DIGEST.encode() + b"  \n",
        DIGEST.encode() + b"  ../x\n",
        DIGEST.encode() + b"  data/x%2e%2e\n",
        DIGEST.encode() + b"  data/%0Ax\n",
        DIGEST.encode() + b"  data/x",
        DIGEST.encode() + b"  data/" + b"x" * 9000 + b"\n",
        DIGEST.encode() + b"  data/\xff\n",
    ],
)
def test_bad_lines_are_refused(line: bytes) -> None:
    with pytest.raises(bagit.BagError):
        list(bagit.read_manifest(line))


def test_percent_encoding_is_that_of_the_rfc() -> None:
    assert bagit.encode_path("a\r\n%b é") == "a%0D%0A%25b é"
    assert bagit.decode_path("a%0d%0A%25b é") == "a\r\n%b é"
    assert bagit.decode_path("%2525") == "%25"
    for stray in ("%", "%41", "a%0"):
        with pytest.raises(bagit.BagError):
            bagit.decode_path(stray)


def test_info_reads_back() -> None:
    labels = {"Source-Organization": "NCB Oslo", "Payload-Oxum": bagit.oxum(10, 2)}
    assert bagit.read_info(bagit.write_info(labels)) == labels
    assert bagit.read_info(b"A: one\n  two\r\nB: x\n") == {"A": "one two", "B": "x"}
    for value in ("two\nlines", " blank", "a\u202eb"):
        with pytest.raises(bagit.BagError):
            bagit.write_info({"A": value})
    for data in (b"no colon\n", b"A: 1\nA: 2\n", b" first\n", b"A: 1\n" * 300, b"\xff: x\n"):
        with pytest.raises(bagit.BagError):
            bagit.read_info(data)


def test_only_bagit_one_in_utf8_is_declared() -> None:
    bagit.check_declaration(bagit.DECLARATION)
    for data in (b"", b"\xef\xbb\xbf" + bagit.DECLARATION, bagit.DECLARATION.replace(b"1.0", b"0.97")):
        with pytest.raises(bagit.BagError):
            bagit.check_declaration(data)


def test_twins_are_numbered_in_order() -> None:
    taken = bagit.PathSet()
    names = []
    for _ in range(3):
        names.append(bagit.safe_path("data/A.txt", taken))
        taken.add(names[-1])
    assert names == ["data/A.txt", "data/A~2.txt", "data/A~3.txt"]
    assert all(first != second for first, second in pairwise(names))
