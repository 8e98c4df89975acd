"""Summaries of what was exchanged with each peer: per hour of the envelope's identifier a count and a fold.

The fold is the XOR of SHA-256(envelope id || digest), cut to 128 bits: the same for the same set in whatever order it
came about, and changed in the transaction that changes the set. Two nodes compare a root over their hours instead of
a million identifiers.
"""

import hashlib
from collections.abc import Iterable
from uuid import UUID

from jusur.exchange.db import execute, rows

BUCKET_MILLISECONDS = 3_600_000

Exchanged = tuple[str, UUID, str]
"""Peer, envelope id, digest (hex)."""


def bucket_of(envelope_id: UUID) -> int:
    """The hour since 1970 in which a UUIDv7 was made (of any other UUID a number all the same)."""
    return (envelope_id.int >> 80) // BUCKET_MILLISECONDS


def fold_of(envelope_id: UUID, digest: str) -> tuple[int, int]:
    """An envelope's part of the fold: two signed 64-bit numbers."""
    data = hashlib.sha256(envelope_id.bytes + bytes.fromhex(digest)).digest()
    return int.from_bytes(data[:8], signed=True), int.from_bytes(data[8:16], signed=True)


def note_exchanged(items: Iterable[Exchanged], *, outgoing: bool, count: int = 1) -> None:
    """Add newly exchanged envelopes to the summaries, in the present transaction (call it last: it locks hours).

    With ``count`` -1 they are taken out again.
    """
    totals: dict[tuple[str, int], list[int]] = {}
    for peer, envelope_id, digest in items:
        total = totals.setdefault((peer, bucket_of(envelope_id)), [0, 0, 0])
        high, low = fold_of(envelope_id, digest)
        total[0] += count
        total[1] ^= high
        total[2] ^= low
    if not totals:
        return
    ordered = sorted(totals)
    execute(
        """INSERT INTO exchange_summary (peer, outgoing, bucket, count, fold_high, fold_low)
           SELECT v.peer, %s, v.bucket, v.count, v.high, v.low
           FROM unnest(%s::text[], %s::int[], %s::bigint[], %s::bigint[], %s::bigint[])
             AS v(peer, bucket, count, high, low)
           ON CONFLICT (peer, outgoing, bucket) DO UPDATE SET
             count = exchange_summary.count + EXCLUDED.count,
             fold_high = exchange_summary.fold_high # EXCLUDED.fold_high,
             fold_low = exchange_summary.fold_low # EXCLUDED.fold_low""",
        (
            outgoing,
            [peer for peer, _ in ordered],
            [bucket for _, bucket in ordered],
            *([totals[key][part] for key in ordered] for part in range(3)),
        ),
    )


def buckets(peer: str, *, outgoing: bool) -> dict[int, tuple[int, str]]:
    """For every hour the count and the fold (32 hexadecimal digits) of what was exchanged with ``peer``."""
    found = rows(
        """SELECT bucket, count, fold_high, fold_low FROM exchange_summary
           WHERE peer = %s AND outgoing = %s AND count > 0 ORDER BY bucket""",
        (peer, outgoing),
    )
    return {bucket: (count, _hex(high) + _hex(low)) for bucket, count, high, low in found}


def root(content: dict[int, tuple[int, str]]) -> str:
    """SHA-256 (hex) over all hours: lines ``bucket count fold`` in order."""
    lines = "".join(f"{bucket} {count} {fold}\n" for bucket, (count, fold) in sorted(content.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def objects(peer: str, bucket: int, *, outgoing: bool, after: UUID | None, limit: int) -> list[tuple[UUID, str]]:
    """Identifiers and digests exchanged with ``peer`` in one hour, by identifier, from ``after`` on."""
    first = UUID(int=(bucket * BUCKET_MILLISECONDS) << 80)
    last = UUID(int=((bucket + 1) * BUCKET_MILLISECONDS << 80) - 1)
    start = max(first, UUID(int=after.int + 1)) if after is not None and after.int < last.int else first
    table = (
        "SELECT envelope_id, digest FROM exchange_delivery WHERE recipient = %s AND state = 'receipted'"
        if outgoing
        else "SELECT envelope_id, digest FROM exchange_inboundmessage WHERE sender = %s AND state <> 'refused'"
    )
    if after is not None and after.int >= last.int:
        return []
    found = rows(table + " AND envelope_id BETWEEN %s AND %s ORDER BY envelope_id LIMIT %s", (peer, start, last, limit))
    return [(row[0], row[1]) for row in found]


def _hex(number: int) -> str:
    return (number & (2**64 - 1)).to_bytes(8).hex()
