"""The index of names: built once, memory-mapped, searched by many threads while one changes it.

An index is a folder. ``base`` holds the subjects it was built from as columns; ``weighing`` the words by whose rarity
all parts score (given at build, where the index is one part of a larger one; else the base's own); ``journal.jsonl``
what was put and withdrawn since, read again at `open`. What was put stands in small segments in memory, merged as they
grow (each at least twice its younger neighbour), so that a change is searchable at once. `compact` writes a new folder.
"""

import json
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jusur.kernel.errors import ConflictError, InvalidInputError
from jusur.matching import calibration
from jusur.matching.columns import Columns
from jusur.matching.evidence import place_value
from jusur.matching.explaining import explained
from jusur.matching.lexicon import Lexicon
from jusur.matching.querying import Query, prepare
from jusur.matching.reasons import Reason
from jusur.matching.records import find, subject_of
from jusur.matching.scoring import place_reason
from jusur.matching.segment import Candidate, Segment
from jusur.matching.subject import Subject

FORMAT = 1
MAX_LIMIT = 1000
"""Most results of one search."""
_PROGRESS = 10_000
_MORE_FOR_PLACES = 4


@dataclass(frozen=True, slots=True)
class Match:
    """A subject found."""

    id: str
    score: float
    """Probability (0..1) that it is who was looked for."""
    reasons: tuple[Reason, ...]


class InvalidIndexError(InvalidInputError):
    """A folder does not hold an index that this software can read."""

    code = "invalid-index"
    title = "The index cannot be read"


