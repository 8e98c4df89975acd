"""Live updates: which parts of a page have something new, told by server-sent events of a second or of half a minute.

The web process has a few threads, and a stream holds one. So no more than ``MAX_HELD`` streams are held open at a
time, each for ``HOLD_SECONDS``; whoever comes after them is answered at once with what is new since last time, and
asks again after ``RETRY_SECONDS``, as the protocol lets the server say (``retry:``). Pages can never be starved.

What is new is known from two sources: PostgreSQL's NOTIFY on ``CHANNEL`` (``tell``), and the ledger, where everything
that matters is written down: its new events are read once a second while anybody listens. A message names topics
only, never what happened.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import psycopg
import structlog
from django.db import DatabaseError, connection, transaction

from jusur.ledger import api as ledger

log = structlog.get_logger()

CHANNEL: Final = "jusur_desk"
MAX_HELD: Final = 2
HOLD_SECONDS: Final = 25.0
RETRY_SECONDS: Final = 4.0
LOOK_SECONDS: Final = 1.0
IDLE_SECONDS: Final = 60.0
"""After so long without anybody listening, the hub stops looking."""
REMEMBERED: Final = 500
BATCH: Final = 500
PING: Final = ": still here\n\n"

TOPICS: Final[tuple[tuple[str, str, str], ...]] = (
    ("evidence.request.", "requests", "request.read"),
    ("evidence.alarm", "requests", "request.read"),
    ("exchange.", "messages", "message.read"),
    ("custody.", "evidence", "evidence.read"),
    ("directory.", "directory", "directory.read"),
)
"""By the beginning of a kind of event: the topic it belongs to, and the act that lets an officer hear of it."""
_ACTS: Final = {topic: act for _, topic, act in TOPICS}
ALL: Final = "all"
"""Told where what was missed cannot be known: every live part of the page is to be looked at again."""


def tell(*topics: str) -> None:
    """Tell listening pages of ``topics`` when the present transaction has committed.

    ``bell:<officer's id>`` is heard by that officer alone; other topics by whoever may do the topic's act.
    """
    transaction.on_commit(lambda: _say(topics), robust=True)


def _say(topics: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, topic) FROM unnest(%s::text[]) AS topic", [CHANNEL, list(topics)])


@dataclass(frozen=True, slots=True)
class Reader:
    """Who listens, and to what they may."""

    officer: UUID
    acts: frozenset[str]

    def hears(self, topic: str) -> bool:
        """Whether ``topic`` is for this reader."""
        if topic.startswith("bell:"):
            return topic == f"bell:{self.officer}"
        return topic not in _ACTS or _ACTS[topic] in self.acts


class Hub:
    """What is new in this process's node, for all its streams."""

    def __init__(self) -> None:
        self._new: deque[tuple[int, str]] = deque(maxlen=REMEMBERED)
        self._count = 0
        self._boot = os.urandom(4).hex()
        self._wake = threading.Condition()
        self._held = threading.BoundedSemaphore(MAX_HELD)
        self._thread: threading.Thread | None = None
        self._asked = 0.0

    def stream(self, reader: Reader, last: str, *, patience: float = HOLD_SECONDS) -> Iterator[str]:
        """Server-sent events for ``reader`` since ``last`` (its Last-Event-ID): at once, or held for ``patience``."""
        self._listen()
        yield f"retry: {int(RETRY_SECONDS * 1000)}\n\n"
        mark = self._mark(last)
        if mark is None:
            yield self._event([ALL] if last else [])
            mark = self._count
        if not self._held.acquire(blocking=False):
            yield self._since(reader, mark)[0]
            return
        try:
            yield from self._hold(reader, mark, time.monotonic() + patience)
        finally:
            self._held.release()

    def _hold(self, reader: Reader, mark: int, until: float) -> Iterator[str]:
        while (left := until - time.monotonic()) > 0:
            with self._wake:
                self._wake.wait_for(lambda seen=mark: self._count > seen, timeout=min(left, 10))  # type: ignore[misc]
            said, mark = self._since(reader, mark)
            yield said or PING
            self._asked = time.monotonic()

    def _since(self, reader: Reader, mark: int) -> tuple[str, int]:
        with self._wake:
            fresh = [(number, topic) for number, topic in self._new if number > mark]
            count, lost = self._count, bool(self._new) and self._new[0][0] > mark + 1
        topics = [ALL] if lost else sorted({topic for _, topic in fresh if reader.hears(topic)})
        return (self._event(topics) if topics or not fresh else ""), count

    def _event(self, topics: Collection[str]) -> str:
        names = " ".join("bell" if topic.startswith("bell:") else topic for topic in topics)
        return f"id: {self._boot}-{self._count}\n" + (f"event: news\ndata: {names}\n\n" if names else "\n")

    def _mark(self, last: str) -> int | None:
        boot, _, number = last.partition("-")
        return int(number) if boot == self._boot and number.isascii() and number.isdigit() else None

    def add(self, topics: Collection[str]) -> None:
        """Let everybody who listens know of ``topics``."""
        if not topics:
            return
        with self._wake:
            for topic in topics:
                self._count += 1
                self._new.append((self._count, topic))
            self._wake.notify_all()

    def _listen(self) -> None:
        self._asked = time.monotonic()
        with self._wake:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="desk-live", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        ear = Ear()
        try:
            while time.monotonic() - self._asked < IDLE_SECONDS:
                self.add(ear.listen(LOOK_SECONDS))
        finally:
            ear.close()
            connection.close()


class Ear:
    """Hears what is new: notifications at once, events once they stand in the log, where it looks once a second."""

    def __init__(self) -> None:
        self._line: psycopg.Connection[Any] | None = None
        self._leaf = ledger.size() - 1

    def listen(self, seconds: float) -> set[str]:
        """The topics of which something was heard within ``seconds``."""
        try:
            return self._notified(seconds) | self._written()
        except (psycopg.Error, DatabaseError, OSError) as error:
            # The database may be away for a moment; whoever listens hears of it again when it is back.
            log.warning("desk.live_deaf", error=type(error).__name__)
            self.close()
            connection.close()
            time.sleep(seconds)
            return set()

    def _notified(self, seconds: float) -> set[str]:
        if self._line is None:
            given = connection.get_connection_params()
            given = {name: value for name, value in given.items() if name not in {"cursor_factory", "context"}}
            self._line = psycopg.connect(**given, autocommit=True)
            self._line.execute(f"LISTEN {CHANNEL}")
            return set()
        heard = {note.payload for note in self._line.notifies(timeout=seconds, stop_after=1)}
        return heard | {note.payload for note in self._line.notifies(timeout=0)}

    def _written(self) -> set[str]:
        """Topics of the events that took their place in the log since."""
        fresh = ledger.sequenced_after(self._leaf, limit=BATCH)
        self._leaf += len(fresh)
        return {topic for event in fresh for start, topic, _ in TOPICS if event.kind.startswith(start)}

    def close(self) -> None:
        """Hang up."""
        if self._line is not None:
            self._line.close()
            self._line = None


hub = Hub()
