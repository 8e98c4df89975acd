"""Talking to another node's gate: one kept-alive TLS 1.3 connection, every request signed (RFC 9421).

The gate's certificate must be the network's for that very organisation; the answer is read within bounds of size and
time, whatever its sender says.
"""

import hashlib
import http.client
import os
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self
from urllib.parse import urlsplit

import msgspec

from jusur.crypto.certificates import internal_name
from jusur.crypto.requests import SENDER_FIELD, sign_request
from jusur.exchange import own
from jusur.exchange.errors import PeerMisbehavesError, PeerUnavailableError

CONNECT_SECONDS = 10.0
REQUEST_SECONDS = 30.0
READ_SIZE = 256 * 1024
_STALE = (http.client.RemoteDisconnected, http.client.CannotSendRequest, ConnectionError, ssl.SSLEOFError)
"""What a request on a kept connection meets when the peer has closed it meanwhile."""
_UNAVAILABLE = frozenset({429, 502, 503, 504})
MAX_RETRY_AFTER = 3600.0
MAX_PROBLEM = 16 * 1024
MAX_SAID = 500
"""Characters of a peer's own words that are kept."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a gate answered: status, lower-case header fields, body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Connection(Protocol):
    """A way to ask one peer's gate."""

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        max_bytes: int,
        seconds: float = REQUEST_SECONDS,
        extra: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request; the whole answer. Raises PeerUnavailableError or PeerMisbehavesError."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


def client_context(certificate: str, key: str, authority_pem: str, password: bytes | None = None) -> ssl.SSLContext:
    """TLS 1.3 only, our certificate shown, theirs checked against the network's authority and by name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(cadata=authority_pem)
    context.load_cert_chain(certificate, key, password)
    return context


class _Timed(http.client.HTTPSConnection):
    """Connects to the gate's host but asks for the organisation's own name in its certificate."""

    def __init__(self, host: str, port: int, name: str, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=CONNECT_SECONDS, context=context)
        self._name = name
        self._tls = context

    def connect(self) -> None:
        """Connect and shake hands."""
        http.client.HTTPConnection.connect(self)
        self.sock = self._tls.wrap_socket(self.sock, server_hostname=self._name)


class PeerConnection:
    """A `Connection` over TLS to the gate of ``address`` at ``url``. For one thread."""

    def __init__(self, address: str, url: str, context: ssl.SSLContext) -> None:
        self.address = address
        self._url = url.rstrip("/")
        parts = urlsplit(self._url)
        if parts.scheme != "https" or not parts.hostname or parts.path:
            raise PeerUnavailableError(f"The directory gives {address} no gate that can be reached.")
        self._connection = _Timed(parts.hostname, parts.port or 443, internal_name(address), context)
        self._fresh = True

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        max_bytes: int,
        seconds: float = REQUEST_SECONDS,
        extra: Mapping[str, str] | None = None,
    ) -> Answer:
        """As `Connection.ask`. A kept connection that the peer has closed meanwhile is opened again, once."""
        reused = self._connection.sock is not None
        try:
            return self._ask_once(method, path, body, max_bytes, seconds, extra)
        except _STALE as error:
            self.close()
            if not reused:
                raise self._unreachable(error) from error
        except (OSError, http.client.HTTPException, TimeoutError) as error:
            self.close()
            raise self._unreachable(error) from error
        try:
            return self._ask_once(method, path, body, max_bytes, seconds, extra)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise self._unreachable(error) from error

    def _ask_once(
        self,
        method: str,
        path: str,
        body: bytes | None,
        max_bytes: int,
        seconds: float,
        extra: Mapping[str, str] | None,
    ) -> Answer:
        response = self.begin(method, path, body=body, seconds=seconds, extra=extra)
        deadline = time.monotonic() + seconds
        data = bytearray()
        while piece := response.read1(READ_SIZE):
            data += piece
            if len(data) > max_bytes:
                self.close()
                raise PeerMisbehavesError(f"{self.address} answers with more than {max_bytes} bytes.")
            if time.monotonic() > deadline:
                self.close()
                raise PeerUnavailableError(f"{self.address} answers too slowly.")
        response.close()
        headers = {name.lower(): value for name, value in response.getheaders()}
        answer = Answer(response.status, headers, bytes(data))
        if answer.status in _UNAVAILABLE:
            raise busy(self.address, answer)
        return answer

    def begin(
        self,
        method: str,
        path: str,
        *,
        body: bytes | None = None,
        seconds: float,
        extra: Mapping[str, str] | None = None,
    ) -> http.client.HTTPResponse:
        """Send one signed request; the response, its body still to be read (and to be read whole)."""
        me = own.own()
        signed = {SENDER_FIELD: me.address, **(extra or {})}
        digest = hashlib.sha256(body).digest() if body is not None else None
        fields = sign_request(me.signing, method=method, url=self._url + path, headers=signed, body_digest=digest)
        headers = {**signed, **fields}
        if body is not None:
            headers["content-type"] = "application/json"
        self._connection.timeout = min(CONNECT_SECONDS, seconds)
        if self._connection.sock is None:
            self._connection.connect()
        self._connection.sock.settimeout(seconds)
        self._connection.request(method, path, body=body, headers=headers)
        return self._connection.getresponse()

    def _unreachable(self, error: Exception) -> PeerUnavailableError:
        return PeerUnavailableError(
            f"The gate of {self.address} cannot be reached ({type(error).__name__}).",
            fix="It will be tried again; see jusur exchange status.",
        )

    def close(self) -> None:
        """Close the connection; the next request opens it again."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def busy(address: str, answer: Answer) -> PeerUnavailableError:
    """The error for a gate that asks to be left alone for a while (429, 503)."""
    return busy_after(address, answer.status, answer.headers.get("retry-after", ""))


