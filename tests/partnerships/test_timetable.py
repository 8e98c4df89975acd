import itertools
import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jusur.kernel.errors import InvalidInputError
from jusur.partnerships.rules.matching import Shortage, match
from jusur.partnerships.rules.timetable import Impossible, Meeting, Placement, Room, Slot, Week, arrange, clashes

MONDAY = datetime(2025, 11, 24, 9, tzinfo=UTC)
HALL, HOTEL = Room("hall", "congress"), Room("salon", "hotel")
WAY = {("congress", "hotel"): timedelta(minutes=20)}


def slots(days: int, a_day: int, minutes: int = 30) -> tuple[Slot, ...]:
    starts = [MONDAY + timedelta(days=day, minutes=minutes * number) for day in range(days) for number in range(a_day)]
    return tuple(Slot(f"{at:%d-%H%M}", at, at + timedelta(minutes=minutes)) for at in starts)


def meeting(name: str, other: str, times: Any, interpretation: str = "", host: str = "MA") -> Meeting:
    return Meeting(name, frozenset({host, other}), frozenset(times), interpretation)


def marrakech(seed: int) -> Week:
    """43 meetings of the host in four days of twelve half-hours, each guest free at a few of them, as they are."""
    chance = random.Random(seed)
    times = slots(4, 12)
    rooms = (HALL, HOTEL, Room("annex", "congress", frozenset(slot.id for slot in times[:24])))
    free = [slot.id for slot in times]
    secret = chance.sample(free, 43)
    meetings = [
        meeting(
            f"m{number:02d}", f"G{number:02d}", {held, *chance.sample(free, 5)}, chance.choice(["", "ar-en", "ar-es"])
        )
        for number, held in enumerate(secret)
    ]
    return Week(times, rooms, tuple(meetings), {"ar-en": 1, "ar-es": 1}, {("congress", "hotel"): timedelta(0)})


@pytest.mark.parametrize("seed", range(5))
def test_43_meetings_in_four_days_without_a_clash_in_five_seconds(seed: int) -> None:
    week = marrakech(seed)
    begun = time.perf_counter()
    found = arrange(week)
    assert time.perf_counter() - begun < 5
    assert isinstance(found, dict)
    assert len(found) == 43
    assert clashes(week, found) == []
    assert len({place.slot for place in found.values()}) == 43  # the host is in every one of them


def test_a_week_of_many_hosts() -> None:
    chance = random.Random(7)
    times = slots(5, 14)
    names = [f"D{number}" for number in range(20)]
    pairs = chance.sample(list(itertools.combinations(names, 2)), 90)
    free = {name: frozenset(chance.sample([slot.id for slot in times], 45)) for name in names}
    meetings = tuple(
        Meeting(f"{one}-{other}", frozenset({one, other}), free[one] & free[other], "ar-fr" if number % 9 == 0 else "")
        for number, (one, other) in enumerate(pairs)
    )
    rooms = tuple(Room(f"r{number}", "congress" if number < 3 else "hotel") for number in range(5))
    week = Week(times, rooms, meetings, {"ar-fr": 1}, WAY)
    found = arrange(week)
    assert isinstance(found, dict)
    assert clashes(week, found) == []


def test_too_few_times_for_a_delegation_are_named_and_can_be_counted() -> None:
    times = slots(1, 6)
    early = {times[0].id, times[1].id}
    asked = [meeting(name, name.upper(), early) for name in ("br", "ke", "no")]
    week = Week(times, (HALL,), (*asked, meeting("cl", "CL", {slot.id for slot in times})))
    assert arrange(week) == Impossible("party", "MA", ("br", "ke", "no"), 2)


def test_too_few_rooms_are_said() -> None:
    times = slots(1, 1)
    asked = tuple(meeting(f"m{n}", f"G{n}", {times[0].id}, host=f"H{n}") for n in range(3))
    assert arrange(Week(times, (HALL, HOTEL), asked)) == Impossible("rooms", "", ("m0", "m1", "m2"), 2)


def test_too_few_interpreters_are_said() -> None:
    times = slots(1, 1)
    asked = tuple(meeting(f"m{n}", f"G{n}", {times[0].id}, "ar-fr", host=f"H{n}") for n in range(2))
    found = arrange(Week(times, (HALL, HOTEL), asked, {"ar-fr": 1}))
    assert found == Impossible("interpreters", "ar-fr", ("m0", "m1"), 1)
    assert isinstance(arrange(Week(times, (HALL, HOTEL), asked, {"ar-fr": 2})), dict)


def test_a_meeting_without_a_time_or_a_room_is_named() -> None:
    times = slots(1, 2)
    shut = Room("shut", "hotel", frozenset())
    assert arrange(Week(times, (HALL,), (meeting("a", "NO", ()),))) == Impossible("no_time", "a", ("a",), 0)
    assert arrange(Week(times, (shut,), (meeting("a", "NO", {times[0].id}),))) == Impossible("no_time", "a", ("a",), 0)


