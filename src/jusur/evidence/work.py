"""The evidence room's loop in the worker: hash, seal, take in, verify. What waits stands in the tables."""

import threading
from collections.abc import Callable

import structlog
from django.db import DatabaseError, connections

from jusur.evidence.services import exporting, hashing, sealing, verifying
from jusur.evidence.waking import CHANNEL
from jusur.exchange import api as exchange

log = structlog.get_logger()

POLL_SECONDS = 2.0
"""How often to look although nothing was announced (after a restart, say)."""

_DUTIES: tuple[Callable[[], int], ...] = (
    hashing.hash_waiting,
    sealing.seal_waiting,
    verifying.receive_arrived,
    verifying.verify_waiting,
    exporting.export_waiting,
)


def run(stop: threading.Event) -> None:
    """Do what waits until told to stop."""
    listener = exchange.Listener(CHANNEL, exchange.TRANSFERS)
    failures = 0
    while not stop.is_set():
        try:
            done = sum(duty() for duty in _DUTIES)
            failures = 0
        except DatabaseError as error:
            log.warning("evidence.database_away", error=type(error).__name__)
            connections.close_all()
            failures += 1
            exchange.backoff_wait(stop, failures)
            continue
        if not done:
            listener.wait(POLL_SECONDS, stop)
    listener.close()
