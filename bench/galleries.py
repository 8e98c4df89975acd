"""Large galleries that are like real ones: real names, and names recombined from their words.

A recombined name takes the shape of a real one (order, comma, capitals, number of words) and, in each place, a word
that stands in that place of another name of the same shape. So common words stay common, rare ones rare, and given
names go with given names. One word in ten is changed by one letter, as other romanisations would: distractors then
also differ in spelling. Equal names are left out.
"""

import random
import re
from collections.abc import Iterator

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_SWAPS = ("ae", "ei", "ou", "iy", "sz", "ck", "dt", "bp", "vw", "gh", "mn", "lr")


def enlarged(people: list[tuple[str, str]], size: int, seed: int = 4) -> list[tuple[str, str]]:
    """``people`` (id, name) and as many recombined ones as make ``size``."""
    taken = {name for _, name in people}
    found = list(people)
    for number, name in enumerate(recombined([name for _, name in people], seed)):
        if len(found) >= size:
            break
        if name not in taken:
            taken.add(name)
            found.append((f"made{number}", name))
    return found


def recombined(names: list[str], seed: int) -> Iterator[str]:
    """Names recombined without end."""
    draw = random.Random(seed)
    shapes: dict[str, list[list[str]]] = {}
    for name in names:
        shapes.setdefault(_shape(name), []).append(_WORD.findall(name))
    pool = [(shape, rows) for shape, rows in shapes.items() if len(rows) > 20]
    weights = [len(rows) for _, rows in pool]
    while True:
        shape, rows = draw.choices(pool, weights)[0]
        words = [draw.choice(rows)[at] for at in range(len(rows[0]))]
        yield _filled(shape, [_respelled(word, draw) if draw.random() < 0.1 else word for word in words])


def _shape(name: str) -> str:
    return _WORD.sub(lambda word: "A" if word.group().isupper() else "a", name)


def _filled(shape: str, words: list[str]) -> str:
    left = iter(words)
    return re.sub("[Aa]", lambda _: next(left), shape)


def _respelled(word: str, draw: random.Random) -> str:
    at = draw.randrange(len(word))
    for pair in draw.sample(_SWAPS, len(_SWAPS)):
        if word[at].lower() in pair:
            other = pair[1 - pair.index(word[at].lower())]
            return word[:at] + (other.upper() if word[at].isupper() else other) + word[at + 1 :]
    return word
