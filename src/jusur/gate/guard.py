"""Who asks, how much at once, and never the same request twice: what stands before every route of the gate."""

import asyncio
import contextlib
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeVar

from starlette.requests import ClientDisconnect, Request

from jusur.crypto.requests import VerifiedRequest, verify_head
from jusur.exchange import api as exchange
from jusur.gate.nonces import NonceCache, TooManyRequestsError
from jusur.kernel.clock import now
from jusur.kernel.errors import InvalidInputError

T = TypeVar("T")

BODY_SECONDS: Final = 30.0
"""How long a request's body may take to arrive."""
STANDARD_THREADS: Final = 4
EXPRESS_THREADS: Final = 2
REQUESTS_PER_PEER: Final = 8
"""Requests of one peer at work at the same time, chunks included; more are asked to come again."""
RETRY_SECONDS: Final = 1


class BodyTooLargeError(InvalidInputError):
    """The body is larger than this route takes."""

    code = "body-too-large"
    title = "The body is too large"
    status = 413


class BodyTooSlowError(InvalidInputError):
    """The body did not arrive in time, or not whole."""

    code = "body-too-slow"
    title = "The body did not arrive in time"
    status = 408


class Guard:
    """Threads, limits and memory of one gate process."""

    def __init__(self, url: str, nonces: NonceCache) -> None:
        self.url = url.rstrip("/")
        self.nonces = nonces
        self._busy: Counter[str] = Counter()
        self._pools = {
            "express": ThreadPoolExecutor(EXPRESS_THREADS, thread_name_prefix="express"),
            "standard": ThreadPoolExecutor(STANDARD_THREADS, thread_name_prefix="standard"),
        }

    async def work(self, lane: str, function: Callable[..., T], *arguments: Any) -> T:
        """Run ``function`` in a thread of ``lane`` whose database connection is kept in order."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pools[lane], _with_database, function, arguments)

    async def identify(self, request: Request, lane: str) -> VerifiedRequest:
        """Who signed the request (RFC 9421), before its body is read.

        Raises:
            RequestSignatureError: nobody who may ask, or a replay.
        """
        return await self.work(lane, self._identify, request.method, self._target(request), request.headers.items())

    def _identify(self, method: str, url: str, headers: list[tuple[str, str]]) -> VerifiedRequest:
        verified = verify_head(exchange.find_key, method=method, url=url, headers=headers, now=now())
        self.nonces.use(verified)
        return verified

    def _target(self, request: Request) -> str:
        raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
        query: bytes = request.scope["query_string"]
        return self.url + raw.decode("latin-1") + (f"?{query.decode('latin-1')}" if query else "")

    def require_turn(self, peer: str) -> None:
        """Return if ``peer`` may have another request at work.

        Raises:
            TooManyRequestsError: it has too many already.
        """
        if self._busy[peer] >= REQUESTS_PER_PEER:
            raise TooManyRequestsError("Too many of your requests are at work.", fix="Wait for answers, then go on.")

    @contextlib.contextmanager
    def counted(self, peer: str) -> Iterator[None]:
        """Count a request as at work for ``peer`` while the block lasts."""
        self._busy[peer] += 1
        try:
            yield
        finally:
            self._busy[peer] -= 1
            if not self._busy[peer]:
                del self._busy[peer]

    @contextlib.contextmanager
    def turn(self, peer: str) -> Iterator[None]:
        """`require_turn`, then `counted`."""
        self.require_turn(peer)
        with self.counted(peer):
            yield

    def close(self) -> None:
        """Let the threads end."""
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)


async def read_body(request: Request, verified: VerifiedRequest, limit: int) -> bytes:
    """The request's body, within its bounds and with the digest that was signed.

    Raises:
        BodyTooLargeError: more than ``limit`` bytes are announced or sent.
        BodyTooSlowError: it takes too long or breaks off.
        RequestSignatureError: not the body that was signed.
    """
    announced = request.headers.get("content-length", "")
    if announced and (not announced.isdecimal() or len(announced) > len(str(limit)) or int(announced) > limit):
        raise BodyTooLargeError(f"At most {limit} bytes are taken.", fix="Send less at once.")
    body, digest = bytearray(), hashlib.sha256()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in request.stream():
                body += piece
                digest.update(piece)
                if len(body) > limit:
                    raise BodyTooLargeError(f"At most {limit} bytes are taken.", fix="Send less at once.")
    except (TimeoutError, ClientDisconnect):
        raise BodyTooSlowError("The body did not arrive whole in time.", fix="Send it again.") from None
    verified.check_body(digest.digest())
    return bytes(body)


def _with_database(function: Callable[..., T], arguments: tuple[Any, ...]) -> T:
    from django.db import close_old_connections

    close_old_connections()
    try:
        return function(*arguments)
    finally:
        close_old_connections()
