"""The answering clock of a request: when it is due, and the alarms at 50, 80 and 100 % of its time."""

from datetime import datetime

from django.db import transaction

from jusur.evidence.models import EvidenceRequest
from jusur.evidence.rules import OPEN, State, clock_stops
from jusur.instruments import api as instruments
from jusur.kernel import clock
from jusur.ledger import api as ledger

ALARM_POINTS = (50, 80, 100)


def set_due(request: EvidenceRequest) -> None:
    """Reckon and keep when ``request`` is due: its instrument's clock, the stops, any extension.

    The clock runs from receipt where this bureau received the request, else from sending. While it stands still the
    last known time is kept.
    """
    deadline = _deadline(request)
    if deadline is not None and deadline.due is None:
        return
    moments = [moment for moment in (deadline.due if deadline else None, request.extended_to) if moment]
    request.due_at = max(moments, default=None)
    request.save(update_fields=["due_at"])


def alarm_moments(request: EvidenceRequest) -> list[tuple[int, datetime]]:
    """The alarm points of ``request`` in per cent of its time, and when each is reached."""
    started, due = request.received_at or request.sent_at, request.due_at
    if started is None or due is None:
        return []
    deadline = _deadline(request)
    if deadline is not None and deadline.due == due:
        return [(alarm.percent, alarm.at) for alarm in deadline.alarms if alarm.at is not None]
    return [(percent, started + (due - started) * percent / 100) for percent in ALARM_POINTS]


@transaction.atomic
def raise_alarms() -> int:
    """Raise the alarms that have come due on open requests, each once; the number raised."""
    now = clock.now()
    raised = 0
    running = (
        EvidenceRequest.objects.select_for_update(skip_locked=True)
        .filter(state__in=OPEN - {State.CLARIFICATION_ASKED}, due_at__isnull=False)
        .exclude(alarms_raised__contains=[ALARM_POINTS[-1]])
    )
    for request in running:
        due = [percent for percent, at in alarm_moments(request) if at <= now and percent not in request.alarms_raised]
        for percent in due:
            _alarm(request, percent)
        if due:
            request.alarms_raised = sorted({*request.alarms_raised, *due})
            request.save(update_fields=["alarms_raised"])
            raised += len(due)
    return raised


def _deadline(request: EvidenceRequest) -> instruments.Deadline | None:
    started = request.received_at or request.sent_at
    if started is None:
        return None
    return instruments.deadline(
        request.instrument,
        request.measure,
        started_at=started,
        urgency=request.content["urgency"],
        directly_accessible=request.content["directly_accessible"],
        stops=clock_stops(request.acts.values_list("act", "at")),
    )


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
