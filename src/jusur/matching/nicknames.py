"""Short forms and forms in other languages of one given name: Sasha and Alexander, Bob and Robert, Yusuf and Joseph."""

from functools import cache

from jusur.matching import sounds
from jusur.matching.romanise import romanise
from jusur.matching.tables import lines


@cache
def _groups() -> tuple[dict[str, tuple[bytes, ...]], dict[bytes, tuple[bytes, ...]]]:
    """The first name of each group's symbols, by the written form and by the symbols of every name of the group."""
    by_text: dict[str, list[bytes]] = {}
    by_symbols: dict[bytes, list[bytes]] = {}
    for line in lines("nicknames.txt"):
        full, *others = line.split()
        target = sounds.encode(romanise(full), "latin")
        for other in others:
            by_text.setdefault(other, []).append(target)
            by_symbols.setdefault(sounds.encode(romanise(other), "latin"), []).append(target)
    return (
        {text: tuple(dict.fromkeys(targets)) for text, targets in by_text.items()},
        {symbols: tuple(dict.fromkeys(targets)) for symbols, targets in by_symbols.items()},
    )


def full_forms(text: str, symbols: bytes) -> tuple[bytes, ...]:
    """The symbols of the names that a word may stand for; none for most words."""
    by_text, by_symbols = _groups()
    return by_text.get(text) or by_symbols.get(symbols, ())
