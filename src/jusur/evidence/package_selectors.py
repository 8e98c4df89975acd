"""Reads of one package, as its page shows it: files, hashing, release, exports, transfer, what the intake holds."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Sum

from jusur.accounts import api as accounts
from jusur.evidence import custody_log
from jusur.evidence.custody import Direction
from jusur.evidence.intake import STAGING
from jusur.evidence.models import EvidenceExport, EvidencePackage
from jusur.evidence.services.packages import RELEASE
from jusur.evidence.uploads import ARRIVED
from jusur.exchange import api as exchange
from jusur.kernel import text
from jusur.kernel.errors import JusurError
from jusur.node import context

MAX_ENTRIES = 200
"""Entries of the intake that are offered; more have to be named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """A file of a package. ``number`` counts from 0; how it was acquired is known where it was collected."""

    number: int
    path: str
    size: int
    sha256: str
    method: str = ""
    tool: str = ""
    collected_at: datetime | None = None
    collected_by: UUID | None = None


@dataclass(frozen=True, slots=True)
class IntakeEntry:
    """A file or folder that lies in the intake; ``size`` in bytes, ``None`` of a folder."""

    name: str
    size: int | None


@dataclass(frozen=True, slots=True)
class Totals:
    """Of what was collected: files, bytes, and files whose digest is still being computed."""

    files: int
    bytes: int
    unhashed: int


def files(package: EvidencePackage, *, first: int = 0, limit: int = 100) -> list[FileEntry]:
    """The package's files by path, from the ``first``; received ones as its verification found them (2,000 at most)."""
    if package.direction == Direction.INCOMING:
        listed = _listed(package)[first : first + limit]
        return [_received(number, row) for number, row in enumerate(listed, start=first)]
    rows = package.items.all()[first : first + limit]
    return [
        FileEntry(
            number=number,
            path=item.path,
            size=item.size,
            sha256=item.sha256,
            method=item.method,
            tool=item.tool,
            collected_at=item.collected_at,
            collected_by=item.collected_by,
        )
        for number, item in enumerate(rows, start=first)
    ]


def received_file(package: EvidencePackage, number: int) -> FileEntry | None:
    """One file of a received package, or ``None``."""
    listed = _listed(package)
    return _received(number, listed[number]) if 0 <= number < len(listed) else None


def totals(package: EvidencePackage) -> Totals:
    """How much the package holds."""
    if package.direction == Direction.INCOMING:
        found = package.verification or {}
        return Totals(int(found.get("file_count", 0)), int(found.get("bytes", 0)), 0)
    counted = package.items.aggregate(
        files=Count("id"), bytes=Sum("size", default=0), unhashed=Count("id", filter=Q(sha256=""))
    )
    return Totals(counted["files"], int(counted["bytes"]), counted["unhashed"])


def release_asked(package_id: UUID) -> Any | None:
    """The open question of whether the package may leave: who asked and when; ``None`` where nobody asks."""
    return (
        accounts.approvals_waiting()
        .filter(act=RELEASE, subject_type=custody_log.SUBJECT, subject_id=package_id)
        .select_related("asked_by")
        .first()
    )


def exports(package_id: UUID) -> list[EvidenceExport]:
    """What was opened into folders of the exports, newest first."""
    return list(EvidenceExport.objects.filter(package_id=package_id).order_by("-asked_at")[:20])


def transfer(package: EvidencePackage) -> exchange.TransferView | None:
    """How far the sealed bytes of a received package have come."""
    return exchange.transfer(package.blob, sender=package.counterpart) if package.blob else None


def intake_entries() -> list[IntakeEntry]:
    """What lies in the intake and can be collected, by name: plain files and folders with names that do not deceive."""
    found = []
    for entry in _scan(context.current().settings.intake_dir):
        if entry.name.startswith(".") or entry.name in {STAGING, ARRIVED} or entry.is_symlink():
            continue
        if _acceptable(entry.name) and (entry.is_dir() or entry.is_file()):
            found.append(IntakeEntry(entry.name, None if entry.is_dir() else entry.stat().st_size))
    return sorted(found, key=lambda entry: entry.name)[:MAX_ENTRIES]


def _scan(folder: Path) -> Sequence[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except FileNotFoundError:
        return []


def _acceptable(name: str) -> bool:
    try:
        text.file_name(name, field="file name")
    except (JusurError, UnicodeError):
        return False
    return True


def _listed(package: EvidencePackage) -> list[list[str]]:
    found: list[list[str]] = (package.verification or {}).get("files", [])
    return found


def _received(number: int, row: list[str]) -> FileEntry:
    path, size, sha256 = row
    return FileEntry(number=number, path=path, size=int(size), sha256=sha256)
