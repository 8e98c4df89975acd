"""The end of a record's time: its content is deleted everywhere, and what the log says of it forgotten; proofs stay."""

from typing import Final

from jusur.databases import feed, walls
from jusur.databases.models import Identifier, Record, RecordVersion
from jusur.databases.rules import RecordState
from jusur.databases.services.records import SUBJECT, empty
from jusur.kernel.clock import now
from jusur.ledger import api as ledger

BATCH: Final = 500
BATCHES_AT_ONCE: Final = 20
REASON: Final = "retention period over"


def retention_purge() -> int:
    """Purge records whose time is over, some batches at a time; how many. Safe on many processes at once."""
    total = 0
    for _ in range(BATCHES_AT_ONCE):
        purged = purge_batch()
        total += purged
        if purged < BATCH:
            break
    return total


def purge_batch() -> int:
    """Purge at most `BATCH` records; how many."""
    with walls.duty():
        over = list(
            Record.objects.select_for_update(skip_locked=True)
            .filter(expires_at__lte=now())
            .exclude(state=RecordState.PURGED)
            .order_by("expires_at")[:BATCH]
        )
        if not over:
            return 0
        ids = [record.id for record in over]
        RecordVersion.objects.filter(record__in=ids).delete()
        Identifier.objects.filter(record__in=ids).delete()
        feed.lock()
        for record in over:
            empty(record, RecordState.PURGED)
            record.reference = str(record.id)
            record.refusal = ""
            record.sequence = feed.place()
        Record.objects.bulk_update(
            over,
            (
                "state",
                "entity",
                "signature",
                "content_sha256",
                "purpose",
                "legal_basis",
                "conditions",
                "purposes",
                "allowed_recipients",
                "forwarding",
                "dropped",
                "reference",
                "refusal",
                "sequence",
            ),
        )
        ledger.forget_many([(SUBJECT, str(record)) for record in ids], actor="node", reason=REASON)
        ledger.record(
            "record.purged",
            subject_type="database",
            subject_id="records",
            actor="node",
            purpose=REASON,
            data={"records": len(ids)},
        )
    return len(over)
