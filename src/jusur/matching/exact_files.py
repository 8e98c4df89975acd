"""The folder of an exact index: its files, its manifest with digests, and how it appears whole or not at all."""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from jusur.kernel.errors import InvalidInputError, UnavailableError

FORMAT: Final = "jusur-exact/1"
MANIFEST: Final = "manifest.json"
JOURNAL: Final = "journal"
FILES: Final = {"firsts": np.uint32, "rests": np.uint32, "offsets": np.uint64, "entries": np.uint8}
"""Each file an array: where buckets begin, the fingerprints' rests, where buckets' entries begin, the entries."""
_MAX_MANIFEST: Final = 65_536


class InvalidKeyError(InvalidInputError):
    """A key or a record's id cannot stand in an exact index."""

    code = "invalid-key"
    title = "The key is not valid"


class DamagedIndexError(UnavailableError):
    """The files of an exact index are missing, cut or changed."""

    code = "damaged-index"
    title = "The index is damaged"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder holds: number of entries, bits of the bucket, hash key, position of the truth, digests of files."""

    count: int
    bits: int
    k0: int
    k1: int
    position: int
    files: Mapping[str, tuple[int, str]] = field(default_factory=dict)

    def encoded(self) -> bytes:
        """The manifest as JSON."""
        body = {
            "format": FORMAT,
            "count": self.count,
            "bits": self.bits,
            "hash_key": f"{self.k0:016x}{self.k1:016x}",
            "position": self.position,
            "files": {name: {"size": size, "sha256": digest} for name, (size, digest) in self.files.items()},
        }
        return json.dumps(body, indent=1).encode() + b"\n"


class DigestingFile:
    """A file written once from its beginning, hashed on the way."""

    def __init__(self, path: Path) -> None:
        self._file: BinaryIO = path.open("xb")
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, array: np.ndarray) -> None:
        """Append the bytes of ``array`` (little-endian)."""
        data = np.ascontiguousarray(array).data.cast("B") if array.size else memoryview(b"")
        self._file.write(data)
        self._digest.update(data)
        self.size += len(data)

    def finish(self) -> tuple[int, str]:
        """Bring the file to the disk and close it; gives size and SHA-256."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        return self.size, self._digest.hexdigest()

    def abandon(self) -> None:
        """Close the file as it is."""
        self._file.close()


def staging(folder: Path) -> Path:
    """A fresh folder beside ``folder`` to build in. What a crash left of an earlier one is removed.

    Raises:
        InvalidInputError: ``folder`` exists already.
    """
    if folder.exists():
        raise InvalidInputError("The folder of the index exists already.", fix="Build into a new folder beside it.")
    beside = folder.with_name(f"{folder.name}.building")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    return beside


def publish(beside: Path, folder: Path, manifest: Manifest) -> None:
    """Give the finished folder its name: manifest to the disk first, then the name, so that no half index has one."""
    path = beside / MANIFEST
    with path.open("xb") as file:
        file.write(manifest.encoded())
        file.flush()
        os.fsync(file.fileno())
    sync_folder(beside)
    beside.rename(folder)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Bring the names in ``folder`` to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of ``folder``, its files there and of the sizes it states.

    Raises:
        DamagedIndexError: no manifest, another format, or files missing or of other sizes.
    """
    try:
        data = (folder / MANIFEST).read_bytes()[: _MAX_MANIFEST + 1]
        body: dict[str, Any] = json.loads(data)
        key = body["hash_key"]
        files = {name: (int(one["size"]), str(one["sha256"])) for name, one in body["files"].items()}
        found = Manifest(
            int(body["count"]), int(body["bits"]), int(key[:16], 16), int(key[16:], 16), int(body["position"]), files
        )
        if body["format"] != FORMAT or set(files) != set(FILES):
            raise ValueError
        sound = all((folder / name).stat().st_size == size for name, (size, _) in files.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise DamagedIndexError("The index has no manifest that can be read.", fix="Build it again.") from None
    if not sound:
        raise DamagedIndexError("A file of the index is not as long as its manifest says.", fix="Build it again.")
    return found


def mapped(folder: Path, name: str) -> NDArray[Any]:
    """A file of the index as an array in memory-mapped form."""
    path = folder / name
    if path.stat().st_size == 0:  # which cannot be mapped
        return np.empty(0, FILES[name])
    # copy on write, and as a plain array: numba then compiles one form for arrays in memory and mapped ones
    return np.asarray(np.memmap(path, dtype=FILES[name], mode="c"))


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
