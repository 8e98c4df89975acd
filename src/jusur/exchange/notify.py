"""Waking the worker: PostgreSQL's LISTEN and NOTIFY, heard when the transaction that notified commits."""

import threading
from collections.abc import Iterable
from typing import Any

import psycopg
from django.db import connection, connections

from jusur.exchange.db import execute

OUTBOX = "jusur_outbox"
INBOX = "jusur_inbox"
TRANSFERS = "jusur_transfers"


def notify(channel: str, payloads: Iterable[str] = ("",)) -> None:
    """Notify ``channel`` when the present transaction commits, once for each payload."""
    execute("SELECT pg_notify(%s, payload) FROM unnest(%s::text[]) AS payload", (channel, sorted(set(payloads))))


def notify_lane(route: str, priority: int) -> None:
    """Wake the lane that carries ``priority`` to ``route`` when the present transaction commits."""
    notify(OUTBOX, [f"{route} {lane_of(priority)}"])


def lane_of(priority: int) -> str:
    """``express`` for emergencies (0) and urgent messages (1), else ``standard``."""
    return "express" if priority <= 1 else "standard"


class Listener:
    """A connection of its own that hears channels; reconnects by itself after the database was away."""

    def __init__(self, *channels: str) -> None:
        self._channels = channels
        self._connection: psycopg.Connection[Any] | None = None

    def wait(self, seconds: float, stop: threading.Event) -> set[str]:
        """Payloads heard within ``seconds``; returns early with the first. Empty when nothing was said.

        After a lost connection it returns ``{""}`` once it hears again: something may have been missed.
        """
        if self._connection is None:
            return self._connect(seconds, stop)
        try:
            heard = [note.payload for note in self._connection.notifies(timeout=seconds, stop_after=1)]
            heard += [note.payload for note in self._connection.notifies(timeout=0)]
            return set(heard)
        except psycopg.Error:
            self.close()
            return set()

    def _connect(self, seconds: float, stop: threading.Event) -> set[str]:
        try:
            settings = connection.get_connection_params()
            settings.pop("cursor_factory", None)
            settings.pop("context", None)
            self._connection = psycopg.connect(**settings, autocommit=True)
            for channel in self._channels:
                self._connection.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(channel)))
        except psycopg.Error:
            self.close()
            stop.wait(min(seconds, 1.0))
            return set()
        return {""}

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def leave_thread() -> None:
    """Close this thread's Django connections; to be called where a thread of ours ends."""
    connections.close_all()


def backoff_wait(stop: threading.Event, failures: int) -> None:
    """Wait 0.1 to 5 seconds, longer with every failure in a row, or until told to stop."""
    stop.wait(min(5.0, 0.1 * 2 ** min(failures, 6)))
