"""Reads: events, proofs, checkpoints, and the log's public resources."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from jusur.ledger import leaves
from jusur.ledger.db import run
from jusur.ledger.errors import EventNotFoundError
from jusur.ledger.models import Checkpoint, Event
from jusur.ledger.store import DatabaseTiles, read_tile
from jusur.tlog import checkpoint as checkpoints
from jusur.tlog import tiles
from jusur.tlog.merkle import HASH_SIZE
from jusur.tlog.tiles import TILE_WIDTH, TileId
from jusur.tlog.tree import Tree

PAGE = 2_000
"""Rows read at once when iterating."""
_PLACED = """
    SELECT leaf_index, id, kind, occurred_at, commitment FROM ledger_event
    WHERE id = ANY(%s::uuid[]) AND leaf_index < %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEvent:
    """An event as other apps see it. ``data`` is None once forgotten; ``leaf_index`` None until sequenced."""

    id: UUID
    kind: str
    subject_type: str
    subject_id: str
    actor: str
    purpose: str
    occurred_at: datetime
    data: dict[str, Any] | None
    commitment: bytes
    leaf_index: int | None
    forgotten_at: datetime | None

    @property
    def leaf(self) -> bytes:
        """The log's entry for this event."""
        return leaves.leaf(self.id, self.kind, self.occurred_at, self.commitment)


@dataclass(frozen=True, slots=True, kw_only=True)
class InclusionProof:
    """An event's place under a checkpoint: leaf bytes, index, the 32-byte hashes of the path, the signed head."""

    event_id: UUID
    leaf: bytes
    leaf_index: int
    hashes: tuple[bytes, ...]
    checkpoint: checkpoints.Checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsistencyProof:
    """That the tree of ``old`` leaves is the beginning of the tree of ``new``: 32-byte hashes."""

    old: int
    new: int
    hashes: tuple[bytes, ...]


def view(row: Event) -> LedgerEvent:
    """The event of a row."""
    return LedgerEvent(
        id=row.id,
        kind=row.kind,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        actor=row.actor,
        purpose=row.purpose,
        occurred_at=row.occurred_at,
        data=row.data,
        commitment=bytes(row.commitment),
        leaf_index=row.leaf_index,
        forgotten_at=row.forgotten_at,
    )


def events(subject_type: str, subject_id: str) -> list[LedgerEvent]:
    """The events of one subject, oldest first."""
    return [view(row) for row in Event.objects.filter(subject_type=subject_type, subject_id=subject_id).order_by("id")]


def iter_events(kinds: Collection[str] | None = None, since: datetime | None = None) -> Iterator[LedgerEvent]:
    """Events in the order of their ids, read in pages.

    Args:
        kinds: kinds wanted; one that ends in ``.*`` wants all kinds below it; None wants all.
        since: the earliest ``occurred_at`` wanted.
    """
    rows = Event.objects.order_by("id")
    if since is not None:
        rows = rows.filter(occurred_at__gte=since)
    if kinds is not None:
        rows = rows.filter(_of_kinds(kinds))
    last: UUID | None = None
    while page := list((rows if last is None else rows.filter(id__gt=last))[:PAGE]):
        yield from map(view, page)
        last = page[-1].id


def sequenced_after(leaf_index: int, *, limit: int) -> list[LedgerEvent]:
    """The first ``limit`` events that stand after ``leaf_index`` in the log, in its order; -1 for the beginning."""
    return [view(row) for row in Event.objects.filter(leaf_index__gt=leaf_index).order_by("leaf_index")[:limit]]


def size() -> int:
    """How many entries the log's newest checkpoint covers."""
    return Checkpoint.objects.order_by("-size").values_list("size", flat=True).first() or 0


def latest_checkpoint() -> checkpoints.Checkpoint | None:
    """The newest checkpoint this node signed, if any."""
    row = Checkpoint.objects.order_by("-size").first()
    return None if row is None else checkpoints.parse(row.note)


def checkpoint_at(size: int) -> checkpoints.Checkpoint | None:
    """The checkpoint this node signed at ``size`` entries, if it did."""
    row = Checkpoint.objects.filter(size=size).first()
    return None if row is None else checkpoints.parse(row.note)


