"""Transfers: blobs this node fetches from peers, remembered in the database until every byte is here.

`fetch_blob` only writes the wish down, in the caller's transaction; the worker carries it out (`fetching`), as often
as it takes.
"""

import threading
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import structlog
from django.db import Error as DatabaseError
from django.db import transaction

from jusur.exchange import alarms, fetching, handling, log, notify, outbox, peer
from jusur.exchange.backoff import next_delay
from jusur.exchange.db import execute, row, rows
from jusur.exchange.errors import PeerMisbehavesError, PeerUnavailableError, StorageFullError
from jusur.exchange.message import BlobDescriptor, Priority, check_blob
from jusur.exchange.models import PRIORITY, PRIORITY_NAME, Transfer
from jusur.kernel.clock import now, parse_timestamp
from jusur.kernel.errors import JusurError, NotFoundError
from jusur.kernel.ids import new_id

_log = structlog.get_logger(__name__)

AT_ONCE = 2
"""Transfers that run at the same time."""
SCAN_SECONDS = 2.0
FULL_PAUSE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class TransferView:
    """How far a transfer has come. ``stored``: the blob's name in this node's vault, once it is completed."""

    id: UUID
    name: str
    sender: str
    stored: str
    state: str
    size: int
    sha256: str
    bytes_done: int
    last_error: str


def stored_name(sender: str, name: str) -> str:
    """Name in this node's vault of a blob fetched from ``sender``: peers cannot take each other's names."""
    return f"received/{sender.lower()}/{name}"


def fetch_blob(
    descriptor: BlobDescriptor,
    *,
    sender: str,
    conversation: UUID | None = None,
    purpose: str = "transfer of offered data",
    legal_basis: str = "as the announcing message",
    priority: Priority = "routine",
) -> TransferView:
    """Fetch what ``sender`` offers, in the background; in the caller's transaction. The same wish twice is one.

    Channel `notify.TRANSFERS` is notified when it is completed; the vault then holds it under ``stored``.

    Args:
        descriptor: signed by the sender within a message.
        sender: whose gate serves it.
        conversation: of the message, for the completion that is sent back.
        purpose: of the message, likewise.
        legal_basis: of the message, likewise.
        priority: which transfers go first.

    Raises:
        InvalidInputError: the descriptor contradicts itself.
        NotFoundError: another blob of this name was announced by this sender before.
    """
    check_blob(descriptor)
    plain: dict[str, Any] = msgspec.to_builtins(descriptor)
    with transaction.atomic():
        execute(
            """INSERT INTO exchange_transfer (id, name, sender, descriptor, conversation, purpose, legal_basis, state,
                 bytes_done, chunks_fetched, priority, attempts, next_attempt_at, last_error, created_at)
               VALUES (%s, %s, %s, %s::jsonb, %s, %s, %s, 'waiting', 0, 0, %s, 0, %s, '', %s)
               ON CONFLICT (name, sender) DO NOTHING""",
            (
                new_id(),
                descriptor.name,
                sender,
                msgspec.json.encode(plain).decode(),
                conversation or new_id(),
                purpose,
                legal_basis,
                PRIORITY[priority],
                now(),
                now(),
            ),
        )
        found = Transfer.objects.get(name=descriptor.name, sender=sender)
        same = {**found.descriptor, "expires_at": ""} == {**plain, "expires_at": ""}
        if not same:
            raise NotFoundError(f"{sender} announced another blob under this name before.")
        notify.notify(notify.TRANSFERS)
    return view(found)


def transfer(name: str, *, sender: str) -> TransferView | None:
    """The transfer of ``name`` from ``sender``, if there is one."""
    found = Transfer.objects.filter(name=name, sender=sender).first()
    return None if found is None else view(found)


def view(found: Transfer) -> TransferView:
    """The transfer of a row."""
    return TransferView(
        found.id,
        found.name,
        found.sender,
        stored_name(found.sender, found.name),
        found.state,
        found.descriptor["size"],
        found.descriptor["sha256"],
        found.bytes_done,
        found.last_error,
    )


def run_one(transfer_id: UUID, connect: fetching.Connect, stop: threading.Event | None = None) -> bool:
    """Carry one transfer out as far as it goes now; whether it is completed. For one thread at a time.

    Failures are written down and decide when it is tried again; they are not raised.
    """
    found = Transfer.objects.filter(id=transfer_id, state__in=["waiting", "running", "paused"]).first()
    if found is None:
        return False
    Transfer.objects.filter(id=found.id).update(state="running", attempts=found.attempts + 1)
    descriptor = msgspec.convert(found.descriptor, BlobDescriptor)
    fetch = fetching.Fetch(descriptor, found.sender, stored_name(found.sender, found.name), connect)
    try:
        if parse_timestamp(descriptor.expires_at) <= now():
            raise PeerMisbehavesError("The offer expired before everything was fetched.")
        done = fetch.run(stop or threading.Event())
    except StorageFullError as error:
        _pause(found, fetch, error, FULL_PAUSE)
        alarms.raise_alarm("vault-full", peer=found.sender, subject=found.name, detail=error.detail)
    except PeerUnavailableError as error:
        _pause(found, fetch, error, next_delay(found.attempts, at_least=error.retry_after or 0.0), state="waiting")
    except JusurError as error:
        _give_up(found, fetch, error)
    else:
        if done:
            _complete(found, descriptor, fetch)
            return True
        _pause(found, fetch, None, timedelta(0), state="waiting")
    return False


