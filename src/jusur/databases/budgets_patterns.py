"""Patterns by which somebody reads a database out instead of looking somebody up (pure).

A watchman keeps the last searches of one actor in this process's memory alone, and forgets them as new ones come. A
search that continues a pattern is refused; others of the same actor go on. Three patterns are told from honest work:

- **sequence**: document numbers (or plates, phones) that follow one another. A family or a school class holds numbers
  in a row, so it takes ``SEQUENCE`` of them.
- **alphabet**: names that walk the alphabet: many searches in order, each close behind the last, of one or two words.
  A crew list is sorted too, but its names have no gaps of a few letters for so long.
- **likeness**: many spellings of one name that are no repetition. An officer tries a few; a reader-out tries dozens.
"""

import re
from bisect import bisect_left, insort
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz import fuzz, process

SEQUENCE: Final = 25
"""Different numbers near each other before they count as a sequence; a school class has about as many passports."""
SEQUENCE_GAP: Final = 10
"""How far apart two numbers may be and still follow one another."""
ALPHABET: Final = 40
"""Searches in alphabetical order in a row, each beginning like the one before, before they count as a walk."""
LIKENESS: Final = 16
"""Different names that are nearly the newest one, before they count as trying spellings out."""
LIKENESS_SCORE: Final = 88.0
REMEMBERED: Final = 64

_NUMBER: Final = re.compile(r"(.*?)(\d{4,15})(\D{0,3})", re.DOTALL)


@dataclass(slots=True)
class Watchman:
    """The last searches of one actor, and which pattern they show."""

    _numbers: dict[str, tuple[deque[int], list[int]]] = field(default_factory=dict)
    _names: deque[str] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    _walk: int = 0
    _last: str = ""

    def number(self, kind: str, value: str) -> str:
        """Note a search for ``value`` of ``kind`` (normalised); the pattern it completes, or ``""``."""
        found = _NUMBER.fullmatch(value)
        if found is None:
            return ""
        series = f"{kind}:{found[1]}:{len(found[2])}:{found[3]}"
        if series not in self._numbers and len(self._numbers) >= REMEMBERED:
            del self._numbers[next(iter(self._numbers))]
        recent, ordered = self._numbers.setdefault(series, (deque(), []))
        number = int(found[2])
        if _holds(ordered, number):
            return ""
        recent.append(number)
        insort(ordered, number)
        if len(recent) > REMEMBERED:
            del ordered[bisect_left(ordered, recent.popleft())]
        return "sequence" if _run(ordered, number) >= SEQUENCE else ""

    def name(self, value: str, *, sorted_lists: bool = False) -> str:
        """Note a search for the name ``value``; the pattern it completes, or ``""``.

        ``sorted_lists``: the names come as a list, which may well be sorted.
        """
        name = " ".join(value.casefold().split())
        if not name or name in self._names:
            return ""
        self._step(name)
        like = process.cdist([name], list(self._names), scorer=fuzz.ratio, score_cutoff=LIKENESS_SCORE)
        self._names.append(name)
        if int((like > 0).sum()) >= LIKENESS:
            return "likeness"
        return "alphabet" if self._walk >= ALPHABET and not sorted_lists else ""

    def _step(self, name: str) -> None:
        near = bool(self._last) and ord(name[0]) - ord(self._last[0]) in {0, 1}
        self._walk = self._walk + 1 if near and name > self._last else 0
        self._last = name


def _holds(ordered: list[int], number: int) -> bool:
    at = bisect_left(ordered, number)
    return at < len(ordered) and ordered[at] == number


def _run(ordered: list[int], number: int) -> int:
    """How many of ``ordered`` stand in one chain with ``number`` whose links are at most ``SEQUENCE_GAP`` long."""
    at = bisect_left(ordered, number)
    low = high = at
    while low and ordered[low] - ordered[low - 1] <= SEQUENCE_GAP:
        low -= 1
    while high + 1 < len(ordered) and ordered[high + 1] - ordered[high] <= SEQUENCE_GAP:
        high += 1
    return high - low + 1
