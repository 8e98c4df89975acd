"""Makes searches durable: many at once, in one transaction, before any of them is answered.

One commit writes the searches, counts them against their budgets, proposes hits and records the ledger's events. What
goes beyond a budget becomes a refusal within the same commit, so that any number of processes share one budget to
the search. The ledger gets one event for all searches that one actor made for one purpose and reference in this
commit; it carries a salted commitment to each, so that no search can be changed, added or taken away later.
"""

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from django.db import transaction

from jusur.databases import budgets, hits_waking, searching_sealing, sql
from jusur.databases.budgets import Asker, Limit
from jusur.databases.search_purposes import Purpose
from jusur.kernel import clock
from jusur.kernel.ids import new_id
from jusur.ledger import api as ledger

PER_EVENT: Final = 500
"""The most searches one event of the ledger commits to."""
SALT_BYTES: Final = 16
_Group = tuple[bool, str, str, str, str]
"""What searches of one event have in common: refused or not, actor, bureau, purpose, reference."""
_INSERT: Final = """
    INSERT INTO databases_search (id, at, actor, bureau, purpose, reference, channel, kind, databases, asked, outcome,
      refusal, partial, queries, answers, microseconds, sealed_query, keep_until, salt, commitment, entry)
    SELECT id, at, actor, bureau, purpose, reference, channel, kind, string_to_array(databases, ' '),
      string_to_array(asked, ' '), outcome, refusal, partial, queries, answers, microseconds, sealed_query, keep_until,
      salt, commitment, entry
    FROM unnest(%s::uuid[], %s::timestamptz[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
      %s::text[], %s::text[], %s::text[], %s::text[], %s::bool[], %s::int[], %s::int[], %s::int[], %b::bytea[],
      %s::timestamptz[], %b::bytea[], %b::bytea[], %s::uuid[])
      AS v(id, at, actor, bureau, purpose, reference, channel, kind, databases, asked, outcome, refusal, partial,
        queries, answers, microseconds, sealed_query, keep_until, salt, commitment, entry)
"""
_PROPOSE: Final = """
    INSERT INTO databases_hit (id, side, source, state, search, watch, record, database, owner, bureau, actor, purpose,
      reference, score, reasons, sealed_query, found_at, decided_by, reason, remark)
    SELECT v.id, 'searcher', v.source, 'proposed', v.search, v.watch, v.record, v.database, v.owner, v.bureau, v.actor,
      v.purpose, v.reference, v.score, v.reasons::jsonb, v.sealed_query, v.found_at, '', '', ''
    FROM unnest(%s::uuid[], %s::text[], %s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[],
      %s::text[], %s::text[], %s::text[], %s::float8[], %s::text[], %b::bytea[], %s::timestamptz[])
      AS v(id, source, search, watch, record, database, owner, bureau, actor, purpose, reference, score, reasons,
        sealed_query, found_at)
    ON CONFLICT (side, record, bureau, reference) DO NOTHING
    RETURNING id
"""
_KNOWN: Final = """
    SELECT h.record, h.bureau, h.reference, h.id FROM databases_hit h
    JOIN unnest(%s::text[], %s::text[], %s::text[]) AS v(record, bureau, reference)
      ON h.side = 'searcher' AND (h.record, h.bureau, h.reference) = (v.record, v.bureau, v.reference)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewHit:
    """A record found at or above the threshold of a hit. ``reasons`` are codes and weights, never what was written."""

    record: str
    database: str
    owner: str
    score: float
    reasons: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One search (or batch) to make durable. ``query`` is what was asked, kept only if the purpose's rule says so."""

    asker: Asker
    purpose: Purpose
    reference: str
    channel: str
    kind: str
    query: bytes
    id: UUID = field(default_factory=new_id)
    at: datetime = field(default_factory=clock.now)
    databases: Sequence[str] = ()
    asked: Sequence[str] = ()
    refusal: str = ""
    partial: bool = False
    queries: int = 1
    answers: int = 0
    microseconds: int = 0
    hits: Sequence[NewHit] = ()
    limits: Sequence[Limit] = ()
    """The budgets it draws on; none for what is refused already."""

    @property
    def outcome(self) -> str:
        """``hit``, ``no-hit`` or ``refused``."""
        return "refused" if self.refusal else "hit" if self.hits else "no-hit"


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a search in the commit: its hits by record, or the budgets it went beyond."""

    hits: Mapping[str, UUID]
    beyond: Sequence[Limit] = ()


def commit(entries: Sequence[Entry]) -> list[Kept]:
    """Make ``entries`` durable together, in one transaction; what became of each, in their order.

    Raises:
        django.db.DatabaseError: nothing was kept, and nothing may be answered.
    """
    with transaction.atomic():
        beyond = _count(entries)
        kept = [_refuse(entry) if over else entry for entry, over in zip(entries, beyond, strict=True)]
        salts = [os.urandom(SALT_BYTES) for _ in kept]
        commitments = [_commitment(entry, salt) for entry, salt in zip(kept, salts, strict=True)]
        events = _record(kept, commitments)
        _insert(kept, salts, commitments, events)
        hits = propose(kept)
    return [Kept(found, over) for found, over in zip(hits, beyond, strict=True)]


def _count(entries: Sequence[Entry]) -> list[list[Limit]]:
    """Count the entries' queries; for each the budgets it goes beyond. The last ones that came are those beyond."""
    use: dict[Limit, int] = defaultdict(int)
    for entry in entries:
        for limit in entry.limits:
            use[limit] += entry.queries
    if not use:
        return [[] for _ in entries]
    moment = clock.now()
    over = budgets.count(use, moment)
    beyond: list[list[Limit]] = [[] for _ in entries]
    for limit, number in over.items():
        left = number
        for place in range(len(entries) - 1, -1, -1):
            if left > 0 and limit in entries[place].limits:
                beyond[place].append(limit)
                left -= entries[place].queries
    if over:
        _give_back(entries, beyond, moment)
    return beyond


