"""A lane carries what waits for one peer, in order of priority, over one connection of its own.

Every peer has two: ``express`` for emergencies and urgent messages, ``standard`` for the rest, so that an emergency
never waits behind bulk. A session lock in the database makes one process the only sender of a lane's traffic; when it
dies the lock goes with it and nothing needs to be given back. Where more waits than one batch holds, a second carrier
with a connection of its own sends the next batch while the peer still works on the first; receivers put messages in
order by their sequence.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import structlog
from django.db import Error as DatabaseError

from jusur.exchange import alarms, gossip, negotiation, notify, own, receipts, relay, wire
from jusur.exchange.backoff import next_delay
from jusur.exchange.db import execute, row, rows
from jusur.exchange.errors import PeerMisbehavesError, PeerUnavailableError, ProtocolMismatchError
from jusur.exchange.peer import Connection, refused
from jusur.exchange.receipt import MAX_RECEIPT_BYTES
from jusur.kernel.clock import now
from jusur.kernel.errors import JusurError

_log = structlog.get_logger(__name__)

EXPRESS: Final = "express"
STANDARD: Final = "standard"
PRIORITIES: Final = {EXPRESS: (0, 1), STANDARD: (2, 3)}
IDLE_SECONDS = 30.0
EXPRESS_PATIENCE = 15.0
"""The express lane never waits longer than this before it tries a silent peer again, in seconds."""

LANE_FIELD = "jusur-lane"
ENVELOPES = "/exchange/v1/envelopes"
RECEIPTS = "/exchange/v1/receipts"
_ANSWER_BYTES = wire.MAX_BATCH * MAX_RECEIPT_BYTES


@dataclass(frozen=True, slots=True)
class _Due:
    delivery: UUID
    envelope: bytes
    attempts: int
    path: tuple[str, ...] = ()
    relayed: int | None = None


class _UnderWay:
    """What the carriers of one lane have taken and not settled yet; the lock is held while one takes."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.deliveries: set[UUID] = set()
        self.relayed: set[int] = set()

    def add(self, batch: Sequence[_Due]) -> None:
        self.deliveries |= {due.delivery for due in batch if due.relayed is None}
        self.relayed |= {due.relayed for due in batch if due.relayed is not None}

    def remove(self, batch: Sequence[_Due]) -> None:
        with self.lock:
            self.deliveries -= {due.delivery for due in batch}
            self.relayed -= {due.relayed for due in batch if due.relayed is not None}