def busy_after(address: str, status: int, retry_after: str) -> PeerUnavailableError:
    """As `busy`, from the status and the ``Retry-After`` field (seconds)."""
    wait = min(float(retry_after), MAX_RETRY_AFTER) if retry_after.isdecimal() else None
    again = f"in {wait:.0f} seconds" if wait else "in a minute"
    return PeerUnavailableError(f"{address} is busy (HTTP {status}).", fix=f"Try again {again}.", retry_after=wait)


def refused(address: str, answer: Answer) -> PeerUnavailableError:
    """The error for another answer than was asked for: its status, and the reason that it gives (RFC 9457)."""
    try:
        problem = msgspec.json.decode(answer.body[:MAX_PROBLEM], type=_Problem)
        said = [part for part in (problem.detail, problem.fix) if part]
    except msgspec.DecodeError:
        said = []
    words = "".join(letter for letter in " ".join(said)[:MAX_SAID] if letter.isprintable())
    return PeerUnavailableError(f"{address} answers HTTP {answer.status}. {words}".rstrip())


class _Problem(msgspec.Struct):
    detail: str = ""
    fix: str = ""


_contexts: dict[tuple[str, str], ssl.SSLContext] = {}
_mutex = threading.Lock()


def connect(address: str) -> PeerConnection:
    """A connection to the gate the directory names for ``address``, with this node's certificate.

    Raises:
        PeerUnavailableError: the directory names no gate.
    """
    from jusur.directory import api as directory
    from jusur.node.context import PASSPHRASE_VARIABLE, current

    file = os.environ.get(PASSPHRASE_VARIABLE)
    password = Path(file).read_bytes().strip() if file else None
    paths = current().keys.tls_paths
    authority = directory.tls_ca()
    key = (authority, str(paths.certificate.stat().st_mtime_ns))
    with _mutex:
        if key not in _contexts:
            _contexts.clear()
            _contexts[key] = client_context(str(paths.certificate), str(paths.key), authority, password)
        context = _contexts[key]
    return PeerConnection(address, directory.gate_url(address), context)
