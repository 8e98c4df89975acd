"""A query made ready: its names as columns, its words weighed."""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from jusur.matching import evidence
from jusur.matching.kernels import F32, I32, I64, U8
from jusur.matching.packing import PART_WEIGHT, SEARCHED, Attributes, Packed, attributes, packed, weighed
from jusur.matching.subject import Subject


class Weighing(Protocol):
    """What tells how rare a word is: a lexicon, or `EVEN` where there is none."""

    def weight(self, symbols: bytes, style: int) -> float:
        """The weight of a query's word, spellings of it counted."""

    def own_weight(self, symbols: bytes, style: int) -> float:
        """The weight of a record's word."""


class Even:
    """Every word weighs the same."""

    def weight(self, symbols: bytes, style: int) -> float:
        """One."""
        return 1.0

    def own_weight(self, symbols: bytes, style: int) -> float:
        """One."""
        return 1.0


EVEN = Even()


@dataclass(frozen=True, slots=True)
class QueryName:
    """One name of a query."""

    packed: Packed
    rows: tuple[tuple[bytes, int], ...]
    """Symbols and style of each piece."""
    penalties: tuple[float, ...]
    start: U8
    stop: U8
    part: U8
    side: U8
    first: U8
    searched: U8
    weight: F32
    whole: float
    """The weight of all words."""
    given: float
    """The most weight that words may take up which are not searched."""
    hits: dict[int, tuple[I64, I32, F32]] = field(default_factory=dict)
    """The words that sound like each piece, by segment: found once, for scoring and for the reasons."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query made ready for one or more segments that share a weighing."""

    subject: Subject
    names: tuple[QueryName, ...]
    attributes: Attributes
    lift: float
    """The most that anything beside the name can add, in log-odds."""


def prepare(subject: Subject, weighing: Weighing) -> Query:
    """``subject`` as a query."""
    known = attributes(subject)
    lift = evidence.most(len(known.dates), len(known.countries), known.sex)
    names = tuple(_name(packed(name), weighing) for name in dict.fromkeys(subject.names))
    return Query(subject, tuple(name for name in names if len(name.rows)), known, lift)


def _name(held: Packed, weighing: Weighing) -> QueryName:
    words, pieces = held.name.words, held.name.pieces
    weight = weighed(words, [weighing.weight(word.symbols, word.style) for word in words])
    parts = [word.part for word in words]
    return QueryName(
        held,
        tuple((piece.word.symbols, piece.word.style) for piece in pieces),
        tuple(piece.penalty for piece in pieces),
        held.start,
        held.stop,
        held.part,
        held.side,
        held.first,
        np.array([piece.word.part in SEARCHED and PART_WEIGHT[piece.word.part] > 0 for piece in pieces], np.uint8),
        weight,
        float(weight.sum()),
        float(sum(PART_WEIGHT[part] for part in parts if part not in SEARCHED)),
    )
