"""Exchange between real nodes under random faults for as long as told, then prove that nothing was lost or doubled.

``python bench/soak.py --seconds 600 [--seed N]``. Messages and evidence packages go both ways without pause while wires
are cut, hung, slowed and damaged and processes are killed; at the end the wires are good again, everything must arrive,
and both sides' counts and digests must agree (``jusur exchange reconcile``). The exit code is 0 only then.
"""

import argparse
import json
import random
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.e2e.acts import events, spontaneous, write
from tests.e2e.network import Network, built, until
from tests.e2e.test_kills import processed

PAIRS = (("MA", "NO"), ("NO", "MA"))
MIB = 1024 * 1024
SETTLE_SECONDS = 300.0
PROCESSES = ("gate", "worker", "web", "postgres", "supervisor")
WIRES: tuple[dict[str, Any], ...] = (
    {"refuse": True},
    {"hang": True},
    {"delay": 0.02},
    {"corrupt_at": 200_000, "times": 3},
    {"truncate_at": 1_000_000, "times": 3},
    {"corrupt_at": 3_000, "times": 1},
    {"repeat": True},
)


@dataclass(slots=True)
class Tally:
    """What the nodes said yes to, and the faults that were done."""

    messages: dict[str, list[str]] = field(default_factory=lambda: {"MA": [], "NO": []})
    packages: dict[str, list[str]] = field(default_factory=lambda: {"MA": [], "NO": []})
    unanswered: int = 0
    faults: Counter[str] = field(default_factory=Counter)


def _exchange(network: Network, tally: Tally, stop: threading.Event, seed: int) -> None:
    """Officers at work: a node that is down answers nothing, and what it did not accept does not count."""
    draw = random.Random(seed)
    while not stop.is_set():
        by, to = draw.choice(PAIRS)
        try:
            if draw.random() < 0.04:
                size = draw.choice((3_000, MIB, 20 * MIB))
                tally.packages[by].append(spontaneous(network, by=by, to=to, size=size))
            else:
                text = "x" * draw.choice((10, 1_000, 40_000))
                path = write(network[by], to, text=text, priority=draw.choice(("emergency", "routine", "bulk")))
                tally.messages[by].append(path.rpartition("/")[2])
        except Exception:  # noqa: BLE001 - refused, or the node is down: officers try again
            tally.unanswered += 1
            stop.wait(0.2)
        stop.wait(draw.uniform(0.0, 0.1))


def _break(network: Network, tally: Tally, stop: threading.Event, seed: int) -> None:
    draw = random.Random(seed)
    while not stop.wait(draw.uniform(0.5, 4.0)):
        node = network[draw.choice(("MA", "NO"))]
        if draw.random() < 0.35:
            name = draw.choice(PROCESSES)
            node.kill(name)
            tally.faults[f"kill {name}"] += 1
            stop.wait(draw.uniform(0.0, 1.0))
            node.revive()
        elif node.wire:
            faults = draw.choice(WIRES)
            node.wire.cut(**faults)
            tally.faults["wire " + " ".join(faults)] += 1
            stop.wait(draw.uniform(0.5, 3.0))
            node.wire.order()


def _settled(network: Network, tally: Tally) -> list[str]:
    """Everything arrived once and both sides agree; what is not so."""
    network.heal()
    wrong: list[str] = []
    for by, to in PAIRS:
        for node in (network[by], network[to]):
            node.retry_now()
        ids = tally.messages[by]
        once = Counter({("processed",): len(ids)}) if ids else Counter()
        try:
            until(lambda: processed(network[to], ids) == once, seconds=SETTLE_SECONDS, step=2)  # noqa: B023
        except AssertionError:
            wrong.append(f"messages {by} to {to}: {processed(network[to], ids)} of {len(ids)}")
        for place in tally.packages[by]:
            wrong += _package(network, place, by, to)
    return wrong + _disagreements(network)


def _package(network: Network, place: str, by: str, to: str) -> list[str]:
    try:
        arrived = network[to].reaches(place, "verified", seconds=SETTLE_SECONDS)
    except AssertionError as error:
        return [str(error)]
    wrong = []
    if arrived["sealed_sha256"] != network[by].get(place)["sealed_sha256"]:
        wrong.append(f"{place}: digests differ")
    if events(network[to], place) != ["custody.announced", "custody.received", "custody.verified"]:
        wrong.append(f"{place}: custody {events(network[to], place)}")
    return wrong


def _disagreements(network: Network) -> list[str]:
    wrong = []
    for by, to in PAIRS:
        try:
            until(lambda: network[by].run_json("exchange", "reconcile", to)["same"], seconds=60, step=2)  # noqa: B023
        except AssertionError:
            wrong.append(f"{by} and {to} do not agree: {network[by].run_json('exchange', 'reconcile', to)}")
    return wrong


def main() -> int:
    """Run the soak; 0 when nothing was lost, doubled or changed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    tally, stop = Tally(), threading.Event()
    with built() as network:
        workers = [
            threading.Thread(target=_exchange, args=(network, tally, stop, options.seed)),
            threading.Thread(target=_exchange, args=(network, tally, stop, options.seed + 1)),
        ]
        breaker = threading.Thread(target=_break, args=(network, tally, stop, options.seed))
        started = time.monotonic()
        for thread in (*workers, breaker):
            thread.start()
        stop.wait(options.seconds)
        broken = not breaker.is_alive()
        stop.set()
        for thread in (*workers, breaker):
            thread.join()
        ran = time.monotonic() - started
        wrong = _settled(network, tally) + (["the faults stopped early"] if broken else [])
        summary = {
            "seconds": round(ran, 1),
            "settled_after_seconds": round(time.monotonic() - started - ran, 1),
            "messages": {f"{by} to {to}": len(tally.messages[by]) for by, to in PAIRS},
            "packages": {f"{by} to {to}": len(tally.packages[by]) for by, to in PAIRS},
            "not_accepted": tally.unanswered,
            "faults": dict(tally.faults),
            "wrong": wrong,
        }
    print(json.dumps(summary, indent=2))
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