def _give_back(entries: Sequence[Entry], beyond: Sequence[Sequence[Limit]], moment: datetime) -> None:
    unused: dict[Limit, int] = defaultdict(int)
    for entry, over in zip(entries, beyond, strict=True):
        for limit in entry.limits if over else ():
            unused[limit] += entry.queries
    budgets.give_back(unused, moment)


def _refuse(entry: Entry) -> Entry:
    return replace(entry, refusal=budgets.BudgetSpentError.code, hits=(), answers=0)


def _commitment(entry: Entry, salt: bytes) -> bytes:
    """SHA-256 of the salt and the search: who asked what, when, why, with which outcome."""
    content = msgspec.json.encode(
        [
            str(entry.id),
            clock.timestamp(entry.at),
            entry.asker.actor,
            entry.asker.bureau,
            entry.purpose.key,
            entry.reference,
            entry.outcome,
            entry.queries,
            [hit.record for hit in entry.hits],
        ]
    )
    return hashlib.sha256(salt + content + b"\n" + entry.query).digest()


def _record(entries: Sequence[Entry], commitments: Sequence[bytes]) -> list[UUID]:
    """The ledger's events for ``entries``; for each entry the event that commits to it."""
    groups: dict[_Group, list[int]] = defaultdict(list)
    for place, entry in enumerate(entries):
        groups[bool(entry.refusal), entry.asker.actor, entry.asker.bureau, entry.purpose.key, entry.reference].append(
            place
        )
    parts = [
        (key, places[at : at + PER_EVENT]) for key, places in groups.items() for at in range(0, len(places), PER_EVENT)
    ]
    new = [_event(key, [(entries[place], commitments[place]) for place in places]) for key, places in parts]
    events: list[UUID] = [UUID(int=0)] * len(entries)
    for event, (_, places) in zip(ledger.record_many(new), parts, strict=True):
        for place in places:
            events[place] = event.id
    return events


def _event(key: _Group, of: Sequence[tuple[Entry, bytes]]) -> ledger.NewEvent:
    refused, actor, bureau, purpose, reference = key
    data: dict[str, Any] = {
        "reference": reference,
        "bureau": bureau,
        "searches": sum(entry.queries for entry, _ in of),
        "hits": sum(len(entry.hits) for entry, _ in of),
        "commitments": [f"{entry.id}:{digest.hex()}" for entry, digest in of],
    }
    if refused:
        data["reasons"] = sorted({entry.refusal for entry, _ in of})
    return ledger.NewEvent(
        kind="search.refused" if refused else "search.done",
        subject_type="search",
        subject_id=str(of[0][0].id),
        actor=actor,
        purpose=purpose,
        data=data,
    )


