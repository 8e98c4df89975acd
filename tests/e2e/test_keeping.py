"""What a bureau relies on over time: backups, clocks, deadlines, figures, the command line."""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.e2e.acts import act, ask, content, delivered, receipted, spontaneous, write
from tests.e2e.network import CASE, PURPOSE, Network, Node, until

_STATE = """
from jusur.evidence.models import EvidencePackage, EvidenceRequest
from jusur.exchange.models import InboundMessage, OutboundMessage
from jusur.ledger import api as ledger
from jusur.node import context
head = ledger.integrate()
told["head"] = [head.size, head.root.hex() if isinstance(head.root, bytes) else str(head.root)]
told["requests"] = sorted((str(r.id), r.state) for r in EvidenceRequest.objects.all())
told["packages"] = sorted((str(p.id), p.state, p.sealed_sha256) for p in EvidencePackage.objects.all())
told["messages"] = [InboundMessage.objects.count(), OutboundMessage.objects.count()]
vault = context.current().vault
told["held"] = sorted(p.blob for p in EvidencePackage.objects.filter(direction="outgoing", state="offered")
    if vault.exists(p.blob))
"""
_ALARMS = """
import os
from jusur.evidence import api
from jusur.evidence.models import EvidenceRequest
told["seen"] = []
for offset in given["offsets"]:
    os.environ["JUSUR_CLOCK_OFFSET_SECONDS"] = str(offset)
    api.raise_alarms()
    told["seen"].append(EvidenceRequest.objects.get(id=given["request"]).alarms_raised)
"""
_USABLE = """
from jusur.directory import api
from jusur.kernel.errors import JusurError
try:
    api.assert_usable()
    told["problem"] = None
except JusurError as error:
    told["problem"] = error.problem()
"""


def _shifted(node: Node, seconds: float, code: str) -> dict[str, Any]:
    """Run ``code`` in the place of ``node`` with its clock off by ``seconds``."""
    before, node.environment = node.environment, {"JUSUR_CLOCK_OFFSET_SECONDS": str(int(seconds))}
    try:
        return node.script(code)
    finally:
        node.environment = before


