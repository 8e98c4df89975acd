"""A timetable of meetings without clashes: delegations, rooms, interpreters, and the way between sites.

The search is exact. It places the meeting with the fewest possibilities first, drops what each placement makes
impossible for the others, and gives up a branch as soon as some delegation's remaining meetings can no longer all be
held at different times (``matching``). So it finds a timetable, proves that there is none and says why, or says that it
could not decide within its bound. What it returns was checked by ``clashes``, which knows nothing of the search.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from jusur.kernel.errors import InvalidInputError
from jusur.partnerships.rules.matching import Shortage, match

MOST_STEPS: Final = 5_000
"""Placements tried before the search says that it cannot decide."""
MOST_MEETINGS: Final = 500
MOST_SLOTS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which meetings may be held."""

    id: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Room:
    """A room and the site it is at; ``slots`` are the times it is to be had (``None``: always)."""

    id: str
    site: str
    slots: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting to hold: who meets, when all of them could, which languages are interpreted ("": none)."""

    id: str
    parties: frozenset[str]
    slots: frozenset[str]
    interpretation: str = ""


@dataclass(frozen=True, slots=True)
class Week:
    """What a timetable is made of.

    ``interpreters`` says how many teams there are for each pair of languages; ``travel`` how long the way between two
    sites is (in whichever order they are named; none: no time).
    """

    slots: tuple[Slot, ...]
    rooms: tuple[Room, ...]
    meetings: tuple[Meeting, ...]
    interpreters: Mapping[str, int] = field(default_factory=dict)
    travel: Mapping[tuple[str, str], timedelta] = field(default_factory=dict)

    def way(self, one: str, other: str) -> timedelta:
        """How long the way between two sites is."""
        return self.travel.get((one, other), self.travel.get((other, one), timedelta()))


@dataclass(frozen=True, slots=True)
class Placement:
    """When and where a meeting is held."""

    slot: str
    room: str


@dataclass(frozen=True, slots=True)
class Impossible:
    """Why there is no timetable.

    ``no_time``: the meeting has no slot with a room. ``party``, ``rooms``, ``interpreters``: these meetings of that
    delegation (of all; between those languages) have fewer places between them than they are. ``together``: no single
    shortage, but every way was tried. ``undecided``: the bound was reached first.
    """

    kind: Literal["no_time", "party", "rooms", "interpreters", "together", "undecided"]
    of: str
    meetings: tuple[str, ...]
    places: int


Domain = dict[str, list[Placement]]


def arrange(week: Week, *, most_steps: int = MOST_STEPS) -> dict[str, Placement] | Impossible:
    """A place for every meeting, or why there is none; the same for the same input.

    Raises:
        InvalidInputError: identifiers are used twice, name nothing, or there is too much to arrange.
    """
    _check(week)
    domain = _domain(week)
    reason = _shortage(week, domain)
    if reason is not None:
        return reason
    search = _Search(week, most_steps)
    found = search.place({}, domain)
    if found is None:
        kind: Literal["undecided", "together"] = "undecided" if search.steps >= most_steps else "together"
        return Impossible(kind, "", tuple(sorted(domain)), 0)
    left = clashes(week, found)
    if left:
        raise AssertionError(f"the timetable clashes: {left[0]}")
    return found


def clashes(week: Week, placed: Mapping[str, Placement]) -> list[str]:
    """What is wrong with a timetable, in words, from every pair of meetings; nothing where it is without clashes."""
    slots, rooms = {slot.id: slot for slot in week.slots}, {room.id: room for room in week.rooms}
    wrong = [f"{each.id} is not placed" for each in week.meetings if each.id not in placed]
    there = [each for each in week.meetings if each.id in placed]
    for each in there:
        at, where = placed[each.id].slot, rooms[placed[each.id].room]
        if at not in each.slots or (where.slots is not None and at not in where.slots):
            wrong.append(f"{each.id} is at a time when somebody or the room is not to be had")
    for number, one in enumerate(there):
        for other in there[number + 1 :]:
            mine, theirs = placed[one.id], placed[other.id]
            first, second = sorted((slots[mine.slot], slots[theirs.slot]), key=lambda slot: slot.starts)
            if mine.room == theirs.room and second.starts < first.ends:
                wrong.append(f"{one.id} and {other.id} are in one room at a time")
            way = week.way(rooms[mine.room].site, rooms[theirs.room].site)
            if one.parties & other.parties and second.starts < first.ends + way:
                wrong.append(f"{one.id} and {other.id} leave a delegation no time")
    return wrong + _overworked(week, placed, slots)


def _overworked(week: Week, placed: Mapping[str, Placement], slots: Mapping[str, Slot]) -> list[str]:
    wrong = []
    for pair in sorted({each.interpretation for each in week.meetings if each.interpretation}):
        held = [
            slots[placed[each.id].slot] for each in week.meetings if each.interpretation == pair and each.id in placed
        ]
        for slot in held:
            at_once = sum(other.starts <= slot.starts < other.ends for other in held)
            if at_once > week.interpreters.get(pair, 0):
                wrong.append(f"{at_once} meetings need interpreters for {pair} at {slot.id}")
    return wrong


class _Search:
    """Depth first, the meeting with the fewest possibilities first."""

    def __init__(self, week: Week, most_steps: int) -> None:
        self.week = week
        self.most_steps = most_steps
        self.steps = 0
        self.meetings = {each.id: each for each in week.meetings}
        self.slots = {each.id: each for each in week.slots}
        self.sites = {each.id: each.site for each in week.rooms}

    def place(self, placed: dict[str, Placement], domain: Domain) -> dict[str, Placement] | None:
        """The rest of the meetings placed beside ``placed``, or ``None``."""
        if not domain:
            return placed
        if any(not options for options in domain.values()) or _shortage(self.week, domain) is not None:
            return None
        task = min(domain, key=lambda name: (len(domain[name]), name))
        for option in self._ordered(task, domain):
            if self.steps >= self.most_steps:
                return None
            self.steps += 1
            now = {**placed, task: option}
            found = self.place(now, self._without(now, task, option, domain))
            if found is not None:
                return found
        return None

    def _ordered(self, task: str, domain: Domain) -> list[Placement]:
        """The options of ``task``, those first at a time that few others could use."""
        use: dict[str, int] = {}
        for name, options in domain.items():
            if self.meetings[name].parties & self.meetings[task].parties:
                for slot in {option.slot for option in options}:
                    use[slot] = use.get(slot, 0) + 1
        return sorted(domain[task], key=lambda option: (use[option.slot], option.slot, option.room))

    def _without(self, placed: Mapping[str, Placement], task: str, option: Placement, domain: Domain) -> Domain:
        """What remains possible for the other meetings."""
        full = self._is_full(placed, task, option)
        return {
            name: [each for each in options if not self._excludes(task, option, name, each, full=full)]
            for name, options in domain.items()
            if name != task
        }

    def _excludes(self, task: str, option: Placement, name: str, each: Placement, *, full: frozenset[str]) -> bool:
        one, other = self.slots[option.slot], self.slots[each.slot]
        first, second = (one, other) if one.starts <= other.starts else (other, one)
        if option.room == each.room and second.starts < first.ends:
            return True
        if each.slot in full and self.meetings[name].interpretation == self.meetings[task].interpretation:
            return True
        if self.meetings[task].parties.isdisjoint(self.meetings[name].parties):
            return False
        return second.starts < first.ends + self.week.way(self.sites[option.room], self.sites[each.room])

    def _is_full(self, placed: Mapping[str, Placement], task: str, option: Placement) -> frozenset[str]:
        """The slots at which no team for this meeting's languages is left."""
        pair = self.meetings[task].interpretation
        if not pair:
            return frozenset()
        held = [self.slots[at.slot] for name, at in placed.items() if self.meetings[name].interpretation == pair]
        teams = self.week.interpreters.get(pair, 0)
        return frozenset(
            slot.id
            for slot in self.week.slots
            if _overlap(slot, self.slots[option.slot]) and _most_at_once(held, slot) >= teams
        )


