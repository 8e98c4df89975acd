from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jusur.evidence.rules import (
    ACTS,
    ANSWERED,
    OPEN,
    Side,
    State,
    clock_stops,
    next_state,
    possible_acts,
    settle,
)

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_a_request_goes_from_draft_to_confirmed() -> None:
    state: State | None = State.DRAFTED
    for act, side in (
        ("submit", Side.REQUESTING),
        ("send", Side.REQUESTING),
        ("acknowledge", Side.REQUESTED),
        ("accept", Side.REQUESTED),
        ("ask_clarification", Side.REQUESTED),
        ("answer_clarification", Side.REQUESTING),
        ("fulfil_partly", Side.REQUESTED),
        ("fulfil", Side.REQUESTED),
        ("confirm", Side.REQUESTING),
    ):
        assert state is not None
        state = next_state(state, act, side)
    assert state is State.CONFIRMED


def test_nobody_acts_for_the_other_bureau() -> None:
    assert next_state(State.SENT, "refuse", Side.REQUESTING) is None
    assert next_state(State.SENT, "withdraw", Side.REQUESTED) is None


def test_an_extension_leaves_the_state() -> None:
    assert next_state(State.IN_EXECUTION, "extend", Side.REQUESTED) is State.IN_EXECUTION


@pytest.mark.parametrize("state", sorted(ANSWERED - {State.FULFILLED}))
def test_an_answered_request_stays_answered(state: State) -> None:
    assert not possible_acts(state, Side.REQUESTED)
    assert not possible_acts(state, Side.REQUESTING)


@pytest.mark.parametrize("state", sorted(OPEN))
def test_an_open_request_can_always_be_refused_and_withdrawn(state: State) -> None:
    assert "refuse" in possible_acts(state, Side.REQUESTED)
    assert "withdraw" in possible_acts(state, Side.REQUESTING)


def test_a_withdrawal_that_crosses_a_fulfilment_stands_at_both_bureaus() -> None:
    at_requesting = settle(State.WITHDRAWN, State.IN_EXECUTION, "fulfil", Side.REQUESTED)
    at_requested = settle(State.FULFILLED, State.IN_EXECUTION, "withdraw", Side.REQUESTING)
    assert at_requesting is at_requested is State.WITHDRAWN


def test_an_act_that_was_never_possible_is_refused() -> None:
    assert settle(State.SENT, State.SENT, "confirm", Side.REQUESTING) is None
    assert settle(State.SENT, State.SENT, "no such act", Side.REQUESTED) is None


_shared = st.sampled_from(sorted(OPEN))
_remote = {side: [act for act, rule in ACTS.items() if rule.side is side and not rule.local] for side in Side}


@given(_shared, st.sampled_from(_remote[Side.REQUESTING]), st.sampled_from(_remote[Side.REQUESTED]))
def test_two_crossing_acts_end_in_the_same_state_at_both_bureaus(state: State, ours: str, theirs: str) -> None:
    after_ours = next_state(state, ours, Side.REQUESTING)
    after_theirs = next_state(state, theirs, Side.REQUESTED)
    if after_ours is None or after_theirs is None:
        return
    assert settle(after_ours, state, theirs, Side.REQUESTED) == settle(after_theirs, state, ours, Side.REQUESTING)


def test_the_clock_stands_still_from_a_question_to_its_answer() -> None:
    hour = timedelta(hours=1)
    acts = [
        ("send", NOON),
        ("ask_clarification", NOON + hour),
        ("answer_clarification", NOON + 3 * hour),
        ("ask_clarification", NOON + 5 * hour),
    ]
    assert clock_stops(acts) == [(NOON + hour, NOON + 3 * hour), (NOON + 5 * hour, None)]
