"""The worker's part: read on in the log, reckon anew what people ask."""

import threading
import time
from typing import Final

import structlog
from django.db import DatabaseError, connections

from jusur.indicators import answers, reading
from jusur.indicators.selectors import reckon

log = structlog.get_logger()

PAUSE_SECONDS: Final = 5.0
REFRESH_SECONDS: Final = 300.0
"""How old the figures of a large node may be."""


def run(stop: threading.Event) -> None:
    """Until ``stop``: keep the reading at the log's head, and its answers no older than ``REFRESH_SECONDS``."""
    due = 0.0
    while not stop.is_set():
        try:
            read_on()
            if time.monotonic() >= due:
                answers.refresh(reckon)
                due = time.monotonic() + REFRESH_SECONDS
        except DatabaseError as error:
            log.warning("indicators.reading_failed", error=type(error).__name__, detail=str(error)[:200])
            connections.close_all()
        stop.wait(PAUSE_SECONDS)


def read_on() -> None:
    """Bring the reading to the log's head."""
    while reading.advance():
        pass


def once() -> None:
    """What the worker does at each round, all of it now."""
    read_on()
    answers.refresh(reckon)
