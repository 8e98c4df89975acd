"""The courier: keeps a lane going for every peer that has something due, wakes them, and watches over time.

Runs in the worker process. `tick` does what is due by the clock: what expired, who is silent, what waits too long.
"""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Final

import structlog
from django.db import Error as DatabaseError
from django.db import transaction

from jusur.exchange import alarms, lanes, log, notify, peer
from jusur.exchange.db import execute, rows
from jusur.exchange.envelope import CLOCK_TOLERANCE
from jusur.exchange.lanes import Lane, LaneThread
from jusur.exchange.peer import Connection
from jusur.kernel.clock import now
from jusur.kernel.errors import JusurError

_log = structlog.get_logger(__name__)

SCAN_SECONDS = 1.0
SILENCE: Final = timedelta(minutes=5)
"""How long a peer may be silent before the operator is told."""
EMERGENCY_PATIENCE: Final = timedelta(seconds=60)
"""How long an emergency may go without a receipt before the operator is told."""


class Courier:
    """All lanes of this process."""

    def __init__(self, stop: threading.Event, connect: Callable[[str], Connection] = peer.connect) -> None:
        self._stop = stop
        self._connect = connect
        self._threads: dict[tuple[str, str], LaneThread] = {}

    def run(self) -> None:
        """Run lanes until told to stop; outlives the database's absence."""
        listener = notify.Listener(notify.OUTBOX)
        failures, scanned = 0, -SCAN_SECONDS
        while not self._stop.is_set():
            try:
                self._wake(listener.wait(SCAN_SECONDS, self._stop))
                if time.monotonic() - scanned >= SCAN_SECONDS:
                    self.start_due()
                    scanned = time.monotonic()
                failures = 0
            except (DatabaseError, JusurError) as error:
                _log.warning("courier cannot scan", error=type(error).__name__)
                notify.leave_thread()
                failures += 1
                notify.backoff_wait(self._stop, failures)
        listener.close()
        self.join()
        notify.leave_thread()

    def start_due(self) -> None:
        """Start or wake a lane for everything due."""
        for key in lanes.due_lanes():
            self._go(*key)

    def join(self) -> None:
        """Wait until all lanes have ended, after stop was set."""
        for thread in self._threads.values():
            thread.wake()
        for thread in self._threads.values():
            thread.join()

    def _wake(self, heard: set[str]) -> None:
        for payload in heard:
            name, _, kind = payload.partition(" ")
            if kind in lanes.PRIORITIES:
                self._go(name, kind)
            else:
                self.start_due()

    def _go(self, name: str, kind: str) -> None:
        thread = self._threads.get((name, kind))
        if thread is None or not thread.is_alive():
            thread = self._threads[name, kind] = LaneThread(Lane(name, kind, self._connect), self._stop)
            thread.start()
        else:
            thread.wake()


def tick() -> None:
    """What is due by the clock; call it every few seconds, from one or many processes."""
    expire()
    _watch_silence()


def expire() -> int:
    """Give up what has expired before it was receipted, and say so; how many deliveries."""
    moment = now()
    with transaction.atomic():
        found = rows(
            """UPDATE exchange_delivery SET state = 'expired', settled_at = %s
               WHERE id IN (SELECT id FROM exchange_delivery
                            WHERE state IN ('drafted', 'approved', 'queued', 'delivered') AND expires_at <= %s
                            ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED)
               RETURNING message_id, recipient, envelope_id""",
            (moment, moment - CLOCK_TOLERANCE),
        )
        for message, recipient, envelope in found:
            log.record(
                "exchange.delivery.expired",
                subject_type=log.MESSAGE,
                subject_id=str(message),
                data={"recipient": recipient, "envelope": str(envelope)},
            )
            alarms.raise_alarm(
                "message-expired",
                peer=recipient,
                subject=str(message),
                detail=f"Message {message} expired before {recipient} gave a receipt for it.",
            )
        execute(
            """UPDATE exchange_relayitem SET state = 'expired', envelope = ''
               WHERE state = 'queued' AND expires_at <= %s""",
            (moment - CLOCK_TOLERANCE,),
        )
    return len(found)


def _watch_silence() -> None:
    moment = now()
    silent = rows("SELECT peer, silent_since FROM exchange_peerstate WHERE silent_since <= %s", (moment - SILENCE,))
    for name, since in silent:
        minutes = int((moment - since).total_seconds() // 60)
        with transaction.atomic():
            alarms.raise_alarm("peer-silent", peer=name, detail=f"{name} has not answered for {minutes} minutes.")
    late = rows(
        """SELECT message_id, recipient FROM exchange_delivery
           WHERE state IN ('queued', 'delivered') AND priority = 0 AND created_at <= %s""",
        (moment - EMERGENCY_PATIENCE,),
    )
    for message, recipient in late:
        with transaction.atomic():
            alarms.raise_alarm(
                "emergency-undelivered",
                peer=recipient,
                subject=str(message),
                detail=f"{recipient} has given no receipt for emergency message {message} for a minute. Call them.",
            )


def run(stop: threading.Event) -> None:
    """Be the courier until ``stop`` is set."""
    Courier(stop).run()
