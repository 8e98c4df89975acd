"""One command, a whole node: PostgreSQL, the desk, the gate and the worker as children that live and die together."""

import contextlib
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from jusur.kernel import clock
from jusur.kernel.errors import JusurError
from jusur.node.children import Child, ProcessSpec, http_ready, orphans, port_ready
from jusur.node.home import NodeHome, write_private
from jusur.node.logs import rotate
from jusur.node.postgres import EmbeddedPostgres, PostgresError
from jusur.node.processes import OwnerLock, is_alive, wait_until
from jusur.node.settings import NodeSettings

TICK_SECONDS = 0.1
ROTATE_SECONDS = 60.0
ORPHAN_SECONDS = 10.0
MAX_STATUS_BYTES = 64 * 1024
SEARCH_PATIENCE = 600.0
"""Where nothing is compiled yet, the first start of the search compiles the engine."""


class Supervisor:
    """Runs the given processes of one home, and its embedded PostgreSQL unless ``postgres`` is None.

    Children are started in the order given and stopped in the reverse of it, PostgreSQL first and last.
    """

    def __init__(
        self,
        home: NodeHome,
        specs: Sequence[ProcessSpec],
        *,
        postgres: EmbeddedPostgres | None,
        console: bool = False,
        on_ready: Callable[[], None] | None = None,
    ) -> None:
        self.home = home
        self.postgres = postgres
        self._children = [Child(spec, home.path, None if console else home.logs / f"{spec.name}.log") for spec in specs]
        self._on_ready = on_ready
        self._lock = OwnerLock(home.run / "node.pid")
        self._asked = 0
        self._wake = threading.Event()
        self._started_at = ""
        self._written: list[Any] = []
        self._rotated = 0.0

    def run(self) -> None:
        """Run until SIGTERM or SIGINT; a second one stops without patience. Call it from the main thread.

        Raises:
            ConflictError: another supervisor runs this home.
            PostgresError: the database does not start.
        """
        self.home.create()
        self._lock.acquire(what="This node", wait=1.0)
        self._started_at = clock.timestamp(clock.now())
        with _signals(self._on_signal):
            try:
                clear_orphans(self.home)
                self._watch()
            finally:
                self._stop()
                self._lock.release()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._asked += 1
        self._wake.set()

    def _watch(self) -> None:
        environment = self._environment()
        if self.postgres:
            environment["JUSUR_DATABASE_URL"] = self.postgres.start()
        announced = False
        while not self._asked:
            self._keep_postgres()
            for child in self._children:
                child.tick(environment)
            self._report()
            if not announced and all(child.state == "ready" for child in self._children):
                announced = True
                if self._on_ready:
                    self._on_ready()
            self._rotate()
            self._wake.wait(TICK_SECONDS)

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "JUSUR_HOME": str(self.home.path), "PYTHONUNBUFFERED": "1"}

    def _keep_postgres(self) -> None:
        """Start PostgreSQL again where it ended; the others see errors meanwhile and connect anew."""
        if self.postgres and self.postgres.process and self.postgres.process.poll() is not None:
            with contextlib.suppress(PostgresError):  # tried again at the next tick
                self.postgres.stop()
                self.postgres.start()

    def _rotate(self) -> None:
        if time.monotonic() - self._rotated > ROTATE_SECONDS:
            self._rotated = time.monotonic()
            for path in self.home.logs.glob("*.log"):
                rotate(path)

    def _stop(self) -> None:
        hurried = self._asked + 1
        for child in reversed(self._children):
            child.ask_to_stop()
            wait_until(lambda c=child: c.stopped() or self._asked > hurried, seconds=child.spec.stop_seconds)  # type: ignore[misc]
            child.end(signal.SIGKILL)
        if self.postgres:
            self.postgres.stop(signal.SIGQUIT if self._asked > hurried else signal.SIGINT)
        self._report()

    def _report(self) -> None:
        state = [(child.spec.name, child.state, child.pid, child.restarts) for child in self._children]
        database = self.postgres.process.pid if self.postgres and self.postgres.process else None
        if [*state, database] == self._written:
            return
        self._written = [*state, database]
        processes = [dict(zip(("name", "state", "pid", "restarts"), row, strict=True)) for row in state]
        if self.postgres:
            row = {"name": "postgres", "state": "ready" if database else "stopped", "pid": database, "restarts": 0}
            processes.insert(0, row)
        report = {"pid": os.getpid(), "started_at": self._started_at, "processes": processes}
        write_private(_status_file(self.home), json.dumps(report).encode())


