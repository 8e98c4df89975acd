"""Walking through a sealed package once, front to back: decrypt, parse strictly, digest; nothing is written here."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from jusur.crypto.age import AgeIdentity, AgeReader
from jusur.crypto.stream import Source
from jusur.packages import layout
from jusur.packages.errors import PackageError
from jusur.packages.pipeline import ReadAhead
from jusur.packages.tar import Member, TarReader
from jusur.standards import bagit

_KNOWN_TAGS = {
    *layout.TAG_FILES,
    *layout.SEALED_BY,
    layout.NAMES,
    layout.SEALS,
    bagit.DECLARATION_FILE,
    bagit.INFO_FILE,
    bagit.MANIFEST,
    bagit.TAG_MANIFEST,
}
_NOT_KEPT = {layout.CASE, layout.VERIFIER, layout.README}


@dataclass(frozen=True, slots=True)
class Limits:
    """The most a package may hold: files, and bytes of all files together."""

    files: int = layout.MAX_FILES
    total: int = layout.MAX_TOTAL


class MemberSink(Protocol):
    """Where an extraction puts files."""

    def begin(self, package_id: str, path: str, member: Member) -> None:
        """A file begins; its path was checked."""

    def write(self, data: memoryview) -> None:
        """The file's next bytes."""

    def end(self) -> None:
        """The file is complete."""


@dataclass(slots=True)
class Walked:
    """What was found, not yet judged: of the payload digest, size and mtime by path; the small tag files themselves."""

    package_id: str = ""
    payload: dict[str, tuple[bytes, int, int]] = field(default_factory=dict)
    tag_digests: dict[str, str] = field(default_factory=dict)
    tags: dict[str, bytes] = field(default_factory=dict)
    payload_bytes: int = 0
    sealed_size: int = 0
    sealed_sha256: str = ""


Progress = Callable[[int], None]
"""Told the bytes of plaintext done so far."""


Tee = Callable[[memoryview], object]
"""Given the plain archive as it is read, before it is judged; the view is valid only during the call."""


def walk(
    source: Source,
    identity: AgeIdentity,
    *,
    limits: Limits,
    sink: MemberSink | None = None,
    progress: Progress | None = None,
    tee: Tee | None = None,
) -> Walked:
    """Everything in the package that ``source`` holds, to its last byte.

    Raises:
        AgeError: not for this key, altered or cut short.
        PackageError, BagError: not of the sealed package format, a path that is not portable, or beyond the limits.
    """
    sealed = _Counted()
    ahead = ReadAhead(source, sealed.update)
    try:
        plain = ReadAhead(AgeReader(ahead, identity), *([tee] if tee else []))
        try:
            walked = _Walk(plain, limits, sink, progress).run()
        finally:
            plain.close()
    finally:
        ahead.close()
    walked.sealed_size, walked.sealed_sha256 = sealed.size, sealed.digest.hexdigest()
    return walked


class _Counted:
    """Size and digest of the sealed bytes."""

    def __init__(self) -> None:
        self.digest = hashlib.sha256()
        self.size = 0

    def update(self, data: memoryview) -> None:
        self.digest.update(data)
        self.size += len(data)


class _Walk:
    def __init__(self, plain: ReadAhead, limits: Limits, sink: MemberSink | None, progress: Progress | None) -> None:
        self._tar = TarReader(plain.read_view)
        self._limits = limits
        self._sink = sink
        self._progress = progress
        self._paths = bagit.PathSet()
        self._done = 0
        self._files = 0
        self._kept = 0
        self._found = Walked()

    def run(self) -> Walked:
        for member in self._tar:
            path = self._place(member)
            self._count(member)
            if self._sink:
                self._sink.begin(self._found.package_id, path, member)
            if path.startswith(f"{bagit.PAYLOAD}/"):
                self._found.payload[path] = (self._digest(None), member.size, member.mtime_ns)
                self._found.payload_bytes += member.size
            else:
                self._tag(path, member)
            if self._sink:
                self._sink.end()
        return self._found

    def _place(self, member: Member) -> str:
        package_id, _, path = member.path.partition("/")
        if not self._found.package_id:
            self._found.package_id = bagit.check_path(package_id)
        if package_id != self._found.package_id:
            raise PackageError("The package holds files outside its own folder.")
        self._paths.add(path)
        if not path.startswith(f"{bagit.PAYLOAD}/") and path not in _KNOWN_TAGS:
            raise PackageError("The package holds a file that its format does not have.")
        return path

    def _count(self, member: Member) -> None:
        self._files += 1
        if self._files > self._limits.files + len(_KNOWN_TAGS):
            raise PackageError(f"The package holds more than {self._limits.files} files.")
        if self._done + member.size > self._limits.total:
            raise PackageError(f"The package holds more than {self._limits.total} bytes.")

    def _tag(self, path: str, member: Member) -> None:
        kept = None if path in _NOT_KEPT else bytearray()
        self._kept += member.size if kept is not None else 0
        if self._kept > 2 * layout.MAX_TAG or member.size > (layout.MAX_CASE if kept is None else layout.MAX_TAG):
            raise PackageError("The package's metadata are larger than the format allows.")
        self._found.tag_digests[path] = self._digest(kept).hex()
        if kept is not None:
            self._found.tags[path] = bytes(kept)

    def _digest(self, kept: bytearray | None) -> bytes:
        digest = hashlib.sha256()
        for view in self._tar.chunks():
            digest.update(view)
            self._done += len(view)
            if kept is not None:
                kept += view
            if self._sink:
                self._sink.write(view)
            if self._progress:
                self._progress(self._done)
        return digest.digest()