def _pause(
    found: Transfer, fetch: fetching.Fetch, error: JusurError | None, delay: timedelta, *, state: str = "paused"
) -> None:
    execute(
        """UPDATE exchange_transfer SET state = %s, next_attempt_at = %s, last_error = %s, bytes_done = %s,
                  chunks_fetched = chunks_fetched + %s WHERE id = %s""",
        (state, now() + delay, error.detail if error else "", fetch.bytes_done, fetch.fetched, found.id),
    )


def _give_up(found: Transfer, fetch: fetching.Fetch, error: JusurError) -> None:
    with transaction.atomic():
        execute(
            """UPDATE exchange_transfer SET state = 'failed', last_error = %s, bytes_done = %s,
                      chunks_fetched = chunks_fetched + %s WHERE id = %s""",
            (error.detail[:2000], fetch.bytes_done, fetch.fetched, found.id),
        )
        log.record(
            "exchange.transfer.failed",
            subject_type="exchange.blob",
            subject_id=found.name,
            actor=found.sender,
            data={"sender": found.sender, "code": error.code},
        )
        alarms.raise_alarm("transfer-failed", peer=found.sender, subject=found.name, detail=error.detail)
        notify.notify(notify.TRANSFERS, [f"failed {found.id}"])


def _complete(found: Transfer, descriptor: BlobDescriptor, fetch: fetching.Fetch) -> None:
    chunks = -(-descriptor.size // descriptor.chunk_size)
    with transaction.atomic():
        changed = execute(
            """UPDATE exchange_transfer SET state = 'completed', completed_at = %s, bytes_done = %s, last_error = '',
                      chunks_fetched = chunks_fetched + %s WHERE id = %s AND state <> 'completed'""",
            (now(), descriptor.size, fetch.fetched, found.id),
        )
        if not changed:
            return
        log.record(
            "exchange.transfer.received",
            subject_type="exchange.blob",
            subject_id=found.name,
            actor=found.sender,
            data={"sender": found.sender, "bytes": descriptor.size, "chunks": chunks, "sha256": descriptor.sha256},
        )
        outbox.send(
            "exchange.transfer.completed",
            to=[found.sender],
            body={"blob": found.name, "bytes": descriptor.size, "chunks": chunks, "sha256": descriptor.sha256},
            handling=handling.for_recipients([found.sender]),
            purpose=found.purpose,
            legal_basis=found.legal_basis,
            conversation=found.conversation,
            priority=PRIORITY_NAME[min(found.priority, PRIORITY["routine"])],
        )
        alarms.clear("vault-full", peer=found.sender, subject=found.name)
        notify.notify(notify.TRANSFERS, [f"completed {found.id}"])


def retry(transfer_id: UUID, *, actor: str) -> None:
    """Try a failed or paused transfer again, by an operator's word.

    Raises:
        NotFoundError: no failed or paused transfer has this id.
    """
    with transaction.atomic():
        changed = Transfer.objects.filter(id=transfer_id, state__in=["failed", "paused"]).update(
            state="waiting", next_attempt_at=now(), attempts=0
        )
        if not changed:
            raise NotFoundError("No failed or paused transfer has this identifier.")
        log.record(
            "exchange.transfer.retried",
            subject_type="exchange.transfer",
            subject_id=str(transfer_id),
            actor=actor,
            data={},
        )
        notify.notify(notify.TRANSFERS)


def run(stop: threading.Event, connect: fetching.Connect = peer.connect) -> None:
    """Carry transfers out until ``stop`` is set, `AT_ONCE` at a time."""
    threads = [
        threading.Thread(target=_work, args=(stop, connect), name=f"transfers-{number}", daemon=True)
        for number in range(AT_ONCE)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _work(stop: threading.Event, connect: fetching.Connect) -> None:
    listener = notify.Listener(notify.TRANSFERS)
    failures = 0
    while not stop.is_set():
        try:
            while not stop.is_set() and _run_due(connect, stop):
                pass
            failures = 0
        except DatabaseError as error:
            _log.warning("transfers cannot be read", error=type(error).__name__)
            notify.leave_thread()
            failures += 1
            notify.backoff_wait(stop, failures)
        listener.wait(SCAN_SECONDS, stop)
    listener.close()
    notify.leave_thread()


def _run_due(connect: fetching.Connect, stop: threading.Event) -> bool:
    """Carry out the first due transfer nobody else is at; false when there is none."""
    due = rows(
        """SELECT id FROM exchange_transfer WHERE state IN ('waiting', 'running', 'paused') AND next_attempt_at <= %s
           ORDER BY priority, created_at LIMIT 16""",
        (now(),),
    )
    for (number,) in due:
        locked = row("SELECT pg_try_advisory_lock(hashtextextended(%s, 2))", (f"transfer {number}",))
        if not (locked and locked[0]):
            continue
        try:
            run_one(number, connect, stop)
        finally:
            row("SELECT pg_advisory_unlock(hashtextextended(%s, 2))", (f"transfer {number}",))
        return True
    return False
