"""The search process: granian with a few workers over one memory-mapped index, on loopback.

``python -m jusur.screening.serve [--home HOME]``. Which port it took stands in ``run/search.port``.
"""

import argparse
import contextlib
import multiprocessing
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jusur.config.bootstrap import setup
from jusur.node.home import NodeHome
from jusur.node.settings import NodeSettings

if TYPE_CHECKING:
    from starlette.applications import Starlette

MAX_WORKERS: Final = 4
BACKPRESSURE: Final = 1024
HEADER_MILLISECONDS: Final = 10_000
HEADER_BYTES: Final = 32 * 1024


def application() -> "Starlette":
    """The ASGI application of one worker process (``JUSUR_HOME`` names the node)."""
    settings = setup()
    from jusur.node import logs

    logs.configure("search", settings)
    from jusur.screening.app import create_app

    return create_app(settings.address, NodeHome(settings.home).search)


def workers(settings: NodeSettings) -> int:
    """How many processes search: as many as set, else one for each core up to four; one in a rehearsal."""
    if settings.search_workers:
        return settings.search_workers
    return 1 if settings.demo else min(MAX_WORKERS, os.cpu_count() or 1)


def port(settings: NodeSettings) -> int:
    """The port to listen on: the one that is set, else the one of last time where it is free, else any free one."""
    if settings.search_port:
        return settings.search_port
    earlier = 0
    with contextlib.suppress(OSError, ValueError):
        earlier = int(NodeHome(settings.home).search_port.read_text())
    for wanted in (earlier, 0):
        with contextlib.suppress(OSError), socket.create_server((settings.search_host, wanted)) as opened:
            return int(opened.getsockname()[1])
    raise OSError("no port is free")


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop (SIGTERM or SIGINT)."""
    parser = argparse.ArgumentParser(prog="jusur.screening.serve", description="Serve this node's searches.")
    parser.add_argument("--home", type=Path)
    options = parser.parse_args(arguments)
    multiprocessing.set_start_method("spawn", force=True)
    settings = setup(options.home)
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server.mp import MPServer

    from jusur.node import logs
    from jusur.node.home import write_private
    from jusur.node.metrics import share

    logs.configure("search", settings)
    share(NodeHome(settings.home).run / "search-metrics")
    taken = port(settings)
    write_private(NodeHome(settings.home).search_port, f"{taken}\n".encode())
    MPServer(
        "jusur.screening.serve:application",
        factory=True,
        address=settings.search_host,
        port=taken,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS, max_buffer_size=HEADER_BYTES),
        workers=workers(settings),
        websockets=False,
        backpressure=BACKPRESSURE,
        respawn_failed_workers=True,
        workers_kill_timeout=20,
        log_access=False,
        log_level=LogLevels.warning,
    ).serve()
    return 0


if __name__ == "__main__":
    sys.exit(main())
