"""The answering clock of a request: when it is due, and the alarms at 50, 80 and 100 % of its time."""

from datetime import datetime

from django.db import transaction

from jusur.evidence.models import EvidenceRequest
from jusur.evidence.rules import OPEN, clock_stops
from jusur.instruments import api as instruments
from jusur.kernel import clock
from jusur.ledger import api as ledger

ALARM_POINTS = (50, 80, 100)


def set_due(request: EvidenceRequest) -> None:
    """Reckon and keep when ``request`` is due: its instrument's clock from sending, its stops, any extension."""
    acts = list(request.acts.values_list("act", "at"))
    request.due_at = None
    if request.sent_at is not None:
        deadline = instruments.deadline(
            request.instrument,
            request.measure,
            urgency=request.urgency,
            directly_accessible=request.content["directly_accessible"],
            started=request.sent_at,
            stops=clock_stops(acts),
        )
        request.due_at = max(filter(None, (deadline, request.extended_to)), default=None)
    request.save(update_fields=["due_at"])


def elapsed_percent(started: datetime, due: datetime, moment: datetime) -> int:
    """How much of the time between ``started`` and ``due`` has gone at ``moment``, in per cent, at least 0."""
    whole = (due - started).total_seconds()
    gone = (moment - started).total_seconds()
    return max(0, int(100 * gone / whole)) if whole > 0 else 100


@transaction.atomic
def raise_alarms() -> int:
    """Raise the alarms that have come due on open requests, each once; the number raised."""
    now = clock.now()
    raised = 0
    waiting = EvidenceRequest.objects.select_for_update(skip_locked=True).filter(
        state__in=OPEN, due_at__isnull=False, sent_at__isnull=False
    )
    for request in waiting.exclude(state="clarification_asked").exclude(alarms_raised__contains=[100]):
        if request.sent_at is None or request.due_at is None:
            continue
        percent = elapsed_percent(request.sent_at, request.due_at, now)
        due = [point for point in ALARM_POINTS if point <= percent and point not in request.alarms_raised]
        for point in due:
            _alarm(request, point)
        if due:
            request.alarms_raised = sorted({*request.alarms_raised, *due})
            request.save(update_fields=["alarms_raised"])
            raised += len(due)
    return raised


def _alarm(request: EvidenceRequest, percent: int) -> None:
    ledger.record(
        "evidence.request.alarm",
        subject_type="evidence.request",
        subject_id=str(request.id),
        actor="node",
        purpose="deadline",
        data={
            "percent": percent,
            "partner": request.counterpart,
            "side": request.side,
            "instrument": request.instrument,
            "measure": request.measure,
            "urgency": request.urgency,
        },
    )
