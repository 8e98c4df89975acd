"""Waking the loop that tells of hits, when a transaction that found or decided one commits."""

from typing import Final

from jusur.exchange import api as exchange

CHANNEL: Final = "jusur_hits"


def wake() -> None:
    """Tell the loop, when the present transaction commits, that there is a hit to tell of."""
    exchange.notify(CHANNEL)
