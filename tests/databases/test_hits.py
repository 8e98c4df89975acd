"""Hits: told once, decided once by a person with a reason, the same at both bureaus."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.databases.searching import node_home, officer, person

from jusur.databases import hits, hits_rules, search_messages
from jusur.databases.budgets import Asker
from jusur.databases.search_messages import DecisionBody, HitBody, ReasonBody
from jusur.databases.search_models import Hit
from jusur.databases.search_purposes import purpose
from jusur.databases.searching_journal import Entry, NewHit, commit
from jusur.exchange import api as exchange
from jusur.kernel import clock
from jusur.kernel.errors import ConflictError, InvalidInputError, JusurError
from jusur.kernel.ids import new_id
from jusur.kernel.languages import LANGUAGES
from jusur.ledger import api as ledger

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    yield from node_home(tmp_path, monkeypatch)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, msgspec.Struct]]:
    told: list[tuple[str, str, msgspec.Struct]] = []
    monkeypatch.setattr(
        search_messages,
        "send",
        lambda kind, *, to, body, purpose, reference, conversation: told.append((kind, to, body)),
    )
    return told


def found(owner: str = "NO", record: str = "r1", reference: str = "MA-1") -> Hit:
    asker = Asker("officer:00000000-0000-7000-8000-000000000001", "MA", "person")
    one = NewHit(record=record, database="nominal@GS", owner=owner, score=0.9, reasons=[{"code": "a", "weight": 1.0}])
    entry = Entry(
        asker=asker,
        purpose=purpose("criminal-investigation"),
        reference=reference,
        channel="api",
        kind="name",
        query=b'{"text":"Sample Name"}',
        hits=[one],
    )
    (kept,) = commit([entry])
    return Hit.objects.get(id=kept.hits[record])


def test_every_reason_is_said_in_four_languages() -> None:
    for reasons in (hits_rules.CONFIRMED, hits_rules.DISCARDED):
        for names in reasons.values():
            assert set(names) == set(LANGUAGES)
            assert len(set(names.values())) == len(LANGUAGES)


def test_the_owner_is_told_once_and_never_whom_was_searched_for(sent: list[Any]) -> None:
    found()
    assert hits.tell_hits() == 1
    assert hits.tell_hits() == 0
    ((kind, to, body),) = sent
    assert (kind, to) == ("database.hit", "NO")
    assert b"Sample Name" not in msgspec.json.encode(body)


def test_a_hit_on_an_own_record_goes_nowhere(sent: list[Any]) -> None:
    found(owner="MA")
    assert hits.tell_hits() == 1
    assert sent == []


def test_a_person_decides_and_the_owner_is_told(sent: list[Any]) -> None:
    actor, _ = officer("officer")
    one = found()
    hits.tell_hits()
    hits.hit_decide(hit_id=one.id, state="discarded", reason="other-person", actor=actor)
    assert hits.tell_decisions() == 1
    assert hits.tell_decisions() == 0
    assert isinstance(sent[-1][2], DecisionBody)
    one.refresh_from_db()
    assert one.sealed_query is None
    assert [event.kind for event in ledger.events("hit", str(one.id))] == ["hit.found", "hit.discarded"]


def test_what_is_no_decision_is_refused() -> None:
    actor, _ = officer("officer")
    system, _ = officer("officer", kind="system")
    one = found()
    for state, reason in (("confirmed", "other-person"), ("maybe", "same-person"), ("discarded", "")):
        with pytest.raises(InvalidInputError):
            hits.hit_decide(hit_id=one.id, state=state, reason=reason, actor=actor)
    with pytest.raises(ConflictError, match="person"):
        hits.hit_decide(hit_id=one.id, state="confirmed", reason="same-person", actor=system)
    hits.hit_decide(hit_id=one.id, state="confirmed", reason="same-person", actor=actor)
    with pytest.raises(ConflictError, match="before"):
        hits.hit_decide(hit_id=one.id, state="discarded", reason="other-person", actor=actor)


def message(kind: str, body: Any, sender: str = "SE") -> exchange.ReceivedMessage:
    return exchange.ReceivedMessage(
        id=new_id(),
        envelope_id=new_id(),
        kind=kind,
        sender=sender,
        recipients=("MA",),
        conversation=new_id(),
        sequence=1,
        priority="urgent",
        created_at=clock.now(),
        received_at=clock.now(),
        handling=exchange.for_recipients(["MA"]),
        purpose="criminal-investigation",
        legal_basis="sample",
        body=body,
        attachments=(),
    )


def hit_body(record: str, number: UUID | None = None) -> HitBody:
    return HitBody(
        hit=str(number or new_id()),
        record=record,
        database="nominal@GS",
        source="search",
        purpose="criminal-investigation",
        reference="SE-77",
        score=0.93,
        reasons=[ReasonBody(code="word-same", weight=2.0)],
        found_at=clock.timestamp(clock.now()),
    )


def test_the_owner_learns_of_a_hit_and_of_the_decision() -> None:
    ours = person("Ours To Tell", originator="MA")
    body = hit_body(str(ours.id))
    for _ in range(2):  # told again after a restart
        hits.receive_hit(message("database.hit", body))
    one = Hit.objects.get(side="owner")
    assert (one.bureau, one.state) == ("SE", "proposed")
    decision = DecisionBody(
        hit=body.hit, state="confirmed", reason="same-person", remark="", decided_at=clock.timestamp(clock.now())
    )
    for _ in range(2):
        hits.receive_decision(message("database.hit.decision", decision))
    one.refresh_from_db()
    assert (one.state, one.decided_by) == ("confirmed", "SE")
    actor, _ = officer("officer")
    with pytest.raises(ConflictError, match="decides"):
        hits.hit_decide(hit_id=one.id, state="confirmed", reason="same-person", actor=actor)


def test_a_hit_on_another_bureaus_record_is_refused() -> None:
    theirs = person("Not Ours", originator="NO")
    for record in (str(theirs.id), str(new_id()), "no identifier"):
        with pytest.raises(exchange.MessageRefusedError):
            hits.receive_hit(message("database.hit", hit_body(record)))
    ours = person("Ours", originator="MA")
    body = hit_body(str(ours.id))
    hits.receive_hit(message("database.hit", body))
    decision = DecisionBody(
        hit=body.hit, state="confirmed", reason="same-person", remark="", decided_at=clock.timestamp(clock.now())
    )
    with pytest.raises(exchange.MessageRefusedError):
        hits.receive_decision(message("database.hit.decision", decision, sender="NO"))


class Hits(RuleBasedStateMachine):
    """In whatever order hits are found, told and decided: counted once, told once, decided once."""

    @initialize()
    def begin(self) -> None:
        self.actor, _ = officer("officer", "supervisor")
        self.mark = str(new_id())
        self.found: set[tuple[str, str]] = set()
        self.decided: dict[str, str] = {}

    @rule(record=st.sampled_from("abc"), reference=st.sampled_from(["x", "y"]))
    def find(self, record: str, reference: str) -> None:
        found(record=f"{self.mark}{record}", reference=reference)
        self.found.add((record, reference))

    @rule()
    def tell(self) -> None:
        hits.tell_hits()
        hits.tell_decisions()

    @rule(state=st.sampled_from(["confirmed", "discarded"]), pick=st.integers(0, 10))
    def decide(self, state: str, pick: int) -> None:
        rows = list(self.rows())
        if not rows:
            return
        one = rows[pick % len(rows)]
        reason = "same-person" if state == "confirmed" else "other-person"
        try:
            hits.hit_decide(hit_id=one.id, state=state, reason=reason, actor=self.actor)
        except JusurError:
            assert str(one.id) in self.decided
        else:
            assert str(one.id) not in self.decided
            self.decided[str(one.id)] = state

    def rows(self) -> Any:
        return Hit.objects.filter(record__startswith=self.mark).order_by("id")

    @invariant()
    def counted_once(self) -> None:
        if hasattr(self, "found"):
            assert self.rows().count() == len(self.found)

    @invariant()
    def decisions_stand(self) -> None:
        for number, state in getattr(self, "decided", {}).items():
            assert Hit.objects.get(id=UUID(number)).state == state


def test_hits_keep_their_word_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_messages, "send", lambda *_, **__: None)
    machine = Hits.TestCase
    machine.settings = settings(
        max_examples=8, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck)
    )
    machine().runTest()