def proofs(
    ids: Sequence[UUID], checkpoint: checkpoints.Checkpoint | None = None, tree: Tree | None = None
) -> dict[UUID, InclusionProof]:
    """Inclusion proofs of many events under one checkpoint (default: the newest).

    Args:
        ids: the events.
        checkpoint: one this node signed.
        tree: the tree of that checkpoint's size, where the caller has it at hand.

    Raises:
        EventNotFoundError: an event does not exist or the checkpoint does not cover it yet.
    """
    head = checkpoint or latest_checkpoint()
    size = 0 if head is None else head.size
    placed = run(_PLACED, [list(ids), size]).fetchall()
    if head is None or len(placed) != len(set(ids)):
        raise EventNotFoundError(
            "An event is not in the log's signed part.", fix="Integrate the log, then ask for the proof again."
        )
    return inclusions(placed, head, tree or Tree(DatabaseTiles(), size))


def inclusions(
    placed: Sequence[tuple[Any, ...]], head: checkpoints.Checkpoint, tree: Tree
) -> dict[UUID, InclusionProof]:
    """Inclusion proofs under ``head`` of events given as (place, id, kind, time, commitment)."""
    paths = tree.inclusions([row[0] for row in placed])
    return {
        event_id: InclusionProof(
            event_id=event_id,
            leaf=leaves.leaf(event_id, kind, occurred_at, commitment),
            leaf_index=index,
            hashes=tuple(path),
            checkpoint=head,
        )
        for (index, event_id, kind, occurred_at, commitment), path in zip(placed, paths, strict=True)
    }


def consistency(old: int, new: int) -> ConsistencyProof:
    """The proof that this log at ``new`` entries begins with itself at ``old`` entries.

    Raises:
        ProofError: ``old`` is larger than ``new``, or negative.
        TileError: the log has fewer than ``new`` entries.
    """
    return ConsistencyProof(old=old, new=new, hashes=tuple(Tree(DatabaseTiles(), new).consistency(old)))


def resource(path: str) -> bytes:
    """What C2SP tlog-tiles serves at ``path``: ``checkpoint``, ``tile/L/N[.p/W]`` or ``tile/entries/N[.p/W]``.

    Raises:
        TileError: not such a path.
        EventNotFoundError: the log has not grown that far.
    """
    head = latest_checkpoint()
    if head is None:
        raise EventNotFoundError("The log has no checkpoint yet.")
    if path == "checkpoint":
        return head.text.encode()
    level, number, width = tiles.parse_path(path)
    data = _entries(number, width, head.size) if level is None else _hashes(TileId(level, number), width, head.size)
    if data is None:
        raise EventNotFoundError("The log has not grown as far as this tile.")
    return data


def entries(first: int, count: int) -> list[bytes]:
    """The leaves at ``first`` and the ``count`` - 1 places after it, as far as there are any."""
    rows = Event.objects.filter(leaf_index__gte=first, leaf_index__lt=first + count).order_by("leaf_index")
    return [leaves.leaf(*row) for row in rows.values_list("id", "kind", "occurred_at", "commitment")]


def sequenced(first: int, count: int) -> QuerySet[Event]:
    """The rows of the events at ``first`` and the ``count`` - 1 places after it."""
    return Event.objects.filter(leaf_index__gte=first, leaf_index__lt=first + count).order_by("leaf_index")


def _entries(number: int, width: int, size: int) -> bytes | None:
    if number * TILE_WIDTH + width > size:
        return None
    return tiles.encode_entries(entries(number * TILE_WIDTH, width))


def _hashes(tile: TileId, width: int, size: int) -> bytes | None:
    if tile.number * TILE_WIDTH + width > size >> (tiles.TILE_HEIGHT * tile.level):
        return None
    data = read_tile(tile)
    return None if data is None or len(data) < width * HASH_SIZE else data[: width * HASH_SIZE]


def _of_kinds(kinds: Collection[str]) -> Q:
    wanted = Q(kind__in=[kind for kind in kinds if not kind.endswith(".*")])
    for kind in kinds:
        if kind.endswith(".*"):
            wanted |= Q(kind__startswith=kind[:-1])
    return wanted
