"""Writes: record events, give them their place in the log, forget their data."""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction

from jusur.kernel.clock import now
from jusur.kernel.ids import new_id
from jusur.ledger import leaves, selectors
from jusur.ledger.db import run
from jusur.ledger.errors import EventError, EventForgottenError, EventNotFoundError, LedgerDamagedError
from jusur.ledger.models import Event
from jusur.ledger.selectors import InclusionProof, LedgerEvent
from jusur.ledger.signer import signer
from jusur.ledger.store import WRITE_TILES, DatabaseTiles
from jusur.tlog import checkpoint as checkpoints
from jusur.tlog import tree as trees
from jusur.tlog.merkle import leaf_hash
from jusur.tlog.tiles import TileId

LOCK = 0x4A55_5355_524C_4F47
"""Key of the advisory lock under which events get their places ("JUSURLOG")."""

BATCH = 10_000
"""The most events one checkpoint takes in, so that a backlog never makes one long transaction."""

_BEGIN = """
    SELECT set_config('enable_bitmapscan', 'off', true), set_config('enable_seqscan', 'off', true),
           set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
           pg_advisory_xact_lock(%s)
"""
# Plain index scans only: they mark the dead entries that sequenced events leave in the index of unsequenced ones, so
# that the next scan skips them; a bitmap scan would visit them all again until the next vacuum.

