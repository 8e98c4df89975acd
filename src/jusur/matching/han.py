"""Han characters by their Mandarin reading (pinyin without tones), and where a Chinese name's family name ends."""

from functools import cache

from jusur.matching.tables import lines, pairs

COMPOUND = 2
"""Characters of the longest family name."""


@cache
def _readings() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines("letters/pinyin.txt"):
        syllable, _, characters = line.partition(" ")
        found.update(dict.fromkeys(characters, syllable))
    return found


def romanised(word: str) -> str:
    """``word`` in pinyin, characters without a known reading left out."""
    readings = _readings()
    return "".join(readings.get(character, "") for character in word)


def family_and_given(word: str) -> tuple[str, str]:
    """A whole Chinese name parted; ``given`` is empty where the word is too short or too long to be a whole name."""
    if not COMPOUND <= len(word) <= COMPOUND + 2:
        return word, ""
    compound = len(word) > COMPOUND and word[:COMPOUND] in pairs("letters/han-surnames.txt")
    cut = COMPOUND if compound else 1
    return word[:cut], word[cut:]


def family_romanised(family: str) -> str:
    """A family name by its own reading, which may differ from its characters' commonest."""
    return pairs("letters/han-surnames.txt").get(family) or romanised(family)
