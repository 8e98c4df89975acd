"""The evidence room's loop in the worker: hash, seal, take in, verify. What waits stands in the tables."""

import threading
from collections.abc import Callable

from jusur.evidence.services import exporting, hashing, sealing, verifying
from jusur.evidence.waking import CHANNEL
from jusur.exchange import api as exchange

POLL_SECONDS = 2.0
"""How often to look although nothing was announced (after a restart, say)."""

_DUTIES: dict[str, Callable[[], int]] = {
    "hash": hashing.hash_waiting,
    "seal": sealing.seal_waiting,
    "receive": verifying.receive_arrived,
    "verify": verifying.verify_waiting,
    "export": exporting.export_waiting,
}


def run(stop: threading.Event) -> None:
    """Do what waits until told to stop."""
    acts = {f"evidence.{name}": act for name, act in _DUTIES.items()}
    exchange.run_duties(stop, acts, channels=(CHANNEL, exchange.TRANSFERS), poll_seconds=POLL_SECONDS)