def default_specs(settings: NodeSettings, *, worker: Sequence[str] = ()) -> list[ProcessSpec]:
    """The worker, the desk, the search and the gate of a node as this package's own modules."""
    python = [sys.executable, "-m"]
    desk = f"http://{settings.web_host}:{settings.web_port}/health"
    answers = http_ready(f"http://127.0.0.1:{settings.worker_port}/health") if settings.worker_port else None
    return [
        ProcessSpec("worker", worker or [*python, "jusur.config.worker"], ready=answers),
        ProcessSpec("web", [*python, "jusur.config.web"], ready=http_ready(desk)),
        ProcessSpec(
            "search", [*python, "jusur.screening.serve"], ready=_search_ready(settings), patience=SEARCH_PATIENCE
        ),
        ProcessSpec("gate", [*python, "jusur.gate.serve"], ready=port_ready(settings.gate_host, settings.gate_port)),
    ]


def _search_ready(settings: NodeSettings) -> Callable[[], bool]:
    """A check that the search process answers on the port it says it took."""
    file = NodeHome(settings.home).search_port

    def check() -> bool:
        try:
            port = int(file.read_text())
        except (OSError, ValueError):
            return False
        return http_ready(f"http://{settings.search_host}:{port}/health")()

    return check


def clear_orphans(home: NodeHome) -> None:
    """End what an earlier supervisor of this home, killed, left running: asked first, then by force.

    Raises:
        JusurError: something does not end.
    """
    for number, seconds in ((signal.SIGTERM, ORPHAN_SECONDS), (signal.SIGKILL, ORPHAN_SECONDS)):
        for pid in orphans(home.path):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        if wait_until(lambda: not orphans(home.path), seconds=seconds):
            return
    raise JusurError("Processes of an earlier run do not end.", fix=f"End them by hand: {orphans(home.path)}.")


def status(home: NodeHome) -> Mapping[str, Any]:
    """``{"running", "pid", "started_at", "processes": [{"name", "state", "pid", "restarts"}]}`` as last reported."""
    owner = OwnerLock(home.run / "node.pid").owner()
    report: dict[str, Any] = {"pid": None, "started_at": None, "processes": []}
    with contextlib.suppress(OSError, ValueError):
        with _status_file(home).open("rb") as file:
            found = json.loads(file.read(MAX_STATUS_BYTES))
        if owner is not None and found.get("pid") == owner:
            report = found
    return {**report, "pid": owner, "running": owner is not None}


def wait_ready(home: NodeHome, *, seconds: float) -> bool:
    """Whether every process of the home's node became ready within ``seconds``."""

    def ready() -> bool:
        found = status(home)
        return bool(found["processes"]) and all(process["state"] == "ready" for process in found["processes"])

    return wait_until(ready, seconds=seconds)


def stop(home: NodeHome, *, seconds: float = 90.0) -> bool:
    """Ask the home's supervisor to stop and wait for it; False if none runs.

    Raises:
        JusurError: it did not stop in time.
    """
    owner = OwnerLock(home.run / "node.pid").owner()
    if not owner:
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(owner, signal.SIGTERM)
    if not wait_until(lambda: not is_alive(owner), seconds=seconds):
        raise JusurError(f"The node (process {owner}) did not stop.", fix="Send it SIGTERM again to hurry it.")
    return True


def _status_file(home: NodeHome) -> Path:
    return home.run / "status.json"


@contextlib.contextmanager
def _signals(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)
