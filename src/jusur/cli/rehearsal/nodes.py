"""One node of the rehearsal: its folder, its processes, its officers; everything by the same commands and API."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jusur.cli.client import Client
from jusur.kernel.errors import JusurError

COMMAND_SECONDS = 120


class RehearsalError(JusurError):
    """A step of the rehearsal failed."""

    code = "rehearsal"
    title = "The rehearsal failed"


@dataclass(slots=True)
class RehearsalNode:
    """A node under ``home``. ``ports``: of gate, desk and worker.

    By short name of an officer: ``officers`` are clients signed in, ``tokens`` and ``passwords`` what each signs in by.
    """

    home: Path
    address: str
    name: str
    ports: tuple[int, int, int]
    officers: dict[str, Client] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict)

    @property
    def gate_url(self) -> str:
        """Where other nodes reach it."""
        return f"https://127.0.0.1:{self.ports[0]}"

    @property
    def web_url(self) -> str:
        """Where its officers reach it."""
        return f"http://127.0.0.1:{self.ports[1]}"

    @property
    def desk_url(self) -> str:
        """The desk by the name that browsers allow passkeys for."""
        return f"http://localhost:{self.ports[1]}/"

    def run(self, *arguments: str) -> str:
        """Run ``jusur`` on this node; its output.

        Raises:
            RehearsalError: it failed; says what it said.
        """
        return self.wait(self.begin(*arguments), arguments[0])

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """Start ``jusur`` on this node, to be waited for with ``wait``."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("JUSUR_")}
        return subprocess.Popen(
            [sys.executable, "-m", "jusur", "--home", str(self.home), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def wait(self, process: subprocess.Popen[str], what: str) -> str:
        """The output of a command begun on this node.

        Raises:
            RehearsalError: it failed or did not end.
        """
        try:
            output, errors = process.communicate(timeout=COMMAND_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise RehearsalError(f"jusur {what} at {self.address} did not end.") from None
        if process.returncode:
            raise RehearsalError(f"jusur {what} at {self.address} failed: {errors.strip()[-1500:]}")
        return output

    def run_json(self, *arguments: str) -> Any:
        """Run ``jusur … --json`` on this node; what it printed."""
        return json.loads(self.run(*arguments, "--json"))

    def appoint(self, people: Sequence[tuple[str, str, tuple[str, ...], str]]) -> None:
        """Appoint ``people`` (short name, name, roles, language), each with a sample sign-in and a token."""
        listed = [
            {
                "email": f"{short}@{self.address.lower()}.example",
                "name": name,
                "roles": list(roles),
                "language": language,
            }
            for short, name, roles, language in people
        ]
        file = self.home / "officers.json"
        file.write_text(json.dumps(listed, ensure_ascii=False))
        for person, found in zip(people, self.run_json("officer", "appoint", str(file), "--sample"), strict=True):
            short = person[0]
            self.tokens[short] = found["token"]
            self.passwords[short] = found["password"]
            self.officers[short] = Client(f"{self.web_url}/v1", found["token"])

    def until(self, officer: str, path: str, wanted: str, *, seconds: float) -> Any:
        """Look at ``path`` until its state is ``wanted``.

        Raises:
            RehearsalError: it did not become so in time, or failed; says where it stands.
        """
        give_up = time.monotonic() + seconds
        while True:
            found = self.officers[officer].get(path)
            if found["state"] == wanted:
                return found
            if found.get("failure") or time.monotonic() > give_up:
                why = found.get("failure") or "it took too long"
                raise RehearsalError(f"{path} at {self.address} is {found['state']}, not {wanted}: {why}.")
            time.sleep(0.1)


def free_ports(count: int) -> list[int]:
    """Loopback ports that nobody listens on now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    try:
        return [opened.getsockname()[1] for opened in sockets]
    finally:
        for opened in sockets:
            opened.close()
