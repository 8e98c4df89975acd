"""Sealing: the evidence is read once and leaves as a signed, time-stamped, encrypted package.

One pass in four threads: read and digest | encrypt and digest the whole | digest the chunks | write. On two cores the
digests and the cipher are the limit; the threads are there so that the disk never waits for them nor they for it, and
that either core always has something to do.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from jusur.crypto.age import AgeRecipient, AgeWriter, sealed_size
from jusur.crypto.stream import Sink
from jusur.kernel import canonical, clock
from jusur.packages import layout, tar
from jusur.packages.errors import PackageError
from jusur.packages.layout import ChunkDigests, FileRecord
from jusur.packages.pipeline import BLOCK, ThreadedWriter
from jusur.packages.readme import readme
from jusur.packages.sources import SourceFile, changed, check_unchanged, list_source, open_source
from jusur.standards import bagit

Progress = Callable[[int, int], None]
"""Told ``(bytes done, bytes in all)`` of the payload, about once a mebibyte."""
CaseWriter = Callable[[Sequence[FileRecord]], bytes | Iterable[bytes]]
"""Makes the CASE file once the digests are known; give an iterable where it may be large."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes into a package besides the evidence; JSON as the caller wrote it."""

    package_id: str
    request: bytes
    legal_basis: bytes
    conditions: bytes
    custody: bytes
    verifier: bytes
    case: CaseWriter
    info: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seals:
    """Who vouches: ``sign`` gives a CMS signature and ``stamp`` a time-stamp token over a SHA-256 digest (32 bytes)."""

    sign: Callable[[bytes], bytes]
    stamp: Callable[[bytes], bytes]
    network_ca: bytes
    tsa_root: bytes


@dataclass(frozen=True, slots=True)
class SealedPackage:
    """The sealed file as it was written: ``size`` in bytes, digests in hexadecimal, ``files`` the payload's.

    ``chunk_digests`` are the BLAKE3-256 of its chunks, ``sha256`` is the whole's.
    """

    package_id: str
    size: int
    sha256: str
    chunk_size: int
    chunk_digests: tuple[str, ...]
    tagmanifest_sha256: str
    files: tuple[FileRecord, ...]
    payload_bytes: int
    sealed_at: datetime


def seal(
    source: Path | Sequence[tuple[Path, str]],
    sink: Sink,
    *,
    recipients: Sequence[AgeRecipient],
    contents: Contents,
    seals: Seals,
    progress: Progress | None = None,
    chunk: int = layout.CHUNK_SIZE,
) -> SealedPackage:
    """Seal ``source`` into ``sink`` for ``recipients``. Memory does not grow with the size.

    ``source`` is a file, a folder, or a list of files each with the relative path that it is to have in the package.

    The sink's ``write`` gets views that are valid only during the call; closing or committing it is the caller's,
    and on any error the caller throws away what was written.

    Raises:
        SourceError: the evidence changes while read, is missing, or is of a kind that cannot travel.
        PackageError: metadata larger than the format allows.
    """
    taken = bagit.PathSet()
    listed = list_source(source, taken)
    total = sum(one.size for one in listed)
    estimate = sealed_size(total + len(listed) * 3 * tar.BLOCK, len(recipients))
    whole, chunks = hashlib.sha256(), ChunkDigests(layout.chunk_size(estimate, smallest=chunk))
    sealed = ThreadedWriter(chunks.update, sink.write, own=whole.update)
    try:
        with AgeWriter(sealed, list(recipients)) as writer:
            plain = ThreadedWriter(writer.write)
            try:
                bag = _Bag(plain, contents.package_id)
                bag.payload(listed, progress)
                tagmanifest = bag.finish(contents, seals)
            except BaseException:
                plain.abort()
                raise
            plain.close()
        sealed.close()
    except BaseException:
        sealed.abort()
        raise
    return SealedPackage(
        package_id=contents.package_id,
        size=chunks.size,
        sha256=whole.hexdigest(),
        chunk_size=chunks.chunk_size,
        chunk_digests=chunks.finish(),
        tagmanifest_sha256=tagmanifest,
        files=tuple(bag.files),
        payload_bytes=total,
        sealed_at=bag.sealed_at,
    )


