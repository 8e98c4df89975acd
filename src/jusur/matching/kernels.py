"""The inner loops, compiled by numba at their first use and kept compiled where the machine lets us.

Symbols, prices and masses are those of `jusur.matching.sounds`; parts and sides those of `jusur.matching.names`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

LEAST = 0.6
"""Words less alike than this are not taken for one another."""
INITIAL_LIKENESS = 0.8
"""How far an initial stands for a word that begins with it."""
OMITTED = 0.5
"""What a word costs that only one side has, of what two words cost that stand against each other."""

U8 = NDArray[np.uint8]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
F32 = NDArray[np.float32]

_NAME, _PARTICLE, _FILIATION, _HONORIFIC, _TITLE, _INITIAL = range(6)  # jusur.matching.names
_SWAP = 0.4
_LEAST_MASS = 1.3


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """``function`` compiled without the interpreter's lock; cached on disk where a place for that can be written."""
    try:
        return njit(cache=True, nogil=True)(function)
    except RuntimeError:  # installed read-only, and no home either
        return njit(nogil=True)(function)


@compiled
def similarity(
    one: U8, one_style: int, other: U8, other_style: int, cost: F32, skip: F32, mass: F32, rows: F32
) -> float:
    """How alike two words sound: 1 = the same, 0 = too far apart to be one (below `LEAST`).

    One less the price of the cheapest alignment (substitution, leaving out, swapping neighbours: optimal string
    alignment) over the mean mass of the two. ``rows`` is scratch, 3 x 32.
    """
    m, n = len(one), len(other)
    if m == 0 or n == 0:
        return 0.0
    whole = np.float32(0.0)
    for i in range(m):
        whole += mass[other_style, one[i]]
    for j in range(n):
        whole += mass[one_style, other[j]]
    whole = max(whole * np.float32(0.5), np.float32(_LEAST_MASS))
    limit = whole * np.float32(1.0 - LEAST)
    before, last, row = 0, 1, 2
    rows[last, 0] = 0.0
    lowest_before = np.float32(0.0)
    for j in range(n):
        rows[last, j + 1] = rows[last, j] + skip[one_style, other[j]]
    for i in range(m):
        a = one[i]
        left_out = skip[other_style, a]
        lowest = rows[last, 0] + left_out
        rows[row, 0] = lowest
        for j in range(n):
            b = other[j]
            best = rows[last, j] + cost[a, b]
            best = min(best, rows[last, j + 1] + left_out)
            best = min(best, rows[row, j] + skip[one_style, b])
            if i > 0 and j > 0 and a == other[j - 1] and b == one[i - 1]:
                best = min(best, rows[before, j - 1] + np.float32(_SWAP))
            rows[row, j + 1] = best
            lowest = min(lowest, best)
        if lowest > limit and lowest_before + np.float32(_SWAP) > limit:  # a swap may step over one row
            return 0.0
        lowest_before = lowest
        before, last, row = last, row, before
    if rows[last, n] > limit:
        return 0.0
    return float(1.0 - rows[last, n] / whole)


@compiled
def look_up(
    probes: I64,
    word: U8,
    style: int,
    key_values: I64,
    key_starts: I32,
    key_words: I32,
    symbols: U8,
    starts: I64,
    styles: U8,
    cost: F32,
    skip: F32,
    mass: F32,
    seen: I32,
    stamp: int,
) -> tuple[I32, F32]:
    """The words of a lexicon that share a key with ``word`` and sound like it, by number, and how alike they are.

    ``seen`` is scratch of one number a word; ``stamp`` is a number not used in it before.
    """
    rows = np.empty((3, 32), np.float32)
    found = np.empty(64, np.int32)
    alike = np.empty(64, np.float32)
    count = 0
    for probe in probes:
        at = np.searchsorted(key_values, probe)
        if at == len(key_values) or key_values[at] != probe:
            continue
        for position in range(key_starts[at], key_starts[at + 1]):
            number = key_words[position]
            if seen[number] == stamp:
                continue
            seen[number] = stamp
            other = symbols[starts[number] : starts[number + 1]]
            how = similarity(word, style, other, styles[number], cost, skip, mass, rows)
            if how > 0.0:
                if count == len(found):
                    found = np.concatenate((found, np.empty(count, np.int32)))
                    alike = np.concatenate((alike, np.empty(count, np.float32)))
                found[count] = number
                alike[count] = how
                count += 1
    order = np.argsort(found[:count])
    return found[:count][order], alike[:count][order]


