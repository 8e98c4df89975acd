"""The gate: what other nodes ask of this one, over mutual TLS. Identity is the request's signature, not the connection.

Nothing is interpreted here but HTTP: bodies go to the exchange and its answers go back. Every refusal is a problem
document (RFC 9457) with its reason.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter

import msgspec
import structlog
from django.db import DatabaseError
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jusur.databases import api as databases
from jusur.exchange import api as exchange
from jusur.gate import blobs, directory
from jusur.gate.guard import RETRY_SECONDS, Guard, read_body
from jusur.gate.nonces import NonceCache
from jusur.kernel.errors import JusurError, NotFoundError, UnavailableError

_log = structlog.get_logger(__name__)

REQUESTS = Counter("jusur_gate_requests_total", "Requests answered by the gate.", ("route", "status"))
SECONDS = Histogram("jusur_gate_request_seconds", "Time to answer a request of the gate.", ("route",))

_LOOPBACK = frozenset({"127.0.0.1", "::1"})
_JSON = "application/json"
RECONCILE_BYTES = 64 * 1024
Handler = Callable[[Request], Awaitable[Response]]


def create_app(url: str, nonces: Path) -> Starlette:
    """The gate's ASGI application.

    Args:
        url: this gate's own URL as the directory names it; requests are signed for it.
        nonces: the folder in which answered requests are remembered.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        app.state.guard.close()

    app = Starlette(
        routes=[
            Route("/exchange/v1/envelopes", _guarded("envelopes", _envelopes), methods=["POST"]),
            Route("/exchange/v1/receipts", _guarded("receipts", _receipts), methods=["POST"]),
            Route("/exchange/v1/reconcile", _guarded("reconcile", _reconcile), methods=["POST"]),
            Route("/exchange/v1/capabilities", _guarded("capabilities", _capabilities), methods=["GET"]),
            Route("/blobs/v1/{name}", _guarded("blobs", blobs.chunk), methods=["GET"]),
            Route("/search/v1/queries", _guarded("search", _search), methods=["POST"]),
            Route("/health", _guarded("health", _health), methods=["GET"]),
            Route("/metrics", _guarded("metrics", _metrics), methods=["GET"]),
            *directory.routes,
        ],
        exception_handlers={404: _not_found, 405: _not_found},
        lifespan=lifespan,
    )
    app.state.guard = Guard(url, NonceCache(nonces))
    return app


def problem(error: JusurError) -> Response:
    """``error`` as a problem document; 429 and 503 say when to come again."""
    headers = {"retry-after": str(RETRY_SECONDS)} if error.status in {429, 503} else {}
    return Response(
        msgspec.json.encode(error.problem()), error.status, headers=headers, media_type="application/problem+json"
    )


def _guarded(name: str, handler: Handler) -> Handler:
    """``handler`` with its errors answered, its time and result counted."""

    async def answer(request: Request) -> Response:
        started = perf_counter()
        try:
            response = await handler(request)
        except JusurError as error:
            response = problem(error)
        except DatabaseError as error:
            _log.warning("gate without database", route=name, error=type(error).__name__)
            response = problem(UnavailableError("This node's database does not answer now.", fix="Try again later."))
        except Exception:  # noqa: BLE001 - logged; the asker learns only that it was not his fault
            _log.exception("gate failed", route=name)
            response = problem(JusurError("This node failed to answer; its operator can see why in its log."))
        REQUESTS.labels(name, response.status_code).inc()
        SECONDS.labels(name).observe(perf_counter() - started)
        return response

    return answer


async def _envelopes(request: Request) -> Response:
    guard: Guard = request.app.state.guard
    express = request.headers.get("jusur-lane") == "express"
    lane = "express" if express else "standard"
    verified = await guard.identify(request, lane)
    with guard.turn(f"{verified.sender} {lane}"):
        body = await read_body(request, verified, exchange.MAX_BODY_BYTES)
        answer = await guard.work(lane, lambda: exchange.take_envelopes(body, asker=verified.sender, express=express))
    return Response(answer, media_type=_JSON)


async def _receipts(request: Request) -> Response:
    guard: Guard = request.app.state.guard
    verified = await guard.identify(request, "express")
    with guard.turn(verified.sender):
        body = await read_body(request, verified, exchange.MAX_BODY_BYTES)
        answer = await guard.work("express", lambda: exchange.take_receipts(body, asker=verified.sender))
    return Response(answer, media_type=_JSON)


async def _reconcile(request: Request) -> Response:
    guard: Guard = request.app.state.guard
    verified = await guard.identify(request, "standard")
    with guard.turn(verified.sender):
        body = await read_body(request, verified, RECONCILE_BYTES)
        answer = await guard.work("standard", lambda: exchange.answer_reconcile(body, asker=verified.sender))
    return Response(answer, media_type=_JSON)


async def _search(request: Request) -> Response:
    guard: Guard = request.app.state.guard
    verified = await guard.identify(request, "express")
    with guard.turn(f"{verified.sender} search"):
        body = await read_body(request, verified, databases.MAX_QUESTION_BYTES)
        answer = await guard.work("express", lambda: databases.answer_bureau(body, asker=verified.sender))
    return Response(answer, media_type=_JSON)


async def _capabilities(request: Request) -> Response:
    guard: Guard = request.app.state.guard
    await guard.identify(request, "standard")
    return Response(msgspec.json.encode(await guard.work("standard", exchange.capabilities)), media_type=_JSON)


async def _health(request: Request) -> Response:
    guard: Guard = request.app.state.guard
    await guard.work("express", exchange.health)
    return Response(b'{"status":"ok"}', media_type=_JSON)


async def _metrics(request: Request) -> Response:
    if request.client is None or request.client.host not in _LOOPBACK:
        raise NotFoundError("There is nothing here.")
    return Response(generate_latest(), headers={"content-type": CONTENT_TYPE_LATEST})


async def _not_found(_request: Request, _error: Exception) -> Response:
    return problem(NotFoundError("There is nothing here.", fix="See docs/reference/protocol.md for the gate's routes."))
