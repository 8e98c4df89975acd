"""Why two subjects were found alike or not: one reason a word, a date, a country."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from jusur.matching.calibration import model
from jusur.matching.evidence import FINDINGS, values
from jusur.matching.kernels import OMITTED
from jusur.matching.names import INITIAL, Piece

SOUNDS_THE_SAME = 0.9


@dataclass(frozen=True, slots=True)
class Reason:
    """One finding for (``weight`` above zero) or against.

    Weights are log-odds: those of all reasons and the model's constant (``bias`` + ``coverage`` + ``worst`` x worst
    likeness) add up to the log-odds of the score.
    """

    code: str
    """What was found; the sentences are in ``data/explain``."""
    weight: float
    query: str = ""
    """What the query holds, as it was written."""
    record: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Side:
    """One name's part in an alignment."""

    texts: Sequence[str]
    """Each piece's text."""
    starts: Sequence[int]
    stops: Sequence[int]
    parts: Sequence[int]
    sides: Sequence[int]
    penalties: Sequence[float]
    weights: Sequence[float]
    """Each word's weight."""


def side(pieces: Sequence[Piece], weights: Sequence[float]) -> Side:
    """The side of a name taken apart."""
    return Side(
        [piece.word.text for piece in pieces],
        [piece.start for piece in pieces],
        [piece.stop for piece in pieces],
        [piece.word.part for piece in pieces],
        [piece.word.side for piece in pieces],
        [piece.penalty for piece in pieces],
        weights,
    )


def of_names(query: Side, record: Side, matches: Sequence[tuple[int, int, float]]) -> list[Reason]:
    """The reasons of two aligned names, ``matches`` being pieces of either and how alike they are."""
    fitted = model()
    found: list[Reason] = []
    shares = [_share(query, record, i, j) for i, j, _ in matches]
    evidence = sum(share * how for share, (_, _, how) in zip(shares, matches, strict=True))
    left = _left(query, [i for i, _, _ in matches]), _left(record, [j for _, j, _ in matches])
    totals = [sum(side_.weights[word] for word in words) for side_, words in zip((query, record), left, strict=True)]
    for share, (i, j, _) in zip(shares, matches, strict=True):
        if INITIAL in {query.parts[i], record.parts[j]}:  # an initial leaves the rest of a word open
            totals[0] += query.weights[query.starts[i]] - share
            totals[1] += record.weights[record.starts[j]] - share
    loss = sum(share * (1 - how) for share, (_, _, how) in zip(shares, matches, strict=True))
    whole = evidence + loss + min(totals) + OMITTED * abs(totals[0] - totals[1])
    scale = fitted.coverage / whole if whole else 0.0
    for share, (i, j, how) in zip(shares, matches, strict=True):
        weight = fitted.evidence * share * how - scale * share * (1 - how)
        found.append(_matched(query, record, i, j, how, weight))
    against = min(totals) + OMITTED * abs(totals[0] - totals[1])
    for number, (side_, words) in enumerate(zip((query, record), left, strict=True)):
        for word in words:
            weight = -scale * against * side_.weights[word] / sum(totals) if sum(totals) else 0.0
            text = side_.texts[word]
            if number == 0:
                found.append(Reason("word-missing", weight, query=text))
            else:
                found.append(Reason("word-added", weight, record=text))
    return found


def of_attributes(findings: Sequence[int], query: Sequence[str], record: Sequence[str]) -> Iterator[Reason]:
    """The reasons of findings beside the name; ``query`` and ``record`` tell dates, countries, sexes and kinds."""
    value = values()
    for finding, one, other in zip(findings, query, record, strict=True):
        if finding:
            yield Reason(FINDINGS[finding], float(value[finding]), one, other)


def of_cleaning(notices: Sequence[str], query: bool) -> list[Reason]:
    """What had to be done to a name before it could be compared; it counts neither for nor against."""
    code = "cleaned-query" if query else "cleaned-record"
    return [Reason(code, 0.0, detail={"what": notice}) for notice in notices]


def _matched(query: Side, record: Side, i: int, j: int, how: float, weight: float) -> Reason:
    one, other = query.texts[i], record.texts[j]
    detail = {"likeness": f"{how:.2f}"}
    crossed = query.sides[i] and record.sides[j] and query.sides[i] != record.sides[j]
    if crossed:
        detail["order"] = "crossed"
    if INITIAL in {query.parts[i], record.parts[j]}:
        code = "word-initial"
    elif query.stops[i] - query.starts[i] != record.stops[j] - record.starts[j]:
        code = "word-joined"
    elif one == other:
        code = "word-same"
    elif query.penalties[i] or record.penalties[j]:
        code = "word-other-form"
    else:
        code = "word-sounds-same" if how >= SOUNDS_THE_SAME else "word-sounds-like"
    return Reason(code, weight, one, other, detail)


def _share(query: Side, record: Side, i: int, j: int) -> float:
    one = sum(query.weights[query.starts[i] : query.stops[i]])
    return min(one, sum(record.weights[record.starts[j] : record.stops[j]]))


def _left(side_: Side, matched: Sequence[int]) -> list[int]:
    used = {word for piece in matched for word in range(side_.starts[piece], side_.stops[piece])}
    return [word for word in range(len(side_.weights)) if word not in used]
