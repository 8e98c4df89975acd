"""The alphabet of sounds: words of any script as short rows of symbols, and what each pair of symbols costs.

A symbol stands for one way of writing a sound (Latin ``c``, Hebrew ``ו``, Hangul ``ㅓ``); its possible readings carry a
price. Two symbols cost what their cheapest pair of readings costs plus the distance of the two phonemes. So ``ו`` meets
``v``, ``o`` and ``u`` at no cost without a rule for each pair of scripts. All prices are data (``data/sounds``).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from jusur.matching import hangul
from jusur.matching.tables import lines

FULL, ABJAD, HANGUL = 0, 1, 2
"""How a script writes vowels: all of them, few of them, or with epenthetic ones where a syllable needs them."""

MAX_SYMBOLS = 24
"""Longest word compared, in symbols; what stands after is not looked at."""
MAX_SKELETONS = 8
LONG = 3
"""Words of more consonants than this still meet where one consonant differs."""
_VOWELS = frozenset("aeiou2")
_SEMIVOWELS = frozenset("yw")
_KEY_LETTERS = "-PTKSLMNX"
RAW = 16
"""Symbols for letters of scripts that have no table: equal letters meet, others do not."""

UNWRITTEN_VOWEL = 0.06
"""What a vowel costs that an abjad does not write."""
_HANGUL_R, _HANGUL_VOWEL, _VOWEL_SCALE = 0.30, 0.25, 0.6
_VOWEL_FOR_CONSONANT = 1.3


@dataclass(frozen=True, slots=True)
class Alphabet:
    """Symbols and prices as arrays, indexed by symbol number (and first by `FULL`, `ABJAD`, `HANGUL` of the other)."""

    numbers: dict[str, int]
    cost: NDArray[np.float32]
    """symbols x symbols: from 0 (the same) to 1 and a little over (no relation)."""
    skip: NDArray[np.float32]
    """3 x symbols: the price of leaving a symbol out against a name of that style."""
    mass: NDArray[np.float32]
    """3 x symbols: how much of a name the symbol is, against a name of that style."""
    classes: tuple[tuple[int, ...], ...]
    """Key classes each symbol may count as; 0 = none."""
    choices: NDArray[np.uint8]
    """The same as an array: symbols x (first class, second class, number of classes)."""


@cache
def alphabet() -> Alphabet:
    """The alphabet of ``data/sounds/symbols.txt`` with prices by ``distances.txt``."""
    names: list[str] = []
    readings: list[list[tuple[str, float]]] = []
    classes: list[tuple[int, ...]] = []
    skip: list[float] = []
    mass: list[float] = []
    for line in lines("sounds/symbols.txt"):
        name, says, keys, skipped, weight = (part.strip() for part in line.split("|"))
        names.append(name)
        readings.append([_reading(text) for text in says.split()])
        classes.append(tuple(_KEY_LETTERS.index(key) for key in keys.split("/")))
        skip.append(float(skipped))
        mass.append(float(weight))
    for number in range(RAW):
        names.append(f"raw{number}")
        readings.append([(f"raw{number}", 0.0)])
        classes.append((_KEY_LETTERS.index("X"),))
        skip.append(0.9)
        mass.append(1.0)
    return Alphabet(
        {name: number for number, name in enumerate(names)},
        _costs(names, readings),
        _by_style(names, readings, skip, vowel=UNWRITTEN_VOWEL),
        _by_style(names, readings, mass, vowel=0.08),
        tuple(classes),
        np.array([(row[0], row[-1], len(row)) for row in classes], np.uint8),
    )


def encode(word: str, script: str) -> bytes:
    """The symbols of one word: for ``hebrew``, ``arabic`` and ``hangul`` the word itself, else its romanisation."""
    numbers = alphabet().numbers
    found: list[int] = []
    for name in _symbols(word, script):
        number = numbers[name]
        if not found or found[-1] != number:
            found.append(number)
    return bytes(found[:MAX_SYMBOLS])


def style(script: str) -> int:
    """How ``script`` writes vowels."""
    return {"hebrew": ABJAD, "arabic": ABJAD, "hangul": HANGUL}.get(script, FULL)


@lru_cache(maxsize=262144)
def skeletons(symbols: bytes) -> tuple[int, ...]:
    """The consonant skeletons a row of symbols may have, as numbers: base-16 digits of classes after a leading 1."""
    classes = alphabet().classes
    options = [classes[symbol] for symbol in symbols if classes[symbol] != (0,)][:9]
    found: dict[int, None] = {}
    for choice in product(*options):
        number, last = 1, 0
        for key in choice:
            if key and key != last:
                number = number * 16 + key
            last = key or last
        found[number] = None
        if len(found) == MAX_SKELETONS:
            break
    return tuple(found)


@lru_cache(maxsize=262144)
def keys(symbols: bytes) -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
    """Keys of a word: its skeletons, those of two and three consonants less one of them, and longer ones less one.

    See `share_a_key`.
    """
    whole = skeletons(symbols)
    short: set[int] = set()
    long: set[int] = set()
    for skeleton in whole:
        digits = f"{skeleton:x}"[1:]
        without = {int("1" + digits[:at] + digits[at + 1 :], 16) for at in range(len(digits))}
        if len(digits) > LONG:
            long |= without
        elif len(digits) > 1:
            short |= without
    return frozenset(whole), frozenset(short), frozenset(long)


@lru_cache(maxsize=1048576)
def share_a_key(one: bytes, other: bytes) -> bool:
    """Whether two words may be the same: equal skeletons, one consonant too few, or (long words) one that differs."""
    whole, short, long = keys(one)
    other_whole, other_short, other_long = keys(other)
    return not (
        whole.isdisjoint(other_whole)
        and whole.isdisjoint(other_short)
        and whole.isdisjoint(other_long)
        and other_whole.isdisjoint(short)
        and other_whole.isdisjoint(long)
        and long.isdisjoint(other_long)
    )


def _symbols(word: str, script: str) -> Sequence[str]:
    if script == "hangul":
        return [symbol for syllable in word for symbol in hangul.symbols(syllable)]
    if script in {"hebrew", "arabic"}:
        return _grouped(word, script)
    if script == "raw":
        return [f"raw{ord(letter) % RAW}" for letter in word]
    return _grouped(word, "latin")


@lru_cache(maxsize=131072)
def _grouped(word: str, table: str) -> tuple[str, ...]:
    pattern, symbols = _graphemes(table)
    found: list[str] = []
    for match in pattern.finditer(word):
        found += symbols[match.lastindex or 0]
    return tuple(found)


@cache
def _graphemes(table: str) -> tuple[re.Pattern[str], dict[int, tuple[str, ...]]]:
    """One pattern with a group per grapheme, longest first, and each group's symbols."""
    rows = [line.split() for line in lines(f"sounds/{table}.txt")]
    rows.sort(key=lambda row: (-len(row[0].partition(">")[0].strip("^$")), row[0].isalpha()))
    patterns = "|".join(f"({_pattern(row[0])})" for row in rows)
    return re.compile(patterns), {group: tuple(row[1:]) for group, row in enumerate(rows, start=1)}


