"""Alarms: what an operator must know. The same trouble again counts on the open alarm instead of filling the list."""

from typing import Any

import structlog
from django.db import transaction

from jusur.exchange import log
from jusur.exchange.db import rows
from jusur.exchange.models import ExchangeAlarm
from jusur.kernel import text
from jusur.kernel.clock import now
from jusur.kernel.errors import NotFoundError

_log = structlog.get_logger(__name__)


def raise_alarm(kind: str, *, peer: str, detail: str, subject: str = "") -> bool:
    """Open the alarm ``kind`` about ``peer``, or count it once more; whether it is new.

    A new alarm is an event of the ledger. ``detail`` is for the operator: no personal data.
    """
    with transaction.atomic():
        number, count = _count(kind, peer, subject, detail)
        if count == 1:
            log.record(
                "exchange.alarm.raised",
                subject_type="exchange.alarm",
                subject_id=str(number),
                data={"kind": kind, "peer": peer, "subject": subject},
            )
            _log.warning("exchange alarm", kind=kind, peer=peer)
    return count == 1


def _count(kind: str, peer: str, subject: str, detail: str) -> tuple[int, int]:
    moment = now()
    found = rows(
        """INSERT INTO exchange_exchangealarm (kind, peer, subject, detail, count, raised_at, last_at)
           VALUES (%s, %s, %s, %s, 1, %s, %s)
           ON CONFLICT (kind, peer, subject) WHERE cleared_at IS NULL
           DO UPDATE SET count = exchange_exchangealarm.count + 1, last_at = EXCLUDED.last_at,
                         detail = EXCLUDED.detail
           RETURNING id, count""",
        (kind, peer[:17], subject[:128], detail, moment, moment),
    )
    return found[0][0], found[0][1]


def clear(kind: str, *, peer: str, subject: str = "") -> None:
    """Close the open alarm ``kind`` about ``peer``, if there is one: the trouble is over."""
    ExchangeAlarm.objects.filter(kind=kind, peer=peer, subject=subject, cleared_at=None).update(cleared_at=now())


def dismiss(alarm: int, *, actor: str, reason: str = "") -> None:
    """Close an alarm by an operator's word, and why.

    Raises:
        NotFoundError: there is no such open alarm.
        TextError: the reason is not a line of text.
    """
    said = {"reason": text.line(reason, max_length=500, field="reason")} if reason else {}
    with transaction.atomic():
        if not ExchangeAlarm.objects.filter(id=alarm, cleared_at=None).update(cleared_at=now()):
            raise NotFoundError(f"There is no open alarm {alarm}.", fix="List them: jusur exchange alarms.")
        log.record(
            "exchange.alarm.dismissed", subject_type="exchange.alarm", subject_id=str(alarm), actor=actor, data=said
        )


def open_alarms() -> list[dict[str, Any]]:
    """Open alarms, the newest first."""
    fields = ("id", "kind", "peer", "subject", "detail", "count", "raised_at", "last_at")
    return list(ExchangeAlarm.objects.filter(cleared_at=None).order_by("-last_at").values(*fields))
