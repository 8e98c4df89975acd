"""Three nodes, hostile wires: whatever is lost, doubled, reordered, damaged or killed, everything comes exactly once.

Rabat reaches Stockholm only through Oslo, which relays without being able to read. ``JUSUR_STEPS`` sets the number of
random steps (300 by default, 10,000 by ``make test-slow``), ``JUSUR_SEED`` repeats a run.
"""

import os
import random
from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from tests.harness.node import NodeDiedError, NodeProcess, create_database, create_template, spoiled

STEPS = int(os.environ.get("JUSUR_STEPS", "300"))
SEED = int(os.environ.get("JUSUR_SEED", "0")) or random.SystemRandom().randrange(1, 2**32)
PRIORITIES = ["emergency", "urgent", "routine", "bulk"]
NEIGHBOURS = [("MA", "NO"), ("NO", "MA"), ("NO", "SE"), ("SE", "NO")]


class Wires:
    """The nodes, what is on its way between them, and what was ever sent."""

    def __init__(self, nodes: dict[str, NodeProcess], chance: random.Random) -> None:
        self.nodes = nodes
        self.chance = chance
        self.flying: list[tuple[str, str, str, dict[str, Any]]] = []
        self.sent: dict[str, tuple[str, str, str, int]] = {}
        self.numbers: dict[tuple[str, str, str], int] = defaultdict(int)
        self.deaths = 0
        self.damaged = 0

    def ask(self, address: str, command: str, *, deadly: bool = False, **arguments: Any) -> Any:
        kill_after = self.chance.choice([0.0, 0.002, 0.01, 0.03]) if deadly else None
        try:
            return self.nodes[address].ask(command, kill_after=kill_after, **arguments)
        except NodeDiedError:
            self.deaths += 1
            return None

    def send(self, *, deadly: bool) -> None:
        source, target = self.chance.choice([("MA", "NO"), ("MA", "SE"), ("NO", "MA"), ("NO", "SE"), ("SE", "MA")])
        conversation = str(UUID(int=self.chance.randrange(1, 4)))
        key = (source, target, conversation)
        number = self.numbers[key] + 1
        priority = self.chance.choice(PRIORITIES)
        sent = self.ask(
            source, "send", deadly=deadly, to=target, conversation=conversation, number=number, priority=priority
        )
        if sent is not None:
            self.numbers[key] = number
            self.sent[sent] = (source, target, conversation, number)

    def take(self, *, deadly: bool) -> None:
        source, target = self.chance.choice(NEIGHBOURS)
        batch = self.ask(source, "take", deadly=deadly, peer=target)
        if batch and batch["envelopes"]:
            self.flying.append(("envelopes", source, target, batch))
        returning = self.ask(source, "returning", peer=target)
        if returning:
            self.flying.append(("returned", source, target, {"receipts": returning}))

    def deliver(self, *, deadly: bool, damage: bool) -> None:
        if not self.flying:
            return
        what, source, target, content = self.flying.pop(self.chance.randrange(len(self.flying)))
        if damage and what == "envelopes":
            content = {**content, "envelopes": [spoiled(value, self.chance) for value in content["envelopes"]]}
            self.damaged += 1
        if what == "envelopes":
            receipts = self.ask(target, "accept", deadly=deadly, **content)
            if receipts:
                self.flying.append(("receipts", target, source, {"receipts": receipts}))
            return
        if damage:
            content = {"receipts": [spoiled(value, self.chance) for value in content["receipts"]]}
            self.damaged += 1
        applied = self.ask(target, "apply", deadly=deadly, **content)
        if what == "returned" and applied is not None and not damage:
            self.ask(source, "returned", **content)

    def step(self) -> None:
        act = self.chance.random()
        deadly = self.chance.random() < 0.03
        if act < 0.25:
            self.send(deadly=deadly)
        elif act < 0.50:
            self.take(deadly=deadly)
        elif act < 0.80:
            self.deliver(deadly=deadly, damage=self.chance.random() < 0.05)
        elif act < 0.90:
            self.ask(self.chance.choice(["MA", "NO", "SE"]), "process", deadly=deadly)
        elif self.flying and act < 0.95:
            self.flying.append(self.chance.choice(self.flying))
        elif self.flying:
            self.flying.pop(self.chance.randrange(len(self.flying)))

    def settle(self) -> None:
        """Let everything arrive, with wires that are good again."""
        for _ in range(60):
            for source, target in NEIGHBOURS:
                batch = self.ask(source, "take", peer=target)
                if batch["envelopes"]:
                    self.flying.append(("envelopes", source, target, batch))
                if returning := self.ask(source, "returning", peer=target):
                    self.flying.append(("returned", source, target, {"receipts": returning}))
            if not self.flying:
                break
            while self.flying:
                self.deliver(deadly=False, damage=False)
        for address in self.nodes:
            while self.ask(address, "process"):
                pass


@pytest.fixture
def wires() -> Iterator[Wires]:
    mark = f"{os.getpid()}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    template = create_template(f"jusur_harness_{mark}")
    routes = {"MA": {"SE": "NO"}, "NO": {}, "SE": {"MA": "NO"}}
    nodes = {
        address: NodeProcess(
            address, create_database(f"jusur_harness_{mark}_{address.lower()}", template=template), routes=through
        )
        for address, through in routes.items()
    }
    made = Wires(nodes, random.Random(SEED))
    yield made
    for node in nodes.values():
        node.stop()


@pytest.mark.timeout(7200)
def test_everything_comes_exactly_once_and_in_order(wires: Wires) -> None:
    print(f"JUSUR_SEED={SEED}")  # noqa: T201 - repeats a failing run
    for _ in range(STEPS):
        wires.step()
    wires.settle()
    looks = {address: wires.ask(address, "look") for address in wires.nodes}
    for address, look in looks.items():
        assert set(look["deliveries"]) <= {"receipted"}, (address, look["deliveries"])
        assert set(look["inbox"]) <= {"processed", "duplicate"}, (address, look["inbox"])
        assert set(look["relayed"]) <= {"returned"}, (address, look["relayed"])
        assert set(look["alarms"]) <= ({"receipt-refused"} if wires.damaged else set()), look["alarms"]
        _check_order(look["seen"])
    _check_once(wires, looks)
    _check_summaries(wires)


def _check_once(wires: Wires, looks: dict[str, Any]) -> None:
    seen = {address: [entry[0] for entry in look["seen"]] for address, look in looks.items()}
    for address, messages in seen.items():
        assert len(messages) == len(set(messages)), f"{address} processed a message twice"
    for message, (source, target, _, _) in wires.sent.items():
        assert message in seen[target], f"a message of {source} to {target} is lost"
    for look in looks.values():
        assert look["events"].get("exchange.message.processed", 0) == len(look["seen"])


def _check_order(seen: list[list[Any]]) -> None:
    last: dict[tuple[str, str], int] = {}
    for _, conversation, number, sender in seen:
        key = (sender, conversation)
        assert number >= last.get(key, 0), "a conversation was processed out of order"
        last[key] = number


def _check_summaries(wires: Wires) -> None:
    for one, other in (("MA", "NO"), ("MA", "SE"), ("NO", "SE")):
        here, there = wires.ask(one, "summaries", peer=other), wires.ask(other, "summaries", peer=one)
        assert here["outgoing"] == there["incoming"]
        assert here["incoming"] == there["outgoing"]
