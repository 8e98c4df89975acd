"""A network of real nodes: made by the commands, driven by the API, with a faulty wire before each gate."""

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import httpx
from tests.e2e.proxy import Proxy

from jusur.cli.rehearsal.nodes import RehearsalNode, free_ports
from jusur.kernel.errors import JusurError
from jusur.node import supervisor
from jusur.node.home import NodeHome

CASE = "MA-2026-0093"
PURPOSE = "Investigation of organised fraud by a scam centre; evidence for the criminal court."
SOON = 60.0
"""Seconds within which everything that needs no human being happens, on a busy machine too."""
ENDED = frozenset({"rejected", "refused", "failed"})
T = TypeVar("T")

NAMES = {
    "GS": "General Secretariat",
    "MA": "NCB Rabat",
    "NO": "NCB Oslo",
    "FR": "NCB Paris",
    "TN": "NCB Tunis",
}
PEOPLE: dict[str, dict[str, tuple[str, ...]]] = {
    "GS": {"officer": ("officer",), "admin": ("administrator",)},
    **{
        address: {
            "officer": ("officer", "examiner"),
            "supervisor": ("supervisor",),
            "second": ("supervisor",),
            "lawyer": ("legal_adviser",),
            "examiner": ("examiner",),
            "admin": ("administrator",),
            "auditor": ("auditor",),
            "delegate": ("delegate",),
        }
        for address in ("MA", "NO", "FR", "TN")
    },
}

_APPOINT = """
from jusur.accounts import api as accounts
for short, roles in given["people"].items():
    officer = accounts.officer_create(email=f"{short}@{given['domain']}", name=f"{short} (sample)", roles=tuple(roles),
        kind="person", language="en", actor="administrator:console")
    told[short] = accounts.token_issue(officer_id=officer.id, name="tests", actor="administrator:console")[1]
"""
_SCRIPT = """
import json, sys
from jusur.config.bootstrap import setup
given, told = json.load(sys.stdin), {}
setup()
exec(compile(given.pop("code"), "script", "exec"))
print(json.dumps(told, default=str))
"""


def until(look: Callable[[], T], *, seconds: float = SOON, step: float = 0.1, what: str = "it") -> T:
    """The first true answer of ``look``."""
    give_up = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < give_up, f"{what} did not happen within {seconds} s (last: {found!r})"
        time.sleep(step)


