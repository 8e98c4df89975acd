"""Hashing what was collected: each file is read once and its SHA-256 kept, so that exactly it is released."""

import hashlib
from pathlib import Path

from django.db import transaction

from jusur.evidence import custody_log
from jusur.evidence.models import EvidenceItem
from jusur.rows.claims import claim


def hash_waiting() -> int:
    """Hash the collected files that wait for it; the number hashed.

    A file that changed or vanished since it was collected is reported on its package and not hashed.
    """
    done = 0
    for item in EvidenceItem.objects.filter(sha256="", package__failure="").select_related("package__request")[:1000]:
        with claim("evidence.hash", item.id) as ours:
            if ours:
                done += _hash(item)
    return done


def _hash(item: EvidenceItem) -> int:
    try:
        with Path(item.source).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
    except OSError as error:
        return _fail(item, f"{item.path} cannot be read: {error.strerror}.")
    if size != item.size:
        return _fail(item, f"{item.path} changed while it was collected.")
    with transaction.atomic():
        if not EvidenceItem.objects.filter(id=item.id, sha256="").update(sha256=digest):
            return 0
        custody_log.record(
            item.package,
            "custody.collected",
            f"officer:{item.collected_by}",
            data={
                "item": str(item.id),
                "sha256": digest,
                "size": str(item.size),
                "method": item.method,
                "tool": item.tool,
            },
        )
    return 1


def _fail(item: EvidenceItem, why: str) -> int:
    item.package.failure = why
    item.package.save(update_fields=["failure"])
    return 0
