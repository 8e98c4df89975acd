"""Searching over the API of the web process: searches go on to the search process; hits, watches and the journal."""

from typing import Annotated, Any, Literal

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Body, Path, Router, Schema, Status
from pydantic import ConfigDict, Field

from jusur.accounts import api as accounts
from jusur.databases import budgets, hits, hits_rules, search_purposes, searching_client, searching_selectors, watches
from jusur.databases.search_models import Hit, Search, Watch
from jusur.databases.searching_shapes import MAX_DEADLINE
from jusur.databases.searching_views import (
    BudgetsLeft,
    DecisionReasons,
    HitPage,
    HitView,
    SearchBatchFound,
    SearchFound,
    SearchPage,
    SearchPurposes,
    WatchPage,
    WatchView,
)
from jusur.kernel import clock
from jusur.kernel.errors import ForbiddenError, InvalidInputError
from jusur.kernel.ids import parse_id
from jusur.node import context
from jusur.rows.pages import page

router = Router(tags=["search"])

Id = Annotated[str, Path(max_length=64)]
Cursor = Annotated[str, Field(max_length=64)]
PageSize = Annotated[int, Field(ge=1, le=200)]
Word = Annotated[str, Field(max_length=100)]
ANSWER_SECONDS = MAX_DEADLINE / 1000 + 5
BATCH_SECONDS = 120.0


AnyBody = Annotated[dict[str, Any], Body(...)]
"""A body whose form the search process checks; see docs/reference/search.md."""


class HitDecision(Schema):
    """A person's decision on a hit."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["confirmed", "discarded"]
    reason: Annotated[str, Field(max_length=32, description=", ".join((*hits_rules.CONFIRMED, *hits_rules.DISCARDED)))]
    remark: Annotated[str, Field(max_length=2000)] = ""


@router.post("", summary="Search all databases at once", response=SearchFound)
def search(request: HttpRequest, body: AnyBody) -> HttpResponse:
    """Answered by the search process: ranked, explained, durable before it is answered."""
    actor = accounts.acting(request, "search.do")
    return _relay("/v1/search", body, actor, ANSWER_SECONDS)


@router.post("/batch", summary="Up to 10,000 searches at once", response=SearchBatchFound)
def batch(request: HttpRequest, body: AnyBody) -> HttpResponse:
    """As many searches for one purpose under one reference."""
    actor = accounts.acting(request, "search.batch")
    return _relay("/v1/search/batch", body, actor, BATCH_SECONDS)


@router.get("/purposes", summary="Purposes a search may have, with their sources", response=SearchPurposes)
def list_purposes(request: HttpRequest) -> dict[str, Any]:
    """Each with its names, how long a question is kept, and whether later records are checked against it."""
    accounts.acting(request, "search.do")
    fields = ("key", "name", "keep_query_days", "watch_recent", "remote", "source", "verified_on")
    found = search_purposes.purposes().values()
    return {"items": [{name: getattr(each, name) for name in fields} for each in found]}


@router.get("/budget", summary="What is left of my budget", response=BudgetsLeft)
def my_budget(request: HttpRequest, purpose: Word) -> dict[str, Any]:
    """Limits and use by minute, hour and day."""
    actor = accounts.acting(request, "search.do")
    key = search_purposes.purpose(purpose).key
    limits = budgets.limits(budgets.Asker(actor.reference, context.current().address, actor.kind), key)
    used = budgets.used([limit.subject for limit in limits], clock.now())
    spans = list(budgets.SPANS)
    return {
        "items": [
            {
                "scope": limit.scope,
                "span": span,
                "limit": limit.spans[place],
                "used": used.get((limit.subject, span), 0),
            }
            for limit in limits
            for place, span in enumerate(spans)
        ]
    }


@router.get("/searches", summary="The journal of searches, newest first", response=SearchPage)
def list_searches(
    request: HttpRequest, reference: Word = "", purpose: Word = "", cursor: Cursor = "", limit: PageSize = 50
) -> dict[str, Any]:
    """An officer sees their own; an auditor everybody's. Never what was searched for."""
    actor = _reader(request)
    own = "" if "audit.read" in accounts.permitted_acts(actor.roles) else actor.reference
    rows = searching_selectors.searches(actor=own, reference=reference, purpose=purpose)
    return page(rows, _search_view, cursor=cursor, limit=limit)


@router.get("/hits", summary="Hits, newest first", response=HitPage)
def list_hits(
    request: HttpRequest, state: Word = "", reference: Word = "", cursor: Cursor = "", limit: PageSize = 50
) -> dict[str, Any]:
    """Of this bureau's searches and on this bureau's records."""
    accounts.acting(request, "search.do")
    return page(hits.hits(state=state, reference=reference), _hit_view, cursor=cursor, limit=limit)