def _pattern(grapheme: str) -> str:
    letters, _, ahead = grapheme.partition(">")
    found = "^" * letters.startswith("^") + re.escape(letters.strip("^$"))
    if ahead:
        return f"{found}(?=[{ahead.strip('$')}]{'|$' if ahead.endswith('$') else ''})"
    return f"(?<!^){found}$" if letters.endswith("$") else found  # a word is never only its silent end


def _reading(text: str) -> tuple[str, float]:
    phoneme, _, price = text.partition(":")
    return phoneme, float(price or 0)


@cache
def _distances() -> dict[tuple[str, str], float]:
    found: dict[tuple[str, str], float] = {}
    for line in lines("sounds/distances.txt"):
        one, other, price = line.split()
        found[one, other] = found[other, one] = float(price)
    return found


def _distance(one: str, other: str) -> float:
    if one == other:
        return 0.0
    known = _distances().get((one, other))
    if known is not None:
        return known
    if one in _VOWELS and other in _VOWELS:
        return 0.4
    return _VOWEL_FOR_CONSONANT if (one in _VOWELS) != (other in _VOWELS) else 1.0


def _costs(names: list[str], readings: list[list[tuple[str, float]]]) -> NDArray[np.float32]:
    size = len(names)
    cost = np.zeros((size, size), np.float32)
    for one in range(size):
        for other in range(one + 1, size):
            price = min(p + q + _distance(a, b) for (a, p), (b, q) in product(readings[one], readings[other]))
            loose = _is_hangul(names[one]) != _is_hangul(names[other]) and price < 0.5  # noqa: PLR2004
            if loose and _vowel(readings[one]) and _vowel(readings[other]):
                price *= _VOWEL_SCALE  # Korean spells what English vowels sound like, not how they are written
            cost[one, other] = cost[other, one] = price
    return cost


def _by_style(
    names: list[str], readings: list[list[tuple[str, float]]], base: list[float], *, vowel: float
) -> NDArray[np.float32]:
    """``base`` against full alphabets, against abjads (which leave vowels out) and against Hangul."""
    found = np.array([base, base, base], np.float32)
    for number, name in enumerate(names):
        if _vowel(readings[number]):
            found[ABJAD, number] = min(found[ABJAD, number], vowel)
            found[HANGUL, number] = min(found[HANGUL, number], _HANGUL_VOWEL)
        elif name == "r+":
            found[HANGUL, number] = _HANGUL_R  # Korean follows speech that drops r before consonants
    return found


def _vowel(readings: list[tuple[str, float]]) -> bool:
    return readings[0][0] in _VOWELS


def _is_hangul(name: str) -> bool:
    return "ㄱ" <= name[0] <= "ㅣ" or name in {"y:", "w:"}
