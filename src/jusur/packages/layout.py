"""Names, limits and digests of the sealed package format, version 1 (docs/reference/sealed-package.md)."""

from dataclasses import dataclass

from blake3 import blake3

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
    """The BLAKE3-256 of a stream's chunks of ``size`` bytes; feed it what is written."""

    def __init__(self, size: int) -> None:
        self.chunk_size = size
        self.size = 0
        self._chunk = blake3()
        self._room = size
        self._digests: list[str] = []

    def update(self, data: memoryview) -> None:
        """Take the next bytes in."""
        self.size += len(data)
        offset = 0
        while offset < len(data):
            piece = data[offset : offset + self._room]
            self._chunk.update(piece)
            offset += len(piece)
            self._room -= len(piece)
            if not self._room:
                self._next()

    def finish(self) -> tuple[str, ...]:
        """The digests in hexadecimal. Raises PackageError: too many."""
        if self._room < self.chunk_size:
            self._next()
        if len(self._digests) > MAX_CHUNKS:
            raise PackageError("The package became larger than its chunks allow.", fix="Seal the evidence in parts.")
        return tuple(self._digests)

    def _next(self) -> None:
        self._digests.append(self._chunk.hexdigest())
        self._chunk = blake3()
        self._room = self.chunk_size


def chunks_blake3(digests: bytes) -> str:
    """What a statement says of all chunks: the BLAKE3-256 (in hexadecimal) of their digests one after another."""
    return blake3(digests).hexdigest()


def bag_path(name: str) -> str:
    """The path in the bag of the payload file ``name``."""
    return f"{bagit.PAYLOAD}/{name}"