def _insert(
    entries: Sequence[Entry], salts: Sequence[bytes], commitments: Sequence[bytes], events: Sequence[UUID]
) -> None:
    sealed = [_sealed(entry) for entry in entries]
    columns: list[list[Any]] = [
        [entry.id for entry in entries],
        [entry.at for entry in entries],
        [entry.asker.actor for entry in entries],
        [entry.asker.bureau for entry in entries],
        [entry.purpose.key for entry in entries],
        [entry.reference for entry in entries],
        [entry.channel for entry in entries],
        [entry.kind for entry in entries],
        [" ".join(entry.databases) for entry in entries],
        [" ".join(entry.asked) for entry in entries],
        [entry.outcome for entry in entries],
        [entry.refusal for entry in entries],
        [entry.partial for entry in entries],
        [entry.queries for entry in entries],
        [entry.answers for entry in entries],
        [entry.microseconds for entry in entries],
        sealed,
        [
            entry.at + timedelta(days=entry.purpose.keep_query_days) if query is not None else None
            for entry, query in zip(entries, sealed, strict=True)
        ],
        list(salts),
        list(commitments),
        list(events),
    ]
    sql.execute(_INSERT, columns)


def _sealed(entry: Entry) -> bytes | None:
    if not entry.purpose.keep_query_days or entry.refusal or not entry.query:
        return None
    return searching_sealing.seal(entry.id, entry.query)


def propose(entries: Sequence[Entry], *, source: str = "search") -> list[dict[str, UUID]]:
    """Propose the entries' hits in the caller's transaction; for each entry its hits by record.

    A record that the bureau has a hit on under the same reference is that same hit, not another.
    """
    wanted = [(entry, hit, new_id()) for entry in entries for hit in entry.hits]
    if not wanted:
        return [{} for _ in entries]
    fresh = {row[0] for row in sql.rows(_PROPOSE, _hit_columns(wanted, source))}
    if fresh:
        ledger.record_many([_found(entry, hit, number, source) for entry, hit, number in wanted if number in fresh])
        hits_waking.wake()
    keys = {(hit.record, entry.asker.bureau, entry.reference) for entry, hit, _ in wanted}
    known = {row[:3]: row[3] for row in sql.rows(_KNOWN, [list(column) for column in zip(*sorted(keys), strict=True)])}
    return [
        {hit.record: known[hit.record, entry.asker.bureau, entry.reference] for hit in entry.hits} for entry in entries
    ]


def _hit_columns(wanted: Sequence[tuple[Entry, NewHit, UUID]], source: str) -> list[list[Any]]:
    watches = [entry.id if entry.kind == "watch" else None for entry, _, _ in wanted]
    searches = [entry.id if entry.kind not in {"watch", "edition"} else None for entry, _, _ in wanted]
    return [
        [number for _, _, number in wanted],
        [source] * len(wanted),
        searches,
        watches,
        [hit.record for _, hit, _ in wanted],
        [hit.database for _, hit, _ in wanted],
        [hit.owner for _, hit, _ in wanted],
        [entry.asker.bureau for entry, _, _ in wanted],
        [entry.asker.actor for entry, _, _ in wanted],
        [entry.purpose.key for entry, _, _ in wanted],
        [entry.reference for entry, _, _ in wanted],
        [hit.score for _, hit, _ in wanted],
        [msgspec.json.encode(list(hit.reasons)).decode() for _, hit, _ in wanted],
        [searching_sealing.seal(number, entry.query) if entry.query else None for entry, _, number in wanted],
        [entry.at for entry, _, _ in wanted],
    ]


def _found(entry: Entry, hit: NewHit, number: UUID, source: str) -> ledger.NewEvent:
    return ledger.NewEvent(
        kind="hit.found",
        subject_type="hit",
        subject_id=str(number),
        actor=entry.asker.actor if source == "search" else "node",
        purpose=entry.purpose.key,
        data={
            "officer": entry.asker.actor,
            "record": hit.record,
            "database": hit.database,
            "partner": hit.owner,
            "bureau": entry.asker.bureau,
            "reference": entry.reference,
            "source": source,
            "search": str(entry.id),
        },
    )


def forget_queries(at: datetime) -> int:
    """Drop what was asked where its time is over; the searches stay, without it. How many."""
    return sql.execute(
        """UPDATE databases_search SET sealed_query = NULL, keep_until = NULL
           WHERE sealed_query IS NOT NULL AND keep_until < %s""",
        (at,),
    )


def flatten(entries: Iterable[Sequence[NewHit]]) -> list[NewHit]:
    """All hits of a batch's queries, each record once, the best score first."""
    best: dict[str, NewHit] = {}
    for hits in entries:
        for hit in hits:
            if hit.record not in best or best[hit.record].score < hit.score:
                best[hit.record] = hit
    return sorted(best.values(), key=lambda hit: -hit.score)
