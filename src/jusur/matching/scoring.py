"""Two subjects compared: the probability that they are one, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from jusur.matching import calibration, evidence, reasons, sounds
from jusur.matching.kernels import F32, INITIAL_LIKENESS, LEAST, align, may_be_initial, may_meet, similarity
from jusur.matching.names import INITIAL, parse
from jusur.matching.packing import Packed, attributes, packed, weighed
from jusur.matching.querying import EVEN, Weighing
from jusur.matching.reasons import Reason
from jusur.matching.subject import Subject

_PLACE = 0.85


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of a comparison."""

    score: float
    """Probability (0..1) that both are one; see ``docs/explanation/matching.md`` on what it is calibrated to."""
    reasons: tuple[Reason, ...]


def compare(query: Subject, record: Subject, weighing: Weighing = EVEN) -> Verdict:
    """How likely ``query`` and ``record`` are one person (organisation, vessel), each name with each, the best counts.

    Args:
        query: who is looked for.
        record: who is known.
        weighing: how rare words are: the lexicon of an index, or every word alike.
    """
    best: tuple[float, list[Reason]] | None = None
    for one in dict.fromkeys(query.names):
        for other in dict.fromkeys(record.names):
            found = _compare_names(packed(one), packed(other), weighing)
            if found is not None and (best is None or found[0] > best[0]):
                best = found
    if best is None:
        return Verdict(0.0, ())
    said, odds = best[1], best[0]
    more, found_odds = _attributes(query, record)
    return Verdict(calibration.probability(odds + found_odds), (*said, *more))


def likeness(one: Packed, other: Packed) -> np.ndarray:
    """How alike each piece of one name and each of another are (pieces x pieces, 0 below `LEAST`)."""
    letters = sounds.alphabet()
    rows = np.empty((3, 32), np.float32)
    found = np.zeros((len(one.start), len(other.start)), np.float32)
    for i, piece in enumerate(one.name.pieces):
        a = piece.word
        for j, against in enumerate(other.name.pieces):
            b = against.word
            if INITIAL in {a.part, b.part}:
                single = piece.stop - piece.start == 1 == against.stop - against.start
                if single and may_be_initial(a.part, one.first[i], b.part, other.first[j], letters.cost):
                    found[i, j] = INITIAL_LIKENESS
                continue
            if not may_meet(a.part, b.part) or not sounds.share_a_key(a.symbols, b.symbols):
                continue
            x, y = _row(a.symbols), _row(b.symbols)
            how = similarity(x, a.style, y, b.style, letters.cost, letters.skip, letters.mass, rows)
            how -= piece.penalty + against.penalty
            found[i, j] = how if how >= LEAST else 0.0
    return found


def common(one: Packed, other: Packed, weighing: Weighing) -> tuple[float, float, float] | None:
    """What two names have in common: evidence, coverage, worst likeness (see `kernels.align`); None = nothing."""
    aligned = _align(one, other, weighing)
    return None if aligned is None else aligned.common


def places_in_common(query: Sequence[str], record: Sequence[str]) -> tuple[str, str] | None:
    """The first two places that sound the same, or none."""
    for one in query:
        for other in record:
            if one and other and _same_place(one, other):
                return one, other
    return None


def place_reason(query: Sequence[str], record: Sequence[str]) -> Reason | None:
    """The reason that a place in common gives."""
    common = places_in_common(query, record)
    return None if common is None else Reason("place-same", evidence.place_value(), *common)


class _Aligned(NamedTuple):
    common: tuple[float, float, float]
    matches: list[tuple[int, int, float]]
    q_weight: F32
    r_weight: F32


def _align(one: Packed, other: Packed, weighing: Weighing) -> _Aligned | None:
    words, known = one.name.words, other.name.words
    if not words or not known:
        return None
    q_weight = weighed(words, [weighing.weight(word.symbols, word.style) for word in words])
    r_weight = weighed(known, [weighing.own_weight(word.symbols, word.style) for word in known])
    alike = likeness(one, other)
    matches = np.empty((16, 2), np.int32)
    *found, count = align(
        alike, one.start, one.stop, one.part, one.side, q_weight, len(words),
        other.start, other.stop, other.part, other.side, r_weight, len(known), matches,
    )  # fmt: skip
    if count == 0:
        return None
    pairs = [(i, j, float(alike[i, j])) for i, j in matches[:count].tolist()]
    return _Aligned((found[0], found[1], found[2]), pairs, q_weight, r_weight)


def _compare_names(one: Packed, other: Packed, weighing: Weighing) -> tuple[float, list[Reason]] | None:
    aligned = _align(one, other, weighing)
    if aligned is None:
        return None
    query, record = one.name, other.name
    said = reasons.of_names(
        reasons.side(query.pieces, aligned.q_weight.tolist()),
        reasons.side(record.pieces, aligned.r_weight.tolist()),
        aligned.matches,
    )
    said += reasons.of_cleaning(query.notices, query=True) + reasons.of_cleaning(record.notices, query=False)
    return calibration.model().log_odds(*aligned.common), said


def _attributes(query: Subject, record: Subject) -> tuple[list[Reason], float]:
    one, other = attributes(query), attributes(record)
    findings = np.zeros(4, np.int32)
    odds = evidence.weigh(
        one.dates, one.countries, one.sex, one.kind, other.dates, other.countries, other.sex, other.kind,
        evidence.values(), findings,
    )  # fmt: skip
    said = list(reasons.of_attributes(findings.tolist(), told(query), told(record)))
    place = place_reason(query.places, record.places)
    if place is not None:
        said.append(place)
        odds += place.weight
    return said, odds


def told(subject: Subject) -> tuple[str, str, str, str]:
    """Dates, countries, sex and kind of ``subject`` as reasons show them."""
    return ", ".join(subject.birth_dates), ", ".join(subject.countries), subject.sex, subject.kind


def _same_place(one: str, other: str) -> bool:
    a, b = parse(one).words, parse(other).words
    if not a or len(a) != len(b):
        return False
    letters = sounds.alphabet()
    rows = np.empty((3, 32), np.float32)
    return all(
        similarity(_row(x.symbols), x.style, _row(y.symbols), y.style, letters.cost, letters.skip, letters.mass, rows)
        >= _PLACE
        for x, y in zip(a, b, strict=True)
    )


def _row(symbols: bytes) -> np.ndarray:
    return np.frombuffer(bytearray(symbols), np.uint8)