class NameIndex:
    """Subjects searchable by name; open one with `open`, make one with `build`."""

    def __init__(self, folder: Path, base: Segment, weighing: Lexicon) -> None:
        self.folder = folder
        self.weighing = weighing
        self._segments: tuple[Segment, ...] = (base,)
        self._put: list[list[Subject]] = []
        self._writing = threading.Lock()
        self._journal = folder / "journal.jsonl"

    @classmethod
    def build(
        cls,
        subjects: Iterable[Subject],
        folder: Path,
        *,
        progress: Callable[[int], None] | None = None,
        weighing: Lexicon | None = None,
    ) -> "NameIndex":
        """An index of ``subjects`` in a new ``folder``; it appears whole or not at all.

        Args:
            subjects: whom to find; of equal ids the last one counts.
            folder: where; it must not exist.
            progress: called with the number of subjects taken, now and then.
            weighing: the lexicon by which words weigh, where this index is one part of a larger one.

        Raises:
            ConflictError: the folder exists.
        """
        if folder.exists():
            raise ConflictError("The folder of the index exists already.", fix="Build into a new folder.")
        segment = Segment.of(_gathered(subjects, progress), weighing)
        making = folder.with_name(f"{folder.name}.{os.getpid()}.making")
        shutil.rmtree(making, ignore_errors=True)
        segment.write(making / "base")
        about: dict[str, Any] = {"format": FORMAT, "names": segment.lexicon.names, "subjects": len(segment.ids)}
        if weighing is not None:
            weighing.write(making / "weighing")
            about["weighing_names"] = weighing.names
        (making / "index.json").write_text(json.dumps(about), encoding="utf-8")
        making.rename(folder)
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> "NameIndex":
        """The index in ``folder``, memory-mapped, with all changes since it was built.

        Raises:
            InvalidIndexError: there is none, or one of another format.
        """
        try:
            about = json.loads((folder / "index.json").read_bytes())
            if about["format"] != FORMAT:
                raise InvalidIndexError("The index has another format.", fix="Build it anew.")
            weighing = None
            if "weighing_names" in about:
                weighing = Lexicon.open(folder / "weighing", int(about["weighing_names"]))
            base = Segment.open(folder / "base", int(about["names"]), weighing)
        except (OSError, KeyError, TypeError, ValueError):
            raise InvalidIndexError("The folder holds no readable index of names.", fix="Build it anew.") from None
        index = cls(folder, base, weighing or base.lexicon)
        index._replay()
        return index

    def __len__(self) -> int:
        """How many subjects can be found."""
        return sum(len(segment.ids) - int(segment.dead.sum()) for segment in self._segments)

    def search(self, query: Subject, *, limit: int = 10, threshold: float = 0.5) -> list[Match]:
        """The subjects most likely to be ``query``, best first.

        Args:
            query: whom to look for; without a readable name nothing is found.
            limit: most results, up to `MAX_LIMIT`.
            threshold: least probability (0 < threshold < 1) of a result.
        """
        return [
            Match(id_, calibration.probability(odds), tuple(reasons()))
            for id_, odds, reasons in self._found(query, limit, threshold)
        ]

    def ranked(self, query: Subject, *, limit: int = 10, threshold: float = 0.5) -> list[tuple[str, float]]:
        """As `search`, ids and scores only."""
        return [(id_, calibration.probability(odds)) for id_, odds, _ in self._found(query, limit, threshold)]

    def put(self, subjects: Sequence[Subject]) -> None:
        """Add ``subjects``, in the place of those with the same ids; the next search finds them."""
        with self._writing:
            self._log([{"put": _to_dict(subject)} for subject in subjects])
            self._apply_put(list(subjects))

    def withdraw(self, ids: Iterable[str]) -> None:
        """Let subjects be found no more; ids that are not there are passed over."""
        with self._writing:
            gone = list(ids)
            self._log([{"withdraw": id_} for id_ in gone])
            self._apply_withdraw(gone)

    def subjects(self) -> Iterator[Subject]:
        """Every subject that can be found."""
        for segment in self._segments:
            for number in range(len(segment.ids)):
                if not segment.dead[number]:
                    yield subject_of(segment, number)

    def compact(self, folder: Path, *, progress: Callable[[int], None] | None = None) -> "NameIndex":
        """The same subjects built anew into ``folder``, beside this index, which may serve meanwhile.

        Changes made while this runs are in neither: the caller lets one writer do both.
        """
        weighing = None if self.weighing is self._segments[0].lexicon else self.weighing
        return NameIndex.build(self.subjects(), folder, progress=progress, weighing=weighing)

    def _found(
        self, subject: Subject, limit: int, threshold: float
    ) -> list[tuple[str, float, Callable[[], list[Reason]]]]:
        query = prepare(subject, self.weighing)
        limit = max(1, min(limit, MAX_LIMIT))
        floor = calibration.log_odds(min(max(threshold, 1e-9), 1 - 1e-9))
        wide = limit * _MORE_FOR_PLACES if subject.places else limit
        low = floor - place_value() if subject.places else floor
        found: list[tuple[float, int, Segment, Candidate, Reason | None]] = []
        for segment in self._segments:
            for candidate in segment.search(query, limit=wide, floor=low):
                place = _place(subject, segment, candidate)
                odds = candidate.odds + (place.weight if place else 0.0)
                if odds >= floor:
                    found.append((-odds, int(segment.arrays["ties"][candidate.subject]), segment, candidate, place))
        found.sort(key=lambda one: one[:2])
        return [
            (segment.ids[candidate.subject], -odds, _explainer(query, segment, candidate, place))
            for odds, _, segment, candidate, place in found[:limit]
        ]

    def _apply_put(self, subjects: list[Subject]) -> None:
        fresh = list({subject.id: subject for subject in subjects}.values())
        if not fresh:
            return
        groups = [*self._put, fresh]
        while len(groups) > 1 and len(groups[-2]) <= 2 * len(groups[-1]):  # merged like the digits of a counter
            late, early = groups.pop(), groups.pop()
            gone = {subject.id for subject in late}
            groups.append([subject for subject in early if subject.id not in gone] + late)
        kept = len(groups) - 1
        made = Segment.of(_gathered(groups[-1], None), self.weighing)
        segments = (self._segments[0], *self._segments[1 : kept + 1], made)
        for segment in self._segments:
            _bury(segment, [subject.id for subject in fresh])
        self._put, self._segments = groups, segments

    def _apply_withdraw(self, ids: list[str]) -> None:
        for segment in self._segments:
            _bury(segment, ids)
        gone = set(ids)
        self._put = [[subject for subject in group if subject.id not in gone] for group in self._put]

    def _log(self, rows: list[dict[str, Any]]) -> None:
        with self._journal.open("a", encoding="utf-8") as journal:
            journal.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            journal.flush()
            os.fsync(journal.fileno())

    def _replay(self) -> None:
        """Do again what the journal tells; a last line cut short by a crash was never answered for and is dropped."""
        if not self._journal.exists():
            return
        waiting: dict[str, Subject] = {}
        gone: dict[str, None] = {}
        for line in self._journal.read_bytes().split(b"\n"):
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if "put" in row:
                subject = _from_dict(row["put"])
                waiting[subject.id] = subject
                gone.pop(subject.id, None)
            else:
                waiting.pop(row["withdraw"], None)
                gone[row["withdraw"]] = None
        self._apply_withdraw(list(gone))
        self._apply_put(list(waiting.values()))


def _gathered(subjects: Iterable[Subject], progress: Callable[[int], None] | None) -> Columns:
    columns = Columns()
    for count, subject in enumerate(subjects, start=1):
        columns.add(subject)
        if progress is not None and count % _PROGRESS == 0:
            progress(count)
    return columns


def _bury(segment: Segment, ids: Iterable[str]) -> None:
    for id_ in ids:
        for number in find(segment, id_):
            segment.dead[number] = 1


def _place(subject: Subject, segment: Segment, candidate: Candidate) -> Reason | None:
    if not subject.places:
        return None
    return place_reason(subject.places, segment.places[candidate.subject].split("\n"))


def _explainer(
    query: Query, segment: Segment, candidate: Candidate, place: Reason | None
) -> Callable[[], list[Reason]]:
    return lambda: [*explained(query, segment, candidate), *([place] if place else [])]


def _to_dict(subject: Subject) -> dict[str, Any]:
    return {
        "id": subject.id,
        "kind": subject.kind,
        "names": list(subject.names),
        "birth_dates": list(subject.birth_dates),
        "countries": list(subject.countries),
        "places": list(subject.places),
        "sex": subject.sex,
    }


def _from_dict(row: dict[str, Any]) -> Subject:
    held: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Subject(**held)
