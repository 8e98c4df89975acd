"""The worker process: deliveries, transfers, sealing and checking, clocks, purges and webhooks.

What is to be done stands in the tables; each loop looks there, so a killed worker's successor goes on where it was.
"""

import signal
import sys
import threading
import time
from collections.abc import Callable

import structlog

from jusur.config.bootstrap import setup
from jusur.kernel.errors import JusurError

log = structlog.get_logger()

TICK_SECONDS = 1.0
Loop = Callable[[threading.Event], None]


def main() -> int:
    """Run until told to stop (SIGTERM or SIGINT); 0 after a graceful stop, 1 if a loop died."""
    settings = setup()
    from jusur.node import logs

    logs.configure("worker", settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    died = threading.Event()
    threads = [
        threading.Thread(target=_guarded, args=(name, loop, stop, died), name=name, daemon=True)
        for name, loop in _loops().items()
    ]
    _serve_metrics(settings.worker_port)
    for thread in threads:
        thread.start()
    log.info("worker.ready", loops=len(threads))
    stop.wait()
    for thread in threads:
        thread.join(timeout=20)
    return int(died.is_set())


def _loops() -> dict[str, Loop]:
    from jusur.databases import api as databases
    from jusur.desk.today import work as today
    from jusur.evidence import api as evidence
    from jusur.exchange import api as exchange
    from jusur.indicators import api as indicators
    from jusur.web import webhooks

    return {
        "courier": exchange.courier_run,
        "inbox": exchange.inbox_run,
        "transfers": exchange.transfers_run,
        "evidence": evidence.work_run,
        "databases": databases.work_run,
        "hits": databases.hits_run,
        "watches": databases.watches_run,
        "webhooks": webhooks.run,
        "notifications": today.run,
        "indicators": indicators.work_run,
        "clock": _tick_run,
    }


def _guarded(name: str, loop: Loop, stop: threading.Event, died: threading.Event) -> None:
    """Run ``loop``; if it fails in a way it did not expect, stop the worker, which the supervisor starts again."""
    from django.db import connections

    try:
        loop(stop)
    except Exception:
        log.exception("worker.loop_failed", loop=name)
        died.set()
        stop.set()
    finally:
        connections.close_all()


def _tick_run(stop: threading.Event) -> None:
    """Do the duties that come round by the clock, each in its own period (seconds)."""
    from jusur.databases import api as databases
    from jusur.evidence import api as evidence
    from jusur.exchange import api as exchange
    from jusur.followup import api as followup
    from jusur.ledger import api as ledger
    from jusur.notices import api as notices
    from jusur.web import idempotency

    duties: tuple[tuple[str, float, Callable[[], object]], ...] = (
        ("ledger", 2, ledger.integrate),
        ("exchange", 10, exchange.tick),
        ("deadlines", 10, evidence.raise_alarms),
        ("directory", 60, _keep_directory),
        ("commitments", 3600, followup.watch_late),
        ("retention", 3600, evidence.retention_purge),
        ("records", 600, databases.retention_purge),
        ("uploads", 3600, evidence.forget_abandoned),
        ("notices", 60, notices.keep_time),
        ("idempotency", 3600, idempotency.forget_old),
        ("searches", 3600, databases.searches_forget),
    )
    due = dict.fromkeys((name for name, _, _ in duties), 0.0)
    while not stop.wait(TICK_SECONDS):
        for name, period, duty in duties:
            if time.monotonic() >= due[name]:
                due[name] = time.monotonic() + period
                _do(name, duty)


def _do(name: str, duty: Callable[[], object]) -> None:
    from django.db import DatabaseError, connections

    try:
        duty()
    except (JusurError, DatabaseError, OSError) as error:
        log.warning("worker.duty_failed", duty=name, error=type(error).__name__, detail=str(error)[:200])
        connections.close_all()


def _keep_directory() -> None:
    """Notice an expired directory, fetch a newer one, look into contradictions; the secretariat issues it anew."""
    from jusur.cli.founding import authority_of
    from jusur.directory import api as directory
    from jusur.node import context

    if not directory.has_directory():
        return
    directory.stale_watch()
    node = context.current()
    if node.settings.role == "secretariat":
        directory.directory_reissue(authority=authority_of(node.keys))
    else:
        directory.refresh_online()
    for alarm in directory.alarms():
        if alarm.kind == "gossip":
            with directory.fetching(alarm.subject) as fetch:
                directory.fork_examine(peer=alarm.subject, envelope=fetch(None))


def _serve_metrics(port: int) -> None:
    if port:
        from prometheus_client import start_http_server

        start_http_server(port, addr="127.0.0.1")


if __name__ == "__main__":
    sys.exit(main())