@dataclass(slots=True)
class Node(RehearsalNode):
    """A node under test. ``environment``: what its processes get beside their own; ``wire``: what stands before it."""

    environment: dict[str, str] = field(default_factory=dict)
    wire: Proxy | None = None
    prefix: tuple[str, ...] = ()
    host: str = "127.0.0.1"

    @property
    def gate_url(self) -> str:
        """Where other nodes reach it: at its wire."""
        return f"https://{self.host}:{self.wire.port if self.wire else self.ports[0]}"

    @property
    def place(self) -> NodeHome:
        """Its folder."""
        return NodeHome(self.home)

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """Start ``jusur`` on this node, to be waited for with ``wait``."""
        return subprocess.Popen(
            [*self.prefix, sys.executable, "-m", "jusur", "--home", str(self.home), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self._environ(),
        )

    def _environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUSUR_", "DJANGO_"))}
        return {**kept, **self.environment}

    def script(self, code: str, **given: Any) -> dict[str, Any]:
        """Run Python in this node's place; ``given`` goes in, what it puts into ``told`` comes back."""
        done = subprocess.run(
            [*self.prefix, sys.executable, "-c", _SCRIPT],
            input=json.dumps({"code": code, **given}),
            capture_output=True,
            text=True,
            env={**self._environ(), "JUSUR_HOME": str(self.home)},
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found

    def start(self) -> None:
        """Start its processes; wait until all are ready."""
        self.wait(self.begin("serve", "--detach"), "serve")

    def stop(self) -> None:
        """Stop its processes gracefully."""
        supervisor.stop(self.place)

    def restart(self, **environment: str) -> None:
        """Stop and start it, with exactly this environment."""
        self.stop()
        self.environment = environment
        self.start()

    def pids(self) -> dict[str, int]:
        """Its processes, by name; ``supervisor`` among them."""
        found = supervisor.status(self.place)
        named = {process["name"]: process["pid"] for process in found["processes"] if process["pid"]}
        return {**named, "supervisor": found["pid"]}

    def kill(self, name: str) -> None:
        """kill -9 of one process and what it started; the supervisor's takes the whole node along."""
        pid = self.pids()[name]
        with contextlib.suppress(ProcessLookupError):  # it fell with what was killed before, and nobody has noticed yet
            if name in {"supervisor", "postgres"}:
                os.kill(pid, signal.SIGKILL)
            else:
                os.killpg(pid, signal.SIGKILL)

    def revive(self) -> None:
        """Have every process ready again after a kill; the supervisor is started where it was killed."""
        if not supervisor.status(self.place)["running"]:
            self.start()
        assert supervisor.wait_ready(self.place, seconds=SOON), self.pids()

    def appoint_all(self) -> None:
        """Give it an officer of every role."""
        people = {short: list(roles) for short, roles in PEOPLE[self.address].items()}
        self.sign_in(self.script(_APPOINT, people=people, domain=f"{self.address.lower()}.example"))

    def sign_in(self, tokens: dict[str, str]) -> None:
        """Act as these officers from now on."""
        self.tokens = tokens

    def call(
        self, officer: str, method: str, path: str, body: Any = None, *, status: int = 0, key: str = ""
    ) -> dict[str, Any]:
        """Ask its API as ``officer``; the answer, which must have ``status`` (0: any success)."""
        headers = {"Idempotency-Key": key or secrets.token_hex(8)} if method == "POST" else {}
        answer = self._ask(officer, method, path, headers=headers, json=body)
        assert answer.status_code == status if status else answer.is_success, answer.text
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    def _ask(self, officer: str, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens[officer]}"} | more.pop("headers", {})
        with httpx.Client(base_url=f"{self.web_url}/v1", timeout=60, trust_env=False) as client:
            return client.request(method, path, headers=headers, **more)

    def raw(self, path: str, **query: str) -> bytes:
        """The bytes at ``path`` of its API."""
        return self._ask("officer", "GET", path, params=query).raise_for_status().content

    def get(self, path: str, officer: str = "officer") -> dict[str, Any]:
        """What is at ``path`` of its API."""
        return self.call(officer, "GET", path)

    def post(self, officer: str, path: str, body: Any = None, *, status: int = 0) -> dict[str, Any]:
        """Do what ``path`` stands for as ``officer``."""
        return self.call(officer, "POST", path, body if body is not None else {}, status=status)

    def exists(self, path: str, *, seconds: float = SOON) -> dict[str, Any]:
        """What is at ``path``, once it is there."""

        def look() -> dict[str, Any] | None:
            with contextlib.suppress(AssertionError, httpx.TransportError):
                return self.get(path)
            return None

        found = until(look, seconds=seconds, what=f"{path} at {self.address}")
        assert found is not None
        return found

    def reaches(self, path: str, *states: str, seconds: float = SOON) -> dict[str, Any]:
        """What is at ``path``, once its state is one of ``states``; not being there or not answering is waited for."""
        seen: dict[str, Any] = {}

        def look() -> bool:
            with contextlib.suppress(AssertionError, httpx.TransportError):
                seen.update(self.get(path))
            return seen.get("state") in {*states, *ENDED}

        try:
            until(look, seconds=seconds)
        except AssertionError:
            where = {name: seen.get(name) for name in ("state", "failure", "deliveries")}
            raise AssertionError(f"{path} at {self.address} is not {states} after {seconds} s: {where}") from None
        assert seen["state"] in states, seen
        return seen

    def alarms(self) -> list[dict[str, Any]]:
        """The exchange's open alarms."""
        found: list[dict[str, Any]] = self.get("/exchange/status")["alarms"]
        return found

    def retry_now(self) -> None:
        """As an operator who will not wait for the backoff: everything that waits is due now."""
        self.script(_RETRY)

    def put(self, name: str, content: bytes) -> str:
        """Lay a file into its intake."""
        folder = self.home / "intake"
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return name


_RETRY = """
from jusur.exchange.db import execute
from jusur.exchange import notify
from jusur.kernel.clock import now
for table in ("delivery", "relayitem", "transfer"):
    execute(f"UPDATE exchange_{table} SET next_attempt_at = %s WHERE next_attempt_at > %s", (now(), now()))
notify.notify(notify.TRANSFERS)
"""


@dataclass(slots=True)
class Network:
    """Nodes by address, and the folder they live in.

    ``hosts``: the IP address and command prefix of nodes in a network namespace; ``link``: the namespace and device of
    the wire between those.
    """

    folder: Path
    nodes: dict[str, Node] = field(default_factory=dict)
    hosts: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    link: tuple[str, str] = ("", "")

    def __getitem__(self, address: str) -> Node:
        return self.nodes[address]

    def make(self, *addresses: str, wired: bool = True) -> list[Node]:
        """Make nodes; each gets a wire of its own before its gate."""
        ports = free_ports(4 * len(addresses))
        made = []
        for at, address in enumerate(addresses):
            gate, web, worker, wire = ports[4 * at : 4 * at + 4]
            host, prefix = self.hosts.get(address, ("127.0.0.1", ()))
            node = Node(self.folder / address.lower(), address, NAMES[address], (gate, web, worker))
            node.host, node.prefix = host, prefix
            if wired:
                node.wire = Proxy(wire, self.folder / f"{address.lower()}.wire")
                node.wire.start(gate, host=host, prefix=prefix)
            self.nodes[address] = node
            made.append(node)
        for node, process in [(node, node.begin("init", *self._settings(node))) for node in made]:
            node.wait(process, "init")
        return made

    def _settings(self, node: Node) -> list[str]:
        secretariat = self.nodes["GS"]
        role = ["--role", "secretariat"] if node is secretariat else ["--country", node.address]
        gate, web, worker = map(str, node.ports)
        ports = ["--gate-host", node.host, "--gate-port", gate, "--web-port", web, "--worker-port", worker]
        urls = ["--gate-url", node.gate_url, "--secretariat-url", secretariat.gate_url]
        stamps = ["--timestamp-url", f"{secretariat.web_url}/timestamp"] if not node.prefix else []
        return [*role, "--name", node.name, "--demo", *ports, *urls, *stamps]

    def join(self, node: Node, *, relay: str = "") -> None:
        """Admit ``node`` with fingerprints confirmed both ways."""
        secretariat = self.nodes["GS"]
        papers = self.folder / "papers" / node.address
        papers.mkdir(parents=True)
        invitation, request, welcome = (str(papers / f"{name}.json") for name in ("invitation", "request", "welcome"))
        invited = secretariat.run_json("directory", "invite", node.address, "--output", invitation)
        through = ["--relay", relay] if relay else []
        asked = node.run_json("join", "request", invitation, *through, "--output", request)
        secretariat.run("directory", "admit", request, "--fingerprint", asked["fingerprint"], "--output", welcome)
        roots = Path("keys") / "timestamp-roots.pem"
        shutil.copyfile(secretariat.home / roots, node.home / roots)
        node.run("join", "complete", welcome, "--fingerprint", invited["directory_key"])

    def start(self, *addresses: str) -> None:
        """Start nodes together."""
        begun = [(self.nodes[address], self.nodes[address].begin("serve", "--detach")) for address in addresses]
        for node, process in begun:
            node.wait(process, "serve")

    def refresh(self, *addresses: str) -> None:
        """Have nodes fetch the directory now, as they do every minute anyway."""
        for address in addresses or tuple(set(self.nodes) - {"GS"}):
            self.nodes[address].run("directory", "refresh")

    def heal(self) -> None:
        """Good wires everywhere, every process up."""
        for node in self.nodes.values():
            if node.wire:
                node.wire.order()
            node.revive()

    def end(self) -> None:
        """Stop everything."""
        begun = [(node, node.begin("stop")) for node in self.nodes.values()]
        for node, process in begun:
            with contextlib.suppress(JusurError):
                node.wait(process, "stop")
            if node.wire:
                node.wire.close()

    def save(self) -> None:
        """Write down what ``found`` needs to go on with this network."""
        kept = {a: [n.ports, n.wire.port if n.wire else 0, n.tokens] for a, n in self.nodes.items()}
        (self.folder / "network.json").write_text(json.dumps(kept))

    @classmethod
    def found(cls, folder: Path) -> "Network":
        """The network that was left running in ``folder``."""
        network = cls(folder)
        for address, (ports, wire, tokens) in json.loads((folder / "network.json").read_text()).items():
            node = Node(folder / address.lower(), address, NAMES[address], tuple(ports))
            node.wire = Proxy(wire, folder / f"{address.lower()}.wire")
            node.sign_in(tokens)
            network.nodes[address] = node
        return network


@contextlib.contextmanager
def built(*, addresses: tuple[str, ...] = ("MA", "NO")) -> Iterator[Network]:
    """A network of the secretariat and these bureaus, running, for as long as the block lasts.

    With ``JUSUR_E2E_KEEP=FOLDER`` it is left running there and found again by the next run, to write tests by.
    """
    keep = os.environ.get("JUSUR_E2E_KEEP", "")
    if keep and (Path(keep) / "network.json").exists():
        yield Network.found(Path(keep))
        return
    folder = Path(keep or tempfile.mkdtemp(prefix="je-", dir="/tmp"))  # short: sockets have short names
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    network = Network(folder)
    try:
        network.make("GS", *addresses)
        network.start("GS")
        for address in addresses:
            network.join(network[address])
        network.start(*addresses)
        for node in network.nodes.values():
            node.appoint_all()
        network.save()
        yield network
    finally:
        if not keep:
            network.end()
            shutil.rmtree(folder, ignore_errors=True)
