"""Duties of a loop, each on its own: one that fails waits by itself and delays no other.

A database that is away is nobody's fault and stops the whole round; everything else is the duty's own failure, told by
its name, and to an operator when it lasts.
"""

import time
from collections.abc import Callable
from typing import Final

import psycopg
import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connections

log = structlog.get_logger()

FAILURES_BEFORE_ALARM: Final = 5
LONGEST_PAUSE_SECONDS: Final = 300.0
_AWAY_CLASSES: Final = ("08", "57P")
"""SQLSTATEs of a lost connection, and of a server that is shut down, starting or has crashed."""
_TOO_MANY_CONNECTIONS: Final = "53300"


class DatabaseAwayError(Exception):
    """The database cannot be reached; try again later."""


def database_away(error: BaseException) -> bool:
    """Whether ``error`` says that the database cannot be reached, rather than that it was asked something wrong."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    state = cause.sqlstate if isinstance(cause, psycopg.Error) else None
    return state is None or state.startswith(_AWAY_CLASSES) or state == _TOO_MANY_CONNECTIONS


class Duty:
    """Something that is done again and again: its name, the act (which returns how much it did), its failures in a row.

    Args:
        name: as the log and the operator's alarm call it.
        act: what is done; 0 when nothing waits.
        alarm: called with the name and what is wrong, from the fifth failure in a row on.
        over: called with the name when a duty that raised the alarm works again.
    """

    def __init__(
        self, name: str, act: Callable[[], int], *, alarm: Callable[[str, str], object], over: Callable[[str], object]
    ) -> None:
        self.name = name
        self.failures = 0
        self._act, self._alarm, self._over = act, alarm, over
        self._again = 0.0

    def turn(self) -> int:
        """Do what waits, unless the duty still pauses after a failure; how much was done.

        Raises:
            DatabaseAwayError: the database is away; no failure of this duty.
        """
        if time.monotonic() < self._again:
            return 0
        try:
            done = self._act()
            if self.failures >= FAILURES_BEFORE_ALARM:
                self._over(self.name)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other duties go on
            self._blame(error)
            return 0
        self.failures = 0
        return done

    def _blame(self, error: Exception) -> None:
        if database_away(error):
            raise DatabaseAwayError from error
        self.failures += 1
        pause = min(LONGEST_PAUSE_SECONDS, 2.0 ** min(self.failures, 16))
        self._again = time.monotonic() + pause
        log.error("duty.failed", duty=self.name, failures=self.failures, again_in_seconds=pause, exc_info=error)
        if isinstance(error, DatabaseError):
            connections.close_all()
        if self.failures >= FAILURES_BEFORE_ALARM:
            self._tell(type(error).__name__)

    def _tell(self, why: str) -> None:
        try:
            self._alarm(self.name, f"The duty {self.name} has failed {self.failures} times in a row ({why}).")
        except DatabaseError as error:
            if database_away(error):
                raise DatabaseAwayError from error
            log.exception("duty.alarm_failed", duty=self.name)
