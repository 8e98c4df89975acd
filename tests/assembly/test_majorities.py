import pytest
from hypothesis import given
from hypothesis import strategies as st

from jusur.assembly.rules.majorities import Count, decide, elect, is_quorum, needed, quorum_of, reached
from jusur.assembly.rules.rulebook import Majority, of_profile
from jusur.kernel.errors import InvalidInputError

PROFILES = ("pre-2021", "2025-practice")
MARRAKECH = {"A": 84, "B": 60, "C": 12, "D": 8}
"""The first ballot for the presidency, 2025."""


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize(
    ("decision", "count", "base", "least", "carried"),
    [
        ("resolution", (1, 0, 195), 1, 1, True),
        ("resolution", (80, 80, 0), 160, 81, False),
        ("resolution", (81, 80, 20), 161, 81, True),
        ("resolution", (0, 0, 150), 0, 1, False),
        ("programme", (60, 40, 30), 100, 51, True),
        ("budget", (50, 50, 0), 100, 51, False),
        ("constitution_amendment", (131, 0, 0), 196, 131, True),
        ("constitution_amendment", (131, 65, 0), 196, 131, True),
        ("constitution_amendment", (130, 0, 0), 196, 131, False),
        ("general_regulations_amendment", (66, 33, 90), 99, 66, True),
        ("general_regulations_amendment", (66, 34, 90), 100, 67, False),
        ("general_regulations_amendment", (67, 34, 0), 101, 68, False),
        ("membership", (2, 1, 100), 3, 2, True),
        ("membership", (3, 2, 0), 5, 4, False),
    ],
)
def test_questions(
    profile: str, decision: str, count: tuple[int, int, int], base: int, least: int, carried: bool
) -> None:
    outcome = decide(of_profile(profile).decision(decision), Count(*count), members=196)
    assert (outcome.base, outcome.needed, outcome.carried) == (base, least, carried)


@pytest.mark.parametrize(
    ("profile", "ballot", "least", "elected"),
    [
        ("pre-2021", 1, 110, None),
        ("pre-2021", 2, 110, None),
        ("pre-2021", 3, 83, "A"),
        ("2025-practice", 1, 83, "A"),
        ("2025-practice", 2, 83, "A"),
    ],
)
def test_the_presidency_of_2025_under_both_profiles(profile: str, ballot: int, least: int, elected: str | None) -> None:
    found = elect(of_profile(profile).decision("president"), MARRAKECH, ballot=ballot)
    assert (found.base, found.needed, found.elected, found.tied) == (164, least, elected, ())


@pytest.mark.parametrize(("others", "elected"), [(74, "A"), (95, "A"), (96, None), (100, "B")])
def test_the_vice_presidency_of_2024_had_96_votes(others: int, elected: str | None) -> None:
    decision = of_profile("2025-practice").decision("vice_president")
    assert elect(decision, {"A": 96, "B": others}, ballot=1).elected == elected


def test_a_tie_elects_nobody_and_names_the_tied() -> None:
    found = elect(of_profile("pre-2021").decision("president"), {"A": 60, "B": 40, "C": 60}, ballot=3)
    assert (found.elected, found.tied) == (None, ("A", "C"))


@pytest.mark.parametrize(
    ("present", "members", "valid"),
    [(66, 196, True), (65, 196, False), (65, 195, True), (0, 0, False), (1, 3, True), (1, 4, False)],
)
def test_quorum_is_a_third_of_the_members(present: int, members: int, valid: bool) -> None:
    assert is_quorum(of_profile("2025-practice").quorum, present, members) is valid


def test_quorum_of_196() -> None:
    assert quorum_of(of_profile("2025-practice").quorum, 196) == 66


MAJORITIES = st.builds(
    Majority,
    numerator=st.integers(1, 9),
    denominator=st.integers(9, 12),
    strict=st.booleans(),
)


@given(MAJORITIES, st.integers(0, 10_000))
def test_the_fewest_votes_are_enough_and_one_less_is_not(majority: Majority, base: int) -> None:
    least = needed(majority, base)
    assert reached(majority, least, base) is (base > 0)
    assert not reached(majority, least - 1, base)


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 70), st.integers(0, 6))
def test_abstentions_change_nothing(votes: int, against: int, abstentions: int, place: int) -> None:
    decision = of_profile("2025-practice").decisions[place]
    with_them = decide(decision, Count(votes, against, abstentions), members=196)
    assert with_them == decide(decision, Count(votes, against), members=196)


def test_what_cannot_be_counted_is_refused() -> None:
    rules = of_profile("2025-practice")
    with pytest.raises(InvalidInputError, match="never below zero"):
        Count(-1, 0)
    with pytest.raises(InvalidInputError, match="197 votes of 196 members"):
        decide(rules.decision("resolution"), Count(100, 97), members=196)
    with pytest.raises(InvalidInputError, match="Candidates are elected"):
        decide(rules.decision("president"), Count(1, 0), members=196)
    with pytest.raises(InvalidInputError, match="no election"):
        elect(rules.decision("resolution"), {"A": 1}, ballot=1)
    with pytest.raises(InvalidInputError, match="candidates"):
        elect(rules.decision("president"), {}, ballot=1)
