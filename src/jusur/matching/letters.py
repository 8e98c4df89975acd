"""Rewriting a word by a table of letters, the longest first."""

import re
from collections.abc import Callable
from functools import cache

from jusur.matching.tables import pairs


@cache
def rewriter(name: str) -> Callable[[str], str]:
    """A function that writes a word anew by the table ``letters/<name>.txt``; letters not in it are kept."""
    table = pairs(f"letters/{name}.txt")
    if all(len(letters) == 1 for letters in table):
        single = {ord(letter): instead for letter, instead in table.items()}
        return lambda word: word.translate(single)
    longest_first = sorted(table, key=len, reverse=True)
    pattern = re.compile("|".join(map(re.escape, longest_first)))
    return lambda word: pattern.sub(lambda found: table[found.group()], word)