@compiled
def align(
    alike: F32,
    q_start: U8,
    q_stop: U8,
    q_part: U8,
    q_side: U8,
    q_weight: F32,
    q_words: int,
    r_start: U8,
    r_stop: U8,
    r_part: U8,
    r_side: U8,
    r_weight: F32,
    r_words: int,
    matches: I32,
) -> tuple[float, float, float, int]:
    """Which words of two names belong together: the pair that explains most first, each word once.

    Args:
        alike: pieces of the one x pieces of the other, how alike they are.
        q_start: first word of each piece of the one name.
        q_stop: the word after the last of each piece.
        q_part: what part each piece plays.
        q_side: `names.FAMILY`, `names.GIVEN` or unknown, of each piece.
        q_weight: weight of each word, by rarity and part.
        q_words: number of words.
        r_start: of the other name; the rest likewise.
        r_stop: of the other name.
        r_part: of the other name.
        r_side: of the other name.
        r_weight: of the other name.
        r_words: of the other name.
        matches: filled with the pairs of pieces that were matched, 2 numbers each.

    Returns:
        evidence (weight matched, less what differs), coverage (0..1: the part of both names that is matched), the worst
        likeness among matched words, and the number of pairs.
    """
    q_used, r_used = 0, 0
    q_left, r_left = 0.0, 0.0
    evidence, loss = 0.0, 0.0
    worst = 1.0
    count = 0
    while True:
        best, best_i, best_j, best_weight = 0.0, -1, -1, 0.0
        for i in range(alike.shape[0]):
            q_mask = (1 << q_stop[i]) - (1 << q_start[i])
            if q_used & q_mask:
                continue
            for j in range(alike.shape[1]):
                how = alike[i, j]
                if how < LEAST:
                    continue
                r_mask = (1 << r_stop[j]) - (1 << r_start[j])
                if r_used & r_mask:
                    continue
                if q_stop[i] - q_start[i] > 1 and r_stop[j] - r_start[j] > 1:
                    continue
                weight, other = 0.0, 0.0
                for word in range(q_start[i], q_stop[i]):
                    weight += q_weight[word]
                for word in range(r_start[j], r_stop[j]):
                    other += r_weight[word]
                weight = min(weight, other)
                gain = weight * (how - 0.48)
                if q_side[i] and r_side[j] and q_side[i] != r_side[j]:
                    gain -= 0.05
                if gain > best + 1e-7:
                    best, best_i, best_j, best_weight = gain, i, j, weight
        if best_i < 0:
            break
        q_used |= (1 << q_stop[best_i]) - (1 << q_start[best_i])
        r_used |= (1 << r_stop[best_j]) - (1 << r_start[best_j])
        how = alike[best_i, best_j]
        evidence += best_weight * how
        loss += best_weight * (1.0 - how)
        worst = min(worst, how)
        if q_part[best_i] == _INITIAL or r_part[best_j] == _INITIAL:  # an initial leaves the rest of a word open
            q_left += q_weight[q_start[best_i]] - best_weight
            r_left += r_weight[r_start[best_j]] - best_weight
        matches[count, 0] = best_i
        matches[count, 1] = best_j
        count += 1
    for word in range(q_words):
        if not q_used & (1 << word):
            q_left += q_weight[word]
    for word in range(r_words):
        if not r_used & (1 << word):
            r_left += r_weight[word]
    against = loss + min(q_left, r_left) + OMITTED * abs(q_left - r_left)
    coverage = evidence / (evidence + against) if count else 0.0
    return evidence, coverage, worst if count else 0.0, count


@compiled
def may_be_initial(q_part: int, q_symbol: int, r_part: int, r_symbol: int, cost: F32) -> bool:
    """Whether one of two single words is an initial that the other begins with."""
    if q_part != _INITIAL and r_part != _INITIAL:  # noqa: PLR1714 (tuples of two types are not compiled)
        return False
    if 1 <= q_part <= _HONORIFIC or 1 <= r_part <= _HONORIFIC:  # particles and honorifics
        return False
    return bool(cost[q_symbol, r_symbol] < 0.2)


@compiled
def may_meet(q_part: int, r_part: int) -> bool:
    """Whether words that play these parts may be one: names and titles meet each other, and particles each other."""
    q_tells = q_part == _NAME or q_part == _TITLE  # noqa: PLR1714 (tuples of two types are not compiled)
    r_tells = r_part == _NAME or r_part == _TITLE  # noqa: PLR1714
    return q_tells == r_tells
