"""Korean family names: where a name written without spaces is parted, and spellings that no rule gives."""

from functools import cache

from jusur.matching.tables import lines

_SHORTEST, _LONGEST = 2, 4


@cache
def families() -> dict[str, tuple[str, ...]]:
    """Family names in Hangul and the spellings people use for them."""
    found: dict[str, tuple[str, ...]] = {}
    for line in lines("letters/korean-surnames.txt"):
        family, *spellings = line.split()
        found[family] = tuple(spellings)
    return found


def family_and_given(word: str) -> tuple[str, str]:
    """A whole Korean name parted; ``given`` is empty where the word does not look like a whole name."""
    if not _SHORTEST <= len(word) <= _LONGEST:
        return word, ""
    for length in (2, 1):
        if word[:length] in families() and 0 < len(word) - length <= 2:  # noqa: PLR2004
            return word[:length], word[length:]
    return word, ""
