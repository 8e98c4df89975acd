"""What the worker does for the first page: notifications, their mails, the figures."""

import threading
import time
from collections.abc import Callable
from typing import Final

import structlog
from django.db import DatabaseError, connections

from jusur.desk.today import figures, mailing, notifying
from jusur.kernel.errors import JusurError

log = structlog.get_logger()

TURN_SECONDS: Final = 2.0
_DUTIES: Final[tuple[tuple[str, float, Callable[[], object]], ...]] = (
    ("notifications", 2, notifying.read_events),
    ("mail", 5, mailing.send_due),
    ("figures", 60, figures.reckon),
    ("old-notifications", 3600, notifying.forget_old),
)


def run(stop: threading.Event) -> None:
    """Do each duty in its own period (seconds) until told to stop."""
    due = {name: 0.0 for name, _period, _duty in _DUTIES}
    while not stop.wait(TURN_SECONDS):
        for name, period, duty in _DUTIES:
            if time.monotonic() >= due[name]:
                due[name] = time.monotonic() + period
                _do(name, duty)


def _do(name: str, duty: Callable[[], object]) -> None:
    try:
        duty()
    except (JusurError, DatabaseError, OSError) as error:
        log.warning("today.duty_failed", duty=name, error=type(error).__name__)
        connections.close_all()