def _overlap(one: Slot, other: Slot) -> bool:
    return one.starts < other.ends and other.starts < one.ends


def _most_at_once(held: Iterable[Slot], during: Slot) -> int:
    """The most of ``held`` that go on at one moment of ``during``."""
    within = [slot for slot in held if _overlap(slot, during)]
    moments = [max(slot.starts, during.starts) for slot in within]
    return max((sum(slot.starts <= moment < slot.ends for slot in within) for moment in moments), default=0)


def _domain(week: Week) -> Domain:
    order = {slot.id: number for number, slot in enumerate(sorted(week.slots, key=lambda slot: (slot.starts, slot.id)))}
    return {
        each.id: [
            Placement(slot, room.id)
            for slot in sorted(each.slots, key=order.__getitem__)
            for room in week.rooms
            if room.slots is None or slot in room.slots
        ]
        for each in week.meetings
    }


def _shortage(week: Week, domain: Domain) -> Impossible | None:
    """A reason that counting alone shows: too few times for a delegation, too few rooms, too few interpreters."""
    for name in sorted(domain):
        if not domain[name]:
            return Impossible("no_time", name, (name,), 0)
    waiting = [each for each in week.meetings if each.id in domain]
    for party in sorted({party for each in waiting for party in each.parties}):
        theirs = {each.id: _times(domain[each.id]) for each in waiting if party in each.parties}
        if len(theirs) > 1 and isinstance(found := match(theirs), Shortage):
            return Impossible("party", party, found.tasks, len(found.places))
    if isinstance(rooms := match(domain), Shortage):
        return Impossible("rooms", "", rooms.tasks, len(rooms.places))
    return _too_few_interpreters(week, waiting, domain)


