"""Waking the evidence loop of the worker when a transaction commits."""

from jusur.exchange import api as exchange

CHANNEL = "jusur_evidence"


def wake() -> None:
    """Tell the loop, when the present transaction commits, that something waits."""
    exchange.notify(CHANNEL)
