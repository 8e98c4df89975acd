"""The fast track, step by step: Rabat asks, Oslo preserves, executes and releases, Rabat verifies and countersigns."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from jusur.cli.rehearsal import judges, sample
from jusur.cli.rehearsal.nodes import RehearsalError, RehearsalNode, free_ports
from jusur.kernel import clock
from jusur.kernel.errors import UnavailableError

TRANSFER_SECONDS = 3600.0
CASE = "MA-2026-0093"
LIST = "list-sample"
SEARCH_SECONDS = 60.0
SEARCH_MILLISECONDS = 10_000
INSTRUMENT = "budapest-2001"
PURPOSE = "Investigation of organised fraud by a scam centre; evidence for the criminal court."

Say = Callable[[str, float], None]


@dataclass(slots=True)
class Rehearsal:
    """The state of a rehearsal: its folder, nodes, steps with their seconds, and what came out."""

    folder: Path
    evidence: Path | None
    say: Say
    steps: list[dict[str, Any]] = field(default_factory=list)
    verdicts: list[judges.Verdict] = field(default_factory=list)
    nodes: dict[str, RehearsalNode] = field(default_factory=dict)
    package: dict[str, Any] = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict)
    opened: Path | None = None
    request_to_evidence: float = 0.0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step, remember it and tell it."""
        start = time.monotonic()
        yield
        seconds = time.monotonic() - start
        self.steps.append({"name": name, "seconds": round(seconds, 3)})
        self.say(name, seconds)

    def run(self) -> None:
        """Run every step.

        Raises:
            JusurError: one failed; the steps before it are remembered.
        """
        with self.step("Make three nodes with their own keys, folders and databases"):
            self._make()
        with self.step("Found the network; admit Rabat and Oslo by confirmed fingerprints"):
            self._join()
        with self.step("Start the bureaus"):
            self._start("MA", "NO")
        with self.step("Appoint officers"):
            self._appoint()
        self._search()
        self._preserve()
        self._produce()
        with self.step("Open and judge the package with age, bagit, openssl, case_validate and the offline verifier"):
            self._judge()

    def report(self) -> dict[str, Any]:
        """The figures of the rehearsal."""
        return {
            "steps": self.steps,
            "package_bytes": self.package.get("size"),
            "search": self._searched(),
            "request_to_evidence_seconds": round(self.request_to_evidence, 3),
            "checks": {verdict.name: verdict.accepted for verdict in self.verdicts},
        }

    def _searched(self) -> dict[str, Any] | None:
        """What the search found, for programs."""
        if not self.found:
            return None
        best = self.found["answers"][0]
        return {
            "asked": sample.SOUGHT,
            "found": best["caption"],
            "score": best["score"],
            "reasons": [reason["sentence"] for reason in best["reasons"]],
            "databases": {each["holder"]: each["state"] for each in self.found["databases"]},
            "milliseconds": self.found["took_ms"],
        }

    def _make(self) -> None:
        ports = free_ports(9)
        self.nodes = {
            address: RehearsalNode(
                self.folder / address.lower(), address, name, (ports[3 * i], ports[3 * i + 1], ports[3 * i + 2])
            )
            for i, (address, name) in enumerate(
                (("GS", "General Secretariat"), ("MA", "NCB Rabat"), ("NO", "NCB Oslo"))
            )
        }
        evidence = self.evidence or sample.write(self.folder / "sample")
        self.evidence = evidence.resolve()
        begun = [(node, node.begin("init", *self._settings(node))) for node in self.nodes.values()]
        for node, process in begun:
            node.wait(process, "init")

    def _settings(self, node: RehearsalNode) -> list[str]:
        secretariat = self.nodes["GS"]
        role = ["--role", "secretariat"] if node is secretariat else ["--country", node.address]
        gate, web, worker = node.ports
        ports = ["--gate-port", gate, "--web-port", web, "--worker-port", worker]
        peers = ["--secretariat-url", secretariat.gate_url, "--timestamp-url", f"{secretariat.web_url}/timestamp"]
        intake = ["--intake", self.evidence.parent] if node.address == "NO" and self.evidence else []
        return [*role, "--name", node.name, "--demo", *map(str, (*ports, *peers, *intake))]

    def _join(self) -> None:
        self._start("GS")
        secretariat = self.nodes["GS"]
        for address in ("MA", "NO"):
            self._admit(secretariat, self.nodes[address])

    def _admit(self, secretariat: RehearsalNode, node: RehearsalNode) -> None:
        papers = self.folder / "papers" / node.address
        papers.mkdir(parents=True, exist_ok=True)
        invitation, request, welcome = papers / "invitation.json", papers / "request.json", papers / "welcome.json"
        invited = secretariat.run_json("directory", "invite", node.address, "--output", str(invitation))
        asked = node.run_json("join", "request", str(invitation), "--output", str(request))
        # What two operators read to each other by telephone: each hears the other's fingerprint.
        secretariat.run(
            *("directory", "admit", str(request)),
            *("--fingerprint", asked["fingerprint"], "--output", str(welcome)),
        )
        # The rehearsal's time-stamp authority: in earnest each bureau installs the roots of the authority it trusts.
        roots = Path("keys") / "timestamp-roots.pem"
        shutil.copyfile(secretariat.home / roots, node.home / roots)
        node.run("join", "complete", str(welcome), "--fingerprint", invited["directory_key"])

    def _start(self, *addresses: str) -> None:
        begun = [(self.nodes[address], self.nodes[address].begin("serve", "--detach")) for address in addresses]
        for node, process in begun:
            node.wait(process, "serve")

    def _appoint(self) -> None:
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda item: self.nodes[item[0]].appoint(item[1]), _OFFICERS.items()))

    def _search(self) -> None:
        rabat = self.nodes["MA"]
        with self.step("Rabat imports a list of invented persons; the search process takes it in"):
            file = sample.write_list(self.folder)
            rabat.run("lists", "import", LIST, str(file), "--format", "ftm")
        with self.step("Rabat searches in Arabic, Oslo's node with it; a Latin record is found and explained"):
            self.found = self._found()

    def _found(self) -> dict[str, Any]:
        """The answer to one search; the list is searchable a moment after it was imported."""
        body = {
            "purpose": "criminal-investigation",
            "reference": CASE,
            "query": {"text": sample.SOUGHT, "birth_dates": ["1985-03"]},
            "bureaus": ["NO"],
            "deadline_ms": SEARCH_MILLISECONDS,
            "language": "en",
        }
        salma = self.nodes["MA"].officers["salma"]
        give_up = time.monotonic() + SEARCH_SECONDS
        while True:
            try:
                found: dict[str, Any] = salma.post("/search", body)
            except UnavailableError:
                found = {"answers": []}
            if found["answers"]:
                return found
            if time.monotonic() > give_up:
                raise RehearsalError("The Arabic search found no record.")
            time.sleep(0.2)

    def _preserve(self) -> None:
        content = _content("preservation", "urgent", _PRESERVATION)
        with self.step("Rabat drafts a preservation request; a second officer approves it"):
            request = self._send(content)
        with self.step("Oslo acknowledges and preserves; Rabat knows"):
            path = f"/evidence/requests/{request}"
            oslo, rabat = self.nodes["NO"], self.nodes["MA"]
            _await(oslo, path)
            until = clock.timestamp(clock.now() + timedelta(days=60))
            oslo.officers["ingrid"].post(f"{path}/acts", {"act": "acknowledge"})
            oslo.officers["ingrid"].post(f"{path}/acts", {"act": "confirm_preservation", "until": until})
            rabat.until("salma", path, "fulfilled", seconds=30)

    def _produce(self) -> None:
        oslo, rabat = self.nodes["NO"], self.nodes["MA"]
        content = _content("stored_content", "urgent", _PRODUCTION)
        with self.step("Rabat drafts a production request; a second officer approves it"):
            start = time.monotonic()
            request = self._send(content)
        path = f"/evidence/requests/{request}"
        with self.step("Oslo acknowledges and takes the request into execution"):
            _await(oslo, path)
            oslo.officers["ingrid"].post(f"{path}/acts", {"act": "acknowledge"})
            oslo.officers["ingrid"].post(f"{path}/acts", {"act": "accept"})
        with self.step("Oslo collects the evidence and hashes it"):
            package = oslo.officers["ingrid"].post("/evidence/packages", {"request": request})["id"]
            place = f"/evidence/packages/{package}"
            self._collect(place)
        with self.step("Two people release the package; Oslo seals it, it crosses, Rabat verifies it"):
            oslo.officers["ingrid"].post(f"{place}/release")
            oslo.officers["lars"].post(f"{place}/release-decision", {"reason": "Complete and within the request."})
            oslo.until("ingrid", place, "offered", seconds=TRANSFER_SECONDS)
            _await(rabat, place)
            self.package = rabat.until("salma", place, "verified", seconds=TRANSFER_SECONDS)
        with self.step("Rabat countersigns; Oslo has Rabat's signed word"):
            rabat.officers["karim"].post(f"{place}/countersignature")
            oslo.until("ingrid", place, "countersigned", seconds=30)
            rabat.until("salma", path, "confirmed", seconds=30)
            oslo.until("ingrid", path, "confirmed", seconds=30)
        self.request_to_evidence = time.monotonic() - start

    def _send(self, content: dict[str, Any]) -> str:
        rabat = self.nodes["MA"]
        request: str = rabat.officers["salma"].post("/evidence/requests", {"to": "NO", "content": content})["id"]
        rabat.officers["salma"].post(f"/evidence/requests/{request}/submit")
        rabat.officers["karim"].post(
            f"/evidence/requests/{request}/approval", {"reason": "Necessary and proportionate."}
        )
        return request

    def _collect(self, place: str) -> None:
        oslo = self.nodes["NO"]
        name = self.evidence.name if self.evidence else ""
        body = {"name": name, "method": "Logical copy of the seized server", "tool": "GNU coreutils 9.1"}
        oslo.officers["ingrid"].post(f"{place}/items", body)
        give_up = time.monotonic() + TRANSFER_SECONDS
        while any(item["sha256"] is None for item in oslo.officers["ingrid"].get(place)["items"]):
            if time.monotonic() > give_up:
                break
            time.sleep(0.1)

    def _judge(self) -> None:
        rabat, package = self.nodes["MA"], self.package["id"]
        folder = self.folder / "court"
        sealed = judges.fetch_sealed(rabat, package, folder)
        opened = judges.open_sealed(sealed, rabat.home / "keys" / "evidence.txt", folder)
        keys = {address: self._log_key(address, folder) for address in ("MA", "NO")}
        self.opened = folder / package
        self.verdicts = [opened, *judges.judge(self.opened, keys)] if opened.accepted else [opened]
        rabat.officers["salma"].get(f"/evidence/packages/{package}/custody")
        for language in ("en", "ar"):
            pdf = rabat.officers["salma"].raw(f"/evidence/packages/{package}/dossier", language=language)
            (folder / f"dossier-{language}.pdf").write_bytes(pdf)

    def _log_key(self, address: str, folder: Path) -> Path:
        path = folder / f"log-{address}.pem"
        shown = self.nodes[address].run_json("directory", "show", address)
        path.write_text(next(key["public"] for key in shown["keys"] if key["use"] == "log"))
        return path


