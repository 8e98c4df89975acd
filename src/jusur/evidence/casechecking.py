"""The CASE file of a received package, checked against the ontology as ``case_validate`` does.

It is a check of its own and no reason to reject a package: the seals prove whose bytes these are, while a CASE file
says in a vocabulary what the bureau did, and one with mistakes is still the bureau's signed word. Whoever receives it
is told. The check runs in a process of its own, with bounds of size, memory and time.
"""

import json
import subprocess
import sys
from typing import Final

from jusur.packages import Check, Report
from jusur.packages.tar import Member
from jusur.packages.verification import AGE, ARCHIVE
from jusur.standards.case.__main__ import MAX_BYTES

NAME: Final = "case"
PATH: Final = "metadata/case.jsonld"
COMMAND: Final = f"case_validate {PATH}"
SECONDS: Final = 120.0
_PROGRAM: Final = "jusur.standards.case"


class CaseTaker:
    """Takes the CASE file out of a package that is being read; a `jusur.packages.MemberSink`."""

    def __init__(self) -> None:
        self.size: int | None = None
        self._taking = False
        self._content = bytearray()

    def begin(self, package_id: str, path: str, member: Member) -> None:
        """A file begins."""
        if path == PATH:
            self.size = member.size
        self._taking = path == PATH and member.size <= MAX_BYTES

    def write(self, data: memoryview) -> None:
        """The file's next bytes."""
        if self._taking:
            self._content += data

    def end(self) -> None:
        """The file is complete."""
        self._taking = False

    def verdict(self, report: Report) -> Check:
        """What the checker says of the file taken out of the package that ``report`` is about."""
        if not all(check.ok for check in report.checks if check.name in {AGE, ARCHIVE}):
            return _check(ok=False, detail="not reached")
        if self.size is None:
            return _check(ok=False, detail="The package holds no CASE file.")
        if self.size > MAX_BYTES:
            return _check(
                ok=False,
                detail=f"Not checked here: it has {self.size} bytes, more than {MAX_BYTES}. Run the command.",
            )
        return judge(bytes(self._content))


def judge(document: bytes, *, seconds: float = SECONDS) -> Check:
    """The checker's verdict on ``document``; where it comes to none, that it was not checked."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", _PROGRAM], input=document, capture_output=True, check=True, timeout=seconds
        )
        found = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError, OSError) as error:
        return _check(ok=False, detail=f"Not checked here ({type(error).__name__}). Run the command.")
    if not found["count"]:
        return _check(ok=True, detail="conforms to CASE")
    return _check(ok=False, detail=f"{found['count']} findings: {' '.join(found['findings'])}"[:2000])


def _check(*, ok: bool, detail: str) -> Check:
    return Check(NAME, ok=ok, detail=detail, command=COMMAND)
