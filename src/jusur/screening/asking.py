"""One search from question to answer: recognised, looked for, read through the walls, made durable, explained.

An answer leaves only when the search it answers is durable: no search is unrecorded, whatever is killed. Searches that
come together are read together and committed together.
"""

import asyncio
import dataclasses
import time
from collections import OrderedDict, defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from jusur.databases import searching_api as databases
from jusur.databases.searching_api import (
    AnswerView,
    Asked,
    DatabaseView,
    Entry,
    Found,
    Kept,
    Key,
    RecordView,
    SearchBody,
)
from jusur.exchange import api as exchange
from jusur.kernel import clock, text
from jusur.kernel.errors import JusurError
from jusur.kernel.languages import check as check_language
from jusur.matching.names_index import Match
from jusur.screening import metrics
from jusur.screening.askers import Speaker
from jusur.screening.batching import Batcher
from jusur.screening.index import Holdings

OVERFETCH: Final = 4
"""Candidates looked for, by answer wanted: some are not the asker's to see, or of another database."""
MOST_CANDIDATES: Final = 200
REMOTE_THREADS: Final = 16
WATCHMEN: Final = 5_000
ALARM_SECONDS: Final = 60.0
_SPARE_SECONDS: Final = 0.05
"""Kept of the deadline for writing the journal and the answer."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """What the indexes gave for one question: matches by record, and the exact keys by record."""

    matches: Mapping[str, Match]
    exact: Mapping[str, list[Key]]

    @property
    def ids(self) -> tuple[str, ...]:
        """Every record among them, those of exact keys first."""
        return tuple(dict.fromkeys((*self.exact, *self.matches)))[:MOST_CANDIDATES]


class Desk:
    """Answers the searches of one process."""

    def __init__(self, address: str, holdings: Holdings) -> None:
        self.address, self.holdings = address, holdings
        self.journal: Batcher[Entry, Kept] = Batcher("journal", _in_thread(databases.journal_commit), limit=400)
        self.reader: Batcher[databases.WantedRecords, Mapping[str, RecordView]] = Batcher(
            "reader", _in_thread(databases.read_many), limit=400
        )
        self._remote = ThreadPoolExecutor(REMOTE_THREADS, thread_name_prefix="remote")
        self._watchmen: OrderedDict[str, databases.Watchman] = OrderedDict()
        self._alarmed: dict[str, float] = {}

    async def close(self) -> None:
        """Finish what is under way."""
        await self.reader.close()
        await self.journal.close()
        self._remote.shutdown(wait=False, cancel_futures=True)
        databases.remote_close()

    async def search(self, speaker: Speaker, body: SearchBody, channel: str) -> Found:
        """The answer to one search of ``speaker``.

        Raises:
            JusurError: it is refused: no purpose, no such form, beyond a budget, a pattern of enumeration.
        """
        began = time.perf_counter()
        act = databases.search_purpose(body.purpose)
        language = check_language(body.language)
        asked = databases.question_read(body.query)
        entry = self._entry(speaker, body, asked, channel)
        await self._watch(entry, [asked], speaker, batch=False)
        bureaus = databases.remote_bureaus(body.bureaus) if body.bureaus and act.remote and channel != "remote" else []
        asking = self._ask_others(bureaus, body)
        levels = databases.thresholds(act.thresholds)
        threshold = max(levels.show if body.threshold is None else body.threshold, databases.LEAST_THRESHOLD)
        candidates = self._candidates(asked, body.limit, threshold)
        views = await self._read(candidates.ids, speaker.asker.bureau, act.key)
        wanted = frozenset(body.databases)
        answers = [
            databases.answer(
                view,
                matched=candidates.matches.get(one),
                exact=candidates.exact.get(one, ()),
                asker=speaker.asker.bureau,
                holder=self.address,
                hit_at=levels.hit,
                language=language,
            )
            for one, view in views.items()
            if _of_databases(view, wanted)
        ]
        local = _databases_view(answers, self.address)
        late = began + body.deadline_ms / 1000 - _SPARE_SECONDS
        remote, states = await self._others(asking, late) if asking else ([], [])
        answers = ranked([*answers, *remote], body.limit)
        partial = any(each.state != "answered" for each in states)
        kept = await self._keep(
            entry,
            answers,
            asked=bureaus,
            partial=partial,
            microseconds=int((time.perf_counter() - began) * 1e6),
        )
        return Found(
            id=str(entry.id),
            outcome="hit" if kept.hits else "no-hit",
            partial=partial,
            recognised=asked.recognised,
            noticed=list(asked.noticed),
            answers=numbered(answers, kept),
            databases=[*local, *states],
            took_ms=round((time.perf_counter() - began) * 1000, 2),
        )

    def candidates(self, asked: Asked, limit: int, threshold: float) -> Candidates:
        """What the indexes give for ``asked``; see `Candidates`."""
        return self._candidates(asked, limit, threshold)

    def _candidates(self, asked: Asked, limit: int, threshold: float) -> Candidates:
        matches: dict[str, Match] = {}
        exact: dict[str, list[Key]] = defaultdict(list)
        if asked.keys:
            for key, found in zip(asked.keys, self.holdings.look_up([key.key for key in asked.keys]), strict=True):
                for record in found:
                    exact[record].append(key)
        if asked.subject is not None:
            wanted = min(limit * OVERFETCH, MOST_CANDIDATES)
            found_by_name = self.holdings.search(asked.subject, limit=wanted, threshold=threshold)
            matches = {match.id: match for match in found_by_name}
        return Candidates(matches, exact)

    async def read(self, ids: tuple[str, ...], bureau: str, purpose: str) -> Mapping[str, RecordView]:
        """Those of the records that ``bureau`` may see for ``purpose``."""
        return await self._read(ids, bureau, purpose)

    async def _read(self, ids: tuple[str, ...], bureau: str, purpose: str) -> Mapping[str, RecordView]:
        if not ids:
            return {}
        return await self.reader.ask(databases.WantedRecords(ids, bureau, purpose))

    def _entry(self, speaker: Speaker, body: SearchBody, asked: Asked, channel: str) -> Entry:
        act = databases.search_purpose(body.purpose)
        return Entry(
            asker=speaker.asker,
            purpose=act,
            reference=text.line(body.reference, max_length=databases.MAX_REFERENCE, field="reference"),
            channel=channel,
            kind=asked.kind[:24],
            query=msgspec.json.encode(body.query),
            databases=body.databases,
            limits=databases.budget_limits(speaker.asker, act.key),
        )

    async def keep(self, entry: Entry, answers: Sequence[AnswerView], **more: Any) -> Kept:
        """Make a search durable with its answers; see the journal.

        Raises:
            BudgetSpentError: it went beyond a budget; it is durable as a refusal.
        """
        return await self._keep(entry, answers, **more)

    async def _keep(self, entry: Entry, answers: Sequence[AnswerView], **more: Any) -> Kept:
        hits = [databases.hit_of(each) for each in answers if each.match]
        whole = _changed(entry, answers=len(answers), hits=hits, **more)
        kept = await self.journal.ask(whole)
        metrics.SEARCHES.labels(entry.channel, "refused" if kept.beyond else whole.outcome).inc()
        if kept.beyond:
            raise databases.budget_spent(kept.beyond, clock.now())
        return kept

    async def watch_one(self, entry: Entry, asked: Asked, speaker: Speaker) -> None:
        """Look for patterns of enumeration in a single search.

        Raises:
            EnumerationError: it continues one; it is durable as a refusal.
        """
        await self._watch(entry, [asked], speaker, batch=False)

    async def watch(self, entry: Entry, asked: Sequence[Asked], speaker: Speaker) -> None:
        """Look for patterns of enumeration in a batch.

        Raises:
            EnumerationError: there is one; the batch is durable as a refusal.
        """
        await self._watch(entry, asked, speaker, batch=True)

    async def _watch(self, entry: Entry, asked: Sequence[Asked], speaker: Speaker, *, batch: bool) -> None:
        name = f"{speaker.asker.bureau} {speaker.asker.actor}" + (" batch" if batch else "")
        watchman = self._watchmen.setdefault(name, databases.Watchman())
        self._watchmen.move_to_end(name)
        if len(self._watchmen) > WATCHMEN:
            self._watchmen.popitem(last=False)
        pattern = ""
        for each in asked:
            for kind, number in each.numbers:
                pattern = pattern or watchman.number(kind, number)
            if each.name:
                pattern = pattern or watchman.name(each.name, sorted_lists=batch)
        if pattern:
            await self._refuse(entry, pattern)

    async def _refuse(self, entry: Entry, pattern: str) -> None:
        await self.journal.ask(_changed(entry, refusal=databases.EnumerationError.code, limits=()))
        metrics.SEARCHES.labels(entry.channel, "refused").inc()
        if time.monotonic() - self._alarmed.get(entry.asker.actor, -ALARM_SECONDS) >= ALARM_SECONDS:
            self._alarmed[entry.asker.actor] = time.monotonic()
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._remote, _alarm, entry.asker, pattern)
        raise databases.EnumerationError(
            f"These searches look like reading a database out (pattern: {pattern}).",
            fix="Search for whom or what your case names; ask your supervisor where a whole list must be checked.",
        )

    def _ask_others(self, bureaus: Sequence[str], body: SearchBody) -> dict[str, "asyncio.Future[Found]"]:
        loop = asyncio.get_running_loop()
        question = msgspec.structs.replace(body, bureaus=[])
        seconds = body.deadline_ms / 1000
        return {address: loop.run_in_executor(self._remote, _ask, address, question, seconds) for address in bureaus}

    async def _others(
        self, asking: Mapping[str, "asyncio.Future[Found]"], late: float
    ) -> tuple[list[AnswerView], list[DatabaseView]]:
        """What other bureaus answered by the moment ``late``, and how each stands."""
        done, _ = await asyncio.wait(asking.values(), timeout=max(0.0, late - time.perf_counter()))
        answers: list[AnswerView] = []
        states: list[DatabaseView] = []
        for address, future in asking.items():
            if future not in done:
                future.add_done_callback(_let_go)
                states.append(databases.remote_missing(address, "late", "No answer within the deadline."))
            elif isinstance(error := future.exception(), JusurError):
                state = "unavailable" if isinstance(error, exchange.PeerUnavailableError) else "refused"
                states.append(databases.remote_missing(address, state, error.detail))
            elif error is not None:
                states.append(databases.remote_missing(address, "unavailable", type(error).__name__))
            else:
                found = future.result()
                answers += found.answers
                states += found.databases or [DatabaseView(database="*", holder=address, state="answered")]
            metrics.REMOTE.labels(states[-1].state).inc()
        return answers, states


def ranked(answers: Sequence[AnswerView], limit: int) -> list[AnswerView]:
    """The best of ``answers``, each record once."""
    best: dict[str, AnswerView] = {}
    for each in answers:
        if each.record not in best or each.score > best[each.record].score:
            best[each.record] = each
    return sorted(best.values(), key=lambda each: (-each.score, each.record))[:limit]


def numbered(answers: Sequence[AnswerView], kept: Kept) -> list[AnswerView]:
    """``answers`` with the identifiers of their hits."""
    return [
        msgspec.structs.replace(each, hit=str(kept.hits[each.record])) if each.record in kept.hits else each
        for each in answers
    ]


def _databases_view(answers: Sequence[AnswerView], holder: str) -> list[DatabaseView]:
    counts: dict[str, int] = defaultdict(int)
    for each in answers:
        counts[each.database] += 1
    if not counts:
        return [DatabaseView(database="*", holder=holder, state="answered")]
    return [
        DatabaseView(database=name, holder=holder, state="answered", answers=number)
        for name, number in sorted(counts.items())
    ]


def _of_databases(view: RecordView, wanted: frozenset[str]) -> bool:
    return not wanted or view.database in wanted or view.key in wanted


def _changed(entry: Entry, **changes: Any) -> Entry:
    return dataclasses.replace(entry, **changes)


def _ask(address: str, body: SearchBody, seconds: float) -> Found:
    from django.db import close_old_connections

    close_old_connections()
    try:
        return databases.remote_ask(address, body, seconds=seconds)
    finally:
        close_old_connections()


def _let_go(future: "asyncio.Future[Found]") -> None:
    """Take notice of what a late bureau answered, so that nothing complains of it."""
    if not future.cancelled():
        future.exception()


def _alarm(asker: databases.Asker, pattern: str) -> None:
    exchange.raise_alarm(
        "search-enumeration",
        peer=asker.bureau if asker.kind == "other" else "",
        subject=asker.actor,
        detail=f"Searches of {asker.actor} look like reading a database out ({pattern}). They are refused.",
    )


def _in_thread(act: Any) -> Any:
    """``act`` for a thread of its own, whose database connection is kept in order."""

    def run(items: Sequence[Any]) -> Any:
        from django.db import close_old_connections

        close_old_connections()
        return act(items)

    return run
