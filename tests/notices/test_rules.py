"""The pure lives: which acts are possible, and that any order of what was told ends in the same standing."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jusur.notices import opinions
from jusur.notices.rules import (
    ACTS,
    FINAL,
    OVER,
    UNKNOWN,
    VISIBLE,
    Side,
    Standing,
    State,
    add_months,
    next_state,
    possible_acts,
    settle,
)

standings = st.builds(Standing, st.integers(0, 5), visible=st.booleans(), final=st.just(value=False)) | st.builds(
    Standing, st.integers(0, 5), visible=st.just(value=False), final=st.just(value=True)
)
ALL = frozenset(Side)


@given(st.lists(standings, max_size=6), st.randoms(use_true_random=False))
def test_reordered_and_repeated_news_end_in_the_same_standing(news: list[Standing], chance: object) -> None:
    import random

    assert isinstance(chance, random.Random)
    shuffled = news * 2
    chance.shuffle(shuffled)
    first = second = UNKNOWN
    for each in news:
        first = settle(first, each)
    for each in shuffled:
        second = settle(second, each)
    assert first == second
    assert not (first.final and first.visible)


@pytest.mark.parametrize("form", ["notice", "diffusion"])
def test_nothing_leads_out_of_the_end(form: str) -> None:
    for state in OVER:
        assert set(possible_acts(form, state, ALL)) <= {"purge"}
    assert possible_acts(form, State.PURGED, ALL) == ()


def test_a_notice_is_published_from_a_proposed_decision_alone() -> None:
    leading = [
        (state, act)
        for state in State
        for act in ACTS["notice"]
        if next_state("notice", state, act, ALL) in VISIBLE and state not in VISIBLE
    ]
    assert leading == [(State.DECISION_PROPOSED, "publish"), (State.SUSPENDED, "resume")]


@pytest.mark.parametrize("form", ["notice", "diffusion"])
def test_every_state_a_form_reaches_has_an_end(form: str) -> None:
    reached, grown = {State.DRAFTED}, True
    while grown:
        more = {
            target
            for state in reached
            for act in ACTS[form]
            if (target := next_state(form, state, act, ALL)) is not None
        }
        grown = not more <= reached
        reached |= more
    for state in reached - FINAL - {State.DRAFTED, State.CHECKED, State.AWAITING_APPROVAL}:
        assert "withdraw" in possible_acts(form, state, ALL), state


def test_acts_belong_to_their_side() -> None:
    assert next_state("notice", State.DECISION_PROPOSED, "publish", frozenset({Side.ORIGIN})) is None
    assert next_state("notice", State.PUBLISHED, "withdraw", frozenset({Side.REVIEW})) is None
    assert possible_acts("notice", State.PUBLISHED, frozenset({Side.RECEIVED})) == ()


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [((2026, 8, 31), -6, (2026, 2, 28)), ((2028, 8, 31), -6, (2028, 2, 29)), ((2026, 1, 15), 60, (2031, 1, 15))],
)
def test_months_are_calendar_months(start: tuple[int, int, int], months: int, end: tuple[int, int, int]) -> None:
    assert add_months(datetime(*start, tzinfo=UTC), months) == datetime(*end, tzinfo=UTC)


FACTORS = {name: {"weight": "ordinary", "reasoning": "Weighed."} for name in opinions.FACTORS}
BASE = {"article_2": True, "article_2_reasoning": "Fair.", "outcome": "approve"}


@pytest.mark.parametrize(
    ("changes", "right"),
    [
        ({}, True),
        ({"article_2": False}, False),
        ({"elements": ["political"]}, False),
        ({"elements": ["political"], "factors": FACTORS}, True),
        ({"elements": ["political"], "factors": FACTORS, "predominance": "protected"}, False),
        (
            {"elements": ["political"], "factors": FACTORS | {"neutrality": {"weight": "neutral", "reasoning": " "}}},
            False,
        ),
        ({"factors": {"weather": {"weight": "neutral"}}}, False),
        ({"predominance": "protected"}, False),
        ({"outcome": "refuse"}, False),
        ({"outcome": "refuse", "grounds": ["article-3"]}, False),
        ({"outcome": "refuse", "grounds": ["article-3"], "message": "Predominantly political."}, True),
        ({"outcome": "refuse", "grounds": ["dislike"], "message": "No."}, False),
        ({"grounds": ["article-3"]}, False),
        ({"article_2_reasoning": ""}, False),
    ],
)
def test_an_opinion_is_complete_and_does_not_contradict_itself(changes: dict[str, object], right: bool) -> None:
    from jusur.kernel.errors import InvalidInputError

    if right:
        opinions.parse(BASE | changes)
        return
    with pytest.raises(InvalidInputError):
        opinions.parse(BASE | changes)


@pytest.mark.parametrize("said", ["accordé par la Norvège", "granted in norway", "النرويج منحت", "see NOR.", "NO"])
def test_a_message_that_names_the_granting_country_is_noticed(said: str) -> None:
    assert opinions.reveals(said, "NO")
    assert not opinions.reveals("The rule on refugees applies: no notice.", "NO")
