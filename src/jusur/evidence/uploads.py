"""Resumable uploads: a national system brings evidence files into the intake in parts, each streamed to disk.

An upload lives in ``<intake>/.uploads/<id>/`` until it is whole, then as ``<intake>/uploads/<id>/<name>``, from where
it is collected like any other file. What an answer called received is on disk: the offset is written down only after
the bytes are. An upload belongs to whoever opened it, and one process writes to it at a time.
"""

import contextlib
import errno
import fcntl
import hashlib
import os
import shutil
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from uuid import UUID

from django.db import transaction

from jusur.accounts import api as accounts
from jusur.evidence.intake import STAGING
from jusur.exchange import api as exchange
from jusur.kernel import canonical, clock, text
from jusur.kernel.errors import ConflictError, ForbiddenError, InvalidInputError, JusurError, NotFoundError
from jusur.kernel.ids import new_id, parse_id
from jusur.ledger import api as ledger
from jusur.node.context import current
from jusur.node.home import sync_folder, write_private

ARRIVED = "uploads"
MAX_PART = 64 << 20
MAX_OPEN = 32
"""Uploads that one officer or system may have under way."""
SUBJECT = "evidence.upload"
ABANDONED = timedelta(days=7)
RESERVE = 256 << 20
"""Bytes that an upload leaves free on the disk, for the node's own work."""
_BLOCK = 1 << 20
_MAX_RECORD = 8 << 10


class DiskFullError(JusurError):
    """The intake's disk cannot take this."""

    code = "disk-full"
    title = "The node's disk is full"
    status = 507


class OffsetError(ConflictError):
    """The part does not begin where the upload ends."""

    code = "upload-offset"
    title = "The part does not fit the upload"


class Source(Protocol):
    """Where a part's bytes come from."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes; none at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An upload: its file, how many bytes are safely here, and the name to collect it by once it is whole."""

    id: UUID
    name: str
    size: int
    sha256: str
    opened_at: str
    owner: str
    offset: int
    complete: bool

    @property
    def intake_name(self) -> str:
        """The file's name in the intake."""
        return f"{ARRIVED}/{self.id}/{self.name}"


@dataclass(frozen=True, slots=True)
class Part:
    """A part's place: ``start`` to ``stop`` (exclusive) of ``total`` bytes; empty where only the end is asked for."""

    start: int
    stop: int
    total: int


def upload_open(*, name: str, size: int, sha256: str = "", actor: accounts.Actor) -> Upload:
    """Begin an upload of a file called ``name`` with ``size`` bytes (and this SHA-256, where given).

    Raises:
        InvalidInputError: a name that is not one file's, or a size that this node does not take.
        ForbiddenError: too many uploads of this actor are under way.
        DiskFullError: the disk has no room for it.
    """
    limit = current().settings.max_upload_bytes
    if not 0 <= size <= limit:
        raise InvalidInputError(f"A file has at most {limit} bytes here.", fix="Divide it, or ask the administrator.")
    checked = text.file_name(name, field="name")
    _check_room(size)
    under_way = sum(_record(folder.name).get("owner") == actor.reference for folder in _staged())
    if under_way >= MAX_OPEN:
        raise ForbiddenError(f"{MAX_OPEN} uploads are under way.", fix="End some of them first.")
    upload = Upload(
        id=new_id(),
        name=checked,
        size=size,
        sha256=sha256,
        opened_at=clock.timestamp(clock.now()),
        owner=actor.reference,
        offset=0,
        complete=False,
    )
    with _room():
        _create(upload)
    return upload


def upload(upload_id: UUID, *, actor: accounts.Actor) -> Upload:
    """An upload of this actor.

    Raises:
        NotFoundError: there is none.
    """
    record = _record(str(upload_id))
    if not record or record["owner"] != actor.reference:
        raise NotFoundError("There is no such upload.", fix="It may have been given up after seven days: begin anew.")
    offset = _offset(upload_id)
    return Upload(
        id=upload_id,
        name=record["name"],
        size=record["size"],
        sha256=record["sha256"],
        opened_at=record["opened_at"],
        owner=record["owner"],
        offset=record["size"] if offset is None else offset,
        complete=offset is None,
    )


