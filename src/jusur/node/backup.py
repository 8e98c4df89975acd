"""Backup and restore of a whole node: settings, keys, database and vault in one sealed file.

The database is dumped first, from one snapshot; the vault follows. Objects are written once and before the database
speaks of them, so whatever the dump names is in the vault afterwards (unless it was destroyed meanwhile, on purpose).
"""

import contextlib
import json
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, NamedTuple

from jusur import vault as vaults
from jusur.crypto.age import AgeIdentity, AgeRecipient, AgeWriter, generate_identity
from jusur.kernel import clock
from jusur.kernel.errors import ConflictError, JusurError
from jusur.node import archive, dump, settings
from jusur.node.archive import ArchiveWriter, BackupError, Manifest
from jusur.node.home import NodeHome, sync_folder, write_private
from jusur.vault import FolderVault, MissingObjectError, Vault

__all__ = ["BackupError", "LastBackup", "Manifest", "backup", "last", "restore", "verify"]

MAX_KEY_BYTES = 1 << 20
_LAST = "last-backup.json"
"""In the home: when and where the last backup was written, for those who keep the node."""


def backup(
    home: NodeHome,
    out_file: Path,
    *,
    recipients: Sequence[AgeRecipient] = (),
    passphrase: str = "",
    checkpoint: str = "",
) -> Manifest:
    """Write the node in ``home`` to ``out_file``, sealed to ``recipients`` or under ``passphrase``; running or not.

    Under a passphrase the key is written beside, to ``<out_file>.key``. ``checkpoint`` is the ledger's latest note, for
    whoever compares the restored log. The file appears whole or not at all.

    Raises:
        BackupError: neither or both of the two ways to seal, or something cannot be read or written.
        ConflictError: ``out_file`` exists.
    """
    home.require()
    if bool(recipients) == bool(passphrase):
        raise BackupError("A backup is sealed to a key or under a passphrase.", fix="Give one of the two.")
    if out_file.exists():
        raise ConflictError(f"{out_file} exists already.", fix="Name a new file.")
    identity = generate_identity() if passphrase else None
    keys = [identity.recipient()] if identity else list(recipients)
    draft = out_file.with_name(f".{out_file.name}.{os.urandom(4).hex()}")
    try:
        with _created(draft) as file:
            manifest = _write(home, file, keys, checkpoint)
        if identity:
            write_private(archive.key_file(out_file), archive.locked_key(identity, passphrase))
        draft.rename(out_file)
        sync_folder(out_file.parent)
        _remember(home, out_file, manifest)
    except OSError as error:
        raise BackupError(
            f"The backup could not be written: {error}.", fix="Free space, or name another place."
        ) from error
    finally:
        draft.unlink(missing_ok=True)
    return manifest


class LastBackup(NamedTuple):
    """The backup last written from this home."""

    at: datetime
    file: str
    bytes: int


def last(home: NodeHome) -> LastBackup | None:
    """The backup last written from ``home``, or None where none is remembered."""
    try:
        read = json.loads((home.path / _LAST).read_bytes()[:MAX_KEY_BYTES])
        return LastBackup(clock.parse_timestamp(read["at"]), str(read["file"]), int(read["bytes"]))
    except (OSError, ValueError, KeyError, TypeError, JusurError):
        return None


def _remember(home: NodeHome, out_file: Path, manifest: Manifest) -> None:
    written = {"at": manifest.created_at, "file": str(out_file.absolute()), "bytes": out_file.stat().st_size}
    write_private(home.path / _LAST, json.dumps(written).encode())


def verify(file: Path, *, identity: AgeIdentity | None = None, passphrase: str = "") -> Manifest:
    """Read the whole backup and check every byte against its manifest; nothing is written.

    Raises:
        BackupError: it cannot be opened, or is not whole.
    """

    def ignore(_path: str, _size: int, _pieces: Iterator[bytes]) -> None:
        return

    return archive.walk(file, _key(file, identity, passphrase), ignore)


def restore(
    file: Path, new_home: NodeHome, *, identity: AgeIdentity | None = None, passphrase: str = "", database_url: str = ""
) -> Manifest:
    """Make the node that ``file`` holds in ``new_home``, everything checked before this returns.

    ``database_url`` (of an empty database) replaces the one in the settings. If anything is wrong, ``new_home`` is
    left as it was.

    Raises:
        ConflictError: ``new_home`` holds something.
        BackupError: the backup is not whole, or the database or vault refuses it.
    """
    key = _key(file, identity, passphrase)
    if new_home.path.exists() and any(new_home.path.iterdir()):
        raise ConflictError(f"{new_home.path} is not empty.", fix="Name a new folder.")
    existed = new_home.path.exists()
    new_home.create()
    receiver = _Receiver(new_home)
    try:
        manifest = archive.walk(file, key, receiver)
        found = settings.load(new_home, {"JUSUR_DATABASE_URL": database_url} if database_url else {})
        if database_url:
            settings.save(found)
        with dump.access(new_home, found) as database:
            dump.restored(receiver.dump_file, database, manifest.rows)
        receiver.dump_file.unlink()
    except BaseException:
        _remove(new_home, keep_folder=existed)
        raise
    return manifest


