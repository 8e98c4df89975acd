import itertools
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jusur.followup.rules import (
    ACTS,
    Act,
    Claim,
    Promise,
    Standing,
    State,
    Verdict,
    is_enhanced,
    is_late,
    next_report_on,
    possible_acts,
    rhythm,
    standing,
)

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
DUE = date(2026, 6, 30)
PROMISE = Promise(keeper="GS", owner="MA", verifier="NO", entered_at=START, due_on=DUE)
RULE = rhythm()


def act(name: str, by: str, day: int, **given: object) -> Act:
    return Act(id=f"{day:04d}-{name}", act=name, by=by, at=START + timedelta(days=day), **given)  # type: ignore[arg-type]


ACCEPT = act("accept", "MA", 1)
DONE = act("report", "MA", 100, claim=Claim.DONE)
MET = act("verify", "NO", 110, verdict=Verdict.MET)


def state(*acts: Act) -> State:
    return standing(PROMISE, acts).state


def test_the_usual_way() -> None:
    assert state() == "proposed"
    assert state(ACCEPT) == "accepted"
    assert state(ACCEPT, act("report", "MA", 50, claim=Claim.ON_TRACK)) == "accepted"
    assert state(ACCEPT, DONE) == "reported_done"
    assert state(ACCEPT, DONE, MET) == "met"


@pytest.mark.parametrize(
    ("acts", "void"),
    [
        ([act("accept", "NO", 1)], 1),
        ([act("accept", "GS", 1)], 1),
        ([act("report", "MA", 1, claim=Claim.DONE)], 1),
        ([ACCEPT, act("report", "NO", 2, claim=Claim.DONE)], 1),
        ([ACCEPT, act("verify", "MA", 2, verdict=Verdict.MET)], 1),
        ([ACCEPT, act("verify", "GS", 2, verdict=Verdict.MET)], 1),
        ([ACCEPT, act("verify", "NO", 2)], 1),
        ([ACCEPT, act("report", "MA", 2)], 1),
        ([ACCEPT, act("extend", "MA", 2, due_on=date(2027, 1, 1))], 1),
        ([ACCEPT, act("extend", "GS", 2, due_on=DUE)], 1),
        ([ACCEPT, act("extend", "GS", 2)], 1),
        ([ACCEPT, act("withdraw", "MA", 2)], 1),
        ([ACCEPT, act("steal", "MA", 2)], 1),
        ([ACCEPT, act("dispute", "SE", 2)], 1),
        ([act("decline", "MA", 1), act("accept", "MA", 2)], 1),
        ([ACCEPT, DONE, MET, act("withdraw", "GS", 120)], 1),
        ([ACCEPT, DONE, MET], 0),
    ],
)
def test_an_act_that_is_not_possible_counts_for_nothing(acts: list[Act], void: int) -> None:
    assert len(standing(PROMISE, acts).void) == void


def test_nobody_judges_their_own_work() -> None:
    own = Promise(keeper="GS", owner="MA", verifier="MA", entered_at=START, due_on=DUE)
    found = standing(own, [ACCEPT, act("verify", "MA", 2, verdict=Verdict.MET)])
    assert (found.state, len(found.void)) == ("accepted", 1)
    assert "verify" not in possible_acts(own, found, "MA")


def test_a_disputed_verdict_stays_on_record_when_it_is_judged_anew() -> None:
    dispute = act("dispute", "MA", 120)
    second = act("verify", "NO", 130, verdict=Verdict.PARTLY_MET)
    assert state(ACCEPT, DONE, MET, dispute) == "disputed"
    found = standing(PROMISE, [ACCEPT, DONE, MET, dispute, second])
    assert found.state == "partly_met"
    assert found.verdicts == [(date(2026, 4, 25), Verdict.MET), (date(2026, 5, 15), Verdict.PARTLY_MET)]


@given(st.permutations([ACCEPT, DONE, MET, act("dispute", "GS", 111), act("extend", "GS", 5, due_on=date(2027, 1, 1))]))
def test_every_order_of_arrival_reads_the_same(acts: list[Act]) -> None:
    found = standing(PROMISE, acts)
    assert (found.state, found.due_on, found.extensions, found.void) == ("disputed", date(2027, 1, 1), 1, [])


@given(
    st.lists(
        st.builds(
            act,
            st.sampled_from(sorted(ACTS)),
            st.sampled_from(["GS", "MA", "NO", "SE"]),
            st.integers(1, 9),
            verdict=st.sampled_from([None, *Verdict]),
            claim=st.sampled_from([None, *Claim]),
            due_on=st.sampled_from([None, DUE, date(2027, 1, 1)]),
        ),
        max_size=7,
        unique_by=lambda each: each.id,
    )
)
def test_whatever_is_done_the_date_only_moves_later_and_only_the_verifier_judges(acts: list[Act]) -> None:
    readings = [standing(PROMISE, order) for order in itertools.islice(itertools.permutations(acts), 4)]
    assert all(reading == readings[0] for reading in readings)
    assert readings[0].due_on >= DUE
    judged = [each for each in acts if each.act == "verify" and each.by == "NO" and each.verdict is not None]
    assert len(readings[0].verdicts) <= len(judged)


@pytest.mark.parametrize(
    ("acts", "today", "late", "enhanced"),
    [
        ([ACCEPT], date(2026, 4, 7), False, False),
        ([ACCEPT], date(2026, 4, 8), False, True),
        ([ACCEPT, act("report", "MA", 90, claim=Claim.ON_TRACK)], date(2026, 6, 30), False, False),
        ([ACCEPT, act("report", "MA", 90, claim=Claim.ON_TRACK)], date(2026, 7, 1), True, True),
        ([ACCEPT, act("report", "MA", 90, claim=Claim.DELAYED)], date(2026, 4, 6), False, True),
        ([ACCEPT, DONE, act("verify", "NO", 110, verdict=Verdict.NOT_MET)], date(2026, 4, 26), False, True),
        ([ACCEPT, DONE, MET], date(2027, 7, 1), False, False),
        ([act("decline", "MA", 1)], date(2027, 7, 1), False, False),
    ],
)
def test_who_is_late_or_silent_is_followed_more_closely(
    acts: list[Act], today: date, late: bool, enhanced: bool
) -> None:
    found = standing(PROMISE, acts)
    assert is_late(found, today) is late
    assert is_enhanced(PROMISE, found, today, RULE) is enhanced


def test_reports_are_quarterly_and_monthly_when_late() -> None:
    found = standing(PROMISE, [ACCEPT])
    assert next_report_on(PROMISE, found, date(2026, 2, 1), RULE) == date(2026, 4, 7)
    assert next_report_on(PROMISE, found, date(2026, 7, 1), RULE) == date(2026, 2, 5)
    assert next_report_on(PROMISE, Standing(State.MET, DUE), date(2026, 7, 1), RULE) is None
    assert RULE.verified_on is None