class _Bag:
    """Writes the bag, file after file, as an archive under a folder called by the package's id."""

    def __init__(self, out: ThreadedWriter, package_id: str) -> None:
        self._out = out
        self._id = bagit.check_path(package_id)
        self._tags: list[tuple[str, str]] = []
        self.files: list[FileRecord] = []
        self.sealed_at = clock.now()
        self._time = int(self.sealed_at.timestamp()) * 10**9
        self.tag(bagit.DECLARATION_FILE, bagit.DECLARATION)

    def payload(self, listed: Sequence[SourceFile], progress: Progress | None) -> None:
        total, done = sum(one.size for one in listed), 0
        for source in listed:
            self._out.write(tar.header(f"{self._id}/{source.path}", source.size, source.mtime_ns))
            digest = hashlib.sha256()
            for view in self._read(source):
                digest.update(view)
                done += len(view)
                self._out.advance(len(view))
                if progress:
                    progress(done, total)
            self._out.write(tar.padding(source.size))
            record = FileRecord(source.path, source.size, digest.hexdigest(), source.mtime_ns, source.original)
            self.files.append(record)

    def finish(self, contents: Contents, seals: Seals) -> str:
        """Write everything after the payload; the tag manifest's SHA-256."""
        self._case(contents.case(self.files))
        for path, data in (
            (layout.REQUEST, contents.request),
            (layout.LEGAL_BASIS, contents.legal_basis),
            (layout.CONDITIONS, contents.conditions),
            (layout.CUSTODY, contents.custody),
            (layout.VERIFIER, contents.verifier),
            (layout.README, readme(self._id)),
        ):
            self.tag(path, data)
        renamed = [{"path": one.path, "original": one.original} for one in self.files if one.original]
        if renamed:
            self.tag(layout.NAMES, canonical.encode(renamed))
        self.tag(bagit.INFO_FILE, bagit.write_info(self._info(contents)))
        self.tag(bagit.MANIFEST, b"".join(bagit.manifest_lines((one.path, one.sha256) for one in self.files)))
        tagmanifest = b"".join(bagit.manifest_lines(self._tags))
        self.tag(bagit.TAG_MANIFEST, tagmanifest)
        self._seal(tagmanifest, seals)
        self._out.write(tar.END)
        return canonical.sha256_hex(tagmanifest)

    def tag(self, path: str, data: bytes) -> None:
        if len(data) > layout.MAX_TAG:
            raise PackageError(f"{path} is larger than a package allows.", fix="Seal the evidence in parts.")
        self._out.write(tar.header(f"{self._id}/{path}", len(data), self._time) + data + tar.padding(len(data)))
        self._tags.append((path, canonical.sha256_hex(data)))

    def _seal(self, tagmanifest: bytes, seals: Seals) -> None:
        signature = seals.sign(hashlib.sha256(tagmanifest).digest())
        stamp = seals.stamp(hashlib.sha256(signature).digest())
        before = len(self._tags)
        for path, data in zip(layout.SEALED_BY, (signature, stamp, seals.network_ca, seals.tsa_root), strict=True):
            self.tag(path, data)
        self.tag(layout.SEALS, b"".join(bagit.manifest_lines(self._tags[before:])))

    def _case(self, case: bytes | Iterable[bytes]) -> None:
        """The CASE file grows with the number of files: it is spooled, because an archive wants sizes first."""
        if isinstance(case, bytes):
            case = [case]
        with tempfile.TemporaryFile() as spool:
            digest = hashlib.sha256()
            for piece in case:
                digest.update(piece)
                spool.write(piece)
            size = spool.tell()
            if size > layout.MAX_CASE:
                raise PackageError("The CASE file is larger than a package allows.", fix="Seal the evidence in parts.")
            spool.seek(0)
            self._out.write(tar.header(f"{self._id}/{layout.CASE}", size, self._time))
            while piece := spool.read(BLOCK):
                self._out.write(piece)
            self._out.write(tar.padding(size))
        self._tags.append((layout.CASE, digest.hexdigest()))

    def _info(self, contents: Contents) -> dict[str, str]:
        size = sum(one.size for one in self.files)
        return {
            **contents.info,
            "Bagging-Date": f"{self.sealed_at:%Y-%m-%d}",
            "External-Identifier": self._id,
            "Payload-Oxum": bagit.oxum(size, len(self.files)),
            "Jusur-Format": layout.FORMAT,
            "Jusur-Sealed-At": clock.timestamp(self.sealed_at),
        }

    def _read(self, source: SourceFile) -> Iterator[memoryview]:
        descriptor = open_source(source)
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            left = source.size
            while left:
                room = self._out.room()[:left]
                count = file.readinto(room)
                if not count:
                    raise changed()
                left -= count
                yield room[:count]
            if file.read(1):
                raise changed()
            check_unchanged(source, descriptor)