def _write(home: NodeHome, file: IO[bytes], keys: Sequence[AgeRecipient], checkpoint: str) -> Manifest:
    node = settings.load(home)
    with AgeWriter(file, list(keys)) as sealed, _tar(sealed) as tar:
        writer = ArchiveWriter(tar)
        _add_file(writer, "node.toml", home.settings_file)
        for path in sorted(path for path in home.keys.rglob("*") if path.is_file() and not path.name.startswith(".")):
            _add_file(writer, f"keys/{path.relative_to(home.keys).as_posix()}", path)
        with dump.access(home, node) as database, dump.dumped(database.reader, home.run) as snapshot:
            writer.add(archive.DATABASE, snapshot.file, snapshot.size)
        _add_vault(writer, vaults.open(node.vault_location))
        manifest = Manifest(
            address=node.address,
            created_at=clock.timestamp(clock.now()),
            postgres_major=snapshot.major,
            checkpoint=checkpoint,
            rows=snapshot.rows,
            files=writer.files,
        )
        writer.finish(manifest)
    return manifest


def _tar(sealed: AgeWriter) -> tarfile.TarFile:
    return tarfile.open(fileobj=sealed, mode="w|", bufsize=archive.PIECE)  # type: ignore[call-overload, no-any-return]


def _add_file(writer: ArchiveWriter, name: str, path: Path) -> None:
    with path.open("rb") as source:
        writer.add(name, source, os.fstat(source.fileno()).st_size)


def _add_vault(writer: ArchiveWriter, vault: Vault) -> None:
    for name in vault.names():
        try:
            source = vault.open(name)
        except MissingObjectError:  # destroyed since it was listed: it must not come back by a restore
            continue
        with source:
            writer.add(f"vault/{name}", source, vault.size(name))
    if isinstance(vault, FolderVault):
        for path in sorted(vault.destroyed_folder.glob("*.json")):
            _add_file(writer, f"destroyed/{path.name}", path)


@dataclass(slots=True)
class _Receiver:
    """Puts the files of a backup where they belong in a new home."""

    home: NodeHome
    vault: Vault | None = None

    @property
    def dump_file(self) -> Path:
        return self.home.run / archive.DATABASE

    def __call__(self, path: str, size: int, pieces: Iterator[bytes]) -> None:
        room, _, name = path.partition("/")
        place: Callable[[str, int, Iterator[bytes]], None] = {
            "node.toml": self._settings,
            archive.DATABASE: self._dump,
            "keys": self._key,
            "vault": self._object,
            "destroyed": self._destroyed,
        }[room]
        place(name, size, pieces)

    def _settings(self, _name: str, size: int, pieces: Iterator[bytes]) -> None:
        write_private(self.home.settings_file, _small(size, pieces))
        self.vault = vaults.open(settings.load(self.home, {}).vault_location)

    def _key(self, name: str, size: int, pieces: Iterator[bytes]) -> None:
        target = self.home.keys / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(target, _small(size, pieces))

    def _dump(self, _name: str, _size: int, pieces: Iterator[bytes]) -> None:
        with _created(self.dump_file) as file:
            file.writelines(pieces)

    def _object(self, name: str, size: int, pieces: Iterator[bytes]) -> None:
        vault = self._opened()
        if vault.exists(name):  # a vault outside the home outlives its node; what it holds never changes
            if vault.size(name) != size:
                raise BackupError(f"The vault holds another {name}.", fix="Restore with an empty vault.")
            return
        with vault.create(name, expected_size=size) as writer:
            for piece in pieces:
                writer.write(piece)
            writer.commit()

    def _destroyed(self, name: str, size: int, pieces: Iterator[bytes]) -> None:
        vault = self._opened()
        if isinstance(vault, FolderVault):
            write_private(vault.destroyed_folder / name, _small(size, pieces))

    def _opened(self) -> Vault:
        if self.vault is None:
            raise BackupError("The backup's parts are in the wrong order.", fix="Use another backup.")
        return self.vault


def _small(size: int, pieces: Iterator[bytes]) -> bytes:
    if size > MAX_KEY_BYTES:
        raise BackupError("The backup holds a file that is larger than it may be.", fix="Use another backup.")
    return b"".join(pieces)


@contextlib.contextmanager
def _created(path: Path) -> Iterator[IO[bytes]]:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


def _key(file: Path, identity: AgeIdentity | None, passphrase: str) -> AgeIdentity:
    if identity is None and not passphrase:
        raise BackupError("A key or a passphrase is needed to open the backup.", fix="Give one of the two.")
    return identity or archive.unlocked_key(file, passphrase)


def _remove(home: NodeHome, *, keep_folder: bool) -> None:
    if home.postgres.is_symlink():
        shutil.rmtree(home.postgres.resolve(), ignore_errors=True)
    for path in home.path.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    if not keep_folder:
        home.path.rmdir()
