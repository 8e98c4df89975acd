"""The trail of the sample desk: what the other areas' rows left behind, and an alarm about a peer's log."""

from typing import Any

from tests.desk.messages.peers import log_of
from tests.desk.samples import Desk

from jusur.directory import api as directory
from jusur.kernel.errors import JusurError
from jusur.ledger import api as ledger
from jusur.tlog import checkpoint as checkpoints


def make(desk: Desk) -> dict[str, Any]:
    """Acts of officers, some events of the node, a signed checkpoint, and a peer whose log contradicts itself."""
    for role, purpose in (("officer", "Investigation of a scam centre, case 2026/117"), ("examiner", "=HYPERLINK(1)")):
        ledger.record(
            "exchange.message.read",
            subject_type="exchange.message",
            subject_id="0197a1c0-0000-7000-8000-000000000001",
            actor=desk.actor(role).reference,
            purpose=purpose,
            data={"secret": "never shown"},
        )
    head = ledger.integrate()
    _contradict("SE")
    event = ledger.events("exchange.message", "0197a1c0-0000-7000-8000-000000000001")[0]
    return {"event": event.id, "size": head.size}


def pages(desk: Desk) -> list[str]:
    """The pages to be looked at."""
    return [
        "/audit/",
        "/audit/?view=all",
        "/audit/?purpose=scam&view=",
        f"/audit/{desk.made['audit']['event']}",
        "/audit/log",
    ]


def _contradict(address: str) -> None:
    """The peer shows two checkpoints of one size with different roots."""
    log, key = log_of(address), directory.log_key(address).raw()
    for root in (b"\x01" * 32, b"\x02" * 32):
        try:
            ledger.witness(address, checkpoints.make(7, root, log.signer).text, key)
        except JusurError:
            continue
