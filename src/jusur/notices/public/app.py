"""The public interface: red, yellow and United Nations notices, HAL over HTTP, for reading alone.

Everything is answered from memory. Answers carry an ETag and may be kept by caches for a minute; each address has a
rate. Nothing of who asked is kept.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import urlencode

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jusur.notices.public.extract import Extract
from jusur.notices.public.index import Index, Page, plain_query

ROOT: Final = "/notices/v1"
MAX_AGE: Final = 60
MAX_QUERY_BYTES: Final = 4096
MAX_CLIENTS: Final = 50_000
MAX_BODIES: Final = 512
"""Answers to lists that are kept ready; each has at most 160 records."""
_JSON: Final = "application/json"
_UNKNOWN: Final = {"error": "not found"}

Answer = Callable[[Request], Awaitable[Response]]


class Rate:
    """A bucket of tokens for each address: ``per_second`` on average, ``burst`` at once; 0: no limit."""

    def __init__(self, per_second: float, burst: float) -> None:
        self._rate, self._burst = per_second, burst
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, client: str) -> float:
        """Seconds until ``client`` may ask again; 0 where it may now."""
        if not self._rate:
            return 0.0
        moment = time.monotonic()
        tokens, at = self._buckets.pop(client, (self._burst, moment))
        tokens = min(self._burst, tokens + (moment - at) * self._rate)
        allowed = tokens >= 1
        self._buckets[client] = (tokens - 1 if allowed else tokens, moment)
        if len(self._buckets) > MAX_CLIENTS:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - tokens) / self._rate


class PublicApi:
    """Answers from the present index.

    Args:
        current: gives the index to answer from.
        base: the address clients reach this under, such as ``https://public.example.int``.
        rate: requests a second for each address on average (0: any number), and at once.
    """

    def __init__(self, current: Callable[[], Index], *, base: str, rate: float = 0.0, burst: float = 200.0) -> None:
        self._current, self._base = current, base.rstrip("/")
        self._rate = Rate(rate, burst)
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        self._bodies_of: Index | None = None

    def app(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route(f"{ROOT}/{{collection}}", self._guarded(self._list), methods=["GET"]),
                Route(f"{ROOT}/un/{{kind}}", self._guarded(self._un_list), methods=["GET"]),
                Route(f"{ROOT}/{{collection}}/{{rest:path}}", self._guarded(self._detail), methods=["GET"]),
                Route("/health", self._health, methods=["GET"]),
            ],
        )

    def _guarded(self, view: Answer) -> Answer:
        async def answer(request: Request) -> Response:
            wait = self._rate.wait(request.client.host if request.client else "")
            if wait:
                headers = {"Retry-After": str(max(1, round(wait)))}
                return _json({"error": "too many requests"}, status=429, headers=headers)
            if len(request.scope.get("query_string", b"")) > MAX_QUERY_BYTES:
                return _json({"error": "the query is too long"}, status=414)
            response = await view(request)
            response.headers["Access-Control-Allow-Origin"] = "*"
            response.headers["X-Content-Type-Options"] = "nosniff"
            return response

        return answer

    async def _health(self, _request: Request) -> Response:
        return _json({"notices": len(self._current())})

    async def _list(self, request: Request) -> Response:
        collection = request.path_params["collection"]
        if collection not in {"red", "yellow", "un"}:
            return _json(_UNKNOWN, status=404)
        return self._page(request, collection)

    async def _un_list(self, request: Request) -> Response:
        if request.path_params["kind"] not in {"persons", "entities"}:
            return await self._detail(request)
        return self._page(request, f"un/{request.path_params['kind']}")

    def _page(self, request: Request, collection: str) -> Response:
        index = self._current()
        if index is not self._bodies_of:
            self._bodies.clear()
            self._bodies_of = index
        key = f"{collection}?{request.url.query}"
        body = self._bodies.get(key)
        if body is None:
            body = self._bodies[key] = self._list_body(index, collection, dict(request.query_params))
            if len(self._bodies) > MAX_BODIES:
                self._bodies.popitem(last=False)
        return _kept(request, body, _JSON)

    def _list_body(self, index: Index, collection: str, query: dict[str, str]) -> bytes:
        page = index.page(collection, query)
        url = f"{self._base}{ROOT}/{collection}"
        body = {
            "total": page.total,
            "query": plain_query(query, page),
            "_embedded": {"notices": [each.summary | self._links(each) for each in page.extracts]},
            "_links": _page_links(url, query, page),
        }
        return msgspec.json.encode(body)

    async def _detail(self, request: Request) -> Response:
        path = request.path_params.get("rest") or request.path_params.get("kind", "")
        parts = [each for each in path.split("/") if each]
        collection = request.path_params.get("collection", "un")
        if collection == "un" and parts and parts[0] in {"persons", "entities"}:
            collection = f"un/{parts.pop(0)}"
        entity, rest = _split(parts)
        found = self._current().get(collection, entity)
        if found is None:
            return _json(_UNKNOWN, status=404)
        if not rest:
            body = found.detail | {"_embedded": {"links": []}} | self._links(found)
            return _kept(request, msgspec.json.encode(body), _JSON)
        if rest == ["images"]:
            return _kept(request, msgspec.json.encode(self._images(found)), _JSON)
        return _picture(request, found, rest)

    def _links(self, found: Extract) -> dict[str, Any]:
        url = self._url(found)
        links = {"self": {"href": url}, "images": {"href": f"{url}/images"}}
        if found.images:
            links["thumbnail"] = {"href": f"{url}/images/{found.images[0][0]}"}
        return {"_links": links}

    def _images(self, found: Extract) -> dict[str, Any]:
        url = self._url(found)
        links = {"self": {"href": f"{url}/images"}, "notice": {"href": url}}
        if found.images:
            links["thumbnail"] = {"href": f"{url}/images/{found.images[0][0]}"}
        listed = [
            {"picture_id": number, "_links": {"self": {"href": f"{url}/images/{number}"}}}
            for number, _, _ in found.images
        ]
        return {"_embedded": {"images": listed}, "_links": links}

    def _url(self, found: Extract) -> str:
        place = f"un/{found.kind}" if found.collection == "un" else found.collection
        return f"{self._base}{ROOT}/{place}/{found.path}"


def _split(parts: list[str]) -> tuple[str, list[str]]:
    """The identifier ("2024-12345", or "2024", "12345" where a slash was encoded) and what follows it."""
    if len(parts) > 1 and parts[0].isdigit() and parts[1].isdigit():
        return f"{parts[0]}-{parts[1]}", parts[2:]
    return (parts[0], parts[1:]) if parts else ("", [])


def _page_links(url: str, query: dict[str, str], page: Page) -> dict[str, Any]:
    asked = {name: value for name, value in plain_query(query, page).items() if name != "page"}

    def link(number: int) -> dict[str, str]:
        return {"href": f"{url}?{urlencode(asked | {'page': number})}"}

    links = {"self": link(page.page), "first": link(1)}
    if page.page > 1:
        links["prev"] = link(page.page - 1)
    if page.page < page.last:
        links["next"] = link(page.page + 1)
    return links | {"last": link(page.last)}


def _picture(request: Request, found: Extract, rest: list[str]) -> Response:
    if len(rest) == 2 and rest[0] == "images":  # noqa: PLR2004 - images/NUMBER
        for number, data, media_type in found.images:
            if number == rest[1]:
                return _kept(request, data, media_type)
    return _json(_UNKNOWN, status=404)


def _kept(request: Request, body: bytes, media_type: str) -> Response:
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": f"public, max-age={MAX_AGE}"}
    known = request.headers.get("if-none-match", "")
    if known and (known.strip() == "*" or tag in {each.strip().removeprefix("W/") for each in known.split(",")}):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _json(body: object, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(
        msgspec.json.encode(body),
        status_code=status,
        media_type=_JSON,
        headers={"Cache-Control": "no-store"} | (headers or {}),
    )
