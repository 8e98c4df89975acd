"""The search process's HTTP: Jusur's own interface, yente's beside it, health and metrics.

It listens on loopback. People's tools and national systems come with a token; the web process and the gate speak for
whom they have identified (``databases.searching_client``). Every refusal is a problem document (RFC 9457).
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter
from typing import Any, Final, TypeVar

import msgspec
import structlog
from django.db import DatabaseError
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from jusur.databases import searching_api as databases
from jusur.kernel.errors import InvalidInputError, JusurError, NotFoundError, UnavailableError
from jusur.node.metrics import exposition
from jusur.screening import batches, compatible, metrics
from jusur.screening.askers import Askers, Speaker
from jusur.screening.asking import Desk
from jusur.screening.index import Holdings

log = structlog.get_logger(__name__)

SEARCH_BYTES: Final = 256 * 1024
BATCH_BYTES: Final = 24 << 20
BODY_SECONDS: Final = 30.0
RETRY_SECONDS: Final = 2
_JSON: Final = "application/json"
_PROBLEM: Final = "application/problem+json"
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})
CHANNELS: Final = frozenset({"api", "desk", "command", "remote"})
T = TypeVar("T")
Handler = Callable[[Request], Awaitable[Response]]


class TooLargeError(InvalidInputError):
    """The body is larger than this address takes."""

    code = "too-large"
    title = "The request is too large"
    status = 413


def create_app(address: str, folder: Path) -> Starlette:
    """The ASGI application of the search process of the node ``address``, with its index in ``folder``."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        state = app.state
        state.holdings = Holdings(folder)
        state.desk = Desk(address, state.holdings)
        state.askers = Askers(address)
        state.holdings.start()
        yield
        await state.desk.close()
        state.holdings.close()

    return Starlette(
        routes=[
            Route("/v1/search", guarded("search", _search), methods=["POST"]),
            Route("/v1/search/batch", guarded("batch", _batch), methods=["POST"]),
            Route("/v1/search/edition", guarded("edition", _edition), methods=["POST"]),
            Route("/health", guarded("health", _health), methods=["GET"]),
            Route("/metrics", guarded("metrics", _metrics), methods=["GET"]),
            *(
                Route(path, guarded(handler.__name__, handler), methods=[method])
                for method, path, handler in compatible.ROUTES
            ),
        ],
        exception_handlers={404: _not_found, 405: _not_found},
        lifespan=lifespan,
    )


def problem(error: JusurError) -> Response:
    """``error`` as a problem document; 429 and 503 say when to come again."""
    headers: dict[str, str] = {}
    if error.status in {429, 503}:
        headers["retry-after"] = str(getattr(error, "wait_seconds", RETRY_SECONDS))
    if error.status == 401:  # noqa: PLR2004 - RFC 9110, section 15.5.2
        headers["www-authenticate"] = "Bearer"
    return Response(msgspec.json.encode(error.problem()), error.status, headers=headers, media_type=_PROBLEM)


def guarded(name: str, handler: Handler) -> Handler:
    """``handler`` with its errors answered and its time counted."""

    async def answer(request: Request) -> Response:
        began = perf_counter()
        try:
            response = await handler(request)
        except JusurError as error:
            response = problem(error)
        except DatabaseError as error:
            log.warning("search without database", route=name, error=type(error).__name__)
            response = problem(
                UnavailableError("This node's database does not answer now, and no search goes unrecorded.")
            )
        except Exception:
            log.exception("search failed", route=name)
            response = problem(JusurError("This node failed to answer; its operator can see why in its log."))
        metrics.SECONDS.labels(name).observe(perf_counter() - began)
        return response

    return answer


async def speaker_of(request: Request, body: bytes) -> Speaker:
    """Who asks.

    Raises:
        NotSignedInError: nobody that this node knows.
    """
    askers: Askers = request.app.state.askers
    header = request.headers.get("authorization", "")
    known = askers.known(header)
    if known is not None:
        return known
    return await asyncio.get_running_loop().run_in_executor(None, _with_database, askers.look_up, header, body)


async def body_of(request: Request, limit: int) -> bytes:
    """The request's body within its bounds.

    Raises:
        TooLargeError: more than ``limit`` bytes.
        UnavailableError: it did not arrive whole in time.
    """
    announced = request.headers.get("content-length", "")
    if announced and (not announced.isdecimal() or len(announced) > 12 or int(announced) > limit):  # noqa: PLR2004
        raise TooLargeError(f"The body is larger than the {limit} bytes taken here.", fix="Ask for less at once.")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in request.stream():
                body += piece
                if len(body) > limit:
                    raise TooLargeError(
                        f"The body is larger than the {limit} bytes taken here.", fix="Ask for less at once."
                    )
    except (TimeoutError, ClientDisconnect):
        raise UnavailableError("The body did not arrive whole in time.", fix="Send it again.") from None
    return bytes(body)


def parse(body: bytes, form: type[T]) -> T:
    """``body`` as ``form``, strictly.

    Raises:
        InvalidInputError: says where and what is wrong.
    """
    try:
        return msgspec.json.decode(body, type=form)
    except msgspec.ValidationError as error:
        raise InvalidInputError(
            f"The search is not of the right form: {error}.", fix="See docs/reference/search.md."
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise InvalidInputError("The body is not JSON.", fix="See docs/reference/search.md.") from None


async def _search(request: Request) -> Response:
    content = await body_of(request, SEARCH_BYTES)
    speaker = await speaker_of(request, content)
    speaker.require("search.do")
    body = parse(content, databases.SearchBody)
    desk: Desk = request.app.state.desk
    return Response(msgspec.json.encode(await desk.search(speaker, body, _channel(request, speaker))), media_type=_JSON)


async def _batch(request: Request) -> Response:
    content = await body_of(request, BATCH_BYTES)
    speaker = await speaker_of(request, content)
    speaker.require("search.batch")
    body = parse(content, databases.BatchBody)
    found = await batches.answer(request.app.state.desk, speaker, body)
    return Response(msgspec.json.encode(found), media_type=_JSON)


async def _edition(request: Request) -> Response:
    """For this node's own worker: what among the index is like these records of its own (never leaves the node)."""
    content = await body_of(request, BATCH_BYTES)
    speaker = await speaker_of(request, content)
    if speaker.scheme != databases.SCHEME_NODE:
        raise NotFoundError("There is nothing here.")
    questions = parse(content, list[databases.EditionQuestion])
    found = await batches.alike(request.app.state.desk, questions)
    return Response(msgspec.json.encode(found), media_type=_JSON)


async def _health(request: Request) -> Response:
    holdings: Holdings = request.app.state.holdings
    return Response(msgspec.json.encode({"status": "ok", **holdings.state()}), media_type=_JSON)


async def _metrics(request: Request) -> Response:
    if request.client is None or request.client.host not in _LOOPBACK:
        raise NotFoundError("There is nothing here.")
    return Response(exposition(), headers={"content-type": CONTENT_TYPE_LATEST})


async def _not_found(_request: Request, _error: Exception) -> Response:
    return problem(NotFoundError("There is nothing here.", fix="See docs/reference/search.md."))


def _channel(request: Request, speaker: Speaker) -> str:
    """By which way a search came: what a process of this node says, else the API."""
    if speaker.scheme == databases.SCHEME_BUREAU:
        return "remote"
    said = request.headers.get("jusur-channel", "api")
    return said if said in CHANNELS and said != "remote" else "api"


def _with_database(function: Callable[..., T], *arguments: Any) -> T:
    from django.db import close_old_connections

    close_old_connections()
    try:
        return function(*arguments)
    finally:
        close_old_connections()
