import io
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
from tests.packages import samples
from tests.standards import case_corpus

from jusur import packages
from jusur.evidence import casechecking
from jusur.evidence.casechecking import CaseTaker, judge
from jusur.packages.tar import Member
from jusur.packages.verification import examine
from jusur.standards.case.__main__ import MAX_BYTES

GOOD = json.dumps(case_corpus.document()).encode()
BAD = GOOD.replace(b"2026-", b"some time in ", 1)


def received(tmp_path: Path, case: bytes) -> tuple[packages.Report, packages.Check]:
    """What the receiving bureau finds of a package with this CASE file, rightly sealed."""

    def write(files: Sequence[packages.FileRecord]) -> Iterable[bytes]:
        yield case

    (tmp_path / "a.txt").write_bytes(b"evidence")
    _, sealed = samples.seal(tmp_path, contents=samples.contents(case=write))
    taker = CaseTaker()
    source = io.BytesIO(sealed)
    report = examine(source, samples.identity(), trust=samples.trust(), limits=None, progress=None, sink=taker)
    return report, taker.verdict(report)


def test_a_good_case_file_passes(tmp_path: Path) -> None:
    report, case = received(tmp_path, GOOD)
    assert (report.failures(), case.name, case.ok, case.detail) == ("", "case", True, "conforms to CASE")


@pytest.mark.parametrize("content", [BAD, b"", b"{", b"[" * 10_000, b"\xff", b'{"@graph": [], "@graph": []}'])
def test_a_case_file_with_mistakes_is_told_and_rejects_nothing(tmp_path: Path, content: bytes) -> None:
    report, case = received(tmp_path, content)
    assert (report.failures(), case.ok) == ("", False)
    assert case.detail


def test_findings_are_named(tmp_path: Path) -> None:
    _, case = received(tmp_path, BAD)
    assert "1 findings" in case.detail
    assert "dateTime" in case.detail


def test_a_huge_case_file_is_neither_held_nor_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(casechecking, "judge", pytest.fail)
    _, case = received(tmp_path, b" " * (MAX_BYTES + 1))
    assert (case.ok, "Run the command" in case.detail) == (False, True)
    taker = CaseTaker()
    taker.begin("p", casechecking.PATH, packages_member(MAX_BYTES + 1))
    taker.write(memoryview(bytes(1000)))
    assert taker._content == b""


def packages_member(size: int) -> Member:
    return Member(casechecking.PATH, size, 0)


def test_a_check_that_takes_too_long_or_dies_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    assert judge(GOOD, seconds=0.001).detail.startswith("Not checked here (TimeoutExpired)")
    monkeypatch.setattr(casechecking, "_PROGRAM", "jusur.no_such_program")
    assert judge(GOOD).detail.startswith("Not checked here (CalledProcessError)")


def test_a_package_that_cannot_be_read_has_no_case_to_check() -> None:
    taker = CaseTaker()
    report = packages.Report((packages.Check("age", ok=False, detail="x", command=""),))
    assert taker.verdict(report).detail == "not reached"