def test_the_way_between_sites_counts() -> None:
    times = slots(1, 2)
    far = Room("salon", "hotel", frozenset({times[1].id}))
    near = Room("hall", "congress", frozenset({times[0].id}))
    asked = tuple(meeting(name, name, {slot.id for slot in times}) for name in ("NO", "SE"))
    assert isinstance(arrange(Week(times, (near, far), asked)), dict)
    assert arrange(Week(times, (near, far), asked, travel=WAY)) == Impossible("together", "", ("NO", "SE"), 0)


def test_a_bound_that_is_reached_is_told() -> None:
    found = arrange(marrakech(1), most_steps=3)
    assert isinstance(found, Impossible)
    assert found.kind == "undecided"


@pytest.mark.parametrize(
    ("placed", "wrong"),
    [
        ({"a": ("1", "hall"), "b": ("1", "hall")}, "one room"),
        ({"a": ("1", "hall"), "b": ("2", "salon")}, "no time"),
        ({"a": ("1", "hall")}, "not placed"),
        ({"a": ("3", "hall"), "b": ("1", "hall")}, "not to be had"),
        ({"a": ("1", "hall"), "b": ("2", "hall")}, ""),
    ],
)
def test_the_judge_sees_each_clash(placed: dict[str, tuple[str, str]], wrong: str) -> None:
    times = tuple(
        Slot(str(n), MONDAY + timedelta(minutes=30 * n), MONDAY + timedelta(minutes=30 * n + 30)) for n in (1, 2, 3)
    )
    week = Week(times, (HALL, HOTEL), (meeting("a", "NO", "12"), meeting("b", "SE", "12")), {}, WAY)
    found = clashes(week, {name: Placement(*place) for name, place in placed.items()})
    assert any(wrong in each for each in found) if wrong else found == []


def test_the_judge_counts_interpreters() -> None:
    times = slots(1, 1)
    asked = tuple(meeting(name, name, {times[0].id}, "ar-fr", host=f"H{name}") for name in ("NO", "SE"))
    week = Week(times, (HALL, HOTEL), asked, {"ar-fr": 1})
    both = {"NO": Placement(times[0].id, "hall"), "SE": Placement(times[0].id, "salon")}
    assert "2 meetings need interpreters" in clashes(week, both)[0]


SMALL = st.builds(
    lambda available, pairs: Week(
        slots(1, 3),
        (HALL, HOTEL),
        tuple(
            Meeting(
                f"m{n}", frozenset(pair), frozenset(slots(1, 3)[number].id for number in numbers), "ar-fr" * (n % 2)
            )
            for n, (pair, numbers) in enumerate(zip(pairs, available, strict=True))
        ),
        {"ar-fr": 1},
        WAY,
    ),
    st.lists(st.sets(st.integers(0, 2), min_size=1), min_size=4, max_size=4),
    st.lists(st.sampled_from(list(itertools.combinations("ABCD", 2))), min_size=4, max_size=4),
)


@settings(max_examples=60, deadline=None)
@given(SMALL)
def test_it_is_right_about_every_small_week(week: Week) -> None:
    """Against trying everything."""
    options = [[Placement(slot, room.id) for slot in each.slots for room in week.rooms] for each in week.meetings]
    names = [each.id for each in week.meetings]
    possible = any(not clashes(week, dict(zip(names, way, strict=True))) for way in itertools.product(*options))
    assert isinstance(arrange(week), dict) is possible


@given(st.dictionaries(st.sampled_from("abcdef"), st.lists(st.integers(0, 5), unique=True, max_size=4), max_size=6))
def test_a_shortage_is_always_one_and_a_matching_too(choices: dict[str, list[int]]) -> None:
    found = match(choices)
    if isinstance(found, Shortage):
        assert set().union(*(choices[task] for task in found.tasks)) == set(found.places)
        assert len(found.places) < len(found.tasks)
    else:
        assert all(found[task] in choices[task] for task in choices)
        assert len(set(found.values())) == len(choices)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"rooms": (HALL, HALL)}, "room is named twice"),
        ({"meetings": (meeting("a", "NO", {"never"}),)}, "no slot 'never'"),
        ({"meetings": (Meeting("a", frozenset(), frozenset()),)}, "has parties"),
        ({"slots": (Slot("s", MONDAY, MONDAY),)}, "ends after"),
        ({"slots": slots(50, 40, 20)}, "at once"),
    ],
)
def test_a_week_that_means_nothing_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(InvalidInputError, match=why):
        arrange(Week(**({"slots": slots(1, 2), "rooms": (HALL,), "meetings": ()} | changes)))
