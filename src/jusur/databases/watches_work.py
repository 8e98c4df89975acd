"""The watching loop: every changed record is checked against what is watched, and lists against this bureau's records.

What is watched stands in memory, names in an index of the engine, numbers by their keys; after a restart it is read
anew. How far the feed was followed stands in the database: a killed worker's successor goes on where it was.
"""

import dataclasses
import shutil
import threading
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import transaction

from jusur.databases import (
    feed,
    searching_client,
    searching_journal,
    searching_thresholds,
    selectors,
    subjects,
    watches,
)
from jusur.databases.budgets import Asker
from jusur.databases.models import Record
from jusur.databases.search_models import WatchProgress
from jusur.databases.search_purposes import purpose as purpose_of
from jusur.databases.searching_journal import Entry, NewHit
from jusur.databases.searching_shapes import Alike, EditionQuestion
from jusur.databases.watches import Watched
from jusur.exchange import api as exchange
from jusur.matching.names_index import NameIndex
from jusur.matching.subject import Subject
from jusur.node import context

POLL_SECONDS: Final = 2.0
CHANGES_AT_ONCE: Final = 200
READ_AT_ONCE: Final = 20_000
_LOOK_BACK: Final = 10_000 << 80
"""Ten seconds, as identifiers (UUIDv7) count time."""
MAX_WATCHED: Final = 200_000
"""Most that is held watched; older searches give way."""
LISTS: Final = "list-"
EDITION_PURPOSE: Final = "sanctions-screening"
_NOBODY: Final = UUID(int=0)


