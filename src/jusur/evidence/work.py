"""The evidence room's loop in the worker: hash, seal, take in, verify. What waits stands in the tables."""

import threading
from collections.abc import Callable
from typing import Final

import structlog
from django.db import connections

from jusur.evidence.services import exporting, hashing, sealing, verifying
from jusur.evidence.waking import CHANNEL
from jusur.exchange import api as exchange
from jusur.rows.duties import DatabaseAwayError, Duty

log = structlog.get_logger()

POLL_SECONDS = 2.0
"""How often to look although nothing was announced (after a restart, say)."""
ALARM: Final = "duty-failing"

_DUTIES: dict[str, Callable[[], int]] = {
    "hash": hashing.hash_waiting,
    "seal": sealing.seal_waiting,
    "receive": verifying.receive_arrived,
    "verify": verifying.verify_waiting,
    "export": exporting.export_waiting,
}


def run(stop: threading.Event) -> None:
    """Do what waits until told to stop."""
    listener = exchange.Listener(CHANNEL, exchange.TRANSFERS)
    duties = [Duty(f"evidence.{name}", act, alarm=_alarm, over=_over) for name, act in _DUTIES.items()]
    failures = 0
    while not stop.is_set():
        try:
            done = sum(duty.turn() for duty in duties)
            failures = 0
        except DatabaseAwayError as error:
            log.warning("evidence.database_away", error=type(error.__cause__).__name__)
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
