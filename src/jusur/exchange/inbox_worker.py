"""Processing in the background: woken by every accepted batch, by its clock for what was held or put off."""

import threading

import structlog
from django.db import Error as DatabaseError

from jusur.exchange import notify, processing

_log = structlog.get_logger(__name__)

SCAN_SECONDS = 1.0


def run(stop: threading.Event) -> None:
    """Process accepted messages until ``stop`` is set; outlives the database's absence."""
    listener = notify.Listener(notify.INBOX)
    failures = 0
    while not stop.is_set():
        try:
            while processing.process_ready() and not stop.is_set():
                pass
            failures = 0
        except DatabaseError as error:
            _log.warning("inbox cannot process", error=type(error).__name__)
            notify.leave_thread()
            failures += 1
            notify.backoff_wait(stop, failures)
        listener.wait(SCAN_SECONDS, stop)
    listener.close()
    notify.leave_thread()
