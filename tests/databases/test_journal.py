"""Searches made durable together: rows, events, budgets and hits in one commit."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule
from tests.databases.searching import node_home

from jusur.databases import budgets, searching_sealing
from jusur.databases.budgets import Asker, Limit
from jusur.databases.search_models import BudgetUse, Hit, Search
from jusur.databases.search_purposes import purpose
from jusur.databases.searching_journal import Entry, NewHit, commit, forget_queries
from jusur.kernel import clock
from jusur.kernel.errors import UnavailableError
from jusur.kernel.ids import new_id
from jusur.ledger import api as ledger

pytestmark = pytest.mark.django_db

OFFICER = Asker("officer:00000000-0000-7000-8000-000000000001", "MA", "person")
NAME = b'{"text":"A Searched Name"}'


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    yield from node_home(tmp_path, monkeypatch)


def entry(**changes: Any) -> Entry:
    given: dict[str, Any] = {
        "asker": OFFICER,
        "purpose": purpose("criminal-investigation"),
        "reference": "MA-2026-0093",
        "channel": "api",
        "kind": "name",
        "query": NAME,
        **changes,
    }
    return Entry(**given)


def hit(record: str = "r1", score: float = 0.9) -> NewHit:
    return NewHit(record=record, database="nominal@GS", owner="NO", score=score)


def test_a_search_is_a_row_and_an_event_that_commits_to_it() -> None:
    asked = entry()
    commit([asked])
    row = Search.objects.get(id=asked.id)
    (event,) = ledger.events("search", str(asked.id))
    assert row.entry == event.id
    assert event.kind == "search.done"
    assert event.actor == OFFICER.actor
    assert event.data is not None
    assert event.data["commitments"] == [f"{asked.id}:{bytes(row.commitment).hex()}"]


def test_what_was_asked_is_nowhere_in_the_clear() -> None:
    asked = entry(hits=[hit()])
    commit([asked])
    row = Search.objects.get(id=asked.id)
    found = Hit.objects.get()
    assert b"Searched" not in bytes(row.sealed_query or b"")
    assert b"Searched" not in bytes(found.sealed_query or b"")
    assert searching_sealing.open_sealed(row.id, bytes(row.sealed_query or b"")) == NAME
    assert searching_sealing.open_sealed(found.id, bytes(found.sealed_query or b"")) == NAME
    with pytest.raises(UnavailableError):
        searching_sealing.open_sealed(new_id(), bytes(row.sealed_query or b""))
    for event in ledger.iter_events():
        assert "Searched" not in str(event)


def test_a_border_check_keeps_nothing_of_what_was_asked() -> None:
    commit([entry(purpose=purpose("border-check"))])
    assert Search.objects.get().sealed_query is None


def test_searches_of_one_actor_in_one_commit_share_an_event() -> None:
    commit([entry() for _ in range(30)] + [entry(reference="MA-2026-0001"), entry(refusal="enumeration")])
    kinds = sorted((event.kind, len((event.data or {})["commitments"])) for event in ledger.iter_events())
    assert kinds == [("search.done", 1), ("search.done", 30), ("search.refused", 1)]


def test_the_same_record_and_reference_are_one_hit() -> None:
    first, second = commit([entry(hits=[hit()]), entry(hits=[hit(), hit("r2")])])
    (third,) = commit([entry(hits=[hit()], reference="MA-2026-0001")])
    assert first.hits["r1"] == second.hits["r1"] != third.hits["r1"]
    assert Hit.objects.count() == 3
    assert sum(event.kind == "hit.found" for event in ledger.iter_events()) == 3


def test_what_goes_beyond_a_budget_is_refused_and_uses_nothing() -> None:
    limit = Limit("officer x", "officer", (3, 100, 100))
    kept = commit([entry(limits=[limit], hits=[hit(f"r{n}")]) for n in range(5)])
    assert [bool(each.beyond) for each in kept] == [False, False, False, True, True]
    assert [each.hits == {} for each in kept] == [False, False, False, True, True]
    assert Search.objects.filter(outcome="refused", refusal="budget-spent").count() == 2
    assert BudgetUse.objects.get(subject="officer x", span="minute").used == 3
    assert "yours" in budgets.spent(kept[-1].beyond, clock.now()).detail


def test_queries_are_forgotten_when_their_time_is_over() -> None:
    asked = entry()
    commit([asked])
    assert forget_queries(clock.now()) == 0
    assert forget_queries(clock.now() + timedelta(days=31)) == 1
    assert Search.objects.get().sealed_query is None


def test_unknown_askers_have_no_budget() -> None:
    found = budgets.limits(Asker("XX", "XX", "stranger"), "border-check")
    assert any(limit.spans == (0, 0, 0) for limit in found)
    assert all(limit.scope != "officer" for limit in budgets.limits(replace(OFFICER, kind="other"), "border-check"))


class Budgets(RuleBasedStateMachine):
    """However searches come, in whatever batches: never more than the budget, and never fewer than it allows."""

    limits = Bundle("limits")

    def __init__(self) -> None:
        super().__init__()
        self.name = f"machine {new_id()}"
        self.allowed = 12
        self.answered = 0
        self.asked = 0

    @rule(sizes=st.lists(st.integers(1, 6), min_size=1, max_size=6))
    def search(self, sizes: list[int]) -> None:
        limit = Limit(self.name, "officer", (10**6, 10**6, self.allowed))
        kept = commit([entry(limits=[limit], queries=size) for size in sizes])
        self.answered += sum(size for size, each in zip(sizes, kept, strict=True) if not each.beyond)
        self.asked += sum(sizes)

    @invariant()
    def never_more(self) -> None:
        assert self.answered <= self.allowed

    @invariant()
    def the_count_is_what_was_answered(self) -> None:
        used = budgets.used([self.name], clock.now())
        assert used.get((self.name, "day"), 0) == self.answered

    @invariant()
    def single_ones_fill_it(self) -> None:
        if self.asked <= self.allowed:
            assert self.answered == self.asked


def test_budgets_hold_in_any_order() -> None:
    machine = Budgets.TestCase
    machine.settings = settings(
        max_examples=10, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck)
    )
    machine().runTest()
