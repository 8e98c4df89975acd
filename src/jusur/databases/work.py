"""The databases room's loop in the worker: copy what has changed, carry on imports. What waits stands in the tables."""

import threading
from collections.abc import Callable
from typing import Final

import structlog
from django.db import connections

from jusur.databases.feed import CHANNEL
from jusur.databases.lists import editions
from jusur.databases.services import copying, reconciling
from jusur.exchange import api as exchange
from jusur.rows.duties import DatabaseAwayError, Duty

log = structlog.get_logger()

POLL_SECONDS: Final = 5.0
"""How often to look although nothing was announced."""
ALARM: Final = "duty-failing"

_DUTIES: Final[dict[str, Callable[[], int]]] = {
    "follow": copying.follow,
    "import": editions.work,
    "reconcile": reconciling.reconcile_due,
}


def run(stop: threading.Event) -> None:
    """Do what waits until told to stop."""
    listener = exchange.Listener(CHANNEL)
    duties = [Duty(f"databases.{name}", act, alarm=_alarm, over=_over) for name, act in _DUTIES.items()]
    failures = 0
    while not stop.is_set():
        try:
            done = sum(duty.turn() for duty in duties)
            failures = 0
        except DatabaseAwayError as error:
            log.warning("databases.database_away", error=type(error.__cause__).__name__)
            connections.close_all()
            failures += 1
            exchange.backoff_wait(stop, failures)
            continue
        if not done:
            listener.wait(POLL_SECONDS, stop)
    listener.close()


def _alarm(duty: str, detail: str) -> None:
    exchange.raise_alarm(ALARM, peer="", subject=duty, detail=f"{detail} See the worker's log for {duty}.")


def _over(duty: str) -> None:
    exchange.alarm_clear(ALARM, peer="", subject=duty)