def _too_few_interpreters(week: Week, waiting: Iterable[Meeting], domain: Domain) -> Impossible | None:
    pairs: dict[str, dict[str, Sequence[tuple[str, int]]]] = {}
    for each in waiting:
        if each.interpretation:
            teams = range(week.interpreters.get(each.interpretation, 0))
            places = [(slot, team) for slot in _times(domain[each.id]) for team in teams]
            pairs.setdefault(each.interpretation, {})[each.id] = places
    for pair in sorted(pairs):
        if isinstance(found := match(pairs[pair]), Shortage):
            return Impossible("interpreters", pair, found.tasks, len(found.places))
    return None


def _times(options: Iterable[Placement]) -> list[str]:
    return list(dict.fromkeys(option.slot for option in options))


def _check(week: Week) -> None:
    if len(week.meetings) > MOST_MEETINGS or len(week.slots) > MOST_SLOTS:
        raise InvalidInputError(f"At most {MOST_MEETINGS} meetings and {MOST_SLOTS} slots are arranged at once.")
    for what, ids in (
        ("slot", [slot.id for slot in week.slots]),
        ("room", [room.id for room in week.rooms]),
        ("meeting", [each.id for each in week.meetings]),
    ):
        if len(set(ids)) != len(ids):
            raise InvalidInputError(f"A {what} is named twice.")
    known = {slot.id for slot in week.slots}
    named = {slot for each in week.meetings for slot in each.slots} | {
        s for room in week.rooms for s in room.slots or ()
    }
    if named - known:
        raise InvalidInputError(f"There is no slot {min(named - known)!r}.")
    if any(slot.ends <= slot.starts for slot in week.slots) or any(not each.parties for each in week.meetings):
        raise InvalidInputError("A slot ends after it begins, and a meeting has parties.")
