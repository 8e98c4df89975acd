"""One file out of a held package, decrypted as it is handed over; nothing of it is written to a disk here."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from jusur.accounts import api as accounts
from jusur.crypto.age import AgeReader
from jusur.evidence import custody_log, opening
from jusur.evidence.models import EvidencePackage
from jusur.evidence.package_selectors import FileEntry, received_file
from jusur.evidence.services import holdings
from jusur.kernel import text
from jusur.kernel.errors import NotFoundError
from jusur.node import context
from jusur.packages import PackageError
from jusur.packages.tar import TarReader

BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class FileCopy:
    """A file on its way out: its own name, its size in bytes, its SHA-256, and its bytes."""

    name: str
    size: int
    sha256: str
    chunks: Iterator[bytes]


@transaction.atomic
def file_copy(*, package_id: UUID, number: int, purpose: str, actor: accounts.Actor) -> FileCopy:
    """Hand over one file of a verified package, for a purpose that its conditions of use name.

    The chain of custody has it before the first byte leaves, and the sender is told. The last bytes are held back
    until the file's digest is the one that was verified.

    Raises:
        ConditionsForbidError: the conditions do not name this purpose.
        ActNotPossibleError: the package is not verified.
        NotFoundError: it has no such file.
        PackageError: (while reading) the vault holds other bytes than were verified.
    """
    accounts.require(actor, "evidence.export")
    purpose = text.paragraph(purpose, max_length=2000, field="purpose")
    package = holdings.held(package_id)
    holdings.require_purpose(package, purpose)
    entry = received_file(package, number)
    if entry is None:
        raise NotFoundError("The package has no such file.", fix="Look at its contents again.")
    custody_log.record(
        package,
        "custody.exported",
        actor.reference,
        purpose=purpose,
        data={"files": 1, "bytes": str(entry.size), "sha256": entry.sha256},
    )
    holdings.tell_sender(package, "exported", actor.reference, purpose=purpose)
    return FileCopy(entry.path.rpartition("/")[2], entry.size, entry.sha256, _read(package, entry))


def _read(package: EvidencePackage, entry: FileEntry) -> Iterator[bytes]:
    wanted = f"{package.bag_id}/{entry.path}"
    with context.current().vault.open(opening.vault_name(package)) as file:
        reader = AgeReader(file, opening.identity_for(file))
        archive = TarReader(lambda size: memoryview(reader.read(min(size, BLOCK))))
        for member in archive:
            if member.path == wanted:
                yield from _whole(archive.chunks(), entry.sha256)
                return
    raise PackageError("The file is not in the package any more.", fix="Examine the package anew.")


def _whole(chunks: Iterator[memoryview], sha256: str) -> Iterator[bytes]:
    digest, held = hashlib.sha256(), b""
    for chunk in chunks:
        if held:
            yield held
        held = bytes(chunk)
        digest.update(held)
    if digest.hexdigest() != sha256:
        raise PackageError("The file is not the one that was verified.", fix="Examine the package anew.")
    yield held
