"""The trail as an auditor reads it: who did what to which subject, when and why, in the order of the log.

Only events that have their place in the log are shown. A page never holds an event's data: an auditor sees no content.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, Value

from jusur.kernel.errors import InvalidInputError
from jusur.ledger.errors import EventNotFoundError
from jusur.ledger.models import PEOPLE, Event, Parts

LATE = 50_000
"""An event may stand this many places away from where its time would put it: its transaction was committed late."""
EXPORTED_AT_ONCE = 2_000
NEAR = 5_000
"""Events with a purpose that are read one by one before the index of parts is asked."""
PART = 3
"""Characters of a purpose that the index of its parts can find."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which events; empty fields want all.

    ``people``: only what officers did. ``kinds``: any of these. ``subject_types`` with ``subject_id``: of this
    subject. ``purpose``: a part of the purpose. ``since``, ``until``: a period, its end excluded.
    """

    actor: str = ""
    people: bool = False
    kinds: tuple[str, ...] = ()
    subject_types: tuple[str, ...] = ()
    subject_id: str = ""
    purpose: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An event of the trail, without its data."""

    id: UUID
    kind: str
    subject_type: str
    subject_id: str
    actor: str
    purpose: str
    occurred_at: datetime
    leaf_index: int
    forgotten: bool


def page(wanted: Wanted | None = None, *, cursor: str = "", limit: int = 50) -> dict[str, Any]:
    """One page of the trail, the newest place of the log first: ``{"items": [Entry…], "next": cursor or null}``.

    Raises:
        InvalidInputError: the cursor is not one that was given out.
    """
    if cursor and not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 19):  # noqa: PLR2004 - 63 bits
        raise InvalidInputError("cursor is not one that was given out.", fix="Start without a cursor.")
    size = min(max(limit, 1), 200)
    items = _newest(wanted or Wanted(), int(cursor) if cursor else None, size + 1)
    return {"items": items[:size], "next": str(items[size - 1].leaf_index) if len(items) > size else None}


def entry(event_id: UUID) -> Entry:
    """One event of the trail.

    Raises:
        EventNotFoundError: there is none, or it has no place in the log yet.
    """
    row = _without_data(Event.objects.filter(id=event_id, leaf_index__isnull=False)).first()
    if row is None:
        raise EventNotFoundError("The log has no such event, or has not taken it in yet.", fix="Try again in a moment.")
    return _entry(row)


def every(wanted: Wanted, *, limit: int) -> Iterator[Entry]:
    """The newest ``limit`` events, read in portions as they are wanted."""
    before: int | None = None
    while limit > 0:
        portion = _newest(wanted, before, min(limit, EXPORTED_AT_ONCE))
        yield from portion
        if len(portion) < EXPORTED_AT_ONCE:
            return
        before, limit = portion[-1].leaf_index, limit - len(portion)


def _newest(wanted: Wanted, before: int | None, limit: int) -> list[Entry]:
    """The newest ``limit`` events that are wanted.

    A frequent part of a purpose is found soon by reading back from the newest; only a rare one takes the index of
    parts, which would gather all events that have a frequent one.
    """
    if len(wanted.purpose) < PART:
        return _entries(_filtered(wanted, before), limit)
    far = _purposeful(before).order_by("-leaf_index").values_list("leaf_index", flat=True)[NEAR : NEAR + 1]
    near = _filtered(wanted, before).filter(leaf_index__gte=next(iter(far), 0))
    found = _entries(near, limit)
    if len(found) < limit:
        rare = _filtered(wanted, before).alias(parts=Parts("purpose"))
        found = _entries(rare.filter(parts__contains=Parts(Value(wanted.purpose))), limit)
    return found


def _purposeful(before: int | None) -> QuerySet[Event]:
    found = Event.objects.filter(leaf_index__isnull=False).exclude(purpose="")
    return found if before is None else found.filter(leaf_index__lt=before)


def _entries(found: QuerySet[Event], limit: int) -> list[Entry]:
    return [_entry(row) for row in _without_data(found)[:limit]]


def _without_data(found: QuerySet[Event]) -> QuerySet[Event]:
    return found.defer("data", "salt", "commitment").order_by("-leaf_index")


def _filtered(wanted: Wanted, before: int | None) -> QuerySet[Event]:
    found = Event.objects.filter(leaf_index__isnull=False)
    if before is not None:
        found = found.filter(leaf_index__lt=before)
    if wanted.people or wanted.actor.startswith(PEOPLE):
        found = found.filter(actor__startswith=PEOPLE)  # spelled as the partial indexes are
    if wanted.actor:
        found = found.filter(actor=wanted.actor)
    if wanted.kinds:
        found = found.filter(kind__in=wanted.kinds)
    if wanted.subject_types:
        found = found.filter(subject_type__in=wanted.subject_types)
    if wanted.subject_id:
        found = found.filter(subject_id=wanted.subject_id)
    if wanted.purpose:
        found = found.exclude(purpose="").filter(purpose__icontains=wanted.purpose)
    return found.filter(_period(wanted))


def _period(wanted: Wanted) -> Q:
    """The period exactly, and between which places of the log it can lie, so that no more of it is read."""
    condition = Q()
    if wanted.since is not None:
        condition &= Q(occurred_at__gte=wanted.since)
        first = _place(wanted.since, first=True)
        if first is not None:
            condition &= Q(leaf_index__gte=first - LATE)
    if wanted.until is not None:
        condition &= Q(occurred_at__lt=wanted.until)
        last = _place(wanted.until, first=False)
        if last is not None:
            condition &= Q(leaf_index__lte=last + LATE)
    return condition


def _place(moment: datetime, *, first: bool) -> int | None:
    """The place of the first event made from ``moment`` on, or of the last made before it; None if there is none.

    Identifiers are UUIDv7: they sort by the time they were made.
    """
    milliseconds = min(max(int(moment.astimezone(UTC).timestamp() * 1000), 0), (1 << 48) - 1)
    mark = UUID(int=milliseconds << 80)
    rows = Event.objects.filter(leaf_index__isnull=False)
    near = rows.filter(id__gte=mark).order_by("id") if first else rows.filter(id__lt=mark).order_by("-id")
    return near.values_list("leaf_index", flat=True).first()


def _entry(row: Event) -> Entry:
    return Entry(
        id=row.id,
        kind=row.kind,
        subject_type=row.subject_type,
        subject_id=row.subject_id,
        actor=row.actor,
        purpose=row.purpose,
        occurred_at=row.occurred_at,
        leaf_index=row.leaf_index if row.leaf_index is not None else -1,
        forgotten=row.forgotten_at is not None,
    )
