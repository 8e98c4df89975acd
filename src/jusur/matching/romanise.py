"""Words of every script in plain Latin letters: for people to read, and as the way to sounds for most scripts.

One way per script, that of the standard named in its table under ``data/letters``. Languages that share an alphabet but
read letters otherwise (Ukrainian and Belarusian г) are told by letters that only they have, over the whole name.
"""

import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache

from jusur.matching import han, hangul
from jusur.matching.letters import rewriter
from jusur.matching.scripts import script
from jusur.matching.tables import lines, pairs

_UKRAINIAN = frozenset("іїєґ")
_BELARUSIAN = frozenset("ўі")
_KATAKANA, _KATAKANA_END, _TO_HIRAGANA = 0x30A1, 0x30F6, 0x60
_ETHIOPIC_VOWELS = ("e", "u", "i", "a", "e", "", "o", "wa")
_MARKS = {"Mn", "Me"}


def romanise(word: str, *, language: str = "") -> str:
    """One word (or several) in lower-case Latin letters a-z.

    Args:
        word: NFKC text (see `jusur.matching.text.clean`).
        language: ``uk`` or ``be`` where Cyrillic г is read h and и (``uk``) is read y.
    """
    name = script(word)
    if name == "latin":
        return latin(word)
    way = _WAYS.get(name)
    if way is None:
        return ""
    return latin(_cyrillic(word, language) if name == "cyrillic" else way(word))


def cyrillic_language(name: str) -> str:
    """``uk`` or ``be`` where a whole Cyrillic name shows letters only that language has; empty for the rest."""
    letters = set(name.lower())
    if "ў" in letters or (letters & _BELARUSIAN and letters & set("ыэё") and not letters & set("їєґ")):
        return "be"
    return "uk" if letters & _UKRAINIAN else ""


@lru_cache(maxsize=65536)
def latin(word: str) -> str:
    """A Latin word in lower-case letters a-z (and ç): letters with a sound of their own rewritten, signs taken off."""
    low = word.lower()
    if not low.isascii():
        low = rewriter("latin")(low)
        low = "".join(c for c in _decomposed(low) if unicodedata.category(c) not in _MARKS)
    return "".join(letter for letter in low if "a" <= letter <= "z" or letter in "ç ")


def _decomposed(word: str) -> str:
    return "".join(letter if letter == "ç" else unicodedata.normalize("NFD", letter) for letter in word)


def _cyrillic(word: str, language: str) -> str:
    low = unicodedata.normalize("NFC", word.lower())
    if language:
        low = low.replace("г", "һ")
    if language == "uk":
        low = low.replace("и", "ы").replace("й", "ы")
    return rewriter("cyrillic")(low)


def _greek(word: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFD", word.lower()) if unicodedata.category(c) not in _MARKS)
    return rewriter("greek")(bare)


def _kana(word: str) -> str:
    hiragana = "".join(
        chr(ord(letter) - _TO_HIRAGANA) if _KATAKANA <= ord(letter) <= _KATAKANA_END else letter for letter in word
    )
    return rewriter("kana")(hiragana)


def _hangul(word: str) -> str:
    return "".join(map(hangul.romanised, word))


def _semitic(table: str) -> Callable[[str], str]:
    def way(word: str) -> str:
        return rewriter(table)("".join(letter for letter in word if unicodedata.category(letter) not in _MARKS))

    return way


def _devanagari(word: str) -> str:
    table = pairs("letters/devanagari.txt")
    out: list[str] = []
    bare = False  # the last consonant still carries its inherent a
    for letter in unicodedata.normalize("NFC", word):
        value = table.get(letter)
        if value is None:  # a nukta or a letter of another script
            continue
        if value.startswith("-"):
            out.append(value[1:])
            bare = False
            continue
        if bare:
            out.append("a")
        out.append(value.removeprefix("+"))
        bare = value.startswith("+")
    return "".join(out)


def _thai(word: str) -> str:
    table = pairs("letters/thai.txt")
    out: list[str] = []
    waiting = ""
    for letter in word:
        value = table.get(letter, "")
        if value.startswith("<"):
            waiting = value[1:]
            continue
        out.append(value + waiting)
        waiting = ""
    return "".join(out)


@cache
def _ethiopic_table() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in lines("letters/ethiopic.txt"):
        start, consonant = line.split(" ")
        consonant = consonant.removeprefix("-")
        for order, vowel in enumerate(_ETHIOPIC_VOWELS):
            table.setdefault(chr(int(start, 16) + order), consonant + ("a" if not consonant and not order else vowel))
    return table


def _ethiopic(word: str) -> str:
    table = _ethiopic_table()
    return "".join(table.get(letter, "") for letter in word)


_WAYS: dict[str, Callable[[str], str]] = {
    "arabic": _semitic("arabic"),
    "armenian": lambda word: rewriter("armenian")(word.lower()),
    "cyrillic": lambda word: _cyrillic(word, ""),
    "devanagari": _devanagari,
    "ethiopic": _ethiopic,
    "georgian": lambda word: rewriter("georgian")(word.lower()),
    "greek": _greek,
    "han": han.romanised,
    "hangul": _hangul,
    "hebrew": _semitic("hebrew"),
    "kana": _kana,
    "thai": _thai,
}