def _await(node: RehearsalNode, path: str) -> None:
    """Wait until the other bureau's message has made ``path`` exist at ``node``."""
    from jusur.cli.client import RefusedError

    give_up = time.monotonic() + 60
    officer = next(iter(node.officers.values()))
    while True:
        try:
            officer.get(path)
        except RefusedError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.05)
        else:
            return


def _content(measure: str, urgency: str, contents: dict[str, str]) -> dict[str, Any]:
    return {
        "measure": measure,
        "instrument": INSTRUMENT,
        "urgency": urgency,
        "case_reference": CASE,
        "purpose": PURPOSE,
        "offence": {
            "description": "Organised fraud committed by means of a computer system; money laundering.",
            "iccs": "0701",
            "maximum_penalty_months": 120,
        },
        "contents": contents,
        "conditions": {"purposes": [PURPOSE], "retention_days": 1826, "text": "Not to be used for another purpose."},
    }


_OFFICERS: dict[str, list[tuple[str, str, tuple[str, ...], str]]] = {
    "GS": [("amina", "Amina (sample administrator)", ("administrator", "auditor"), "en")],
    "MA": [
        ("salma", "سلمى (ضابطة للتجربة)", ("officer",), "ar"),
        ("karim", "كريم (مشرف للتجربة)", ("supervisor",), "ar"),
        ("yassine", "Yassine (administrateur de démonstration)", ("administrator", "auditor"), "fr"),
    ],
    "NO": [
        ("ingrid", "Ingrid (sample officer)", ("officer", "examiner"), "en"),
        ("lars", "Lars (sample supervisor)", ("supervisor",), "en"),
        ("astrid", "Astrid (sample administrator)", ("administrator", "auditor"), "en"),
    ],
}
_COMMON = {
    "authority": "Judicial police, Rabat (sample)",
    "facts": "Between 1 and 20 September 2026 victims in two countries were led to pay into mule accounts by a scam"
    " centre whose control panel runs on a server hosted in Oslo.",
    "legal_provisions": "Articles 540 and 574-1 of the Criminal Code (sample).",
    "data_sought": "Contents of the virtual server srv-93.sample.example: chats, account lists, access logs.",
    "data_relation": "The server holds the chats with the victims and the list of accounts that received the money.",
    "custodian": "Sample Hosting AS, Oslo",
    "necessity": "The data are the only record of who controlled the accounts.",
    "period": "2026-09-01 to 2026-09-20",
    "urgency_reason": "The hosting contract ends in three days and the data will then be erased.",
    "judicial_order": "Order 2026/93 of the investigating judge, Rabat (sample).",
}
_PRESERVATION = _COMMON | {"intention_to_request": "A request for the stored content follows within the week."}
_PRODUCTION = _COMMON


def write_report(report: dict[str, Any], path: Path) -> None:
    """Write the figures as JSON."""
    path.write_text(json.dumps(report, indent=2) + "\n")