def test_a_backup_makes_the_same_node_anew(network: Network, tmp_path: Path) -> None:
    oslo = network["NO"]
    place = spontaneous(network)
    delivered(network, place)
    oslo.reaches(place, "offered")
    phrase, file = tmp_path / "phrase", tmp_path / "oslo.jusur"
    phrase.write_text(secrets.token_hex(16))
    phrase.chmod(0o600)
    oslo.stop()
    try:
        before = oslo.script(_STATE)
        oslo.run("backup", str(file), "--passphrase-file", str(phrase))
        oslo.run("backup", str(file), "--passphrase-file", str(phrase), "--verify")
    finally:
        oslo.start()
    home = network.folder / f"again-{secrets.token_hex(3)}"
    again = Node(home, "NO", "NCB Oslo", oslo.ports)
    again.run("restore", str(file), "--passphrase-file", str(phrase))
    assert again.script(_STATE) == before
    damaged = bytearray(file.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    file.write_bytes(damaged)
    refused = subprocess.run(
        [sys.executable, "-m", "jusur", "--home", str(home) + "x", "restore", str(file), "--passphrase-file", phrase],
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode != 0
    assert "Traceback" not in refused.stderr


def test_alarms_come_at_half_at_four_fifths_and_at_the_end(network: Network) -> None:
    path = ask(network, content("preservation"))  # urgent: three days
    oslo, offsets = network["NO"], [hour * 3600 for hour in (30, 37, 58, 73, 80)]
    told = oslo.script(_ALARMS, request=path.rpartition("/")[2], offsets=offsets)
    assert told["seen"] == [[], [50], [50, 80], [50, 80, 100], [50, 80, 100]]
    act(oslo, path, "acknowledge")


def test_an_expired_directory_says_so(network: Network) -> None:
    assert network["MA"].script(_USABLE)["problem"] is None
    problem = _shifted(network["MA"], 400 * 86400, _USABLE)["problem"]
    assert "expired" in problem["detail"]
    assert problem["fix"]


def test_a_node_with_a_wrong_clock_is_refused_with_the_reason_and_heard_later(network: Network) -> None:
    rabat = network["MA"]
    rabat.restart(JUSUR_CLOCK_OFFSET_SECONDS="-3600")
    try:
        path = write(rabat, "NO")
        found = until(lambda: rabat.get(path)["deliveries"][0]["last_error"], what="the refusal")
        assert "clock" in found or "time" in found, found
        network["NO"].call("officer", "GET", path, status=404)
    finally:
        rabat.restart()
    rabat.retry_now()
    receipted(rabat, path)
    network["NO"].reaches(path, "processed")


def test_indicators_count_what_happened(network: Network) -> None:
    def counts() -> dict[str, int]:
        figures = network["MA"].get("/indicators/evidence-exchange?by=partner")["groups"].get("NO", {})
        return {name: figures.get(name, 0) for name in ("requests", "fulfilled", "refused")}

    before = counts()
    fulfilled, refused = ask(network, content("preservation")), ask(network, content("preservation"))
    act(network["NO"], fulfilled, "acknowledge")
    act(network["NO"], fulfilled, "confirm_preservation", until="2027-06-01T00:00:00Z")
    act(network["NO"], refused, "refuse", officer="lawyer", ground="sovereignty")
    for path in (fulfilled, refused):
        network["MA"].reaches(path, "fulfilled", "refused")
    until(
        lambda: (
            {name: counts()[name] - before[name] for name in before} == {"requests": 2, "fulfilled": 1, "refused": 1}
        ),
        what=f"the figures (from {before})",
    )


def _jusur(node: Node, officer: str, *arguments: str) -> Any:
    environment = {**os.environ, "JUSUR_TOKEN": node.tokens[officer]}
    done = subprocess.run(
        [sys.executable, "-m", "jusur", "--home", str(node.home), *arguments, "--json"],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_officers_do_it_all_from_the_command_line(network: Network, tmp_path: Path) -> None:
    rabat, oslo = network["MA"], network["NO"]
    paper = tmp_path / "content.json"
    paper.write_text(json.dumps(content()))
    request = _jusur(rabat, "officer", "request", "draft", "NO", str(paper))["id"]
    _jusur(rabat, "officer", "request", "submit", request)
    _jusur(rabat, "supervisor", "request", "approve", request, "--reason", "Necessary.")
    oslo.exists(f"/evidence/requests/{request}")
    _jusur(oslo, "officer", "request", "act", request, "accept")
    package = _jusur(oslo, "officer", "evidence", "open", "--request", request)["id"]
    place, name = f"/evidence/packages/{package}", oslo.put(f"cli-{secrets.token_hex(4)}.bin", b"evidence")
    _jusur(oslo, "officer", "evidence", "collect", package, name, "--method", "Copy", "--tool", "cp 9.1")
    until(lambda: all(item["sha256"] for item in oslo.get(place)["items"]), what="hashing")
    _jusur(oslo, "officer", "evidence", "release", package)
    _jusur(oslo, "supervisor", "evidence", "decide", package, "--reason", "Complete.")
    rabat.reaches(place, "verified")
    assert _jusur(rabat, "supervisor", "evidence", "countersign", package)["state"] == "countersigned"
    written = _jusur(rabat, "officer", "evidence", "dossier", package, "--out", str(tmp_path), "--language", "fr")
    assert Path(written["dossier"]).read_bytes().startswith(b"%PDF")
    assert len(_jusur(rabat, "officer", "evidence", "custody", package)["events"]) >= 4
    rabat.reaches(f"/evidence/requests/{request}", "confirmed")
    assert PURPOSE
    assert CASE in json.dumps(_jusur(rabat, "officer", "request", "list"))
