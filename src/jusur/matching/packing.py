"""Names and subjects as arrays, the form in which the inner loops take them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from jusur.matching.kernels import F32, I32, I64, U8
from jusur.matching.names import FILIATION, HONORIFIC, INITIAL, NAME, PARTICLE, TITLE, Name, Word, parse
from jusur.matching.subject import KINDS, SEXES, Subject

PART_WEIGHT = {NAME: 1.0, TITLE: 0.25, PARTICLE: 0.1, FILIATION: 0.1, HONORIFIC: 0.0, INITIAL: 0.3}
"""What a word counts by the part it plays, of what its rarity makes it weigh."""
SEARCHED = frozenset({NAME, TITLE})
"""Parts by which names are found; the others stand in too many names."""
PENALTY_STEPS = 200
"""Penalties are kept in steps of 1/200."""


@dataclass(frozen=True, slots=True)
class Packed:
    """The pieces of one name as columns."""

    name: Name
    start: U8
    stop: U8
    part: U8
    side: U8
    first: U8
    """The first symbol of each piece, for initials."""


@lru_cache(maxsize=4096)
def packed(name: str) -> Packed:
    """``name`` taken apart, as columns."""
    parsed = parse(name)
    pieces = parsed.pieces
    return Packed(
        parsed,
        np.array([piece.start for piece in pieces], np.uint8),
        np.array([piece.stop for piece in pieces], np.uint8),
        np.array([piece.word.part for piece in pieces], np.uint8),
        np.array([piece.word.side for piece in pieces], np.uint8),
        np.array([piece.word.symbols[0] if piece.word.symbols else 255 for piece in pieces], np.uint8),
    )


def weighed(words: Iterable[Word], rarity: Iterable[float]) -> F32:
    """Each word's weight: its rarity times what its part counts."""
    return np.array([PART_WEIGHT[word.part] * rare for word, rare in zip(words, rarity, strict=True)], np.float32)


@dataclass(frozen=True, slots=True)
class Attributes:
    """What is known of a subject beside its names, as columns of numbers."""

    dates: I32
    """Year x 10000 + month x 100 + day, zero for unknown parts."""
    countries: I32
    sex: int
    kind: int


def attributes(subject: Subject) -> Attributes:
    """The attributes of ``subject`` as numbers."""
    return Attributes(
        np.array([date_number(date) for date in subject.birth_dates], np.int32),
        np.array([country_number(country) for country in subject.countries], np.int32),
        SEXES.index(subject.sex),
        KINDS.index(subject.kind),
    )


def date_number(date: str) -> int:
    """An ISO 8601 prefix as year x 10000 + month x 100 + day."""
    return int(date[:4]) * 10000 + int(date[5:7] or 0) * 100 + int(date[8:10] or 0)


def country_number(country: str) -> int:
    """A country's two letters as a number."""
    return ord(country[0]) * 256 + ord(country[1])


def starts_of(lengths: Iterable[int], count: int) -> I64:
    """Where each of ``count`` rows of given lengths starts in one column, and where the last one ends."""
    return np.concatenate((np.zeros(1, np.int64), np.cumsum(np.fromiter(lengths, np.int64, count))))
