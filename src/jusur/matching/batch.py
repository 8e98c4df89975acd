"""Files of names scored and ranked at once, for measuring the engine and for lists without a node.

Words weigh by their rarity in the file at hand: that of a pair file by all its names, that of a gallery by the gallery.
"""

import csv
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TextIO

from jusur.kernel.errors import InvalidInputError
from jusur.matching import calibration
from jusur.matching.columns import gathered
from jusur.matching.lexicon import Lexicon
from jusur.matching.packing import packed
from jusur.matching.querying import prepare
from jusur.matching.scoring import common
from jusur.matching.segment import Segment
from jusur.matching.subject import MAX_NAME, MAX_NAMES, Subject

RANKING_FLOOR = -6.0
"""Log-odds below which nothing is ranked: a candidate that shares next to nothing says nothing."""
_FIELD = 1 << 20


class InvalidTableError(InvalidInputError):
    """A CSV file lacks a column, or is not CSV."""

    code = "invalid-table"
    title = "The file cannot be read"


class Ranked(NamedTuple):
    """One line of a ranking."""

    query_id: str
    rank: int
    entity_id: str
    score: float


def rows(file: TextIO, needed: Sequence[str]) -> Iterator[dict[str, str]]:
    """The rows of a CSV file with a header.

    Raises:
        InvalidTableError: one of the ``needed`` columns is missing, or a line is not CSV.
    """
    csv.field_size_limit(_FIELD)
    reader = csv.DictReader(file)
    try:
        missing = [name for name in needed if name not in (reader.fieldnames or ())]
        if missing:
            raise InvalidTableError(f"The file has no column {', '.join(missing)}.", fix="Name it in the first line.")
        for row in reader:
            yield {key: value or "" for key, value in row.items() if key is not None}
    except csv.Error as error:
        raise InvalidTableError(f"Line {reader.line_num} is not CSV: {error}.") from None
    except UnicodeDecodeError:
        raise InvalidTableError("The file is not UTF-8.", fix="Save it as UTF-8.") from None


def score(pairs: Sequence[tuple[str, str]]) -> list[float]:
    """The probability that the two names of each pair are one person's, by name alone."""
    names = dict.fromkeys(_bounded(name) for pair in pairs for name in pair)
    weighing = gathered(Subject(names=(name,)) for name in names).lexicon()
    return [_score(_bounded(one), _bounded(other), weighing) for one, other in pairs]


def gallery(people: Iterable[tuple[str, str]]) -> Segment:
    """An index in memory of ids and names; lines of one id that follow each other are one subject's names."""
    groups = itertools.groupby(people, key=lambda person: person[0])
    return Segment.of(gathered(_subject(id_, (name for _, name in lines)) for id_, lines in groups))


def rank(segment: Segment, queries: Iterable[tuple[str, str]], top: int) -> Iterator[Ranked]:
    """The best ``top`` subjects of each query (its id and name), best first."""
    for query_id, name in queries:
        query = prepare(Subject(names=(_bounded(name),)), segment.lexicon)
        for place, found in enumerate(segment.search(query, limit=top, floor=RANKING_FLOOR), start=1):
            yield Ranked(query_id, place, segment.ids[found.subject], calibration.probability(found.odds))


def _score(one: str, other: str, weighing: Lexicon) -> float:
    found = common(packed(one), packed(other), weighing)
    return calibration.probability(calibration.model().log_odds(*found)) if found else 0.0


def _subject(id_: str, names: Iterable[str]) -> Subject:
    return Subject(id=id_, names=tuple(map(_bounded, itertools.islice(names, MAX_NAMES))))


def _bounded(name: str) -> str:
    return name[:MAX_NAME]
