"""Two bureaus and a secretariat for measuring: real folders, databases, gates and workers on loopback."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jusur.node.postgres import EmbeddedPostgres

READY_SECONDS = 60.0
GRACE_SECONDS = 5.0
"""Gates listen before their workers have started; measuring begins after that."""


def jusur(home: Path, *arguments: str) -> Any:
    """Run a command of ``jusur`` on ``home``; what it says in JSON."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("JUSUR_")}
    command = [sys.executable, "-m", "jusur", "--home", str(home), *arguments, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise SystemExit(f"jusur {' '.join(arguments)} failed: {done.stderr}")
    return json.loads(done.stdout)


def _ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        opened = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in opened]


class Network:
    """A secretariat, Rabat (MA) and Oslo (NO) under ``folder``; gates and exchange loops run for the two bureaus."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.homes = {name: folder / name.lower() for name in ("GS", "MA", "NO")}
        self.ports = dict(zip(self.homes, _ports(3), strict=True))
        self._databases: list[EmbeddedPostgres] = []
        self._processes: list[subprocess.Popen[bytes]] = []

    def make(self) -> None:
        """Found the network and admit both bureaus."""
        for name, home in self.homes.items():
            role = ["--role", "secretariat"] if name == "GS" else ["--country", name]
            url = f"https://127.0.0.1:{self.ports['GS']}"
            jusur(home, "init", *role, "--name", name, "--gate-port", str(self.ports[name]), "--secretariat-url", url)
            database = EmbeddedPostgres(home)
            database.start()
            self._databases.append(database)
        for name in ("MA", "NO"):
            self._admit(name)
        jusur_accept = self.folder / "directory.json"
        jusur(self.homes["GS"], "directory", "export", "--output", str(jusur_accept))
        for name in ("MA", "NO"):
            jusur(self.homes[name], "directory", "accept", str(jusur_accept))

    def _admit(self, name: str) -> None:
        papers = [str(self.folder / f"{name}-{what}.json") for what in ("invitation", "request", "welcome")]
        invited = jusur(self.homes["GS"], "directory", "invite", name, "--output", papers[0])
        asked = jusur(self.homes[name], "join", "request", papers[0], "--output", papers[1])
        fingerprint = ["--fingerprint", asked["fingerprint"]]
        jusur(self.homes["GS"], "directory", "admit", papers[1], *fingerprint, "--output", papers[2])
        key = ["--fingerprint", invited["directory_key"]]
        jusur(self.homes[name], "join", "complete", papers[2], *key)

    def start(self) -> None:
        """Start gates and workers; returns when the gates listen."""
        for name in ("MA", "NO"):
            for module in (["jusur.gate.serve"], ["bench.nodes"]):
                self._processes.append(self._run(name, module))
            self._await(self.ports[name])
        time.sleep(GRACE_SECONDS)

    def _run(self, name: str, module: list[str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", *module], env=environment(self.homes[name]), start_new_session=True
        )

    @staticmethod
    def _await(port: int) -> None:
        give_up = time.monotonic() + READY_SECONDS
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                return
            if time.monotonic() > give_up:
                raise SystemExit("a gate does not listen")
            time.sleep(0.1)

    def peaks(self) -> dict[str, int]:
        """The most memory each process and its children have had, in MiB."""
        peaks: dict[str, int] = {}
        for process in self._processes:
            for folder in Path("/proc").glob("[0-9]*"):
                with contextlib.suppress(OSError):
                    status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
                    if os.getpgid(int(folder.name)) == process.pid:
                        command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()[-40:].strip()
                        peaks[f"{folder.name} {command}"] = int(status["VmHWM"].split()[0]) // 1024
        return peaks

    def stop(self) -> None:
        """Stop everything."""
        for process in self._processes:
            process.terminate()  # the first of its group alone: it stops its own workers, each once
        for process in self._processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
        for database in self._databases:
            database.stop()


def free_port() -> int:
    """A loopback port nobody listens on."""
    return _ports(1)[0]


def environment(home: Path) -> dict[str, str]:
    """The environment in which a process belongs to the node at ``home``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("JUSUR_")}
    root = Path(__file__).resolve().parents[1]
    return {**kept, "JUSUR_HOME": str(home), "PYTHONPATH": f"{root / 'src'}:{root}"}


@contextlib.contextmanager
def network(folder: Path) -> Iterator[Network]:
    """A running network, stopped at the end."""
    made = Network(folder)
    try:
        made.make()
        made.start()
        yield made
    finally:
        made.stop()


def work() -> None:
    """Be a node's worker with the exchange's loops alone, until SIGTERM."""
    from jusur.config.bootstrap import setup

    settings = setup()
    from jusur.exchange import api
    from jusur.node import logs

    logs.configure("worker", settings)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    loops = (api.courier_run, api.inbox_run, api.transfers_run, _tick)
    threads = [threading.Thread(target=loop, args=(stop,)) for loop in loops]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _tick(stop: threading.Event) -> None:
    from django.db import connections

    from jusur.exchange import api
    from jusur.ledger import api as ledger

    while not stop.wait(1.0):
        api.tick()
        ledger.integrate()
    connections.close_all()


if __name__ == "__main__":
    work()
