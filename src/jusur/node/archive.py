"""The form of a backup: a tar inside an age file, its manifest last.

``node.toml``, ``keys/…``, ``database.dump`` (pg_dump's custom format), ``vault/…``, ``destroyed/…``, and at the end
``manifest.json`` with the size and SHA-256 of everything before it. Without Jusur: ``age -d -i KEY FILE | tar -x``.
"""

import hashlib
import io
import json
import re
import tarfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol, Self

import pyrage

from jusur.crypto.age import AgeError, AgeIdentity, AgeReader
from jusur.kernel.errors import JusurError

FORMAT = "jusur-backup/1"
MANIFEST = "manifest.json"
DATABASE = "database.dump"
PIECE = 1 << 20
MAX_MANIFEST_BYTES = 512 << 20
MAX_KEY_FILE_BYTES = 64 * 1024

_PATH = re.compile(
    r"node\.toml|database\.dump|manifest\.json|(keys|vault|destroyed)(/[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,220}){1,5}"
)


class BackupError(JusurError):
    """The backup cannot be made, or is not what it should be."""

    code = "backup"
    title = "The backup failed"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. ``rows``: how many each table had at the moment of the dump."""

    address: str
    created_at: str
    postgres_major: int
    checkpoint: str
    rows: Mapping[str, int]
    files: Mapping[str, tuple[int, str]]

    def encode(self) -> bytes:
        """The manifest as JSON."""
        files = {path: {"size": size, "sha256": digest} for path, (size, digest) in sorted(self.files.items())}
        body = {"format": FORMAT, **{name: getattr(self, name) for name in self.__slots__}, "files": files}
        return json.dumps(body, indent=1, sort_keys=True).encode()

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """The manifest in ``data``.

        Raises:
            BackupError: it is none.
        """
        try:
            body = json.loads(data)
            if body.pop("format") != FORMAT:
                raise ValueError
            files = {path: (int(row["size"]), str(row["sha256"])) for path, row in body.pop("files").items()}
            return cls(files=files, **body)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise BackupError("The backup's manifest cannot be read.", fix="Use another backup.") from None


class Readable(Protocol):
    """A file to be read."""

    def read(self, size: int, /) -> bytes:
        """Up to ``size`` bytes."""
        ...


@dataclass(slots=True)
class ArchiveWriter:
    """Adds files to a tar and remembers their digests."""

    tar: tarfile.TarFile
    files: dict[str, tuple[int, str]] = field(default_factory=dict)

    def add(self, path: str, source: Readable, size: int) -> None:
        """Add ``size`` bytes of ``source`` as ``path``.

        Raises:
            BackupError: the path cannot be part of a backup, or the source is shorter.
        """
        if not _PATH.fullmatch(path):
            raise BackupError(f"{path!r} cannot be kept in a backup.", fix="Give that file a plain name.")
        reader = _Digesting(source, size)
        entry = tarfile.TarInfo(path)
        entry.size, entry.mode, entry.mtime = size, 0o600, int(time.time())
        try:
            self.tar.addfile(entry, reader)
        except OSError as error:
            raise BackupError(f"{path} could not be copied: {error}.", fix="Free space, then try again.") from error
        self.files[path] = (size, reader.digest())

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest, the archive's last file."""
        data = manifest.encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mode = len(data), 0o600
        self.tar.addfile(entry, io.BytesIO(data))


class _Digesting:
    def __init__(self, source: Readable, size: int) -> None:
        self._source, self._left, self._hash = source, size, hashlib.sha256()

    def read(self, size: int = PIECE) -> bytes:
        data = self._source.read(min(size, self._left))
        self._left -= len(data)
        self._hash.update(data)
        return data

    def digest(self) -> str:
        return self._hash.hexdigest()


Receiver = Callable[[str, int, Iterator[bytes]], None]


def walk(file: Path, identity: AgeIdentity, receive: Receiver) -> Manifest:
    """Give every file of the backup to ``receive(path, size, pieces)``, then check them all against the manifest.

    Raises:
        BackupError: not a backup, not for this key, altered, incomplete, or holding what a backup does not.
    """
    seen: dict[str, tuple[int, str]] = {}
    manifest: Manifest | None = None
    try:
        with file.open("rb") as sealed:
            reader = AgeReader(sealed, identity)
            with tarfile.open(fileobj=reader, mode="r|", bufsize=PIECE) as tar:  # type: ignore[call-overload]
                for entry in tar:
                    if manifest or entry.name in seen or not entry.isreg() or not _PATH.fullmatch(entry.name):
                        raise BackupError("The backup holds what no backup of Jusur holds.", fix="Use another backup.")
                    content: IO[bytes] = tar.extractfile(entry)
                    if entry.name == MANIFEST:
                        manifest = Manifest.decode(content.read(min(entry.size, MAX_MANIFEST_BYTES)))
                    else:
                        seen[entry.name] = _receive(entry, content, receive)
            while reader.read(PIECE):  # to the end, so that a cut file is noticed
                pass
    except (tarfile.TarError, AgeError) as error:
        raise BackupError(f"The backup cannot be read: {error}", fix="Use its own key, or another backup.") from error
    except OSError as error:
        raise BackupError(
            f"The backup cannot be read or written: {error}.", fix="Check the paths and space."
        ) from error
    if manifest is None or manifest.files != seen:
        raise BackupError("The backup does not hold what its manifest says.", fix="Use another backup.")
    return manifest


def _receive(entry: tarfile.TarInfo, content: IO[bytes], receive: Receiver) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0

    def pieces() -> Iterator[bytes]:
        nonlocal size
        while piece := content.read(PIECE):
            digest.update(piece)
            size += len(piece)
            yield piece

    source = pieces()
    receive(entry.name, entry.size, source)
    for _ in source:  # whatever the receiver left, so that it is checked too
        pass
    if size != entry.size:
        raise BackupError("The backup is incomplete.", fix="Use another backup.")
    return size, digest.hexdigest()


def key_file(file: Path) -> Path:
    """Where the key of a backup under a passphrase lies, itself an age file under that passphrase."""
    return file.with_name(file.name + ".key")


def locked_key(identity: AgeIdentity, passphrase: str) -> bytes:
    """``identity`` as an age identity file sealed by ``passphrase`` (scrypt), as ``age -i`` reads it."""
    return bytes(pyrage.passphrase.encrypt(identity.text().encode() + b"\n", passphrase))


def unlocked_key(file: Path, passphrase: str) -> AgeIdentity:
    """The identity that opens the backup ``file``, from the key file beside it.

    Raises:
        BackupError: there is no key file, or the passphrase is wrong.
    """
    try:
        with key_file(file).open("rb") as source:
            sealed = source.read(MAX_KEY_FILE_BYTES)
        text: Any = pyrage.passphrase.decrypt(sealed, passphrase)
        return AgeIdentity.parse(bytes(text).decode())
    except OSError as error:
        raise BackupError(
            f"The backup's key {key_file(file)} cannot be read.", fix="Keep both files together."
        ) from error
    except (pyrage.DecryptError, JusurError, UnicodeDecodeError):
        raise BackupError("The passphrase does not open the backup.", fix="Check it and try again.") from None
