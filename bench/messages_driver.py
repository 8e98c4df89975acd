"""What `bench.messages` has a node do, in a process of that node."""

import json
import sys
import threading
import time
from typing import Any

from jusur.config.bootstrap import setup

BODY = {"subject": "Measure", "text": "A message of ordinary length. " * 20, "language": "en"}
SENDERS = 2
"""Two keep the other node busy; more in one process only wait for each other (4 ms of CPU a message, not 2)."""


def paced(seconds: float, rate: float, peer: str) -> dict[str, Any]:
    """Send at ``rate`` a second; how long until each was receipted, by the database's clock."""
    before, moment = _receipted(), time.time()
    start, count = time.perf_counter(), 0
    while (present := time.perf_counter()) - start < seconds:
        due = int((present - start) * rate)
        while count < due:
            _send(peer)
            count += 1
        time.sleep(0.002)
    return {"rate": rate, "sent": count} | _settled(before + count, moment)


def flood(seconds: float, _rate: float, peer: str) -> dict[str, Any]:
    """Send as fast as it goes from ``SENDERS`` threads while ``seconds`` last; how many a second were receipted."""
    start, counts = time.perf_counter(), [0] * SENDERS

    def sender(number: int) -> None:
        from django.db import connections

        while time.perf_counter() - start < seconds:
            _send(peer)
            counts[number] += 1
        connections.close_all()

    before = _receipted()
    threads = [threading.Thread(target=sender, args=(number,)) for number in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent = sum(counts)
    while _receipted() - before < sent and time.perf_counter() - start < seconds * 4:
        time.sleep(0.02)
    took = time.perf_counter() - start
    done = _receipted() - before
    return {"sent": sent, "receipted": done, "seconds": took, "round_trips_a_second": done / took}


def fill(objects: float, outgoing: float, peer: str) -> dict[str, Any]:
    """Pretend to have exchanged ``objects`` envelopes: the same ones at both nodes."""
    from uuid import UUID

    from django.db import transaction

    from jusur.exchange import summaries

    first, step = 0x0190_0000_0000, 20_000
    total = int(objects)
    for at in range(0, total, step):
        items = [
            (peer, UUID(int=((first + number * 20_000) << 80) | (0x7 << 76) | (0b10 << 62) | number), f"{number:064x}")
            for number in range(at, min(at + step, total))
        ]
        with transaction.atomic():
            summaries.note_exchanged(items, outgoing=bool(outgoing))
    return {"objects": total}


def reconcile(_seconds: float, _rate: float, peer: str) -> dict[str, Any]:
    """Compare with the peer."""
    from jusur.exchange import api

    started = time.perf_counter()
    found = api.reconcile_with(peer)
    return {"seconds": time.perf_counter() - started, "same": found["same"], "objects": found["sent"]}


def _send(peer: str) -> None:
    from jusur.exchange import api

    api.send(
        "message.text",
        to=[peer],
        body=BODY,
        handling=api.for_recipients([peer]),
        purpose="measurement",
        legal_basis="measurement",
    )


def _receipted() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM exchange_delivery WHERE state = 'receipted'")
        return int(cursor.fetchone()[0])


def _settled(count: int, since: float) -> dict[str, Any]:
    from bench.messages import percentiles
    from django.db import connection

    give_up = time.perf_counter() + 30
    while _receipted() < count and time.perf_counter() < give_up:
        time.sleep(0.05)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT EXTRACT(epoch FROM settled_at - created_at) FROM exchange_delivery
               WHERE state = 'receipted' AND created_at >= to_timestamp(%s)""",
            [since],
        )
        times = [float(row[0]) for row in cursor.fetchall()]
    return {"receipted": len(times)} | percentiles(times)


def main() -> None:
    """Run what the arguments say; the result in JSON."""
    what, seconds, rate, peer = sys.argv[1:]
    setup()
    from jusur.exchange import summaries  # noqa: F401 - so that a missing table is seen at once

    print(json.dumps(globals()[what](float(seconds), float(rate), peer)))


if __name__ == "__main__":
    main()
