"""Exactly once over HTTP: the Idempotency-Key header (draft-ietf-httpapi-idempotency-key-header).

The key, what the request did and its answer are committed in one transaction. A repeat waits for the first to end and
gets the same answer; the same key on another request is refused. Answers are kept encrypted under the caller's own
token, of which the node keeps only a digest: a copy of the database opens none of them.
"""

import hashlib
import hmac
import os
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus

from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from django.db import IntegrityError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from psycopg.errors import LockNotAvailable
from psycopg.pq import TransactionStatus

from jusur.kernel import clock
from jusur.kernel.errors import InvalidInputError, JusurError
from jusur.web import problems
from jusur.web.errors import KeyReusedError, StillRunningError
from jusur.web.models import IdempotentAnswer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT = timedelta(days=7)
MAX_KEY = 128
WAIT_SECONDS = 20
_NONCE = 12
_WRITES = frozenset({"POST"})


class Idempotency:
    """Django middleware that answers a repeated request as it answered the first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer to ``request``, given once however often it comes."""
        key = request.headers.get(HEADER)
        if key is None or request.method not in _WRITES or "Authorization" not in request.headers:
            return self.get_response(request)
        try:
            return self._once(request, key)
        except JusurError as error:
            return problems.of(error)

    def _once(self, request: HttpRequest, key: str) -> HttpResponseBase:
        if not (key.isascii() and key.isprintable() and 0 < len(key) <= MAX_KEY):
            raise InvalidInputError("The Idempotency-Key is not valid.", fix="Send 1 to 128 printable characters.")
        caller = _Caller(request.headers["Authorization"].encode("utf-8", "surrogatepass"))
        digest = caller.digest(f"{request.method} {request.get_full_path()}\n".encode() + request.body)
        with transaction.atomic():
            kept = _claim(caller.scope, key, digest)
            if kept.request_sha256 != digest:
                raise KeyReusedError(
                    "This Idempotency-Key was used with another request.", fix="Use a new key for each request."
                )
            return self._first(request, kept, caller) if kept.status is None else _again(kept, caller)

    def _first(self, request: HttpRequest, kept: IdempotentAnswer, caller: "_Caller") -> HttpResponseBase:
        response = self.get_response(request)
        if not isinstance(response, HttpResponse) or _leaves_no_trace(response):
            transaction.set_rollback(True)
            return response
        kept.status = response.status_code
        kept.content_type = response.headers.get("Content-Type", "")
        kept.body = caller.seal(response.content, kept.key)
        kept.save(update_fields=["status", "content_type", "body"])
        return response


class _Caller:
    """The caller's token as a key: for the scope of idempotency keys, digests of requests, and kept answers."""

    def __init__(self, authorization: bytes) -> None:
        self.scope = hmac.digest(authorization, b"jusur idempotency: scope", "sha256").hex()
        self._digest_key = hmac.digest(authorization, b"jusur idempotency: request", "sha256")
        self._cipher = ChaCha20Poly1305(hmac.digest(authorization, b"jusur idempotency: answer", "sha256"))

    def digest(self, request: bytes) -> str:
        """A digest of the request that only this caller can recompute."""
        return hmac.new(self._digest_key, request, hashlib.sha256).hexdigest()

    def seal(self, body: bytes, key: str) -> bytes:
        """``body`` encrypted for this caller, bound to the idempotency key."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, body, key.encode())

    def open(self, sealed: bytes, key: str) -> bytes:
        """What ``seal`` sealed."""
        return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], key.encode())


def forget_old() -> int:
    """Drop answers older than seven days; the number dropped."""
    return IdempotentAnswer.objects.filter(created_at__lt=clock.now() - KEPT).delete()[0]


def _leaves_no_trace(response: HttpResponse) -> bool:
    """Whether the request may be tried again as if it had never come: it failed, or a stranger sent it."""
    status = connection.connection.info.transaction_status
    failed = response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
    aborted = connection.needs_rollback or status is not TransactionStatus.INTRANS
    return failed or aborted or response.status_code == HTTPStatus.UNAUTHORIZED


def _again(kept: IdempotentAnswer, caller: _Caller) -> HttpResponse:
    return HttpResponse(
        caller.open(bytes(kept.body), kept.key),
        status=kept.status,
        content_type=kept.content_type,
        headers={REPLAYED: "true"},
    )


def _claim(scope: str, key: str, digest: str) -> IdempotentAnswer:
    """The row of this key: a new one, or the one of a request that ended. Waits for one under way.

    Raises:
        StillRunningError: the one under way takes longer than a caller should wait.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{WAIT_SECONDS}s"])
            kept = IdempotentAnswer.objects.create(scope=scope, key=key, request_sha256=digest, created_at=clock.now())
            cursor.execute("SELECT set_config('lock_timeout', '0', true)")
            return kept
    except IntegrityError:
        return IdempotentAnswer.objects.get(scope=scope, key=key)
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise StillRunningError("The first request with this key is still running.", fix="Repeat later.") from None
        raise
