"""Extraction into a folder: everything or nothing, never over something that is there, never outside."""

import os
import shutil
from pathlib import Path

from jusur.crypto.age import AgeIdentity
from jusur.crypto.stream import Source
from jusur.kernel.errors import ConflictError
from jusur.packages.errors import PackageError
from jusur.packages.reading import Limits, Progress
from jusur.packages.tar import Member
from jusur.packages.verification import Report, Trust, examine

_LATEST_NS = 2**63 - 1
"""Beyond the year 2262 file systems keep no nanoseconds; such a time is left out rather than bent."""


def extract(
    source: Source,
    identity: AgeIdentity,
    folder: Path,
    *,
    trust: Trust,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Report:
    """Verify the package and leave it as ``folder/<package id>``, if and only if every check holds.

    Files are written into a hidden folder beside it, readable by this user only, which is renamed at the end.

    Raises:
        PackageError: a check does not hold; nothing is left behind.
        ConflictError: ``folder/<package id>`` exists.
        OSError: the disk is full, or the folder cannot be written; nothing is left behind.
    """
    sink = _Folder(folder)
    try:
        report = examine(source, identity, trust=trust, limits=limits, progress=progress, sink=sink)
        if not report.ok:
            raise PackageError(f"The package was not extracted. {report.failures()}")
        sink.commit()
    finally:
        sink.discard()
    return report


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._target: Path | None = None
        self._partial: Path | None = None
        self._descriptor: int | None = None
        self._mtime_ns = 0

    def begin(self, package_id: str, path: str, member: Member) -> None:
        location = self._root(package_id) / path
        location.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._descriptor = os.open(location, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        self._mtime_ns = member.mtime_ns

    def write(self, data: memoryview) -> None:
        offset = 0
        while offset < len(data) and self._descriptor is not None:
            offset += os.write(self._descriptor, data[offset:])

    def end(self) -> None:
        if self._descriptor is not None:
            if abs(self._mtime_ns) <= _LATEST_NS:
                os.utime(self._descriptor, ns=(self._mtime_ns, self._mtime_ns))
            os.close(self._descriptor)
            self._descriptor = None

    def commit(self) -> None:
        if self._partial and self._target:
            _refuse_existing(self._target)
            self._partial.rename(self._target)
            self._partial = None

    def discard(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
        if self._partial:
            shutil.rmtree(self._partial)

    def _root(self, package_id: str) -> Path:
        if self._partial is None:
            target = self._folder / package_id
            _refuse_existing(target)
            partial = self._folder / f".{package_id}.{os.getpid()}.partial"
            partial.mkdir(mode=0o700)
            self._target, self._partial = target, partial
        return self._partial


def _refuse_existing(target: Path) -> None:
    if os.path.lexists(target):
        raise ConflictError("The package was extracted there before.", fix="Choose another folder, or remove that one.")