def upload_part(*, upload_id: UUID, part: Part, source: Source, actor: accounts.Actor) -> Upload:
    """Take the part's bytes from ``source``; with the last of them the file arrives in the intake.

    A part may begin before the upload's end (what is here already is not written again); it must not leave a gap.
    If ``source`` ends early, what came is kept.

    Raises:
        NotFoundError: no such upload.
        OffsetError: a gap, or another total.
        ConflictError: another part is being written.
        DiskFullError: no room; what was received before is kept.
        InvalidInputError: the whole file has another SHA-256 than announced; the upload begins anew.
    """
    upload(upload_id, actor=actor)
    with _locked(upload_id):
        known = upload(upload_id, actor=actor)
        if known.complete:
            return known
        _check_place(known, part)
        offset = _write(known, part, source) if part.stop > known.offset else known.offset
        if offset == known.size:
            _arrive(known)
    return upload(upload_id, actor=actor)


def upload_read(*, upload_id: UUID, actor: accounts.Actor) -> BinaryIO:
    """The whole file of an upload of this actor, open for reading; the caller closes it.

    Raises:
        NotFoundError: there is none.
        ConflictError: not all of it is here yet.
    """
    known = upload(upload_id, actor=actor)
    if not known.complete:
        raise ConflictError("The file is not whole yet.", fix=f"Go on at byte {known.offset}.")
    path = current().settings.intake_dir / known.intake_name
    try:
        return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")
    except FileNotFoundError:
        raise NotFoundError("The file is no longer here.", fix="Bring it again.") from None


def upload_drop(*, upload_id: UUID, actor: accounts.Actor) -> None:
    """Remove an upload of this actor, whole or not.

    Raises:
        NotFoundError: there is none.
        ConflictError: a part of it is being written.
    """
    known = upload(upload_id, actor=actor)
    with _locked(upload_id):
        for folder in (_folder(upload_id), _arrived(upload_id)):
            if folder.exists():
                _remove(folder)
        (_root(STAGING) / f"{known.id}.json").unlink(missing_ok=True)


def discard(sources: Iterable[str]) -> None:
    """Remove uploaded files whose package was destroyed; files that were put into the intake by hand stay."""
    for source in map(Path, sources):
        folder = source.parent
        if folder.parent == _root(ARRIVED):
            _remove(folder)


def forget_abandoned() -> int:
    """Remove uploads to which nothing was added for seven days, and what crashes left of others; how many.

    Also those that were brought for a message which nobody sent, once that is forgotten.
    """
    oldest = (clock.now() - ABANDONED).timestamp()
    count = sum(map(_forget_unsent, exchange.written_forget_old()))
    for entry in list(_root(STAGING).iterdir()):
        with contextlib.suppress(FileNotFoundError):
            if max(file.stat().st_mtime for file in (entry, *(entry.iterdir() if entry.is_dir() else ()))) >= oldest:
                continue
            if entry.is_dir():
                _remove(entry)
                count += 1
            else:
                entry.unlink()
    return count


def _forget_unsent(name: str) -> bool:
    """Remove an upload that belongs to no message any more; whether it was still here."""
    upload_id = parse_id(name)
    there = [folder for folder in (_folder(upload_id), _arrived(upload_id)) if folder.exists()]
    with contextlib.suppress(FileNotFoundError):
        for folder in there:
            _remove(folder)
        (_root(STAGING) / f"{upload_id}.json").unlink(missing_ok=True)
    return bool(there)


def _create(upload: Upload) -> None:
    root = _root(STAGING)
    draft = root / f".{upload.id}"
    draft.mkdir(mode=0o700)
    record = {
        "name": upload.name,
        "size": upload.size,
        "sha256": upload.sha256,
        "opened_at": upload.opened_at,
        "owner": upload.owner,
    }
    write_private(draft / "upload.json", canonical.encode(record))
    write_private(draft / "data", b"")
    write_private(draft / "offset", b"0")
    draft.rename(root / str(upload.id))
    sync_folder(root)


def _check_place(known: Upload, part: Part) -> None:
    if part.total != known.size:
        raise OffsetError(f"The file was announced with {known.size} bytes.", fix="Begin a new upload.")
    if part.start > known.offset:
        raise OffsetError(f"{known.offset} bytes are here.", fix=f"Go on at byte {known.offset}.")
    if part.stop == part.start and known.offset != known.size:
        raise OffsetError("The file is not whole yet.", fix=f"Go on at byte {known.offset}.")


def _write(known: Upload, part: Part, source: Source) -> int:
    """Write the part behind what is here; the new offset, which is on disk."""
    _check_room(part.stop - known.offset)
    _skip(source, known.offset - part.start)
    digest = _digests.take(known.id, known.offset)
    position = known.offset
    with _room(), (_folder(known.id) / "data").open("r+b") as file:
        file.truncate(known.offset)  # bytes of a part that was cut off were never promised
        file.seek(known.offset)
        while block := source.read(min(_BLOCK, part.stop - position)):
            file.write(block)
            position += len(block)
            if digest is not None:
                digest.update(block)
        file.flush()
        os.fsync(file.fileno())
        write_private(_folder(known.id) / "offset", str(position).encode())
    if digest is not None:
        _digests.keep(known.id, position, digest)
    return position


