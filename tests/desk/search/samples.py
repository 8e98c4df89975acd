"""Searches of the sample desk with their answers, hits and a watch; every person in them is made up."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from tests.databases.searching import record
from tests.desk.databases.samples import database
from tests.desk.samples import Desk

from jusur.databases import api as databases
from jusur.databases import searching_journal
from jusur.databases.budgets import Asker
from jusur.databases.models import Record
from jusur.databases.search_models import Hit
from jusur.databases.searching_answers import hit_of, let_out
from jusur.databases.searching_shapes import (
    AnswerView,
    DatabaseView,
    Found,
    HandlingView,
    ReasonView,
    RecognisedView,
)
from jusur.databases.selectors import view
from jusur.kernel.clock import now, timestamp
from jusur.kernel.ids import new_id

REFERENCE = "MA-2026-0117"
ZONE = "P<MARBENHADDOU<<YOUSSEF<<<<<<<<<<<<<<<<<<<<<\nXA12345672MAR8503022M3101017<<<<<<<<<<<<<<02"
NAME = "يوسف بنحدو"
HOSTILE = '<script>alert("x")</script>'
_SENTENCES = {
    "word-same": "“Youssef” reads as “يوسف”: the same name.",
    "word-sounds-same": "“Benhaddou” sounds as “بنحدو”.",
    "birth-date-same": "The same date of birth: 2 March 1985.",
    "country-other": "The record names another country: France.",
    "word-missing": "The record lacks “بنحدو”.",
    "identifier-same": "The passport number is exactly the one in the record.",
}


def make(desk: Desk) -> dict[str, Any]:
    """A search with answers of every kind, one without, three checks, hits in every state, a watch."""
    database("nominal")
    database("travel-documents")
    sought = _person(["يوسف بنحدو", "Youssef Benhaddou", "Yousef Ben Haddou"], birth="1985-03-02", country="ma")
    near = _person(["Youssef Haddou"], birth="1979-11-20", country="fr", originator="FR", conditions=HOSTILE)
    lost = record(
        "Passport",
        {"number": ["XA1234567"], "country": ["ma"], "type": ["P"]},
        key="travel-documents",
        originator="MA",
        reference="PP-2026-7",
        conditions="Seize the document and tell the owner.",
        handling_code="H3",
    )
    answers = [
        _answer(lost, 1.0, ["identifier-same"], exact=True),
        _answer(sought, 0.9731, ["word-same", "word-sounds-same", "birth-date-same"], match=True),
        _answer(near, 0.3312, ["word-same", "country-other", "word-missing"]),
    ]
    states = [
        DatabaseView(database="nominal@GS", holder="MA", state="answered", answers=2),
        DatabaseView(database="travel-documents@GS", holder="MA", state="answered", answers=1),
        DatabaseView(database="*", holder="NO", state="late", detail="No answer within the deadline."),
    ]
    name = RecognisedView("name", NAME, {})
    zone = RecognisedView("mrz", ZONE, {"format": "TD3", "number": "XA1234567"})
    checked: dict[str, Any] = {"purpose": "border-check", "reference": "TNG-2026-11-22"}
    made = {
        "search": _search(desk, {"text": NAME, "birth_dates": ["1985-03-02"]}, answers, states, name, partial=True),
        "nothing": _search(desk, {"text": "Karin Ekholm"}, [], states[:1], RecognisedView("name", "Karin Ekholm", {})),
        "stop": _search(desk, {"text": ZONE}, answers[:1], states[:1], zone, **checked),
        "look": _search(
            desk,
            {"text": ZONE},
            answers[2:],
            states[:1],
            zone,
            noticed=["The zone's composite check digit."],
            **checked,
        ),
        "clear": _search(desk, {"text": ZONE}, [], states[:1], zone, **checked),
    }
    return made | _hits(desk, sought) | {"watch": _watch(desk)}


def pages(desk: Desk) -> list[str]:
    """The pages to be looked at."""
    made = desk.made["search"]
    return [
        "/search/",
        f"/search/{made['search']}",
        f"/search/{made['nothing']}",
        f"/search/{made['search']}/2",
        f"/search/{made['search']}/3",
        "/search/hits/",
        f"/search/hits/{made['proposed']}",
        f"/search/hits/{made['decided']}",
        f"/search/hits/{made['owned']}",
        "/search/watches/",
        f"/search/watches/new?search={made['search']}",
        f"/search/watches/{made['watch']}",
        f"/search/checkpoint/{made['look']}",
        f"/search/checkpoint/{made['stop']}",
        f"/search/checkpoint/{made['clear']}",
        "/search/checkpoint/post",
    ]


def _person(names: list[str], *, birth: str, country: str, **changes: Any) -> Record:
    properties = {
        "name": names[:1],
        "alias": names[1:],
        "birthDate": [birth],
        "nationality": [country],
        "gender": ["male"],
        "birthPlace": ["Tanger"],
        "passportNumber": ["XB7654321"],
        "notes": [f"Seen twice at the port. {HOSTILE}"],
    }
    return record("Person", {name: values for name, values in properties.items() if values}, **changes)


def _answer(found: Record, score: float, codes: list[str], *, exact: bool = False, match: bool = False) -> AnswerView:
    shown = view(found)
    weights = {"country-other": -1.2, "word-missing": -2.5}
    return AnswerView(
        record=str(found.id),
        version=found.version,
        database=found.database_id,
        owner=found.originator,
        holder="MA",
        schema=found.schema,
        caption=next(iter(shown.properties.get("name", shown.properties.get("number", ["?"])))),
        properties=let_out(shown, "MA"),
        handling=HandlingView(
            classification=found.classification,
            handling_code=found.handling_code,
            source_evaluation=found.source_evaluation,
            forwarding=[],
            conditions=found.conditions,
            expires_at=timestamp(found.expires_at),
        ),
        score=score,
        match=exact or match,
        exact=exact,
        reasons=[
            ReasonView(code, weights.get(code, 2.1), "", "XA1234567" if exact else "", _SENTENCES[code])
            for code in codes
        ],
    )


def _search(
    desk: Desk,
    query: dict[str, Any],
    answers: list[AnswerView],
    states: list[DatabaseView],
    recognised: RecognisedView,
    *,
    partial: bool = False,
    noticed: list[str] | None = None,
    purpose: str = "criminal-investigation",
    reference: str = REFERENCE,
) -> UUID:
    """A search that is durable as the search process makes it, and its answer kept for whoever holds every role."""
    actor = desk.actor("everything")
    body = {"purpose": purpose, "reference": reference, "query": query, "databases": [], "bureaus": []}
    entry = searching_journal.Entry(
        asker=Asker(actor.reference, "MA", "person"),
        purpose=databases.search_purpose(purpose),
        reference=reference,
        channel="desk",
        kind=recognised.kind,
        query=msgspec.json.encode(query),
        partial=partial,
        answers=len(answers),
        hits=[hit_of(each) for each in answers if each.match],
    )
    (kept,) = searching_journal.commit([entry])
    numbered = [
        msgspec.structs.replace(each, hit=str(kept.hits[each.record])) if each.record in kept.hits else each
        for each in answers
    ]
    found = Found(
        id=str(entry.id),
        outcome=entry.outcome,
        partial=partial,
        recognised=recognised,
        noticed=noticed or [],
        answers=numbered,
        databases=states,
        took_ms=3.41,
    )
    shown = {"asked": body, "found": msgspec.to_builtins(found)}
    databases.answer_keep(entry.id, officer=actor.id, shown=shown)
    return entry.id


def _hits(desk: Desk, sought: Record) -> dict[str, UUID]:
    """One hit that waits, one decided, and one by another bureau on a record of ours."""
    lost = Hit.objects.get(reference=REFERENCE, database="travel-documents@GS")
    databases.hit_decide(
        hit_id=lost.id,
        state="confirmed",
        reason="same-object",
        remark="Seized at the port.",
        actor=desk.actor("supervisor"),
    )
    owned = Hit.objects.create(
        id=new_id(),
        side="owner",
        source="search",
        record=lost.record,
        database="travel-documents@GS",
        owner="MA",
        bureau="NO",
        actor="NO",
        purpose="border-check",
        reference="NO-OSL-2026-88",
        score=1.0,
        reasons=[{"code": "identifier-same", "weight": 1.0}],
        found_at=now() - timedelta(hours=2),
        told_at=now() - timedelta(hours=2),
    )
    waiting = Hit.objects.get(record=str(sought.id), reference=REFERENCE)
    return {"proposed": waiting.id, "decided": lost.id, "owned": owned.id}


def _watch(desk: Desk) -> UUID:
    body = {
        "purpose": "criminal-investigation",
        "reference": REFERENCE,
        "query": {"text": NAME, "birth_dates": ["1985-03-02"]},
        "days": 90,
    }
    placed = databases.watch_place(body=msgspec.convert(body, databases.WatchBody), actor=desk.actor("everything"))
    Hit.objects.filter(reference=REFERENCE, state="proposed").update(watch=placed.id, source="watch")
    return placed.id
