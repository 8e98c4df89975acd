"""What a large node remembers of its requests."""

import threading
import time
from array import array

import pytest

from jusur.indicators import cases
from jusur.indicators.cases import Case, Memory

ONE = Case(("NO", "budapest-2001", "preservation", "urgent", "requested"), 0.0, (), True, False, 0.0, array("d"))


class Ledger:
    """A ledger that counts how often it is read."""

    def __init__(self) -> None:
        self.size = 1
        self.reads = 0
        self.read_again = threading.Event()

    def read(self) -> list[Case]:
        """As many cases as ``size`` says."""
        self.reads += 1
        if self.reads > 1:
            self.read_again.set()
        return [ONE] * self.size


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


def test_a_small_node_reads_anew_each_time(ledger: Ledger) -> None:
    memory = Memory(ledger.read)
    assert memory.answer("count", len) == 1
    ledger.size = 2
    assert memory.answer("count", len) == 2


def test_a_large_node_reckons_each_answer_once(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "MANY", 1)
    memory, reckoned = Memory(ledger.read), []
    for _ in range(3):
        memory.answer("count", lambda found: reckoned.append(len(found)))
        memory.answer("other", lambda found: reckoned.append(-len(found)))
    assert reckoned == [1, -1]
    assert ledger.reads == 1


def test_what_is_old_is_read_anew_while_nobody_waits(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "MANY", 1)
    monkeypatch.setattr(cases, "REMEMBERED_SECONDS", 0.0)
    memory = Memory(ledger.read)
    assert memory.answer("count", len) == 1
    ledger.size = 2
    assert memory.answer("count", len) == 1
    assert ledger.read_again.wait(10)
    give_up = time.monotonic() + 10
    while memory.answer("count", len) != 2:
        assert time.monotonic() < give_up
        time.sleep(0.01)


def test_answers_are_bounded(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "MANY", 1)
    monkeypatch.setattr(cases, "MOST_ANSWERS", 2)
    memory = Memory(ledger.read)
    for question in range(5):
        memory.answer(question, len)
    assert len(memory._answers) == 2
