"""Verification: every check that a court's own programs would make, without writing the evidence anywhere."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509

from jusur.crypto import cms, timestamps
from jusur.crypto.age import AgeError, AgeIdentity
from jusur.crypto.errors import CryptoError
from jusur.crypto.stream import Source
from jusur.kernel.errors import JusurError
from jusur.packages import layout
from jusur.packages.errors import PackageError
from jusur.packages.reading import Limits, MemberSink, Progress, Walked, walk
from jusur.packages.readme import COMMANDS
from jusur.standards import bagit

AGE, ARCHIVE, BAG, CMS, TIMESTAMP = "age", "archive", "bagit", "cms", "timestamp"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, whether it holds, what was found, and the command with which anyone can repeat it."""

    name: str
    ok: bool
    detail: str
    command: str


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict on a package, and what it holds (empty where the package could not be read)."""

    checks: tuple[Check, ...]
    package_id: str = ""
    sealed_size: int = 0
    sealed_sha256: str = ""
    tagmanifest_sha256: str = ""
    files: tuple[tuple[str, int, str], ...] = field(default=(), repr=False)
    payload_bytes: int = 0
    tags: dict[str, bytes] = field(default_factory=dict, repr=False)
    signer: x509.Certificate | None = None
    signed_at: datetime | None = None
    timestamp: timestamps.Timestamp | None = None

    @property
    def ok(self) -> bool:
        """Whether every check holds."""
        return all(check.ok for check in self.checks)

    def failures(self) -> str:
        """The checks that do not hold, in one sentence each."""
        return " ".join(f"{check.name}: {check.detail}" for check in self.checks if not check.ok)


@dataclass(frozen=True, slots=True)
class Trust:
    """The authorities trusted by whoever verifies, never those that the package brings along."""

    network: Sequence[x509.Certificate]
    timestamps: Sequence[x509.Certificate]


def verify(
    source: Source,
    identity: AgeIdentity,
    *,
    trust: Trust,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Report:
    """Decrypt and check the whole package as a stream.

    A package that fails is a verdict, not an error: nothing is raised for what the package holds, only for a
    ``source`` that cannot be read (OSError).
    """
    return examine(source, identity, trust=trust, limits=limits, progress=progress)


def examine(
    source: Source,
    identity: AgeIdentity,
    *,
    trust: Trust,
    limits: Limits | None,
    progress: Progress | None,
    sink: MemberSink | None = None,
) -> Report:
    """As :func:`verify`, handing the files to ``sink`` on the way; what it got is good only if the report is."""
    try:
        walked = walk(source, identity, limits=limits or Limits(), sink=sink, progress=progress)
    except (AgeError, PackageError, bagit.BagError) as error:
        return Report(tuple(_unreadable(error)))
    return report_on(walked, trust)


def report_on(walked: Walked, trust: Trust) -> Report:
    """The verdict on a package that could be read to its end."""
    judge = _Judge(walked, trust)
    checks = (
        _check(AGE, walked, lambda: "opened and authenticated to the last byte"),
        _check(ARCHIVE, walked, lambda: f"{len(walked.payload)} files, {walked.payload_bytes} bytes of evidence"),
        _check(BAG, walked, judge.bag),
        _check(TIMESTAMP, walked, judge.timestamp),
        _check(CMS, walked, judge.signature),
    )
    return Report(
        checks=checks,
        package_id=walked.package_id,
        sealed_size=walked.sealed_size,
        sealed_sha256=walked.sealed_sha256,
        tagmanifest_sha256=walked.tag_digests.get(bagit.TAG_MANIFEST, ""),
        files=tuple((path, size, digest.hex()) for path, (digest, size, _) in walked.payload.items()),
        payload_bytes=walked.payload_bytes,
        tags=walked.tags,
        signer=judge.signer.certificate if judge.signer else None,
        signed_at=judge.signer.signing_time if judge.signer else None,
        timestamp=judge.stamp,
    )


class _Judge:
    """The checks, each giving what it found or raising why it does not hold."""

    def __init__(self, walked: Walked, trust: Trust) -> None:
        self._walked = walked
        self._trust = trust
        self.stamp: timestamps.Timestamp | None = None
        self.signer: cms.CmsSignature | None = None

    def bag(self) -> str:
        walked, tags = self._walked, self._walked.tags
        missing = {*layout.TAG_FILES, *layout.SEALED_BY, layout.SEALS, bagit.INFO_FILE} - walked.tag_digests.keys()
        missing |= {bagit.DECLARATION_FILE, bagit.MANIFEST, bagit.TAG_MANIFEST} - walked.tag_digests.keys()
        if missing:
            raise PackageError(f"The package lacks {', '.join(sorted(missing))}.")
        bagit.check_declaration(tags[bagit.DECLARATION_FILE])
        payload = ((path, digest.hex()) for path, (digest, _, _) in walked.payload.items())
        _compare(bagit.MANIFEST, tags, payload, len(walked.payload))
        after = {bagit.TAG_MANIFEST, layout.SEALS, *layout.SEALED_BY}
        listed = {path: digest for path, digest in walked.tag_digests.items() if path not in after}
        _compare(bagit.TAG_MANIFEST, tags, listed.items(), len(listed))
        _compare(layout.SEALS, tags, [(path, walked.tag_digests[path]) for path in layout.SEALED_BY], 4)
        info = bagit.read_info(tags[bagit.INFO_FILE])
        expected = {
            "Payload-Oxum": bagit.oxum(walked.payload_bytes, len(walked.payload)),
            "External-Identifier": walked.package_id,
            "Jusur-Format": layout.FORMAT,
        }
        for label, value in expected.items():
            if info.get(label) != value:
                raise PackageError(f"bag-info.txt gives another {label} than the package has.")
        return f"{len(walked.payload)} files and {len(listed)} tag files are as listed"

    def timestamp(self) -> str:
        digest = hashlib.sha256(self._tag(layout.SIGNATURE)).digest()
        self.stamp = timestamps.verify(self._tag(layout.TIMESTAMP), digest, roots=self._trust.timestamps)
        note = " by a demonstration authority" if self.stamp.demonstration else ""
        return f"stamped at {self.stamp.time:%Y-%m-%d %H:%M:%S} UTC{note}"

    def signature(self) -> str:
        digest = hashlib.sha256(self._tag(bagit.TAG_MANIFEST)).digest()
        at = self.stamp.time if self.stamp else None
        signature = self._tag(layout.SIGNATURE)
        self.signer = cms.verify_detached(signature, digest, roots=self._trust.network, at=at)
        return f"sealed by {self.signer.certificate.subject.rfc4514_string()[:200]}"

    def _tag(self, path: str) -> bytes:
        if path not in self._walked.tags:
            raise PackageError(f"The package lacks {path}.")
        return self._walked.tags[path]


def _compare(manifest: str, tags: dict[str, bytes], found: Iterable[tuple[str, str]], count: int) -> None:
    """Refuse a manifest that does not list exactly what was found. Raises PackageError or BagError."""
    listed: dict[str, str] = {}
    for path, digest in bagit.read_manifest(tags[manifest]):
        if path in listed or len(listed) == count:
            raise PackageError(f"{manifest} lists a file twice or one that is not there.")
        listed[path] = digest
    for path, digest in found:
        if listed.get(path) != digest:
            raise PackageError(f"A file is not as {manifest} lists it: it was altered, added or is not listed.")
    if len(listed) != count:
        raise PackageError(f"{manifest} lists files that are not there.")


def _check(name: str, walked: Walked, judge: Callable[[], str]) -> Check:
    command = _command(name, walked.package_id)
    try:
        return Check(name, ok=True, detail=judge(), command=command)
    except (PackageError, bagit.BagError, CryptoError) as error:
        return Check(name, ok=False, detail=error.detail, command=command)


def _unreadable(error: JusurError) -> Iterator[Check]:
    opened = not isinstance(error, AgeError)
    for name in (AGE, ARCHIVE, BAG, TIMESTAMP, CMS):
        ok = name == AGE and opened
        detail = "opened, as far as it was read" if ok else "not reached"
        if name == (ARCHIVE if opened else AGE):
            detail = error.detail
        yield Check(name, ok=ok, detail=detail, command=_command(name, ""))


def _command(name: str, package_id: str) -> str:
    return COMMANDS.get(name, COMMANDS["age"]).format(id=package_id or "PACKAGE")
