"""Who is told of what, once each, and never of what they did themselves."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from tests.desk.requests import samples
from tests.desk.samples import Desk

from jusur.accounts import api as accounts
from jusur.databases import api as databases
from jusur.databases import hits, searching_journal
from jusur.databases.budgets import Asker
from jusur.databases.search_models import Hit
from jusur.desk.today import figures, notifying
from jusur.desk.today.models import Figure, Notification, Reading
from jusur.evidence import api as evidence
from jusur.instruments import api as instruments
from jusur.kernel import clock
from jusur.kernel.ids import new_id
from jusur.ledger import api as ledger

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _from_here(desk: Desk) -> None:
    instruments.load_shipped()
    ledger.integrate()
    notifying.read_events()


def told(kind: str, desk: Desk) -> set[str]:
    """The roles of the officers who were told of ``kind`` since the last time."""
    ledger.integrate()
    notifying.read_events()
    names: dict[UUID, str] = {officer.id: name for name, officer in desk.officers.items()}
    return {names[one.officer_id] for one in Notification.objects.filter(kind=kind)}


def test_whoever_may_approve_is_told_but_not_who_asked(desk: Desk) -> None:
    samples.submitted(desk, "supervisor")
    assert told("approval-asked", desk) == {"second_supervisor", "legal_adviser", "everything"}


def test_the_decision_is_told_to_who_asked(desk: Desk) -> None:
    waiting = samples.submitted(desk)
    evidence.request_approve(request_id=waiting.id, granted=False, reason="Why?", actor=desk.actor("supervisor"))
    assert told("returned", desk) == {"officer"}
    evidence.request_submit(request_id=waiting.id, actor=desk.actor("officer"))
    evidence.request_approve(request_id=waiting.id, actor=desk.actor("supervisor"))
    assert told("approved", desk) == {"officer"}


def test_requests_and_alarms_of_what_came_in_are_told_to_who_answers(desk: Desk) -> None:
    samples.received("SE", timedelta(days=9), **samples.content("preservation", "routine"))
    evidence.raise_alarms()
    answering = {"officer", "supervisor", "second_supervisor", "everything"}
    assert told("request-received", desk) == answering
    assert told("deadline", desk) == answering
    percents = Notification.objects.filter(kind="deadline", officer=desk.officers["officer"]).values_list(
        "percent", flat=True
    )
    assert set(percents) == {50, 80, 100}


def test_a_question_is_told_to_who_drafted(desk: Desk) -> None:
    samples.answered(samples.sent(desk), "ask_clarification", text="Which server?")
    assert told("question-asked", desk) == {"officer"}


@pytest.mark.parametrize("kind", ["accounts.factor.added", "accounts.factor.removed", "accounts.password.set"])
def test_a_change_of_how_one_signs_in_is_told_to_who_signs_in_even_by_themselves(desk: Desk, kind: str) -> None:
    officer = desk.officers["officer"].pk
    accounts.officer_record(kind, officer, f"officer:{officer}", {})
    assert told("way-in-changed", desk) == {"officer"}


def test_an_invitation_that_takes_factors_away_is_told_but_not_a_first_one(desk: Desk) -> None:
    officer = desk.officers["officer"]
    accounts.invitation_issue(officer_id=officer.pk, actor="administrator:console")
    assert told("way-in-changed", desk) == set()
    officer.refresh_from_db()
    officer.last_login = clock.now()
    officer.save(update_fields=["last_login"])
    accounts.invitation_issue(officer_id=officer.pk, actor="administrator:console")
    assert told("way-in-changed", desk) == {"officer"}


def test_nothing_is_told_twice(desk: Desk) -> None:
    samples.submitted(desk)
    ledger.integrate()
    assert notifying.read_events() > 0
    assert notifying.read_events() == 0
    Reading.objects.update(last_leaf=-1)
    before = Notification.objects.count()
    notifying.read_events()
    assert Notification.objects.filter(kind="approval-asked").count() <= before


def test_a_hit_is_told_to_who_decides_on_hits_and_to_who_watches(desk: Desk) -> None:
    found = Hit.objects.create(
        side="owner",
        source="search",
        record=str(new_id()),
        database="nominal@GS",
        owner="MA",
        bureau="NO",
        actor="NO",
        purpose="border-check",
        reference="NO-1",
        score=0.97,
        found_at=clock.now(),
    )
    hits._record(found, "hit.found", "NO")
    deciding = {"officer", "supervisor", "second_supervisor", "everything"}
    assert told("hit-on-record", desk) == deciding
    hits._record(found, "hit.confirmed", "NO")
    assert told("hit-confirmed", desk) == deciding
    searched: dict[str, Any] = {
        "asker": Asker(desk.actor("examiner").reference, "MA", "person"),
        "purpose": databases.search_purpose("criminal-investigation"),
        "reference": "MA-1",
        "channel": "desk",
        "query": b"{}",
    }
    one = [searching_journal.NewHit(record=str(new_id()), database="nominal@GS", owner="NO", score=0.9)]
    with transaction.atomic():
        searching_journal.propose([searching_journal.Entry(kind="watch", hits=one, **searched)], source="watch")
    assert told("hit-of-watch", desk) == {"examiner"}
    two = [searching_journal.NewHit(record=str(new_id()), database="nominal@GS", owner="NO", score=0.9)]
    searching_journal.commit([searching_journal.Entry(kind="name", hits=two, **searched)])
    assert told("hit-of-watch", desk) == {"examiner"}
    assert Notification.objects.filter(kind__startswith="hit-").count() == 2 * len(deciding) + 1


def test_notifications_hold_nothing_of_the_case(desk: Desk) -> None:
    samples.submitted(desk)
    told("approval-asked", desk)
    for row in Notification.objects.values():
        assert "MA-2026" not in str(row)
        assert "fraud" not in str(row)


def test_closed_accounts_are_told_nothing(desk: Desk) -> None:
    desk.officers["legal_adviser"].is_active = False
    desk.officers["legal_adviser"].save()
    samples.submitted(desk)
    assert "legal_adviser" not in told("approval-asked", desk)


def test_old_notifications_go(desk: Desk) -> None:
    samples.submitted(desk)
    told("approval-asked", desk)
    Notification.objects.update(at=clock.now() - timedelta(days=91))
    assert notifying.forget_old() > 0
    assert not Notification.objects.exists()


def test_the_exchange_time_is_reckoned_at_intervals(desk: Desk) -> None:
    assert figures.exchange_time() is None
    samples.sent(desk)
    assert figures.reckon()
    assert not figures.reckon()
    Figure.objects.update(computed_at=clock.now() - timedelta(hours=1))
    assert figures.reckon()
    known = figures.exchange_time()
    assert known is not None
    assert (known.count, known.median) == (1, None)
    assert figures.target().assumed