@router.get("/hits/reasons", summary="Reasons for decisions on hits, in four languages", response=DecisionReasons)
def list_reasons(request: HttpRequest) -> dict[str, Any]:
    """By decision."""
    accounts.acting(request, "search.do")
    return {"confirmed": hits_rules.CONFIRMED, "discarded": hits_rules.DISCARDED}


@router.get("/hits/{hit_id}", summary="One hit, with what was searched for", response=HitView)
def show_hit(request: HttpRequest, hit_id: Id) -> dict[str, Any]:
    """What was searched for is shown while a person may have to compare it."""
    accounts.acting(request, "search.do")
    found = hits.hit(parse_id(hit_id))
    question = hits.question_of(found)
    return _hit_view(found) | {"query": msgspec.to_builtins(question) if question else None}


@router.post("/hits/{hit_id}/decision", summary="Confirm or discard a hit, for a reason", response=HitView)
def decide(request: HttpRequest, hit_id: Id, body: HitDecision) -> dict[str, Any]:
    """The other bureau is told."""
    actor = accounts.acting(request, "hit.confirm")
    return _hit_view(
        hits.hit_decide(hit_id=parse_id(hit_id), state=body.state, reason=body.reason, remark=body.remark, actor=actor)
    )


@router.get("/watches", summary="My standing watches, newest first", response=WatchPage)
def list_watches(request: HttpRequest, cursor: Cursor = "", limit: PageSize = 50) -> dict[str, Any]:
    """Without what is watched for."""
    actor = accounts.acting(request, "search.do")
    return page(watches.standing_watches().filter(actor=actor.reference), _watch_view, cursor=cursor, limit=limit)


@router.post("/watches", summary="Place a watch", response={201: WatchView})
def place(request: HttpRequest, body: AnyBody) -> Status[dict[str, Any]]:
    """To be told when a record of it appears."""
    actor = accounts.acting(request, "search.do")
    try:
        parsed = msgspec.convert(body, watches.WatchBody)
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"The watch is not of the right form: {error}.") from None
    return Status(201, _watch_view(watches.watch_place(body=parsed, actor=actor)))


@router.delete("/watches/{watch_id}", summary="Lift a watch", response={204: None})
def lift(request: HttpRequest, watch_id: Id) -> Status[None]:
    """Nothing is watched for any more."""
    actor = accounts.acting(request, "search.do")
    watches.watch_lift(watch_id=parse_id(watch_id), actor=actor)
    return Status(204, None)


def _relay(path: str, body: dict[str, Any], actor: accounts.Actor, seconds: float) -> HttpResponse:
    content = msgspec.json.encode(body)
    answer = searching_client.ask(
        path, content, scheme=searching_client.SCHEME_OFFICER, asker=str(actor.id), seconds=seconds
    )
    return HttpResponse(answer, content_type="application/json")


def _reader(request: HttpRequest) -> accounts.Actor:
    try:
        return accounts.acting(request, "audit.read")
    except ForbiddenError:
        return accounts.acting(request, "search.do")


def _search_view(found: Search) -> dict[str, Any]:
    names = ("actor", "bureau", "purpose", "reference", "channel", "kind", "outcome", "refusal", "partial", "queries")
    return {
        "id": str(found.id),
        "at": clock.timestamp(found.at),
        **{name: getattr(found, name) for name in (*names, "answers", "databases", "asked", "microseconds")},
        "entry": str(found.entry),
        "commitment": bytes(found.commitment).hex(),
    }


def _hit_view(found: Hit) -> dict[str, Any]:
    names = ("side", "source", "state", "record", "database", "owner", "bureau", "actor", "purpose", "reference")
    return {
        "id": str(found.id),
        **{name: getattr(found, name) for name in (*names, "score", "reasons", "reason", "remark", "decided_by")},
        "search": str(found.search) if found.search else None,
        "watch": str(found.watch) if found.watch else None,
        "found_at": clock.timestamp(found.found_at),
        "decided_at": clock.timestamp(found.decided_at) if found.decided_at else None,
        "owner_told_at": clock.timestamp(found.told_at) if found.told_at else None,
    }


def _watch_view(found: Watch) -> dict[str, Any]:
    names = ("purpose", "reference", "kind", "databases")
    return {
        "id": str(found.id),
        **{name: getattr(found, name) for name in names},
        "placed_at": clock.timestamp(found.placed_at),
        "expires_at": clock.timestamp(found.expires_at),
        "lifted_at": clock.timestamp(found.lifted_at) if found.lifted_at else None,
    }