class Lane:
    """Sends what is due for ``peer`` in one class of priority."""

    def __init__(self, peer: str, kind: str, connect: Callable[[str], Connection]) -> None:
        self.peer = peer
        self.kind = kind
        self.failures = 0
        self.crowded = False
        """Whether the last batch left something due behind."""
        self._connect = connect
        self._connection: Connection | None = None
        self._under_way = _UnderWay()
        self._returns = kind == EXPRESS

    def beside(self) -> "Lane":
        """A second carrier of this lane: it never takes what this one has under way."""
        second = Lane(self.peer, self.kind, self._connect)
        second._under_way = self._under_way
        second._returns = False
        return second

    def lock(self) -> bool:
        """Become the one sender of this lane's traffic, for as long as this thread's database connection lives."""
        found = row("SELECT pg_try_advisory_lock(hashtextextended(%s, 1))", (f"lane {self.peer} {self.kind}",))
        return found is not None and bool(found[0])

    def unlock(self) -> None:
        """Let another process have the lane."""
        row("SELECT pg_advisory_unlock(hashtextextended(%s, 1))", (f"lane {self.peer} {self.kind}",))

    def send_due(self) -> int:
        """Send one batch of what is due; how many envelopes and receipts went. 0: nothing is due.

        Raises:
            PeerUnavailableError: the peer cannot be reached; the batch waits for its next attempt.
        """
        with self._under_way.lock:
            batch = self._due()
            self._under_way.add(batch)
        try:
            return self._carry(batch)
        finally:
            self._under_way.remove(batch)

    def _carry(self, batch: Sequence[_Due]) -> int:
        returning = relay.waiting_receipts(self.peer, wire.MAX_BATCH) if self._returns else []
        if not batch and not returning:
            return 0
        try:
            if batch:
                self._send(batch)
            if returning:
                self._return(returning)
        except PeerUnavailableError as error:
            self.failures += 1
            self._put_off(batch, returning, error)
            raise
        except PeerMisbehavesError as error:
            alarms.raise_alarm("peer-misbehaves", peer=self.peer, detail=str(error))
            self.failures += 1
            self._put_off(batch, returning, PeerUnavailableError(error.detail))
            raise PeerUnavailableError(error.detail) from error
        self._reached()
        return len(batch) + len(returning)

    def close(self) -> None:
        """Close the connection to the peer."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def patience(self) -> float:
        """Seconds to wait after the failures so far."""
        seconds = next_delay(max(0, self.failures - 1)).total_seconds()
        return min(seconds, EXPRESS_PATIENCE) if self.kind == EXPRESS else seconds

    def _ask(self, path: str, body: bytes, max_bytes: int) -> bytes:
        if self._connection is None:
            connection = self._connect(self.peer)
            try:
                negotiation.require_common_protocol(self.peer, connection)
            except JusurError:
                connection.close()
                raise
            self._connection = connection
        extra = {LANE_FIELD: self.kind}
        answer = self._connection.ask("POST", path, body=body, max_bytes=max_bytes, extra=extra)
        if answer.status != 200:  # noqa: PLR2004 - OK
            raise refused(self.peer, answer)
        return answer.body

    def _send(self, batch: Sequence[_Due]) -> None:
        body = wire.batch_of_envelopes([(due.path, due.envelope) for due in batch])
        answer = wire.decode(self._ask(ENVELOPES, body, _ANSWER_BYTES), wire.ReceiptBatch)
        got = [bytes(receipt) for receipt in answer.receipts]
        if len(got) != len(batch):
            raise PeerMisbehavesError(f"{self.peer} answers {len(batch)} envelopes with {len(got)} receipts.")
        own_receipts = [receipt for due, receipt in zip(batch, got, strict=True) if due.relayed is None]
        settled = receipts.apply_receipts(own_receipts) if own_receipts else 0
        if len(own_receipts) < len(got):
            relay.take_receipts([receipt for due, receipt in zip(batch, got, strict=True) if due.relayed is not None])
        if settled < len(batch):
            self._still_due(batch)

    def _return(self, returning: Sequence[tuple[int, bytes]]) -> None:
        body = wire.batch_of_receipts([receipt for _, receipt in returning])
        wire.decode(self._ask(RECEIPTS, body, 1024), wire.ReceiptsTaken)
        relay.returned([number for number, _ in returning])

    def _due(self) -> list[_Due]:
        moment = now()
        found = rows(
            """SELECT id, envelope, attempts FROM exchange_delivery
               WHERE route = %s AND priority = ANY(%s) AND state IN ('queued', 'delivered')
                 AND next_attempt_at <= %s AND expires_at > %s AND id <> ALL(%s)
               ORDER BY priority, created_at, id LIMIT %s""",
            (
                self.peer,
                list(PRIORITIES[self.kind]),
                moment,
                moment,
                list(self._under_way.deliveries),
                wire.MAX_BATCH,
            ),
        )
        due = [_Due(number, bytes(envelope), attempts) for number, envelope, attempts in found]
        if len(due) < wire.MAX_BATCH:
            due += self._due_relayed(wire.MAX_BATCH - len(due))
        fitting = _fitting(due)
        self.crowded = len(fitting) < len(due) or len(due) == wire.MAX_BATCH
        return fitting

    def _due_relayed(self, limit: int) -> list[_Due]:
        recipients = relayed_through(self.peer)
        if not recipients:
            return []
        moment, me = now(), own.own().address
        found = rows(
            """SELECT id, envelope, attempts, path FROM exchange_relayitem
               WHERE recipient = ANY(%s) AND priority = ANY(%s) AND state = 'queued'
                 AND next_attempt_at <= %s AND expires_at > %s AND id <> ALL(%s) ORDER BY priority, id LIMIT %s""",
            (
                recipients,
                list(PRIORITIES[self.kind]),
                moment,
                moment,
                list(self._under_way.relayed),
                limit,
            ),
        )
        nobody = UUID(int=0)
        return [_Due(nobody, bytes(raw), attempts, (*path, me), number) for number, raw, attempts, path in found]

    def _still_due(self, batch: Sequence[_Due]) -> None:
        """What the answer did not settle is tried again later, not at once."""
        moment = now()
        relayed = [due.relayed for due in batch if due.relayed is not None]
        attempts = max(due.attempts for due in batch)
        if relayed:
            execute(
                """UPDATE exchange_relayitem SET attempts = attempts + 1, next_attempt_at = %s
                   WHERE id = ANY(%s) AND state = 'queued' AND next_attempt_at <= %s""",
                (moment + next_delay(attempts), relayed, moment),
            )
        own_ids = [due.delivery for due in batch if due.relayed is None]
        if own_ids:
            execute(
                """UPDATE exchange_delivery SET attempts = attempts + 1, next_attempt_at = %s
                   WHERE id = ANY(%s) AND state IN ('queued', 'delivered') AND next_attempt_at <= %s""",
                (moment + next_delay(attempts), own_ids, moment),
            )

    def _put_off(
        self, batch: Sequence[_Due], returning: Sequence[tuple[int, bytes]], error: PeerUnavailableError
    ) -> None:
        moment = now()
        delay = next_delay(self.failures - 1, at_least=error.retry_after or 0.0)
        if self.kind == EXPRESS and error.retry_after is None:
            delay = min(delay, next_delay(4))
        execute(
            """UPDATE exchange_delivery SET attempts = attempts + 1, next_attempt_at = %s, last_error = %s
               WHERE id = ANY(%s) AND state IN ('queued', 'delivered')""",
            (moment + delay, error.detail[:2000], [due.delivery for due in batch if due.relayed is None]),
        )
        numbers = [due.relayed for due in batch if due.relayed is not None] + [number for number, _ in returning]
        execute(
            """UPDATE exchange_relayitem SET attempts = attempts + 1, next_attempt_at = %s, last_error = %s
               WHERE id = ANY(%s)""",
            (moment + delay, error.detail[:2000], numbers),
        )
        execute(
            """INSERT INTO exchange_peerstate (peer, silent_since, not_before, failures, directory_version)
               VALUES (%s, %s, %s, 1, 0)
               ON CONFLICT (peer) DO UPDATE SET failures = exchange_peerstate.failures + 1,
                 not_before = EXCLUDED.not_before,
                 silent_since = COALESCE(exchange_peerstate.silent_since, EXCLUDED.silent_since)""",
            (self.peer, None if isinstance(error, ProtocolMismatchError) else moment, moment + delay),
        )

    def _reached(self) -> None:
        again = self.failures > 0
        if again:
            execute("UPDATE exchange_peerstate SET failures = 0, not_before = NULL WHERE peer = %s", (self.peer,))
            alarms.clear("peer-silent", peer=self.peer)
            self.failures = 0
        gossip.seen(self.peer, now(), again=again)


def _fitting(due: Sequence[_Due]) -> list[_Due]:
    """The first of ``due`` that fit one batch; always at least one."""
    total = 0
    fitting: list[_Due] = []
    for item in due:
        total += len(item.envelope)
        if fitting and total > wire.BATCH_BYTES:
            break
        fitting.append(item)
    return fitting


def relayed_through(peer: str) -> list[str]:
    """Recipients of relayed envelopes whose way leads to ``peer`` next."""
    found = rows("SELECT DISTINCT recipient FROM exchange_relayitem WHERE state = 'queued'")
    return [recipient for (recipient,) in found if _route(recipient) == peer]


def _route(recipient: str) -> str:
    try:
        return own.book().route(recipient) or recipient
    except JusurError:
        return recipient


class _SecondCarrier(threading.Thread):
    """Sends beside a lane's first carrier whenever it is woken, until told to stop or something fails."""

    def __init__(self, lane: Lane, stop: threading.Event) -> None:
        super().__init__(name=f"lane-{lane.peer}-{lane.kind}-2", daemon=True)
        self._lane = lane
        self._stopping = stop
        self._wake = threading.Event()
        self._ended = False

    def wake(self) -> None:
        """More waits than one carrier takes."""
        self._wake.set()

    def end(self) -> None:
        """Finish the batch under way and end."""
        self._ended = True
        self._wake.set()
        self.join()

    def run(self) -> None:
        """Send while the lane is crowded."""
        try:
            while self._wake.wait() and not self._ended and not self._stopping.is_set():
                self._wake.clear()
                while self._lane.send_due() and self._lane.crowded and not self._ended:
                    pass
        except (DatabaseError, JusurError) as error:  # the first carrier meets the same and deals with it
            _log.info("second carrier ended", peer=self._lane.peer, error=type(error).__name__)
        finally:
            self._lane.close()
            notify.leave_thread()


