"""The databases room's loop in the worker: copy what has changed, carry on imports. What waits stands in the tables."""

import threading
from collections.abc import Callable
from typing import Final

from jusur.databases.feed import CHANNEL
from jusur.databases.lists import editions
from jusur.databases.services import copying, reconciling
from jusur.exchange import api as exchange

POLL_SECONDS: Final = 5.0
"""How often to look although nothing was announced."""

_DUTIES: Final[dict[str, Callable[[], int]]] = {
    "follow": copying.follow,
    "import": editions.work,
    "reconcile": reconciling.reconcile_due,
}


def run(stop: threading.Event) -> None:
    """Do what waits until told to stop."""
    acts = {f"databases.{name}": act for name, act in _DUTIES.items()}
    exchange.run_duties(stop, acts, channels=(CHANNEL,), poll_seconds=POLL_SECONDS)
