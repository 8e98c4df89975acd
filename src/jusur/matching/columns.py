"""The columns of an index segment, gathered subject by subject."""

import hashlib
from array import array
from collections.abc import Iterable
from typing import Any

import numpy as np

from jusur.matching.lexicon import Lexicon
from jusur.matching.names import INITIAL, Name, parse
from jusur.matching.packing import PENALTY_STEPS, SEARCHED, attributes, starts_of
from jusur.matching.subject import Subject
from jusur.matching.texts import Texts

MAX_PIECES = 40
"""Most pieces kept of one name; hostile names have more, people's have about five."""


class Columns:
    """Gathers subjects; `arrays` and `lexicon` are then the segment."""

    def __init__(self) -> None:
        self._words: dict[tuple[bytes, int], int] = {}
        self._frequencies = array("i")
        self._forms: dict[str, int] = {}
        self._piece: dict[str, array[int]] = {
            "piece_word": array("i"),
            "piece_form": array("i"),
            "piece_start": array("B"),
            "piece_stop": array("B"),
            "piece_part": array("B"),
            "piece_side": array("B"),
            "piece_penalty": array("B"),
            "piece_first": array("B"),
        }
        self._pieces_of = array("i")
        self._name: dict[str, array[int]] = {"words": array("B"), "initials": array("B"), "subject": array("i")}
        self._post_word, self._post_name = array("i"), array("i")
        self._subject: dict[str, array[int]] = {"sexes": array("B"), "kinds": array("B"), "ties": array("q")}
        self._dates, self._dates_of = array("i"), array("i")
        self._countries, self._countries_of = array("i"), array("i")
        self._ids: list[str] = []
        self._names: list[str] = []
        self._places: list[str] = []

    def __len__(self) -> int:
        return len(self._ids)

    def add(self, subject: Subject) -> None:
        """Take one subject; names in which nothing can be read are left out."""
        number = len(self._ids)
        for name in dict.fromkeys(subject.names):
            parsed = parse(name)
            if parsed.words:
                self._add_name(parsed, number)
                self._names.append(name)
        known = attributes(subject)
        self._subject["sexes"].append(known.sex)
        self._subject["kinds"].append(known.kind)
        self._subject["ties"].append(tie(subject.id))
        self._dates.extend(known.dates.tolist())
        self._dates_of.append(len(known.dates))
        self._countries.extend(known.countries.tolist())
        self._countries_of.append(len(known.countries))
        self._ids.append(subject.id)
        self._places.append("\n".join(subject.places))

    def _add_name(self, name: Name, subject: int) -> None:
        number = len(self._pieces_of)
        pieces = name.pieces[:MAX_PIECES]
        column = self._piece
        for piece in pieces:
            word = piece.word
            known = self._word((word.symbols, word.style))
            column["piece_word"].append(known)
            column["piece_form"].append(self._forms.setdefault(word.text, len(self._forms)))
            column["piece_start"].append(piece.start)
            column["piece_stop"].append(piece.stop)
            column["piece_part"].append(word.part)
            column["piece_side"].append(word.side)
            column["piece_penalty"].append(round(piece.penalty * PENALTY_STEPS))
            column["piece_first"].append(word.symbols[0] if word.symbols else 255)
            if word.part in SEARCHED:
                self._post_word.append(known)
                self._post_name.append(number)
        for known in {self._word((word.symbols, word.style)) for word in name.words}:
            self._frequencies[known] += 1
        self._pieces_of.append(len(pieces))
        self._name["words"].append(len(name.words))
        self._name["initials"].append(any(word.part == INITIAL for word in name.words))
        self._name["subject"].append(subject)

    def _word(self, word: tuple[bytes, int]) -> int:
        number = self._words.setdefault(word, len(self._words))
        if number == len(self._frequencies):
            self._frequencies.append(0)
        return number

    def lexicon(self) -> Lexicon:
        """The words of all names with the number of names each stands in."""
        return Lexicon.build(self._words, self._frequencies, len(self._pieces_of))

    def arrays(self) -> dict[str, np.ndarray[Any, Any]]:
        """All columns."""
        columns = {**self._piece, **self._name, **self._subject, "dates": self._dates, "countries": self._countries}
        found: dict[str, np.ndarray[Any, Any]] = {name: _array(column) for name, column in columns.items()}
        found["piece_starts"] = starts_of(self._pieces_of, len(self._pieces_of))
        found["date_starts"] = starts_of(self._dates_of, len(self._dates_of))
        found["country_starts"] = starts_of(self._countries_of, len(self._countries_of))
        found["tie_order"] = np.argsort(found["ties"], kind="stable").astype(np.int32)
        found |= self._postings()
        for title, texts in (("id", self._ids), ("name", self._names), ("form", self._forms), ("place", self._places)):
            kept = Texts.of(texts)
            found |= {f"{title}_data": kept.data, f"{title}_starts": kept.starts}
        return found

    def _postings(self) -> dict[str, np.ndarray[Any, Any]]:
        words, names = _array(self._post_word), _array(self._post_name)
        order = np.lexsort((names, words))
        words, names = words[order], names[order]
        first = np.ones(len(words), bool)
        first[1:] = (words[1:] != words[:-1]) | (names[1:] != names[:-1])
        counts = np.bincount(words[first], minlength=len(self._words))
        return {"post_names": names[first], "post_starts": starts_of(counts.tolist(), len(counts))}


def gathered(subjects: Iterable[Subject]) -> Columns:
    """The columns of ``subjects``."""
    columns = Columns()
    for subject in subjects:
        columns.add(subject)
    return columns


def tie(id_: str) -> int:
    """A number of a subject's own that orders equal scores the same everywhere."""
    return int.from_bytes(hashlib.blake2b(id_.encode(), digest_size=8).digest(), "big", signed=True)


def _array(column: "array[int]") -> np.ndarray[Any, Any]:
    kinds = {"i": np.int32, "B": np.uint8, "q": np.int64}
    return np.array(column, kinds[column.typecode])
