"""The public interface's own small process: granian over `PublicApi`. Holds no keys and opens no other port.

``jusur public-api`` starts it; ``JUSUR_PUBLIC_*`` carries its options to the workers.
"""

import os
import threading
from typing import TYPE_CHECKING

import structlog

from jusur.notices.public import sources
from jusur.notices.public.app import PublicApi
from jusur.notices.public.index import Index

if TYPE_CHECKING:
    from starlette.applications import Starlette

log = structlog.get_logger(__name__)

REFRESH_SECONDS = 5.0
BACKPRESSURE = 256


class Kept:
    """The present index of the node, looked at again every few seconds."""

    def __init__(self) -> None:
        self.index: Index = sources.in_force()

    def watch(self, stop: threading.Event) -> None:
        """Take a newer state as it comes, until told to stop."""
        from django.db import DatabaseError, connections

        while not stop.wait(REFRESH_SECONDS):
            try:
                if sources.state() != self.index.version:
                    self.index = sources.in_force()
            except DatabaseError as error:
                log.warning("public.database_away", error=type(error).__name__)
                connections.close_all()


def application() -> "Starlette":
    """The ASGI application of one worker, by its environment."""
    base = os.environ["JUSUR_PUBLIC_BASE"]
    rate = float(os.environ.get("JUSUR_PUBLIC_RATE", "0"))
    burst = float(os.environ.get("JUSUR_PUBLIC_BURST", "200"))
    wanted = os.environ.get("JUSUR_PUBLIC_SAMPLE", "")
    if wanted:
        made = sources.sample(int(wanted), int(os.environ.get("JUSUR_PUBLIC_SEED", "1")))
        return PublicApi(lambda: made, base=base, rate=rate, burst=burst).app()
    import django

    django.setup()
    kept = Kept()
    threading.Thread(target=kept.watch, args=(threading.Event(),), name="refresh", daemon=True).start()
    return PublicApi(lambda: kept.index, base=base, rate=rate, burst=burst).app()


def serve(*, host: str, port: int, workers: int = 1) -> None:
    """Serve until told to stop (SIGTERM or SIGINT)."""
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server.mp import MPServer

    MPServer(
        "jusur.notices.public.serve:application",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=10_000, max_buffer_size=32 * 1024),
        workers=workers,
        websockets=False,
        backpressure=BACKPRESSURE,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_access=False,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    serve(
        host=os.environ.get("JUSUR_PUBLIC_HOST", "127.0.0.1"),
        port=int(os.environ["JUSUR_PUBLIC_PORT"]),
        workers=int(os.environ.get("JUSUR_PUBLIC_WORKERS", "1")),
    )
