"""Hangul syllables taken apart (The Unicode Standard, 3.12), romanised and grouped into symbols of sound.

Romanisation follows the Revised Romanization of Korean (2000), syllable by syllable, as names are written: without the
changes that neighbouring syllables make to each other.
"""

from functools import lru_cache

_BASE, _END = 0xAC00, 0xD7A3
_VOWELS, _FINALS = 21, 28


def _row(text: str) -> tuple[str, ...]:
    """Values in the order of the Unicode standard; ``_`` is none."""
    return tuple(value.replace("_", "") for value in text.split())


def _rows(text: str) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(value.split("+")) for value in _row(text))


_INITIAL = _row("g kk n d tt r m b pp s ss _ j jj ch k t p h")
_VOWEL = _row("a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i")
_FINAL = _row("_ k k k n n n t l k m l l l p l m p p t t ng t t k t p t")

_INITIAL_SYMBOLS = _rows("ㄱ ㄲ ㄴ ㄷ ㄸ ㄹ ㅁ ㅂ ㅃ ㅅ ㅆ _ ㅈ ㅉ ㅊ ㅋ ㅌ ㅍ ㅎ")
_VOWEL_SYMBOLS = _rows(
    "ㅏ ㅐ y:+ㅏ y:+ㅐ ㅓ ㅔ y:+ㅓ y:+ㅔ ㅗ w:+ㅏ w:+ㅐ ㅚ y:+ㅗ ㅜ w:+ㅓ w:+ㅔ w:+ㅣ y:+ㅜ ㅡ ㅡ+ㅣ ㅣ"
)
_FINAL_SYMBOLS = _rows("_ ㄱ ㄱ ㄱ ㄴ ㄴ ㄴ ㄷ ㄹ$ ㄱ ㅁ ㄹ$ ㄹ$ ㄹ$ ㅂ ㄹ$ ㅁ ㅂ ㅂ ㅅ$ ㅅ$ ㄴ+g~ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ")


def parts(syllable: str) -> tuple[int, int, int] | None:
    """The numbers of initial, vowel and final of one Hangul syllable; None where ``syllable`` is none."""
    code = ord(syllable)
    if not _BASE <= code <= _END:
        return None
    rest, final = divmod(code - _BASE, _FINALS)
    initial, vowel = divmod(rest, _VOWELS)
    return initial, vowel, final


@lru_cache(maxsize=4096)
def romanised(syllable: str) -> str:
    """One syllable in the Revised Romanization; anything else as an empty text."""
    found = parts(syllable)
    return "" if found is None else _INITIAL[found[0]] + _VOWEL[found[1]] + _FINAL[found[2]]


@lru_cache(maxsize=4096)
def symbols(syllable: str) -> tuple[str, ...]:
    """The symbols of sound (``data/sounds/symbols.txt``) of one syllable; none for anything else."""
    found = parts(syllable)
    if found is None:
        return ()
    every = (*_INITIAL_SYMBOLS[found[0]], *_VOWEL_SYMBOLS[found[1]], *_FINAL_SYMBOLS[found[2]])
    return tuple(symbol for symbol in every if symbol)
