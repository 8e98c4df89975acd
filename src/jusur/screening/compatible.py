"""The interface of yente (https://www.opensanctions.org/docs/yente/), so that its clients work here unchanged.

``/match/{dataset}``, ``/search/{dataset}``, ``/entities/{id}``, ``/catalog``, ``/algorithms``, ``/healthz`` and
``/readyz``. A dataset is a database's key (``nominal``, ``list-un``) or ``default`` for all. These clients send
``Authorization: ApiKey TOKEN`` and can state no purpose: it stands with the token (``jusur search-token``), or comes in
the fields ``Jusur-Purpose`` and ``Jusur-Reference`` where a client can send fields of its own. What is asked here is
journalled, counted against budgets and shown through the same walls as everything else.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import unquote

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from jusur import __version__
from jusur.databases import searching_api as databases
from jusur.databases.searching_api import AnswerView, Asked, Entry, RecordView
from jusur.kernel import text
from jusur.kernel.clock import timestamp
from jusur.kernel.errors import InvalidInputError, NotFoundError
from jusur.screening.askers import Speaker
from jusur.screening.asking import Desk, ranked

ALGORITHM: Final = "jusur"
MAX_QUERIES: Final = 100
MAX_LIMIT: Final = 500
DEFAULT_LIMIT: Final = 5
DEFAULT_SEARCH_LIMIT: Final = 10
DEFAULT_THRESHOLD: Final = 0.7
BODY_BYTES: Final = 4 << 20
ALL: Final = "default"
_JSON: Final = "application/json"
_FEATURES: Final = {
    "identifier-same": "An identifier (document, account, number) is exactly the one in the record.",
}


class BadQueryError(InvalidInputError):
    """The request is not one of yente's form."""

    code = "bad-query"
    title = "The query is not valid"
    status = 400


async def healthz(_request: Request) -> Response:
    """Whether the process answers."""
    return _json({"status": "ok"})


async def readyz(request: Request) -> Response:
    """Whether the index can be searched."""
    if not request.app.state.holdings.ready:
        raise databases.IndexBuildingError("The index of this node is being built.", fix="Try again in a moment.")
    return _json({"status": "ok"})


async def algorithms(request: Request) -> Response:
    """The one algorithm there is, under the names that clients ask for."""
    await _speaker(request, b"")
    described = {
        "name": ALGORITHM,
        "description": "Names of any script and exact identifiers; the score is a calibrated probability.",
        "docs": {name: {"description": text} for name, text in _FEATURES.items()},
    }
    return _json({"algorithms": [described], "default": ALGORITHM, "best": ALGORITHM})


async def catalog(request: Request) -> Response:
    """The databases that this node holds, as datasets."""
    from starlette.concurrency import run_in_threadpool

    speaker = await _speaker(request, b"")
    found = await run_in_threadpool(_datasets, speaker.asker.bureau)
    names = [each["name"] for each in found if each["name"] != ALL]
    etag = f'"{hash(tuple(sorted(names))) & 0xFFFFFFFF:08x}-{request.app.state.holdings.state()["position"]}"'
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers={"etag": etag})
    answer = _json({"datasets": found, "current": names, "outdated": [], "index_stale": False})
    answer.headers["etag"] = etag
    return answer


async def match(request: Request) -> Response:
    """``POST /match/{dataset}``: FollowTheMoney entities compared with the records; ranked, scored, explained."""
    from jusur.screening.app import body_of

    content = await body_of(request, BODY_BYTES)
    speaker = await _speaker(request, content)
    speaker.require("search.do")
    queries = _queries(content)
    desk: Desk = request.app.state.desk
    limit = _number(request, "limit", DEFAULT_LIMIT, MAX_LIMIT)
    threshold, cutoff = _share(request, "threshold", DEFAULT_THRESHOLD), _share(request, "cutoff", 0.5)
    algorithm = request.query_params.get("algorithm", "best")
    if algorithm not in {"best", ALGORITHM, "default"}:
        raise BadQueryError(f"There is no algorithm of this name; {ALGORITHM} is the one.", fix="Ask for best.")
    wanted = _wanted(request)
    responses: dict[str, Any] = {}
    for name, given in queries.items():
        asked = databases.question_read(databases.Question(entity=dict(given)))
        kept, answers = await _ask(desk, speaker, request, asked, given, limit=limit, cutoff=cutoff, wanted=wanted)
        excluded = set(request.query_params.getlist("exclude_entity_ids"))
        shown = [each for each in answers if each.record not in excluded][:limit]
        responses[name] = {
            "status": 200,
            "results": [_scored(each, kept.get(each.record), threshold) for each in shown],
            "total": {"value": len(shown), "relation": "eq"},
            "query": {"id": name, "schema": given.get("schema", ""), "properties": given.get("properties", {})},
        }
    return _json({"responses": responses, "matcher": _FEATURES, "limit": limit})