class WatchIndex:
    """What is watched now, to be asked with records."""

    def __init__(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._names = NameIndex.build((), folder)
        self._by_key: dict[str, set[str]] = defaultdict(set)
        self._known: dict[str, Watched] = {}
        self._last_watch = self._last_search = _NOBODY

    def refresh(self) -> int:
        """Take in what came to be watched since last time; how many.

        Searches are read from a little before the last one on: they are committed in batches, not in the order of
        their identifiers.
        """
        bureau = context.current().address
        before = UUID(int=max(0, self._last_search.int - _LOOK_BACK))
        found = watches.watched_since(self._last_watch, before, bureau=bureau, limit=READ_AT_ONCE)
        fresh = [each for each in found if str(each.id) not in self._known]
        for each in fresh:
            self._add(each)
        subjects_watched = [_as(str(each.id), each.asked.subject) for each in fresh if each.asked.subject is not None]
        self._names.put(subjects_watched)
        return len(fresh)

    def _add(self, each: Watched) -> None:
        number = str(each.id)
        self._known[number] = each
        for key in each.asked.keys:
            self._by_key[key.key].add(number)
        if each.kind == "watch":
            self._last_watch = max(self._last_watch, each.id)
        else:
            self._last_search = max(self._last_search, each.id)
        if len(self._known) > MAX_WATCHED:
            self._drop(next(iter(self._known)))

    def _drop(self, number: str) -> None:
        gone = self._known.pop(number)
        for key in gone.asked.keys:
            self._by_key[key.key].discard(number)
        self._names.withdraw([number])

    def asks_for(self, record: Record, keys: Sequence[str]) -> list[tuple[Watched, float, list[dict[str, Any]]]]:
        """Who watches for ``record``: each with the score and the codes of the reasons."""
        found: dict[str, tuple[float, list[dict[str, Any]]]] = {}
        subject = subjects.subject_of_record(record)
        for match in self._names.search(subject, limit=100, threshold=0.5) if subject is not None else ():
            reasons = [{"code": each.code, "weight": round(each.weight, 3)} for each in match.reasons]
            found[match.id] = (match.score, reasons[:32])
        for key in keys:
            for number in self._by_key.get(key, ()):
                found[number] = (1.0, [{"code": "identifier-same", "weight": 1.0}])
        return [(self._known[number], *each) for number, each in found.items() if number in self._known]


class Watching:
    """One worker's watch over the feed."""

    def __init__(self) -> None:
        self._index: WatchIndex | None = None

    def watch(self) -> int:
        """Check the next changes against what is watched; how many changes."""
        if self._index is None:
            self._index = WatchIndex(context.current().home.search / "watched")
        while self._index.refresh() >= READ_AT_ONCE:
            pass
        return _follow("watches", self._check)

    def _check(self, held: Sequence[Record]) -> None:
        index = self._index
        if index is None or not held:
            return
        keys = selectors.keys_of([record.id for record in held])
        entries = [
            entry
            for record in held
            for each, score, reasons in index.asks_for(record, keys.get(record.id, ()))
            if (entry := _entry(each, record, score, reasons)) is not None
        ]
        searching_journal.propose(entries, source="watch")


def _entry(each: Watched, record: Record, score: float, reasons: list[dict[str, Any]]) -> Entry | None:
    """The hit that ``record`` is for who watches for it, if it is certain enough and theirs to see."""
    own = context.current().address
    wanted = set(each.databases)
    if wanted and not {record.database_id, record.database_id.partition("@")[0]} & wanted:
        return None
    if score < searching_thresholds.levels(each.purpose.thresholds).hit or each.bureau != own:
        return None
    if not watches.still_watched(each):
        return None
    if not selectors.records_visible([record.id], asker=own, purpose=each.purpose.key):
        return None
    hit = NewHit(
        record=str(record.id), database=record.database_id, owner=record.originator, score=score, reasons=reasons
    )
    return Entry(
        id=each.id,
        asker=Asker(each.actor, each.bureau, "person"),
        purpose=each.purpose,
        reference=each.reference,
        channel="desk",
        kind="watch" if each.kind == "watch" else each.asked.kind,
        query=each.query,
        hits=[hit],
    )


def compare_lists() -> int:
    """Check changed records of lists against this bureau's own, and its own against the lists; how many changes."""
    return _follow("editions", _compare)


def _compare(held: Sequence[Record]) -> None:
    own = context.current().address
    ours = [record for record in held if record.originator == own or record.database_id.startswith(LISTS)]
    questions = [question for record in ours if (question := _question(record)) is not None]
    if not questions:
        return
    found = _alike(questions)
    by_id = {str(record.id): record for record in ours}
    others = {each.record for alike in found for each in alike}
    known = {str(record.id): record for record in selectors.records_held([UUID(one) for one in others])}
    entries = []
    for question, alike in zip(questions, found, strict=True):
        changed = by_id[question.record]
        for each in alike:
            other = known.get(each.record)
            pair = _listed_and_own(changed, other, own) if other is not None else None
            if pair is not None:
                entries.append(_edition_entry(*pair, each.score))
    searching_journal.propose(entries, source="edition")


def _question(record: Record) -> EditionQuestion | None:
    subject = subjects.subject_of_record(record)
    if subject is None:
        return None
    threshold = searching_thresholds.levels(purpose_of(EDITION_PURPOSE).thresholds).hit
    return EditionQuestion(
        record=str(record.id),
        kind=subject.kind,
        names=list(subject.names),
        birth_dates=list(subject.birth_dates),
        countries=list(subject.countries),
        places=list(subject.places),
        sex=subject.sex,
        threshold=threshold,
    )


def _alike(questions: Sequence[EditionQuestion]) -> list[list[Alike]]:
    answer = searching_client.ask(
        "/v1/search/edition",
        msgspec.json.encode(questions),
        scheme=searching_client.SCHEME_NODE,
        asker="node",
        seconds=120.0,
    )
    return msgspec.json.decode(answer, type=list[list[Alike]])


def _listed_and_own(first: Record, second: Record, own: str) -> tuple[Record, Record] | None:
    """The list's record and this bureau's, where the two are one of each."""
    for listed, ours in ((first, second), (second, first)):
        own_record = ours.originator == own and not ours.database_id.startswith(LISTS)
        if listed.database_id.startswith(LISTS) and own_record:
            return listed, ours
    return None


def _edition_entry(listed: Record, ours: Record, score: float) -> Entry:
    own = context.current().address
    hit = NewHit(record=str(listed.id), database=listed.database_id, owner=listed.originator, score=score)
    return Entry(
        asker=Asker(ours.recorded_by, own, "person"),
        purpose=purpose_of(EDITION_PURPOSE),
        reference=f"record {ours.id}",
        channel="desk",
        kind="edition",
        query=b"",
        hits=[hit],
    )


def _follow(name: str, check: Any) -> int:
    """Give the next changes of the feed to ``check`` in one transaction with the place reached; how many.

    The first time it begins at the feed's end: nobody is told of the past.
    """
    with transaction.atomic():
        progress = WatchProgress.objects.select_for_update(skip_locked=True).filter(name=name).first()
        if progress is None:
            WatchProgress.objects.bulk_create([WatchProgress(name=name, position=feed.latest())], ignore_conflicts=True)
            return 0
        changes = feed.changes_after(progress.position, CHANGES_AT_ONCE)
        if not changes:
            return 0
        check(selectors.records_held([change.record for change in changes if not change.gone]))
        progress.position = changes[-1].sequence
        progress.save(update_fields=["position"])
    return len(changes)


def run(stop: threading.Event) -> None:
    """The worker's loop until told to stop."""
    watching = Watching()
    acts = {"watches": watching.watch, "editions": compare_lists}
    exchange.run_duties(stop, acts, channels=(feed.CHANNEL,), poll_seconds=POLL_SECONDS)


def _as(number: str, subject: Subject) -> Subject:
    return dataclasses.replace(subject, id=number)
