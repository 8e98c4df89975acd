"""kill -9 of every process while evidence and messages cross: nothing accepted is lost, nothing is done twice."""

import random
import threading
import time
from collections import Counter
from typing import Self

import httpx
import pytest
from tests.e2e.acts import collected, events, released, tidy, write
from tests.e2e.network import CASE, PURPOSE, Network, Node, until

from jusur.cli.rehearsal.nodes import RehearsalError

CHUNK = 8 * 1024 * 1024
LANES = 4
SIZE = 9 * CHUNK
_ALL = [(address, name) for address in ("NO", "MA") for name in ("gate", "worker", "web", "postgres", "supervisor")]
_EACH_ONCE = ["custody.announced", "custody.received", "custody.verified"]
_PROCESSED = """
from jusur.exchange.models import InboundMessage
from jusur.ledger.models import Event
from jusur.exchange import log
rows = InboundMessage.objects.filter(message_id__in=given["ids"])
told["states"] = {}
for row in rows:
    told["states"].setdefault(str(row.message_id), []).append(row.state)
"""


def processed(node: Node, ids: list[str]) -> Counter[tuple[str, ...]]:
    """How many of the messages were taken in how (the states of every row of each)."""
    found = node.script(_PROCESSED, ids=ids)["states"]
    return Counter(tuple(sorted(state for state in states if state != "duplicate")) for states in found.values())


class Letters:
    """Writes messages both ways while everything falls, keeping only those whose writing was answered with yes."""

    def __init__(self, network: Network) -> None:
        self.accepted: dict[str, list[str]] = {"MA": [], "NO": []}
        self._network = network
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_why: object) -> None:
        self._stop.set()
        self._thread.join()

    def _write(self) -> None:
        while not self._stop.wait(0.2):
            for by, to in (("MA", "NO"), ("NO", "MA")):
                try:
                    path = write(self._network[by], to)
                except Exception:  # noqa: BLE001, S112 - the node is down; nothing was accepted
                    continue
                self.accepted[by].append(path.rpartition("/")[2])


def collect(network: Network) -> str:
    told = {"to": "MA", "case_reference": CASE, "purpose": PURPOSE, "legal_basis": "Article 26"}
    conditions = {"purposes": [PURPOSE]}
    return collected(network["NO"], SIZE, **told, conditions=conditions)


def _answers(node: Node, place: str) -> bool:
    try:
        return bool(node.get(place))
    except httpx.TransportError:
        return False


def whole(network: Network, place: str, letters: Letters) -> None:
    """Assert that all that was accepted is there once, and that custody is whole at both ends."""
    network.heal()
    for address in ("MA", "NO"):
        network[address].retry_now()
    arrived = network["MA"].reaches(place, "verified", seconds=120)
    until(lambda: _answers(network["NO"], place), what="the killed web process to be back")
    assert arrived["sealed_sha256"] == network["NO"].get(place)["sealed_sha256"]
    assert events(network["MA"], place) == _EACH_ONCE
    sent = events(network["NO"], place)
    assert len(sent) == len(set(sent))
    assert sent[-2:] == ["custody.sealed", "custody.offered"]
    for by, to in (("MA", "NO"), ("NO", "MA")):
        ids = letters.accepted[by]
        once = Counter({("processed",): len(ids)})
        until(lambda to=to, ids=ids, once=once: processed(network[to], ids) == once, what="every message once", step=1)  # type: ignore[misc]
    for by, to in (("MA", "NO"), ("NO", "MA")):
        until(lambda by=by, to=to: _same(network[by], to), what="the same on both sides", step=1)  # type: ignore[misc]


def _same(node: Node, peer: str) -> bool:
    """Whether both hold the same; a peer whose processes are just coming back is asked again."""
    try:
        return bool(node.run_json("exchange", "reconcile", peer)["same"])
    except RehearsalError as error:
        if "busy" in str(error) or "reached" in str(error):
            return False
        raise


def test_every_process_is_killed_while_evidence_and_messages_cross(network: Network) -> None:
    oslo, rabat = network["NO"], network["MA"]
    place = collect(network)
    assert oslo.wire
    oslo.wire.order(delay=0.02)
    before = oslo.wire.counts()["down"]
    with Letters(network) as letters:
        released(oslo, place)
        oslo.kill("worker")
        time.sleep(1)
        oslo.revive()
        oslo.reaches(place, "offered")
        until(lambda: oslo.wire and oslo.wire.counts()["down"] - before > CHUNK, what="the transfer", step=0.05)
        for node, name in ((oslo, "gate"), (rabat, "worker"), (rabat, "postgres"), (rabat, "supervisor")):
            node.kill(name)
            time.sleep(0.3)
            node.revive()
            node.retry_now()
            time.sleep(0.7)
        oslo.kill("web")
    whole(network, place, letters)
    again = oslo.wire.counts()["down"] - before - SIZE
    assert again < 4 * LANES * CHUNK, "more than one chunk a lane was sent again after a kill"
    tidy(network, place)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_any_process_is_killed_at_any_moment(network: Network, seed: int) -> None:
    draw = random.Random(seed)
    oslo = network["NO"]
    place = collect(network)
    assert oslo.wire
    oslo.wire.order(delay=0.01)
    with Letters(network) as letters:
        released(oslo, place)
        for _ in range(4):
            address, name = draw.choice(_ALL)
            time.sleep(draw.uniform(0.0, 2.0))
            network[address].kill(name)
            time.sleep(draw.uniform(0.0, 0.5))
            network[address].revive()
    whole(network, place, letters)
    tidy(network, place)