def _skip(source: Source, count: int) -> None:
    while count > 0:
        block = source.read(min(_BLOCK, count))
        if not block:
            return
        count -= len(block)


def _arrive(known: Upload) -> None:
    """Give the whole file its name in the intake; repeating it after a crash at any point does no harm."""
    data, target = _folder(known.id) / "data", _arrived(known.id)
    digest = _sha256(known, data)
    if known.sha256 and digest != known.sha256:
        write_private(_folder(known.id) / "offset", b"0")
        raise InvalidInputError("The file has another SHA-256 than announced.", fix="Send the file again from byte 0.")
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_private(_root(STAGING) / f"{known.id}.json", (_folder(known.id) / "upload.json").read_bytes())
    with transaction.atomic():
        if not ledger.events(SUBJECT, str(known.id)):
            ledger.record(
                "evidence.upload.arrived",
                subject_type=SUBJECT,
                subject_id=str(known.id),
                actor=known.owner,
                purpose="acquisition",
                data={"size": known.size, "sha256": digest},
            )
        with contextlib.suppress(FileExistsError):
            (target / known.name).hardlink_to(data)
        sync_folder(target)
        sync_folder(target.parent)
    _remove(_folder(known.id))


def _sha256(known: Upload, data: Path) -> str:
    digest = _digests.take(known.id, known.size)
    if digest is not None:
        return digest.hexdigest()
    with data.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Digests:
    """SHA-256 of uploads so far, so that most need not be read again; after a restart they are."""

    REMEMBERED = 64

    def __init__(self) -> None:
        self._known: OrderedDict[UUID, tuple[int, hashlib._Hash]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, upload_id: UUID, offset: int) -> "hashlib._Hash | None":
        """The digest of the first ``offset`` bytes, if it is known."""
        with self._lock:
            at, digest = self._known.pop(upload_id, (0, hashlib.sha256()))
        return digest if at == offset else None

    def keep(self, upload_id: UUID, offset: int, digest: "hashlib._Hash") -> None:
        """Remember the digest of the first ``offset`` bytes."""
        with self._lock:
            self._known[upload_id] = (offset, digest)
            if len(self._known) > self.REMEMBERED:
                self._known.popitem(last=False)


_digests = _Digests()


@contextlib.contextmanager
def _locked(upload_id: UUID) -> Iterator[None]:
    try:
        descriptor = os.open(_folder(upload_id), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:  # it arrived meanwhile
        yield
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise ConflictError("Another part of this upload is being written.", fix="Send one part at a time.") from None
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _room() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise _full() from error
        raise


def _check_room(size: int) -> None:
    if shutil.disk_usage(_root(STAGING)).free < size + RESERVE:
        raise _full()


def _full() -> DiskFullError:
    return DiskFullError("The intake has no room for this.", fix="Have the administrator make room, then go on.")


def _offset(upload_id: UUID) -> int | None:
    """How many bytes are safely here; None once the file has arrived."""
    try:
        return int((_folder(upload_id) / "offset").read_text())
    except FileNotFoundError:
        return None


def _record(name: str) -> dict[str, Any]:
    """What was said of the upload called ``name`` when it was opened; empty if there is none."""
    for file in (_root(STAGING) / name / "upload.json", _root(STAGING) / f"{name}.json"):
        with contextlib.suppress(FileNotFoundError):
            record: dict[str, Any] = canonical.decode(file.read_bytes(), max_bytes=_MAX_RECORD)
            return record
    return {}


def _staged() -> list[Path]:
    return [entry for entry in _root(STAGING).iterdir() if entry.is_dir() and not entry.name.startswith(".")]


def _remove(folder: Path) -> None:
    """Take the folder away in one step, then delete it."""
    gone = folder.with_name(f".{folder.name.strip('.')}.{os.urandom(4).hex()}.gone")
    folder.rename(gone)
    shutil.rmtree(gone)


def _folder(upload_id: UUID) -> Path:
    return _root(STAGING) / str(upload_id)


def _arrived(upload_id: UUID) -> Path:
    return _root(ARRIVED) / str(upload_id)


def _root(name: str) -> Path:
    root = current().settings.intake_dir / name
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    return root
