"""What officers do, in few words: ask, answer, collect, release, write."""

import secrets
import time
from typing import Any

from tests.e2e.network import CASE, PURPOSE, SOON, Network, Node, until

from jusur.cli.rehearsal.scenario import _COMMON

INTENTION = "A request for the stored content follows within the week."
CONTENTS = _COMMON | {"intention_to_request": INTENTION}


def content(measure: str = "stored_content", urgency: str = "urgent", **changes: Any) -> dict[str, Any]:
    """A request's content, complete under the Budapest Convention."""
    contents = {name: text for name, text in CONTENTS.items() if urgency != "routine" or name != "urgency_reason"}
    found: dict[str, Any] = {
        "measure": measure,
        "instrument": "budapest-2001",
        "urgency": urgency,
        "case_reference": CASE,
        "purpose": PURPOSE,
        "offence": {"description": "Organised fraud by means of a computer system.", "maximum_penalty_months": 120},
        "contents": contents,
        "conditions": {"purposes": [PURPOSE], "retention_days": 1826},
    }
    return {**found, **changes}


def ask(network: Network, value: dict[str, Any] | None = None, *, by: str = "MA", to: str = "NO") -> str:
    """Draft, submit and approve a request; its path, once the requested bureau has it."""
    path = drafted(network, value, by=by, to=to)
    network[by].post("officer", f"{path}/submit")
    network[by].post("supervisor", f"{path}/approval", {"reason": "Necessary and proportionate."})
    network[to].exists(path)
    return path


def drafted(network: Network, value: dict[str, Any] | None = None, *, by: str = "MA", to: str = "NO") -> str:
    """The path of a new draft."""
    made = network[by].post("officer", "/evidence/requests", {"to": to, "content": value or content()})
    return f"/evidence/requests/{made['id']}"


def act(node: Node, path: str, name: str, *, officer: str = "officer", status: int = 0, **data: str) -> dict[str, Any]:
    """One act on a request."""
    return node.post(officer, f"{path}/acts", {"act": name, **data}, status=status)


def collected(node: Node, size: int = 3000, **package: Any) -> str:
    """The path of a package of ``node`` with one hashed file of ``size`` random bytes."""
    name = node.put(f"evidence-{secrets.token_hex(6)}.bin", secrets.token_bytes(size))
    place = f"/evidence/packages/{node.post('officer', '/evidence/packages', package)['id']}"
    node.post("officer", f"{place}/items", {"name": name, "method": "Logical copy", "tool": "GNU coreutils 9.1"})
    until(lambda: all(item["sha256"] for item in node.get(place)["items"]), what="hashing")
    return place


def released(node: Node, place: str) -> str:
    """Release the package at ``place`` by two people."""
    node.post("officer", f"{place}/release")
    node.post("supervisor", f"{place}/release-decision", {"reason": "Complete and within the request."})
    return place


def delivered(network: Network, place: str, *, to: str = "MA", seconds: float = SOON) -> dict[str, Any]:
    """The package as its receiver has verified it."""
    return network[to].reaches(place, "verified", seconds=seconds)


def spontaneous(network: Network, *, by: str = "NO", to: str = "MA", size: int = 3000, **conditions: Any) -> str:
    """Release a package nobody asked for; its path."""
    terms = {"purposes": [PURPOSE], "retention_days": 1826, **conditions}
    told = {"to": to, "case_reference": CASE, "purpose": PURPOSE, "legal_basis": "Budapest Convention, article 26"}
    return released(network[by], collected(network[by], size, **told, conditions=terms))


def write(node: Node, *to: str, text: str = "Please call us.", officer: str = "officer", **more: Any) -> str:
    """Send a message; its path."""
    body = {"to": list(to), "subject": "Case MA-2026-0093", "text": text, "purpose": PURPOSE, "legal_basis": "ICPO"}
    return f"/exchange/messages/{node.post(officer, '/exchange/messages', {**body, **more})['id']}"


def receipted(node: Node, path: str, *, seconds: float = SOON) -> dict[str, Any]:
    """The sent message once every recipient gave its receipt."""
    return node.reaches(path, "receipted", seconds=seconds)


def events(node: Node, place: str) -> list[str]:
    """The kinds of the custody events of a package, in order."""
    return [event["event"] for event in node.get(f"{place}/custody")["events"]]


def agree(network: Network, path: str, *states: str, seconds: float = SOON) -> str:
    """The state of the request at ``path`` once both bureaus have the same, one of ``states``."""
    give_up = time.monotonic() + seconds
    while True:
        seen = {network[address].get(path)["state"] for address in ("MA", "NO")}
        if len(seen) == 1 and seen <= set(states):
            return str(seen.pop())
        assert time.monotonic() < give_up, seen
        time.sleep(0.1)


def tidy(network: Network, place: str) -> None:
    """Destroy both copies of a large package, so that backups and disks stay small."""
    for address in ("MA", "NO"):
        network[address].post("supervisor", f"{place}/destruction", {"purpose": "The test is over."})
