"""How the log stands: its newest checkpoint, what waits for its place, and what peers have shown of theirs."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count

from jusur.ledger.models import Checkpoint, Event, PeerAlarm, PeerCheckpoint
from jusur.tlog import checkpoint as checkpoints

WAITING_COUNTED = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The newest checkpoint this node signed."""

    origin: str
    size: int
    root: bytes
    at: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """The largest checkpoint a peer has shown; ``proven_from``: the earlier size that a proof ties it to."""

    peer: str
    size: int
    received_at: datetime
    proven_from: int | None
    checkpoints: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A contradiction in a peer's log, with both signed notes."""

    id: UUID
    peer: str
    kind: str
    known_note: str
    shown_note: str
    raised_at: datetime
    resolved_at: datetime | None
    resolution: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The log and its peers."""

    head: Head | None
    waiting: int
    peers: tuple[Witnessed, ...]
    alarms: tuple[Alarm, ...]


def standing() -> Standing:
    """How the log stands now; open alarms first, then the last twenty that were resolved."""
    row = Checkpoint.objects.order_by("-size").first()
    head = None
    if row is not None:
        parsed = checkpoints.parse(row.note)
        head = Head(origin=parsed.origin, size=row.size, root=bytes(row.root), at=row.at, note=row.note)
    waiting = Event.objects.filter(leaf_index__isnull=True).values("id")[:WAITING_COUNTED].count()
    return Standing(head=head, waiting=waiting, peers=tuple(_witnessed()), alarms=tuple(_alarms()))


def _witnessed() -> list[Witnessed]:
    counts = dict(PeerCheckpoint.objects.values_list("peer").annotate(number=Count("id")).order_by())
    newest = PeerCheckpoint.objects.order_by("peer", "-size").distinct("peer")
    fields = newest.values("peer", "size", "received_at", "proven_from")
    return [Witnessed(**row, checkpoints=counts.get(row["peer"], 0)) for row in fields]


def _alarms() -> list[Alarm]:
    names = ("id", "peer", "kind", "known_note", "shown_note", "raised_at", "resolved_at", "resolution")
    opened = PeerAlarm.objects.filter(resolved_at__isnull=True).order_by("-raised_at").values(*names)
    closed = PeerAlarm.objects.filter(resolved_at__isnull=False).order_by("-resolved_at").values(*names)[:20]
    return [Alarm(**row) for row in [*opened, *closed]]
