"""Exactly once over HTTP: the Idempotency-Key header (draft-ietf-httpapi-idempotency-key-header).

The key, what the request did and its answer are committed in one transaction. A repeat waits for the first to end and
gets the same answer; the same key on another request is refused.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse

from jusur.kernel import clock
from jusur.kernel.errors import InvalidInputError, JusurError
from jusur.web.models import IdempotentAnswer

HEADER = "Idempotency-Key"
KEPT = timedelta(days=7)
MAX_KEY = 128
_WRITES = frozenset({"POST", "PATCH"})


class KeyReusedError(InvalidInputError):
    """The same Idempotency-Key came with another request."""

    code = "idempotency-key-reused"
    title = "The Idempotency-Key belongs to another request"


class Idempotency:
    """Django middleware that answers a repeated request as it answered the first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer to ``request``, given once however often it comes."""
        key = request.headers.get(HEADER)
        if key is None or request.method not in _WRITES or "Authorization" not in request.headers:
            return self.get_response(request)
        try:
            return self._once(request, key)
        except JusurError as error:
            return JsonResponse(error.problem(), status=error.status, content_type="application/problem+json")

    def _once(self, request: HttpRequest, key: str) -> HttpResponse:
        if not key.isprintable() or not 0 < len(key) <= MAX_KEY:
            raise InvalidInputError("The Idempotency-Key is not valid.", fix="Send 1 to 128 printable characters.")
        scope = _sha256(request.headers["Authorization"].encode("utf-8", "surrogatepass"))
        digest = _sha256(f"{request.method} {request.get_full_path()}\n".encode() + request.body)
        with transaction.atomic():
            answer = _claim(scope, key, digest)
            if answer.request_sha256 != digest:
                raise KeyReusedError(
                    "This Idempotency-Key was used with another request.", fix="Use a new key for each request."
                )
            if answer.status is not None:
                return HttpResponse(
                    bytes(answer.body),
                    status=answer.status,
                    content_type=answer.content_type,
                    headers={"Idempotency-Replayed": "true"},
                )
            response = self.get_response(request)
            if response.status_code >= 500:  # noqa: PLR2004 - an unexpected failure leaves no trace, so it may be tried again
                transaction.set_rollback(True)
                return response
            answer.status = response.status_code
            answer.content_type = response.headers.get("Content-Type", "")
            answer.body = response.content
            answer.save()
            return response


def forget_old() -> int:
    """Drop answers older than seven days; the number dropped."""
    return IdempotentAnswer.objects.filter(created_at__lt=clock.now() - KEPT).delete()[0]


def _claim(scope: str, key: str, digest: str) -> IdempotentAnswer:
    try:
        with transaction.atomic():
            return IdempotentAnswer.objects.create(scope=scope, key=key, request_sha256=digest, created_at=clock.now())
    except IntegrityError:
        return IdempotentAnswer.objects.select_for_update().get(scope=scope, key=key)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
