"""Notifications: written from the ledger's events, read and marked by their officers."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from jusur.desk.kit import live
from jusur.desk.today.audience import KINDS, Staff, Telling, telling
from jusur.desk.today.models import Notification, Reading
from jusur.kernel import clock
from jusur.ledger import api as ledger
from jusur.node import context as node

READER: Final = "notifications"
BATCH: Final = 500
MAIL_AFTER: Final = timedelta(0)
KEPT: Final = timedelta(days=90)
"""How long notifications are kept; what they tell of stays in the ledger."""


@transaction.atomic
def read_events() -> int:
    """Tell officers of the events that the log has taken in since last time; how many notifications were written.

    A node's first reading begins at the log's end: nobody is told of the past.
    """
    reading = _reading()
    events = ledger.sequenced_after(reading.last_leaf, limit=BATCH)
    if not events:
        return 0
    told = [event for event in events if event.kind in KINDS and event.data is not None]
    staff = Staff() if told else None
    rows = [row for event in told if staff for row in _rows(event, telling(event, staff))]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        live.tell(*(f"bell:{officer}" for officer in sorted({row.officer_id for row in rows})))
    reading.last_leaf = events[-1].leaf_index or reading.last_leaf
    reading.save(update_fields=["last_leaf"])
    return len(rows)


def _reading() -> Reading:
    found = Reading.objects.select_for_update().filter(name=READER).first()
    if found is not None:
        return found
    Reading.objects.bulk_create([Reading(name=READER, last_leaf=ledger.size() - 1)], ignore_conflicts=True)
    return Reading.objects.select_for_update().get(name=READER)


def _rows(event: ledger.LedgerEvent, told: Telling | None) -> list[Notification]:
    if told is None:
        return []
    data: dict[str, Any] = event.data or {}
    mail_due = clock.now() + MAIL_AFTER if node.current().settings.smtp_url else None
    return [
        Notification(
            officer_id=officer,
            kind=told.kind,
            event=event.id,
            subject_type=event.subject_type,
            subject_id=event.subject_id,
            partner=str(data.get("partner") or data.get("recipient") or "")[:17],
            percent=data.get("percent"),
            at=event.occurred_at,
            mail_due_at=mail_due,
        )
        for officer in sorted(told.officers)
    ]


def notifications(officer: UUID) -> QuerySet[Notification]:
    """The notifications of ``officer``."""
    return Notification.objects.filter(officer_id=officer)


def unseen(officer: UUID) -> int:
    """How many notifications ``officer`` has not seen."""
    return notifications(officer).filter(seen_at__isnull=True).count()


def mark_seen(officer: UUID, notification: UUID | None = None) -> int:
    """Mark one of the officer's notifications as seen, or all of them; how many were not."""
    rows = notifications(officer).filter(seen_at__isnull=True)
    if notification is not None:
        rows = rows.filter(id=notification)
    return rows.update(seen_at=clock.now(), mail_due_at=None)


def forget_old() -> int:
    """Delete the notifications that were kept long enough; how many."""
    return Notification.objects.filter(at__lt=clock.now() - KEPT).delete()[0]
