"""Batches: up to 10,000 questions at once, in portions that let single searches through between them."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from jusur.databases import searching_api as databases
from jusur.databases.searching_api import AnswerView, Asked, BatchBody, BatchFound, BatchItem, Entry, RecordView
from jusur.kernel import text
from jusur.kernel.errors import InvalidInputError, JusurError
from jusur.kernel.languages import check as check_language
from jusur.matching.subject import Subject
from jusur.screening.askers import Speaker
from jusur.screening.asking import Candidates, Desk, numbered, ranked

PORTION_SECONDS: Final = 0.004
"""So long the batch works before it lets others have the process."""
READ_AT_ONCE: Final = 1_000


async def answer(desk: Desk, speaker: Speaker, body: BatchBody) -> BatchFound:
    """The answers to a batch, in the order of its queries. What is wrong with one query is said for that one alone.

    Raises:
        JusurError: the batch is refused as a whole: no purpose, beyond a budget, a pattern of enumeration.
    """
    began = time.perf_counter()
    act = databases.search_purpose(body.purpose)
    asked = [_read(question) for question in body.queries]
    good = [each for each in asked if isinstance(each, Asked)]
    entry = Entry(
        asker=speaker.asker,
        purpose=act,
        reference=text.line(body.reference, max_length=databases.MAX_REFERENCE, field="reference"),
        channel="batch",
        kind="batch",
        query=msgspec.json.encode(body.queries),
        databases=body.databases,
        queries=len(body.queries),
        limits=databases.budget_limits(speaker.asker, act.key, batch=True),
    )
    await desk.watch(entry, good, speaker)
    levels = databases.thresholds(act.thresholds)
    threshold = max(levels.show if body.threshold is None else body.threshold, databases.LEAST_THRESHOLD)
    candidates = await _candidates(desk, asked, body.limit, threshold)
    views = await _views(desk, candidates, speaker.asker.bureau, act.key)
    language = check_language(body.language)
    wanted = frozenset(body.databases)
    answers: list[list[AnswerView]] = []
    for each in candidates:
        found = [
            databases.answer(
                views[one],
                matched=each.matches.get(one),
                exact=each.exact.get(one, ()),
                asker=speaker.asker.bureau,
                holder=desk.address,
                hit_at=levels.hit,
                language=language,
            )
            for one in each.ids
            if one in views and (not wanted or {views[one].database, views[one].key} & wanted)
        ]
        answers.append(ranked(found, body.limit))
    flat = _hit_answers(answers)
    kept = await desk.keep(entry, flat, microseconds=int((time.perf_counter() - began) * 1e6))
    return BatchFound(
        id=str(entry.id),
        hits=len(kept.hits),
        results=[_item(each, numbered(found, kept)) for each, found in zip(asked, answers, strict=True)],
        took_ms=round((time.perf_counter() - began) * 1000, 2),
    )


async def alike(desk: Desk, questions: Sequence[databases.EditionQuestion]) -> list[list[databases.Alike]]:
    """For each of the node's own records, the records that are like it, best first; itself left out."""
    found: list[list[databases.Alike]] = []
    until = time.perf_counter() + PORTION_SECONDS
    for question in questions:
        asked = Asked("edition", _subject(question))
        candidates = desk.candidates(asked, question.limit, question.threshold)
        found.append(
            [
                databases.Alike(one, 1.0 if one in candidates.exact else candidates.matches[one].score)
                for one in candidates.ids
                if one != question.record
            ]
        )
        if time.perf_counter() > until:
            await asyncio.sleep(0)
            until = time.perf_counter() + PORTION_SECONDS
    return found


def _subject(question: databases.EditionQuestion) -> Subject:
    return Subject(
        id=question.record,
        kind=question.kind,
        names=tuple(question.names),
        birth_dates=tuple(question.birth_dates),
        countries=tuple(question.countries),
        places=tuple(question.places),
        sex=question.sex,
    )


def _read(raw: msgspec.Raw) -> Asked | JusurError:
    try:
        return databases.question_read(msgspec.json.decode(raw, type=databases.Question))
    except JusurError as error:
        return error
    except msgspec.DecodeError as error:
        return InvalidInputError(f"The query is not of the right form: {error}.", fix="See docs/reference/search.md.")


async def _candidates(
    desk: Desk, asked: Sequence[Asked | JusurError], limit: int, threshold: float
) -> list[Candidates]:
    found: list[Candidates] = []
    until = time.perf_counter() + PORTION_SECONDS
    for each in asked:
        found.append(desk.candidates(each, limit, threshold) if isinstance(each, Asked) else Candidates({}, {}))
        if time.perf_counter() > until:
            await asyncio.sleep(0)
            until = time.perf_counter() + PORTION_SECONDS
    return found


async def _views(desk: Desk, candidates: Sequence[Candidates], bureau: str, purpose: str) -> Mapping[str, RecordView]:
    ids = list(dict.fromkeys(one for each in candidates for one in each.ids))
    views: dict[str, RecordView] = {}
    for at in range(0, len(ids), READ_AT_ONCE):
        views |= await desk.read(tuple(ids[at : at + READ_AT_ONCE]), bureau, purpose)
    return views


def _hit_answers(answers: Sequence[Sequence[AnswerView]]) -> list[AnswerView]:
    """The answers of the whole batch, each record once: what its journal entry is made of."""
    best: dict[str, AnswerView] = {}
    for found in answers:
        for each in found:
            if each.record not in best or (each.match, each.score) > (best[each.record].match, best[each.record].score):
                best[each.record] = each
    return list(best.values())


def _item(asked: Asked | JusurError, answers: list[AnswerView]) -> BatchItem:
    if isinstance(asked, JusurError):
        return BatchItem(outcome="invalid", error=asked.detail, fix=asked.fix)
    hit = any(each.match for each in answers)
    return BatchItem(outcome="hit" if hit else "no-hit", answers=answers)