_INSERT = """
    INSERT INTO ledger_event (id, kind, subject_type, subject_id, actor, purpose, occurred_at, data, salt, commitment)
    SELECT v.id, v.kind, v.subject_type, v.subject_id, v.actor, v.purpose, v.at, convert_from(v.data, 'UTF8')::jsonb,
      v.salt, v.commitment
    FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[],
      %b::bytea[], %b::bytea[], %b::bytea[])
      AS v(id, kind, subject_type, subject_id, actor, purpose, at, data, salt, commitment)
"""
_INSERT_ONE = """
    INSERT INTO ledger_event (id, kind, subject_type, subject_id, actor, purpose, occurred_at, data, salt, commitment)
    VALUES (%s, %s, %s, %s, %s, %s, %s, convert_from(%b, 'UTF8')::jsonb, %b, %b)
"""
_PENDING = """
    SELECT head.size, head.note, e.id, e.kind, e.occurred_at, e.commitment
    FROM (SELECT 1) AS one
    LEFT JOIN LATERAL (SELECT size, note FROM ledger_checkpoint ORDER BY size DESC LIMIT 1) AS head ON true
    LEFT JOIN LATERAL (
      SELECT id, kind, occurred_at, commitment FROM ledger_event WHERE leaf_index IS NULL ORDER BY id LIMIT %s
    ) AS e ON true
    ORDER BY e.id
"""
"""The newest checkpoint beside every event that has no place yet, in one row at least."""
_GROW = f"""
    WITH placed AS (
      UPDATE ledger_event SET leaf_index = %s + place.number - 1
      FROM unnest(%s::uuid[]) WITH ORDINALITY AS place(id, number)
      WHERE ledger_event.id = place.id
      RETURNING 1),
    written AS ({WRITE_TILES}),
    signed AS (INSERT INTO ledger_checkpoint (size, root, note, at) VALUES (%s, %b, %s, %s))
    SELECT count(*)::int FROM placed
"""  # noqa: S608 - its parts are ours
_FORGET = """
    UPDATE ledger_event e SET data = NULL, salt = NULL, forgotten_at = %s
    FROM (SELECT DISTINCT * FROM unnest(%s::text[], %s::text[]) AS given(type, id)) AS v
    WHERE e.subject_type = v.type AND e.subject_id = v.id AND e.forgotten_at IS NULL
"""
INSERTED_AT_ONCE = 2_000
_COLUMNS = (
    "id",
    "kind",
    "subject_type",
    "subject_id",
    "actor",
    "purpose",
    "occurred_at",
    "data",
    "salt",
    "commitment",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """An event to record; the arguments of :func:`event_record`."""

    kind: str
    subject_type: str
    subject_id: str
    actor: str
    data: dict[str, Any]
    purpose: str = ""
    occurred_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proven:
    """Events under one checkpoint: what a receipt carries."""

    checkpoint: checkpoints.Checkpoint
    proofs: dict[UUID, InclusionProof]


@dataclass(frozen=True, slots=True)
class _Grown:
    """The log after a batch: ``placed`` are the rows (id, kind, time, commitment) that got places from ``first`` on."""

    head: checkpoints.Checkpoint
    tree: trees.Tree | None
    first: int
    placed: Sequence[tuple[Any, ...]]

    def proofs(self, ids: Sequence[UUID]) -> dict[UUID, InclusionProof]:
        """Inclusion proofs of ``ids``, from memory where this batch placed them all."""
        wanted = set(ids)
        mine = [(self.first + place, *row) for place, row in enumerate(self.placed) if row[0] in wanted]
        if self.tree is None or len(mine) != len(wanted):
            return selectors.proofs(ids, self.head, self.tree)
        return selectors.inclusions(mine, self.head, self.tree)


_edge: tuple[str, dict[TileId, bytes]] | None = None
"""The newest checkpoint this process wrote and the tiles that the next batch will widen."""


def event_record(event: NewEvent) -> LedgerEvent:
    """Write one event in the caller's transaction; it gets its place in the log at the next ``integrate``.

    Raises:
        EventError: the event cannot be kept exactly as given.
    """
    row = _row(event)
    run(_INSERT_ONE, [_column(row, name) for name in _COLUMNS])
    return selectors.view(row)


def event_record_many(events: Iterable[NewEvent]) -> list[LedgerEvent]:
    """Write many events in the caller's transaction, in a few statements, in the order given.

    Raises:
        EventError: one of them cannot be kept exactly as given; none is written.
    """
    rows = [_row(event) for event in events]
    for at in range(0, len(rows), INSERTED_AT_ONCE):
        part = rows[at : at + INSERTED_AT_ONCE]
        run(_INSERT, [[_column(row, name) for row in part] for name in _COLUMNS])
    return [selectors.view(row) for row in rows]


def event_forget(event_id: UUID, *, actor: str, reason: str) -> LedgerEvent:
    """Drop an event's data and salt for good; its leaf and commitment stay, and the forgetting is itself recorded.

    Raises:
        EventNotFoundError: no such event.
        EventForgottenError: forgotten already.
    """
    with transaction.atomic():
        changed = Event.objects.filter(id=event_id, forgotten_at__isnull=True).update(
            data=None, salt=None, forgotten_at=now()
        )
        if not changed and not Event.objects.filter(id=event_id).exists():
            raise EventNotFoundError("The log has no such event.")
        if not changed:
            raise EventForgottenError("The event's data was forgotten already.")
        return event_record(
            NewEvent(
                kind="ledger.event.forgotten",
                subject_type="ledger.event",
                subject_id=str(event_id),
                actor=actor,
                purpose=reason,
                data={},
            )
        )


def event_forget_many(subjects: Sequence[tuple[str, str]], *, actor: str, reason: str) -> int:
    """Drop data and salt of all events of ``subjects`` (type and id each), but for what is forgotten; how many.

    One event records it, without naming them: a list of what was forgotten would be kept for ever.
    """
    with transaction.atomic():
        changed = run(_FORGET, [now(), [kind for kind, _ in subjects], [name for _, name in subjects]]).rowcount
        if changed:
            event_record(
                NewEvent(
                    kind="ledger.events.forgotten",
                    subject_type="ledger",
                    subject_id="events",
                    actor=actor,
                    purpose=reason,
                    data={"events": changed},
                )
            )
    return changed


def integrate() -> checkpoints.Checkpoint:
    """Give every committed event its place, grow the tree, sign one checkpoint; the newest checkpoint.

    Many processes may call it at once: they take turns, and one that finds its events placed by another signs
    nothing. All of it is one transaction a batch: after a crash at any point either the whole batch is in the log
    or none of it. Must not be called inside a transaction: a signed checkpoint may only leave once it is kept.

    Raises:
        RuntimeError: called inside a transaction.
        LedgerDamagedError: tables contradict each other; nothing was signed.
        TileError: the stored tree lacks a tile; nothing was signed.
    """
    while True:
        with transaction.atomic(durable=True):
            grown = _integrate_batch()
        if len(grown.placed) < BATCH:
            return grown.head


def integrate_and_prove(ids: Sequence[UUID], keep: Callable[[Proven], None] | None = None) -> Proven:
    """Integrate the log and prove ``ids`` under the checkpoint that results; call after their transaction committed.

    Args:
        ids: the events to prove.
        keep: called with the proofs in the transaction that grows the log: what it writes is kept with the checkpoint.

    Raises:
        RuntimeError: called inside a transaction.
        EventNotFoundError: an event was never recorded, or its transaction did not commit.
        LedgerDamagedError: tables contradict each other; nothing was signed.
    """
    while True:
        with transaction.atomic(durable=True):
            grown = _integrate_batch()
            if len(grown.placed) < BATCH:
                proven = Proven(grown.head, grown.proofs(ids))
                if keep is not None:
                    keep(proven)
                return proven


def _integrate_batch() -> _Grown:
    run(_BEGIN, [LOCK])
    found = run(_PENDING, [BATCH]).fetchall()
    size, note = (0, None) if not found else found[0][:2]
    pending = [row[2:] for row in found if row[2] is not None]
    if note is not None and not pending:
        return _Grown(checkpoints.parse(note), None, size, ())
    return _grow(size or 0, note, pending)


def _grow(size: int, note: str | None, pending: Sequence[tuple[Any, ...]]) -> _Grown:
    global _edge  # noqa: PLW0603 - one log a node
    known = _edge
    store = DatabaseTiles(known[1] if known is not None and known[0] == note else {})
    tree = trees.Tree(store, trees.append(store, size, [leaf_hash(leaves.leaf(*row)) for row in pending]))
    head = checkpoints.make(tree.size, tree.root(), signer())
    placed = run(_GROW, [size, [row[0] for row in pending], *store.to_write(), head.size, head.root, head.text, now()])
    if placed.fetchone() != (len(pending),):
        raise LedgerDamagedError("Not every event could be given its place in the log.")
    _edge = head.text, store.edge(head.size)
    return _Grown(head, tree, size, pending)


def _row(event: NewEvent) -> Event:
    texts = {
        "subject_type": event.subject_type,
        "subject_id": event.subject_id,
        "actor": event.actor,
        "purpose": event.purpose,
    }
    leaves.check(kind=event.kind, data=event.data, **texts)
    content = leaves.payload(**texts, data=event.data)
    if len(content) > leaves.MAX_PAYLOAD_BYTES:
        raise EventError(f"An event has at most {leaves.MAX_PAYLOAD_BYTES} bytes; this one has {len(content)}.")
    salt = os.urandom(leaves.SALT_BYTES)
    return Event(
        id=new_id(),
        kind=event.kind,
        **texts,
        occurred_at=event.occurred_at or now(),
        data=event.data,
        salt=salt,
        commitment=leaves.commitment(salt, content),
    )


def _column(row: Event, name: str) -> Any:
    value = getattr(row, name)
    return msgspec.json.encode(value) if name == "data" else value
