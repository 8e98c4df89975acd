"""One supervised process: started, watched, restarted with growing patience, stopped."""

import contextlib
import http.client
import os
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from jusur.node.processes import spawn

SUPERVISED_VARIABLE = "JUSUR_SUPERVISED"
"""Set in every child to the home's path, so that orphans of a killed supervisor can be told from strangers."""

FIRST_DELAY, LONGEST_DELAY = 0.25, 30.0
STEADY_SECONDS = 60.0
"""After this long without a crash, the next one is the first again."""
HEALTH_INTERVAL, HEALTH_TIMEOUT = 5.0, 2.0


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """What to run. ``ready`` tells whether it answers; without one, a process that runs is ready.

    A process that does not become ready, or stops answering, for ``patience`` seconds is ended and started again.
    """

    name: str
    command: Sequence[str]
    ready: Callable[[], bool] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    patience: float = 60.0
    stop_seconds: float = 20.0


def http_ready(url: str, context: ssl.SSLContext | None = None) -> Callable[[], bool]:
    """A check that ``url`` answers 200; for https give a context that trusts (and shows) the right certificates."""
    parts = urlsplit(url)
    host, port = parts.hostname or "127.0.0.1", parts.port

    def check() -> bool:
        connection = (
            http.client.HTTPSConnection(host, port, timeout=HEALTH_TIMEOUT, context=context)
            if parts.scheme == "https"
            else http.client.HTTPConnection(host, port, timeout=HEALTH_TIMEOUT)
        )
        try:
            connection.request("GET", parts.path or "/")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return check


def port_ready(host: str, port: int) -> Callable[[], bool]:
    """A check that something accepts connections there."""

    def check() -> bool:
        try:
            socket.create_connection((host, port), timeout=HEALTH_TIMEOUT).close()
        except OSError:
            return False
        return True

    return check


class Child:
    """A process and its fortunes. ``tick`` moves it along and never waits long."""

    def __init__(self, spec: ProcessSpec, home: Path, log: Path | None) -> None:
        self.spec = spec
        self.restarts = 0
        self.state = "waiting"
        self._home, self._log = home, log
        self._process: subprocess.Popen[bytes] | None = None
        self._started = self._healthy = self._checked = 0.0
        self._delay, self._next = FIRST_DELAY, 0.0

    @property
    def pid(self) -> int | None:
        """The process's number while it runs."""
        return self._process.pid if self._process else None

    def tick(self, environment: Mapping[str, str]) -> None:
        """Start what is due, notice what ended, ask what runs whether it is well."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._next:
                self._start(environment, now)
            return
        if self._process.poll() is not None:
            self._crashed(now)
        elif self.state == "starting" or now - self._checked >= HEALTH_INTERVAL:
            self._check(now)

    def _start(self, environment: Mapping[str, str], now: float) -> None:
        output = _open_log(self._log)
        try:
            self._process = spawn(
                self.spec.command,
                death_signal=signal.SIGTERM,
                environment={**environment, **self.spec.environment, SUPERVISED_VARIABLE: str(self._home)},
                output=output,
                new_session=True,
            )
        except OSError:
            self._crashed(now)
            return
        finally:
            if self._log is not None:
                os.close(output)
        self.state, self._started, self._healthy = "starting", now, now

    def _check(self, now: float) -> None:
        self._checked = now
        if self.spec.ready is None or self.spec.ready():
            self.state, self._healthy = "ready", now
            if now - self._started > STEADY_SECONDS:
                self._delay = FIRST_DELAY
        elif now - self._healthy > self.spec.patience:
            self.end(signal.SIGKILL)
            self._crashed(now)

    def _crashed(self, now: float) -> None:
        self.end(signal.SIGKILL)  # what the process started itself must not keep its port
        self.restarts += 1
        self.state, self._next = "waiting", now + self._delay
        self._delay = min(LONGEST_DELAY, self._delay * 2)

    def ask_to_stop(self) -> None:
        """Send SIGTERM."""
        if self._process is not None:
            self.state = "stopping"
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()

    def stopped(self) -> bool:
        """Whether it has ended."""
        return self._process is None or self._process.poll() is not None

    def end(self, how: signal.Signals) -> None:
        """Send ``how`` to the process and all it started, and reap it."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, how)
            self._process.wait()
            self._process = None
        self.state = "stopped"


def _open_log(path: Path | None) -> int:
    if path is None:
        return 2
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


def orphans(home: Path) -> list[int]:
    """Living processes that an earlier supervisor of this home started (Linux; elsewhere none are found)."""
    mark = f"{SUPERVISED_VARIABLE}={home}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if int(folder.name) != os.getpid() and mark in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found
