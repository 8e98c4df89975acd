"""The gate's process: granian with TLS 1.3 and client certificates, by the directory's authority and revocation list.

``python -m jusur.gate.serve [--home HOME]``. When the authority, the revocation list or this node's certificate change,
new workers take over with them and the old ones finish what they are doing.
"""

import argparse
import multiprocessing
import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import structlog

from jusur.config.bootstrap import setup
from jusur.node.settings import NodeSettings

if TYPE_CHECKING:
    from granian.server.mp import MPServer
    from starlette.applications import Starlette

_log = structlog.get_logger(__name__)

WATCH_SECONDS = 5.0
HEADER_BYTES = 32 * 1024
HEADER_MILLISECONDS = 10_000
BACKPRESSURE = 128
"""Connections at work at once."""


class TLSMaterial(NamedTuple):
    """The files granian loads, and what identifies their content."""

    certificate: Path
    key: Path
    authority: Path
    revocations: Path
    state: tuple[object, ...]


def application() -> "Starlette":
    """The ASGI application of one worker process (``JUSUR_HOME`` names the node)."""
    settings = setup()
    from jusur.node import logs

    logs.configure("gate", settings)
    from jusur.gate.app import create_app

    return create_app(settings.gate_location, settings.home / "run" / "nonces")


def material(settings: NodeSettings) -> TLSMaterial:
    """Write the directory's authority and revocation list where granian reads them.

    Raises:
        JusurError: the node has not joined, or lacks its certificate.
    """
    from jusur.directory import api as directory
    from jusur.node.context import current
    from jusur.node.home import write_private

    run = settings.home / "run"
    paths = current().keys.tls_paths
    authority, revocations = directory.tls_ca(), directory.crl()
    write_private(run / "gate-ca.pem", authority.encode())
    write_private(run / "gate-crl.pem", revocations.encode())
    state = (authority, revocations, paths.certificate.read_bytes(), paths.key.stat().st_mtime_ns)
    return TLSMaterial(paths.certificate, paths.key, run / "gate-ca.pem", run / "gate-crl.pem", state)


def _password() -> str | None:
    from jusur.node.context import PASSPHRASE_VARIABLE

    file = os.environ.get(PASSPHRASE_VARIABLE)
    return Path(file).read_text().strip() if file else None


def server(settings: NodeSettings, tls: TLSMaterial) -> "MPServer":
    """The granian server of this node's gate."""
    from granian.constants import HTTPModes, Interfaces, SSLProtocols
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server.mp import MPServer

    return MPServer(
        "jusur.gate.serve:application",
        factory=True,
        address=settings.gate_host,
        port=settings.gate_port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS, max_buffer_size=HEADER_BYTES),
        workers=1,
        websockets=False,
        backpressure=BACKPRESSURE,
        respawn_failed_workers=True,
        workers_kill_timeout=20,
        log_access=False,
        log_level=LogLevels.warning,
        ssl_cert=tls.certificate,
        ssl_key=tls.key,
        ssl_key_password=_password(),
        ssl_protocol_min=SSLProtocols.tls13,
        ssl_ca=tls.authority,
        ssl_crl=[tls.revocations],
        ssl_client_verify=True,
    )


def _watch(settings: NodeSettings, running: "MPServer", tls: TLSMaterial, stop: threading.Event) -> None:
    """Have new workers started whenever what TLS is checked by has changed."""
    from django.db import connections
    from granian.constants import SSLProtocols

    while not stop.wait(WATCH_SECONDS):
        try:
            fresh = material(settings)
        except Exception as error:  # noqa: BLE001 - the gate goes on with what it has
            _log.warning("gate cannot see the directory", error=type(error).__name__)
            continue
        finally:
            connections.close_all()
        if fresh.state != tls.state:
            tls = fresh
            running.build_ssl_context(
                fresh.certificate,
                fresh.key,
                _password(),
                SSLProtocols.tls13,
                fresh.authority,
                [fresh.revocations],
                True,
            )
            _log.info("gate reloads its certificates")
            running.reload_signal = True
            running.main_loop_interrupt.set()


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop (SIGTERM or SIGINT)."""
    parser = argparse.ArgumentParser(prog="jusur.gate.serve", description="Serve this node's gate.")
    parser.add_argument("--home", type=Path)
    options = parser.parse_args(arguments)
    multiprocessing.set_start_method("spawn", force=True)
    settings = setup(options.home)
    from django.db import connections

    from jusur.node import logs

    logs.configure("gate", settings)
    tls = material(settings)
    connections.close_all()
    running, stop = server(settings, tls), threading.Event()
    threading.Thread(target=_watch, args=(settings, running, tls, stop), name="certificates", daemon=True).start()
    running.serve()
    stop.set()
    return 0


if __name__ == "__main__":
    sys.exit(main())
