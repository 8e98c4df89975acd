"""What every request to the API is measured against before a view sees it: size, type, form of address, rate."""

import hashlib
import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from math import ceil

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from jusur.kernel.errors import InvalidInputError, JusurError
from jusur.web import problems
from jusur.web.errors import LengthRequiredError, TooLargeError, TooManyRequestsError, UnsupportedTypeError

MAX_JSON = 4 << 20
"""Bytes of the largest JSON body."""
MAX_PART = 64 << 20
"""Bytes of the largest part of an upload."""
MAX_QUERY = 8 << 10
JOIN_RATE, JOIN_BURST = 0.5, 30
"""Requests a second, and at once, that one network takes to join: whoever joins has no token to be known by."""
_API = "/v1/"
_UPLOADS = "/v1/evidence/uploads/"
_JOINING = "/v1/join/"
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class Limits:
    """Django middleware that refuses what is too large, of another type, malformed or too fast."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self._buckets = Buckets(rate=settings.API_RATE, burst=settings.API_BURST)
        self._joining = Buckets(rate=JOIN_RATE, burst=JOIN_BURST)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer to ``request``, or the refusal."""
        if not request.path_info.startswith(_API):
            return self.get_response(request)
        try:
            self._buckets.take(caller(request))
            if request.path_info.startswith(_JOINING):
                self._joining.take(network(request))
            check_address(request)
            if request.method in _WITH_BODY:
                check_body(request)
        except JusurError as error:
            return problems.of(error)
        return self.get_response(request)


class Buckets:
    """A token bucket a caller: ``burst`` requests at once, ``rate`` a second in the long run; 0 for no limit.

    The callers last seen are remembered; one forgotten starts with a full bucket.
    """

    REMEMBERED = 10_000

    def __init__(self, *, rate: float, burst: float, now: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = max(burst, 1.0)
        self._now = now
        self._levels: OrderedDict[bytes, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def clear(self) -> None:
        """Forget every caller."""
        with self._lock:
            self._levels.clear()

    def take(self, who: bytes) -> None:
        """Count one request of ``who``.

        Raises:
            TooManyRequestsError: the bucket is empty; it says for how many seconds to wait.
        """
        if self._rate <= 0:
            return
        now = self._now()
        with self._lock:
            level, since = self._levels.pop(who, (self._burst, now))
            level = min(self._burst, level + (now - since) * self._rate)
            self._levels[who] = (level - 1 if level >= 1 else level, now)
            if len(self._levels) > self.REMEMBERED:
                self._levels.popitem(last=False)
        if level < 1:
            raise TooManyRequestsError(
                "These requests come too fast.",
                fix="Wait as long as Retry-After says.",
                wait_seconds=ceil((1 - level) / self._rate),
            )


def caller(request: HttpRequest) -> bytes:
    """A digest of whoever calls: the token, or where there is none the network address."""
    name = request.headers.get("Authorization") or str(request.META.get("REMOTE_ADDR", ""))
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).digest()


def network(request: HttpRequest) -> bytes:
    """The network a request comes from, whatever token it claims: an IPv4 address, the first 64 bits of an IPv6 one."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address.encode("utf-8", "surrogatepass")[:64]
    return parsed.packed[:8] if parsed.version == 6 else parsed.packed  # noqa: PLR2004 - IPv6


def check_address(request: HttpRequest) -> None:
    """Refuse an address with characters that no identifier of ours has.

    Raises:
        InvalidInputError: NUL characters, an overlong query, too many fields.
    """
    if len(request.META.get("QUERY_STRING", "")) > MAX_QUERY:
        raise InvalidInputError(f"The query is longer than {MAX_QUERY} characters.", fix="Narrow the question.")
    try:
        values = [value for name in request.GET for value in (name, *request.GET.getlist(name))]
    except SuspiciousOperation:
        raise InvalidInputError("The query has too many fields.", fix="Narrow the question.") from None
    if any("\0" in value for value in (request.path_info, *values)):
        raise InvalidInputError("The address holds a NUL character.", fix="Remove %00.")


def check_body(request: HttpRequest) -> None:
    """Refuse a body of unknown length, too large, or of another type than the API's.

    Raises:
        LengthRequiredError, TooLargeError, UnsupportedTypeError: as they say.
    """
    if request.headers.get("Transfer-Encoding"):
        raise LengthRequiredError("The body comes without its length.", fix="Send Content-Length.")
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise UnsupportedTypeError("Compressed bodies are not accepted.", fix="Send the body as it is.")
    length = _length(request)
    part = request.method == "PUT" and request.path_info.startswith(_UPLOADS)
    limit = MAX_PART if part else MAX_JSON
    if length > limit:
        raise TooLargeError(f"The body has {length} bytes; at most {limit} are accepted.", fix="Send less at once.")
    wanted = "application/octet-stream" if part else "application/json"
    if length and request.content_type != wanted:
        raise UnsupportedTypeError("The body is of a type not accepted here.", fix=f"Send {wanted}.")


def _length(request: HttpRequest) -> int:
    stated = request.headers.get("Content-Length", "") or "0"
    if not (stated.isascii() and stated.isdigit() and len(stated) < 20):  # noqa: PLR2004 - more digits than any file has bytes
        raise LengthRequiredError("The Content-Length is not a number.", fix="Send the body's length in bytes.")
    return int(stated)
