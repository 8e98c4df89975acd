"""Sealing a received package to another bureau, its archive byte for byte and its originator's seals within."""

import hashlib
from collections.abc import Sequence

from jusur.crypto.age import AgeIdentity, AgeRecipient, AgeWriter
from jusur.crypto.stream import Sink, Source
from jusur.kernel import clock
from jusur.packages import layout
from jusur.packages.errors import PackageError
from jusur.packages.layout import ChunkDigests, FileRecord
from jusur.packages.pipeline import ThreadedWriter
from jusur.packages.reading import Limits, Progress, walk
from jusur.packages.sealing import SealedPackage
from jusur.packages.verification import Trust, report_on


def reseal(
    source: Source,
    identity: AgeIdentity,
    sink: Sink,
    *,
    recipients: Sequence[AgeRecipient],
    trust: Trust,
    estimate: int = 0,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> SealedPackage:
    """Open, check and seal again in one pass; nothing of the content touches a disk.

    ``estimate`` is the sealed size in bytes, from which the size of the chunks follows. On any error the caller
    throws away what was written to ``sink``.

    Raises:
        AgeError, PackageError, BagError: the package cannot be opened or a check does not hold.
    """
    whole, chunks = hashlib.sha256(), ChunkDigests(layout.chunk_size(estimate))
    sealed = ThreadedWriter(chunks.update, sink.write, own=whole.update)
    try:
        with AgeWriter(sealed, list(recipients)) as writer:
            walked = walk(source, identity, limits=limits or Limits(), progress=progress, tee=writer.write)
            report = report_on(walked, trust)
            if not report.ok:
                raise PackageError(f"The package was not passed on. {report.failures()}")
        sealed.close()
    except BaseException:
        sealed.abort()
        raise
    return SealedPackage(
        package_id=walked.package_id,
        size=chunks.size,
        sha256=whole.hexdigest(),
        chunk_size=chunks.chunk_size,
        chunk_digests=chunks.finish(),
        tagmanifest_sha256=report.tagmanifest_sha256,
        files=tuple(
            FileRecord(path, size, digest.hex(), mtime) for path, (digest, size, mtime) in walked.payload.items()
        ),
        payload_bytes=walked.payload_bytes,
        sealed_at=clock.now(),
    )
