"""The loop of a room in the worker: its duties in turn, woken by the database, patient while that is away."""

import threading
from collections.abc import Callable, Mapping
from typing import Final

import structlog
from django.db import connections

from jusur.exchange import alarms
from jusur.exchange.notify import Listener, backoff_wait
from jusur.rows.duties import DatabaseAwayError, Duty

log = structlog.get_logger()

ALARM: Final = "duty-failing"


def run_duties(
    stop: threading.Event, acts: Mapping[str, Callable[[], int]], *, channels: tuple[str, ...], poll_seconds: float
) -> None:
    """Do what waits until told to stop.

    Args:
        stop: set when the worker ends.
        acts: each duty by the name that the log and the operator's alarm call it; it returns how much it did.
        channels: the notifications that wake the loop when nothing was left to do.
        poll_seconds: the longest it sleeps without one.
    """
    listener = Listener(*channels)
    duties = [Duty(name, act, alarm=_alarm, over=_over) for name, act in acts.items()]
    failures = 0
    while not stop.is_set():
        try:
            done = sum(duty.turn() for duty in duties)
            failures = 0
        except DatabaseAwayError as error:
            log.warning("duties.database_away", duties=sorted(acts), error=type(error.__cause__).__name__)
            connections.close_all()
            failures += 1
            backoff_wait(stop, failures)
            continue
        if not done:
            listener.wait(poll_seconds, stop)
    listener.close()


def _alarm(duty: str, detail: str) -> None:
    alarms.raise_alarm(ALARM, peer="", subject=duty, detail=f"{detail} See the worker's log for {duty}.")


def _over(duty: str) -> None:
    alarms.clear(ALARM, peer="", subject=duty)
