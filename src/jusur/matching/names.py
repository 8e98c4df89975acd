"""A name taken apart: its words in order, what part each plays, how it sounds.

Who is called how follows the customs of the scripts' peoples: a comma or capitals tell the family name; Arabic articles
are set aside, ``abd`` belongs to the word after it, kunya and filiation are known; a Korean or Chinese name written
without spaces is parted after its family name.
"""

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from jusur.matching import han, hangul_names, nicknames, sounds
from jusur.matching.romanise import cyrillic_language, romanise
from jusur.matching.scripts import script
from jusur.matching.tables import lines
from jusur.matching.text import clean

NAME, PARTICLE, FILIATION, HONORIFIC, TITLE, INITIAL = range(6)
"""What part a word plays."""
UNKNOWN, FAMILY, GIVEN = range(3)
"""On which side of a name a word stands, where the writing tells."""

MAX_WORDS = 12
"""Most words of a name that are compared."""
SHORT, MAX_JOINED = 5, 15
"""Two words are also looked at as one where one of them is short and both together not too long, in symbols."""
ARTICLE_PENALTY, NICKNAME_PENALTY = 0.03, 0.08
"""What a likeness loses that rests on an article taken off, or on a full form put for a short one."""

_APOSTROPHES = str.maketrans("", "", "'’‘`´ʼʻʿʾ\"״“”")
_GERESH = str.maketrans({"’": "'", "‘": "'", "׳": "'", "´": "'", "`": "'", "״": "", '"': "", "“": "", "”": ""})
_SPLIT = re.compile(
    r"[^\W_]+(?:['’‘`´ʼʻʿʾ׳״\"\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0903\u093c\u093e-\u094d\u0e31\u0e34-\u0e4e\u0902]*[^\W_]*)*"
)
_ABD = re.compile(r"^[ae]?abd(?:[aeiou]+|ou)(l|([b-df-hj-np-tv-z])(?=\2)|(?=sh|th|dh))(.{2,})$")
_ABD_ARABIC = re.compile("^عبدال(.{2,})$")
_ARABIC_ARTICLE = re.compile("^ال(.{3,})$")
_ATTACHED_ARTICLE = re.compile("^[ae]l([bcdfghjkmnqrstwyz].{3,})$")
_HYPHEN_ARTICLE = re.compile(
    r"(?i)\b(?:al|el|ul|ad|an|ar|as|ash|at|az|ed|en|er|es|esh|et|ez|edh|adh|ud|ur|us|ush)-(?=\w)"
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a name, or several that are read as one."""

    text: str
    """As written, in lower case, without signs that mean nothing."""
    script: str
    symbols: bytes
    style: int
    part: int = NAME
    side: int = UNKNOWN


@dataclass(frozen=True, slots=True)
class Piece:
    """A word in its place: it covers the words from ``start`` to before ``stop``, several where they are joined."""

    word: Word
    start: int
    stop: int
    penalty: float = 0.0
    """What is taken off a likeness found by another reading of the word than the usual."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name taken apart."""

    words: tuple[Word, ...]
    pieces: tuple[Piece, ...]
    """Each word by itself, then neighbours joined."""
    notices: tuple[str, ...] = ()
    """What cleaning had to do (`jusur.matching.text.Cleaned`)."""


def parse(name: str) -> Name:
    """``name`` taken apart; no words where nothing in it can be read."""
    cleaned = clean(name)
    words = tuple(_words(cleaned.text))[:MAX_WORDS]
    if not any(word.part == NAME for word in words):  # only titles and particles: then they are the name
        words = tuple(replace(word, part=NAME) if word.symbols else word for word in words)
    return Name(words, _pieces(words), cleaned.notices)


def _words(text: str) -> list[Word]:
    language = cyrillic_language(text)
    head, comma, tail = text.partition(",")
    if comma and tail.strip() and not _all_honorific(tail):
        return _side(head, FAMILY, language) + _side(tail, GIVEN, language)
    return _by_capitals(_split(text), language)


def _side(text: str, side: int, language: str) -> list[Word]:
    return _merged([_word(raw, side, language) for raw in _split(text)])


def _by_capitals(raws: list[str], language: str) -> list[Word]:
    """Words whose family name is written in capitals beside others that are not (a custom of the UN and the EU)."""
    cased = [raw for raw in raws if raw.upper() != raw.lower() and len(raw) > 2]  # noqa: PLR2004
    capitals = [raw.isupper() for raw in cased]
    if not any(capitals) or all(capitals):
        return _merged(_parted(raws, language))
    return _merged([_word(raw, FAMILY if raw.isupper() and len(raw) > 1 else GIVEN, language) for raw in raws])


def _parted(raws: list[str], language: str) -> list[Word]:
    """Words, where a Korean or Chinese name without spaces is parted after its family name."""
    if len(raws) == 1:
        name = script(raws[0])
        if name == "han" and len(raws[0]) > 1:
            family, given = han.family_and_given(raws[0])
            if given:
                reading = han.family_romanised(family)
                first = Word(family, "han", sounds.encode(reading, "latin"), sounds.FULL, NAME, FAMILY)
                return [first, _word(given, GIVEN, language)]
        if name == "hangul":
            family, given = hangul_names.family_and_given(raws[0])
            if given:
                return [_word(family, FAMILY, language), _word(given, GIVEN, language)]
    return [_word(raw, UNKNOWN, language) for raw in raws]


def _split(text: str) -> list[str]:
    text = _HYPHEN_ARTICLE.sub("", text)
    found: list[str] = []
    for raw in _SPLIT.findall(text.replace("ـ", "")):
        article = _ARABIC_ARTICLE.match(raw)
        found.append(article[1] if article and article[1] not in {"له", "لہ"} else raw)
    return found


@lru_cache(maxsize=262144)
def _word(raw: str, side: int, language: str) -> Word:
    low = raw.lower()
    name = script(low)
    plain = romanise(low) if name == "latin" else low.translate(_APOSTROPHES)
    part = _parts().get(low) or _parts().get(plain, NAME)
    low = low.translate(_GERESH if name == "hebrew" else _APOSTROPHES)
    if part == NAME and len(low.strip("'")) == 1 and name not in {"han", "hangul", "kana"}:
        part = INITIAL
    return Word(low, name, *_sounded(low, name, language), part, side)


def _sounded(low: str, name: str, language: str) -> tuple[bytes, int]:
    if name in {"hebrew", "arabic"}:
        bare = _bare(low)
        article = _ABD_ARABIC.match(bare) if name == "arabic" else None
        return sounds.encode("عبد" + article[1] if article else bare, name), sounds.style(name)
    if name == "hangul":
        return sounds.encode(low, name), sounds.HANGUL
    romanised = romanise(low, language=language)
    if not romanised:
        return sounds.encode(low, "raw"), sounds.FULL
    abd = _ABD.match(romanised)
    return sounds.encode("abd" + abd[3] if abd else romanised, "latin"), sounds.FULL


def _bare(low: str) -> str:
    return "".join(
        letter
        for letter in low
        if not ("\u064b" <= letter <= "\u065f" or "\u0591" <= letter <= "\u05c7" or letter == "\u0670")
    )


def _merged(words: list[Word]) -> list[Word]:
    """Words with articles left out and ``abd`` joined to what follows."""
    found: list[Word] = []
    waiting: Word | None = None
    for word in words:
        if word.text in _articles() and len(words) > 1:
            continue
        if waiting is not None:
            found.append(_joined((waiting, word), abd=True))
            waiting = None
        elif word.text in _abds() and word.part == NAME:
            waiting = word
        else:
            found.append(word)
    return found if waiting is None else [*found, waiting]


def _joined(words: tuple[Word, ...], *, abd: bool = False) -> Word:
    first = words[0]
    head = (sounds.encode("abd", "latin") if first.script == "latin" else first.symbols[:3]) if abd else first.symbols
    symbols = head
    for word in words[1:]:
        symbols += word.symbols[1:] if symbols[-1:] == word.symbols[:1] else word.symbols
    text = " ".join(word.text for word in words) if abd else "".join(word.text for word in words)
    return Word(text, first.script, symbols[: sounds.MAX_SYMBOLS], first.style, NAME, first.side)


def _pieces(words: tuple[Word, ...]) -> tuple[Piece, ...]:
    found = [Piece(word, at, at + 1) for at, word in enumerate(words)]
    for at, word in enumerate(words):
        found += [Piece(other, at, at + 1, penalty) for other, penalty in readings(word)]
    for at in range(len(words) - 1):
        one, other = words[at], words[at + 1]
        if _joins(one, other):
            found.append(Piece(_joined((one, other)), at, at + 2))
    return tuple(found)


def _joins(one: Word, other: Word) -> bool:
    """Whether two neighbours may elsewhere be written as one word."""
    lengths = len(one.symbols), len(other.symbols)
    return (
        one.script == other.script
        and not {one.part, other.part} & {HONORIFIC, INITIAL}
        and min(lengths) > 0
        and min(lengths) <= SHORT
        and sum(lengths) <= MAX_JOINED
    )


@lru_cache(maxsize=262144)
def readings(word: Word) -> tuple[tuple[Word, float], ...]:
    """Other readings of a word, each with its penalty: without its article, by a family's own spelling, in full."""
    if word.part not in {NAME, TITLE}:
        return ()
    found: list[tuple[bytes, float]] = []
    if word.script == "latin":
        article = _ATTACHED_ARTICLE.match(word.text)
        if article:
            found.append((sounds.encode(romanise(article[1]), "latin"), ARTICLE_PENALTY))
    if word.script == "hangul" and word.side != GIVEN:
        found += [(sounds.encode(other, "latin"), 0.0) for other in hangul_names.families().get(word.text, ())]
    found += [(symbols, NICKNAME_PENALTY) for symbols in nicknames.full_forms(word.text, word.symbols)]
    distinct = {symbols: penalty for symbols, penalty in reversed(found) if symbols and symbols != word.symbols}
    return tuple(
        (Word(word.text, word.script, symbols, sounds.FULL, word.part, word.side), penalty)
        for symbols, penalty in distinct.items()
    )


@cache
def _parts() -> dict[str, int]:
    roles = {"article": PARTICLE, "filiation": FILIATION, "particle": PARTICLE, "honorific": HONORIFIC, "title": TITLE}
    found: dict[str, int] = {}
    for line in lines("words.txt"):
        role, *words = line.split()
        if role in roles:
            found.update(dict.fromkeys(words, roles[role]))
    return found


@cache
def _of_role(role: str) -> frozenset[str]:
    return frozenset(word for line in lines("words.txt") if line.split()[0] == role for word in line.split()[1:])


def _articles() -> frozenset[str]:
    return _of_role("article")


def _abds() -> frozenset[str]:
    return _of_role("abd")


def _all_honorific(text: str) -> bool:
    return all(_parts().get(raw.lower()) == HONORIFIC for raw in _split(text))