async def search(request: Request) -> Response:
    """``GET /search/{dataset}?q=``: a text, looked for as a name or a number."""
    speaker = await _speaker(request, b"")
    speaker.require("search.do")
    desk: Desk = request.app.state.desk
    limit = _number(request, "limit", DEFAULT_SEARCH_LIMIT, MAX_LIMIT)
    offset = _number(request, "offset", 0, 1_000)
    given = {"q": request.query_params.get("q", "")}
    asked = databases.question_read(databases.Question(text=given["q"]))
    wanted = _wanted(request)
    kept, answers = await _ask(desk, speaker, request, asked, given, limit=offset + limit, cutoff=0.0, wanted=wanted)
    answers = _filtered(answers, request)
    shown = [_entity(each, kept.get(each.record)) for each in answers[offset : offset + limit]]
    return _json(
        {
            "results": shown,
            "facets": _facets(answers),
            "total": {"value": len(answers), "relation": "eq"},
            "limit": limit,
            "offset": offset,
        }
    )


async def entities(request: Request) -> Response:
    """``GET /entities/{id}``: one record, as its conditions let the asker see it. It is a search and journalled so."""
    speaker = await _speaker(request, b"")
    speaker.require("search.do")
    desk: Desk = request.app.state.desk
    wanted = unquote(request.path_params["entity"])[:64]
    entry = _entry(speaker, request, "record", wanted.encode())
    views: Mapping[str, RecordView] = {}
    if databases.is_record_id(wanted):
        views = await desk.read((wanted,), speaker.asker.bureau, entry.purpose.key)
    answers = [_plain(view, speaker.asker.bureau, desk.address) for view in views.values()]
    await desk.keep(entry, [])
    if not answers:
        raise NotFoundError("There is no such record, or not for this purpose.")
    return _json(_entity(answers[0], views[answers[0].record]))


ROUTES: Final = (
    ("GET", "/healthz", healthz),
    ("GET", "/readyz", readyz),
    ("GET", "/algorithms", algorithms),
    ("GET", "/catalog", catalog),
    ("POST", "/match/{dataset}", match),
    ("GET", "/search/{dataset}", search),
    ("GET", "/entities/{entity:path}", entities),
)


async def _ask(
    desk: Desk,
    speaker: Speaker,
    request: Request,
    asked: Asked,
    given: Mapping[str, Any],
    *,
    limit: int,
    cutoff: float,
    wanted: frozenset[str],
) -> tuple[Mapping[str, RecordView], list[AnswerView]]:
    """One search of the journal; the records it found and the answers."""
    began = time.perf_counter()
    entry = _entry(speaker, request, asked.kind, msgspec.json.encode(given))
    await desk.watch_one(entry, asked, speaker)
    levels = databases.thresholds(entry.purpose.thresholds)
    candidates = desk.candidates(asked, limit, max(cutoff, databases.LEAST_THRESHOLD))
    views = await desk.read(candidates.ids, speaker.asker.bureau, entry.purpose.key)
    answers = [
        databases.answer(
            view,
            matched=candidates.matches.get(one),
            exact=candidates.exact.get(one, ()),
            asker=speaker.asker.bureau,
            holder=desk.address,
            hit_at=levels.hit,
            language="en",
        )
        for one, view in views.items()
        if not wanted or {view.database, view.key} & wanted
    ]
    answers = ranked(answers, limit)
    await desk.keep(entry, answers, microseconds=int((time.perf_counter() - began) * 1e6))
    return views, answers


def _entry(speaker: Speaker, request: Request, kind: str, query: bytes) -> Entry:
    purpose = request.headers.get("jusur-purpose") or speaker.purpose
    reference = request.headers.get("jusur-reference") or speaker.reference
    if not purpose or not reference:
        raise BadQueryError(
            "This token has no purpose, and no search goes without one.",
            fix="Have your administrator issue one: jusur search-token; or send Jusur-Purpose and Jusur-Reference.",
        )
    act = databases.search_purpose(purpose)
    return Entry(
        asker=speaker.asker,
        purpose=act,
        reference=text.line(reference, max_length=databases.MAX_REFERENCE, field="reference"),
        channel="compatible",
        kind=kind[:24],
        query=query,
        databases=sorted(_wanted(request)),
        limits=databases.budget_limits(speaker.asker, act.key),
    )


