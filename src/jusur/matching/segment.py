"""One closed part of an index: subjects as columns, searched by the compiled loops."""

import threading
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from jusur.matching import evidence, sounds
from jusur.matching.arrays import read_arrays, write_arrays
from jusur.matching.calibration import model
from jusur.matching.columns import Columns
from jusur.matching.kernels import F32, I32, I64, U8
from jusur.matching.lexicon import Lexicon
from jusur.matching.packing import PART_WEIGHT
from jusur.matching.querying import Query, QueryName
from jusur.matching.segment_kernels import gather, most_weights, rank, weights_of_names
from jusur.matching.texts import Texts


class Candidate(NamedTuple):
    """A subject found, the name it was found by (numbers within the segment), and its log-odds."""

    subject: int
    name: int
    odds: float


class Segment:
    """Subjects that do not change any more; withdrawn ones are marked dead."""

    def __init__(self, arrays: dict[str, np.ndarray[Any, Any]], lexicon: Lexicon, weights: F32) -> None:
        self.arrays = arrays
        self.lexicon = lexicon
        self.weights = weights
        self.part_weights = _part_weights()
        self.model = _model()
        a = arrays
        self._name_weights = weights_of_names(
            a["piece_starts"], a["piece_word"], a["piece_part"], a["words"], weights, self.part_weights
        )
        self._most_weights = most_weights(
            a["piece_starts"], a["piece_word"], a["piece_start"], a["piece_stop"], a["words"], weights
        )
        self.ids = Texts(arrays["id_data"], arrays["id_starts"])
        self.names = Texts(arrays["name_data"], arrays["name_starts"])
        self.forms = Texts(arrays["form_data"], arrays["form_starts"])
        self.places = Texts(arrays["place_data"], arrays["place_starts"])
        self.dead: U8 = np.zeros(len(self.ids), np.uint8)
        self._local = threading.local()

    @classmethod
    def of(cls, columns: Columns, weighing: Lexicon | None = None) -> "Segment":
        """The segment of ``columns``, its words weighed by lexicon ``weighing`` (its own where none is given)."""
        lexicon = columns.lexicon()
        return cls(columns.arrays(), lexicon, _weights(lexicon, weighing))

    @classmethod
    def open(cls, folder: Path, names: int, weighing: Lexicon | None = None) -> "Segment":
        """The segment written in ``folder``, memory-mapped."""
        lexicon = Lexicon.open(folder / "lexicon", names)
        return cls(read_arrays(folder), lexicon, _weights(lexicon, weighing))

    def write(self, folder: Path) -> None:
        """Write the segment into ``folder``."""
        write_arrays(folder, self.arrays)
        self.lexicon.write(folder / "lexicon")

    def search(self, query: Query, *, limit: int, floor: float) -> list[Candidate]:
        """The best ``limit`` subjects of at least ``floor`` log-odds, best first."""
        found: list[Candidate] = []
        for name in query.names:
            found += self._search_name(query, name, limit, floor)
        best: dict[int, Candidate] = {}
        for candidate in sorted(found, key=lambda one: -one.odds):
            best.setdefault(candidate.subject, candidate)
        return list(best.values())[:limit] if len(query.names) > 1 else found

    def _search_name(self, query: Query, name: QueryName, limit: int, floor: float) -> list[Candidate]:
        starts, words, alike = self.hits(name)
        a = self.arrays
        order = self._order(name, starts, words)
        credit, touched = self._scratch()
        names, bounds = gather(
            order, name.start, name.stop, name.searched, name.weight, name.whole, name.given, starts, words, alike,
            a["post_starts"], a["post_names"], a["initials"], self._name_weights, self._most_weights,
            self.model, floor - query.lift, credit, touched,
        )  # fmt: skip
        known = query.attributes
        subjects, by, odds = rank(
            names, bounds, limit, floor, query.lift, name.start, name.stop, name.part, name.side, name.first,
            name.weight, starts, words, alike, a["piece_starts"], a["piece_word"], a["piece_start"], a["piece_stop"],
            a["piece_part"], a["piece_side"], a["piece_penalty"], a["piece_first"], self.weights, self.part_weights,
            a["words"], a["subject"], self.dead, a["ties"], known.dates, known.countries, known.sex, known.kind,
            a["date_starts"], a["dates"], a["country_starts"], a["countries"], a["sexes"], a["kinds"],
            evidence.values(), sounds.alphabet().cost, self.model,
        )  # fmt: skip
        return list(map(Candidate, subjects.tolist(), by.tolist(), odds.tolist()))

    def hits(self, name: QueryName) -> tuple[I64, I32, F32]:
        """The words of this segment that sound like each piece of a query's name (found once a query)."""
        kept = name.hits.get(id(self))
        if kept is not None:
            return kept
        found = [self.lexicon.like(symbols, style) for symbols, style in name.rows]
        starts = np.zeros(len(found) + 1, np.int64)
        np.cumsum([len(like.numbers) for like in found], out=starts[1:])
        words = np.concatenate([like.numbers for like in found])
        alike = np.concatenate(
            [
                like.alike - penalty if penalty else like.alike
                for like, penalty in zip(found, name.penalties, strict=True)
            ]
        )
        name.hits[id(self)] = hits = (starts, words, alike.astype(np.float32, copy=False))
        return hits

    def _order(self, name: QueryName, starts: I64, words: I32) -> I32:
        """The words of a query that are searched, those that stand in fewest names first."""
        posts = self.arrays["post_starts"]
        lengths = posts[words + 1] - posts[words]
        cost = [0] * len(name.weight)
        sums = np.add.reduceat(np.append(lengths, 0), starts[:-1]) if len(lengths) else np.zeros(len(starts) - 1)
        for piece, total in enumerate(sums.tolist()):
            if name.searched[piece] and starts[piece] < starts[piece + 1]:
                for word in range(name.start[piece], name.stop[piece]):
                    cost[word] += total
        searched = [word for word in range(len(cost)) if name.searched[word]]
        return np.array(sorted(searched, key=cost.__getitem__), np.int32)

    def _scratch(self) -> tuple[F32, I32]:
        local = self._local
        if not hasattr(local, "credit"):
            names = len(self.arrays["words"])
            local.credit, local.touched = np.zeros((names, 6), np.float32), np.empty(names, np.int32)
        return local.credit, local.touched


def _weights(lexicon: Lexicon, weighing: Lexicon | None) -> F32:
    if weighing is None or weighing is lexicon:
        return lexicon.weights()
    return np.array([weighing.own_weight(symbols, style) for symbols, style in lexicon.rows()], np.float32)


def _model() -> F32:
    fitted = model()
    return np.array([fitted.bias, fitted.evidence, fitted.coverage, fitted.worst], np.float32)


def _part_weights() -> F32:
    return np.array([PART_WEIGHT[part] for part in range(len(PART_WEIGHT))], np.float32)