class LaneThread(threading.Thread):
    """Runs a lane until there is nothing to send for a while, or the worker stops."""

    def __init__(self, lane: Lane, stop: threading.Event) -> None:
        super().__init__(name=f"lane-{lane.peer}-{lane.kind}", daemon=True)
        self.lane = lane
        self._stopping = stop
        self._wake = threading.Event()
        self._second: _SecondCarrier | None = None

    def wake(self) -> None:
        """There is something to send."""
        self._wake.set()

    def run(self) -> None:
        """Send until idle."""
        try:
            if self.lane.lock():
                self._work()
                self.lane.unlock()
        except DatabaseError as error:
            _log.warning("lane lost its database", peer=self.lane.peer, error=type(error).__name__)
        except JusurError as error:
            _log.warning("lane stopped", peer=self.lane.peer, error=error.code)
        finally:
            self.lane.close()
            notify.leave_thread()

    def _work(self) -> None:
        try:
            while not self._stopping.is_set():
                self._wake.clear()
                try:
                    while self.lane.send_due() and not self._stopping.is_set():
                        if self.lane.crowded:
                            self._share()
                except PeerUnavailableError:
                    self._stopping.wait(self.lane.patience())
                    continue
                if not self._wake.wait(IDLE_SECONDS):
                    return
        finally:
            if self._second is not None:
                self._second.end()

    def _share(self) -> None:
        if self._second is None or not self._second.is_alive():
            self._second = _SecondCarrier(self.lane.beside(), self._stopping)
            self._second.start()
        self._second.wake()


def due_lanes() -> set[tuple[str, str]]:
    """Peers and lanes for which something is due now."""
    moment = now()
    found: set[tuple[Any, bool]] = set(
        rows(
            """SELECT DISTINCT route, priority <= 1 FROM exchange_delivery
               WHERE state IN ('queued', 'delivered') AND next_attempt_at <= %s AND expires_at > %s""",
            (moment, moment),
        )
    )
    relayed = rows(
        """SELECT DISTINCT recipient, priority <= 1 FROM exchange_relayitem
           WHERE state = 'queued' AND next_attempt_at <= %s AND expires_at > %s""",
        (moment, moment),
    )
    returning = rows(
        "SELECT DISTINCT sender FROM exchange_relayitem WHERE state = 'receipted' AND next_attempt_at <= %s", (moment,)
    )
    found |= {(_route(recipient), express) for recipient, express in relayed}
    found |= {(_route(sender), True) for (sender,) in returning}
    return {(peer, EXPRESS if express else STANDARD) for peer, express in found}