async def _speaker(request: Request, body: bytes) -> Speaker:
    from jusur.screening.app import speaker_of

    return await speaker_of(request, body)


def _queries(content: bytes) -> dict[str, Mapping[str, Any]]:
    try:
        body = msgspec.json.decode(content)
        queries = body["queries"]
        if not all(isinstance(each, dict) for each in queries.values()):
            raise TypeError
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError):
        raise BadQueryError('The body is not {"queries": {name: entity}}.', fix="See yente's documentation.") from None
    if not 0 < len(queries) <= MAX_QUERIES:
        raise BadQueryError(f"1 to {MAX_QUERIES} queries at once are answered.", fix="Send fewer.")
    kept = ("schema", "properties")
    return {str(name)[:200]: {key: each[key] for key in kept if key in each} for name, each in queries.items()}


def _wanted(request: Request) -> frozenset[str]:
    """The databases asked for, none meaning all."""
    dataset = request.path_params.get("dataset", ALL)
    named = {dataset, *request.query_params.getlist("include_dataset")} - {ALL}
    if dataset == ALL:
        return frozenset()
    return frozenset(name[:64] for name in list(named)[:64])


def _filtered(answers: Sequence[AnswerView], request: Request) -> list[AnswerView]:
    schema, countries = request.query_params.get("schema", ""), set(request.query_params.getlist("countries"))
    left_out = set(request.query_params.getlist("exclude_dataset"))
    kept = []
    for each in answers:
        own = {value for name in ("country", "nationality", "jurisdiction") for value in each.properties.get(name, ())}
        key = each.database.partition("@")[0]
        if (
            (not schema or databases.is_schema(each.schema, schema))
            and (not countries or own & {country.lower() for country in countries})
            and not {each.database, key} & left_out
        ):
            kept.append(each)
    return kept


def _facets(answers: Sequence[AnswerView]) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for each in answers:
        counts[each.database] = counts.get(each.database, 0) + 1
    values = [{"name": name, "label": name, "count": number} for name, number in sorted(counts.items())]
    return {"datasets": {"label": "Datasets", "values": values}}


def _plain(view: RecordView, asker: str, holder: str) -> AnswerView:
    return databases.answer(view, matched=None, exact=(), asker=asker, holder=holder, hit_at=2.0, language="en")


def _entity(answer: AnswerView, view: RecordView | None) -> dict[str, Any]:
    changed = timestamp(view.changed_at) if view else None
    return {
        "id": answer.record,
        "caption": answer.caption,
        "schema": answer.schema,
        "properties": answer.properties,
        "datasets": [answer.database.partition("@")[0]],
        "referents": [],
        "target": True,
        "first_seen": timestamp(view.created_at) if view else None,
        "last_seen": changed,
        "last_change": changed,
    }


def _scored(answer: AnswerView, view: RecordView | None, threshold: float) -> dict[str, Any]:
    explanations: dict[str, Any] = {}
    for each in answer.reasons:
        explanations.setdefault(
            each.code,
            {
                "score": each.weight,
                "detail": each.sentence,
                "query": each.query,
                "candidate": each.record,
                "weight": 1.0,
            },
        )
    return _entity(answer, view) | {
        "score": answer.score,
        "match": answer.score >= threshold,
        "explanations": explanations,
        "features": {name: value["score"] for name, value in explanations.items()},
    }


def _datasets(bureau: str) -> list[dict[str, Any]]:
    counts = databases.held_counts(bureau)
    names = sorted({name.partition("@")[0] for name in counts})
    described = []
    for name in names:
        number = sum(count for key, count in counts.items() if key.partition("@")[0] == name)
        described.append(
            {
                "name": name,
                "title": databases.title(name),
                "load": True,
                "index_current": True,
                "version": __version__,
                "entity_count": number,
                "thing_count": number,
                "children": [],
            }
        )
    return [
        {"name": ALL, "title": "All databases of this node", "load": True, "children": names, "version": __version__},
        *described,
    ]


def _number(request: Request, name: str, default: int, most: int) -> int:
    given = request.query_params.get(name)
    if given is None:
        return default
    if not (given.isascii() and given.isdecimal() and len(given) <= 6):  # noqa: PLR2004 - beyond any limit
        raise BadQueryError(f"{name} is not a number.", fix=f"Give 0 to {most}.")
    return min(int(given), most)


def _share(request: Request, name: str, default: float) -> float:
    given = request.query_params.get(name)
    try:
        value = default if given is None else float(given)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise BadQueryError(f"{name} is not a number from 0 to 1.", fix="Give a probability.")
    return value


def _json(value: Any) -> Response:
    return Response(msgspec.json.encode(value), media_type=_JSON)
