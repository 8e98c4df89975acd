"""Names, limits and digests of the sealed package format, version 1 (docs/reference/sealed-package.md)."""

import hashlib
from dataclasses import dataclass

from jusur.crypto.stream import Sink
from jusur.packages.errors import PackageError
from jusur.standards import bagit

FORMAT = "jusur-package/1"
SUFFIX = ".tar.age"

CASE = "metadata/case.jsonld"
REQUEST = "metadata/request.json"
LEGAL_BASIS = "metadata/legal-basis.json"
CONDITIONS = "metadata/conditions.json"
CUSTODY = "metadata/custody.json"
NAMES = "metadata/names.json"
VERIFIER = "verify/jusur_verify.py"
README = "README.txt"
SIGNATURE = "signature.p7s"
TIMESTAMP = "timestamp.tst"
NETWORK_CA = "network-ca.pem"
TSA_ROOT = "tsa-root.pem"
SEALS = "seals-sha256.txt"

TAG_FILES = (CASE, REQUEST, LEGAL_BASIS, CONDITIONS, CUSTODY, VERIFIER, README)
"""Tag files every package has, besides BagIt's own; ``metadata/names.json`` only where a name had to change."""
SEALED_BY = (SIGNATURE, TIMESTAMP, NETWORK_CA, TSA_ROOT)
"""What comes after the tag manifest and can therefore not be in it; listed in ``seals-sha256.txt``."""

MAX_FILES = 100_000
MAX_TOTAL = 2**44
MAX_TAG = 24 * 1024 * 1024
"""Most bytes of a tag file that is kept in memory."""
MAX_CASE = 2**30
CHUNK_SIZE = 8 * 1024 * 1024
MAX_CHUNKS = 16_384
_SLACK = 2**29


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A payload file.

    ``path`` in the bag, ``size`` in bytes, ``sha256`` in hexadecimal, ``mtime_ns`` since 1970, and ``original``: the
    name it had, where that had to change (bytes that are no UTF-8 written as a backslash, x and two digits).
    """

    path: str
    size: int
    sha256: str
    mtime_ns: int
    original: str | None = None


def chunk_size(estimate: int, *, smallest: int = CHUNK_SIZE, most: int = MAX_CHUNKS, slack: int = _SLACK) -> int:
    """The size of the chunks that a package of about ``estimate`` bytes is transferred in.

    8 MiB, doubled until at most 16,384 chunks with half a gibibyte to spare for metadata suffice.
    """
    size = smallest
    while estimate + slack > size * most:
        size *= 2
    return size


class ChunkDigests:
    """A sink that passes on what it is given and knows its SHA-256, whole and chunk by chunk."""

    def __init__(self, sink: Sink, size: int) -> None:
        self._sink = sink
        self.chunk_size = size
        self.size = 0
        self._whole = hashlib.sha256()
        self._chunk = hashlib.sha256()
        self._room = size
        self._digests: list[str] = []

    def write(self, data: memoryview) -> None:
        """Digest ``data`` and pass it on."""
        self.size += len(data)
        self._whole.update(data)
        offset = 0
        while offset < len(data):
            piece = data[offset : offset + self._room]
            self._chunk.update(piece)
            offset += len(piece)
            self._room -= len(piece)
            if not self._room:
                self._next()
        self._sink.write(data)

    def finish(self) -> tuple[str, tuple[str, ...]]:
        """The SHA-256 of everything, and those of the chunks, in hexadecimal. Raises PackageError: too many."""
        if self._room < self.chunk_size:
            self._next()
        if len(self._digests) > MAX_CHUNKS:
            raise PackageError("The package became larger than its chunks allow.", fix="Seal the evidence in parts.")
        return self._whole.hexdigest(), tuple(self._digests)

    def _next(self) -> None:
        self._digests.append(self._chunk.hexdigest())
        self._chunk = hashlib.sha256()
        self._room = self.chunk_size


def bag_path(name: str) -> str:
    """The path in the bag of the payload file ``name``."""
    return f"{bagit.PAYLOAD}/{name}"
