"""The nonces of signed requests that were answered: a second request with one is a replay.

They lie in files, so that a process that was restarted, and two that serve while one takes over from the other, know
each other's. A file holds the nonces that expire within ten minutes of each other: 16 bytes of SHA-256 each, in the
order of their use, appended under a lock. A file whose time is over is deleted.

The files are not forced to the disk: a kill loses none, a power cut may lose those of the last half minute. What the
gate does is done once all the same, since envelopes and receipts are known by their identifiers.
"""

import fcntl
import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from jusur.crypto.errors import RequestSignatureError
from jusur.crypto.requests import VerifiedRequest
from jusur.kernel.clock import now
from jusur.kernel.errors import JusurError, UnavailableError

MAX_NONCES: Final = 200_000
SPAN_SECONDS: Final = 600
_RECORD: Final = 16
_SUFFIX: Final = ".nonces"


class TooManyRequestsError(JusurError):
    """A peer asks for more at once than it may; it comes again after ``Retry-After``."""

    code = "too-many-requests"
    title = "Too many requests at once"
    status = 429


@dataclass
class _Span:
    """The nonces that expire in one span of time, and how far the file was read."""

    known: set[bytes] = field(default_factory=set)
    read: int = 0


class NonceCache:
    """The nonces used at this node's gate, in ``folder``, at most ``limit`` at a time."""

    def __init__(self, folder: Path, *, limit: int = MAX_NONCES) -> None:
        self._folder, self._limit = folder, limit
        self._spans: dict[int, _Span] = {}
        self._mutex = threading.Lock()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def use(self, verified: VerifiedRequest) -> None:
        """Remember the request's nonce.

        Raises:
            RequestSignatureError: it was used before.
            TooManyRequestsError: so many are remembered that forgetting one would let a replay through.
            UnavailableError: it cannot be remembered, since the folder cannot be written to.
        """
        number = int(verified.expires.timestamp()) // SPAN_SECONDS
        record = hashlib.sha256(f"{verified.sender}\0{verified.nonce}".encode()).digest()[:_RECORD]
        with self._mutex:
            self._forget()
            try:
                with self._opened(number) as file:
                    self._remember(file, self._spans.setdefault(number, _Span()), record)
            except OSError as error:
                raise UnavailableError(
                    "The gate cannot remember requests.", fix="Make room on the disk of the node's home."
                ) from error

    def _remember(self, file: int, span: _Span, record: bytes) -> None:
        size = os.fstat(file).st_size
        data = os.pread(file, size - span.read, span.read)
        whole = len(data) - len(data) % _RECORD
        span.known.update(data[at : at + _RECORD] for at in range(0, whole, _RECORD))
        span.read += whole
        if record in span.known:
            raise RequestSignatureError("This request was made before.", fix="Sign every request anew.")
        if sum(len(each.known) for each in self._spans.values()) >= self._limit:
            raise TooManyRequestsError("Too many requests were made in the last minutes.", fix="Wait and try again.")
        if whole < len(data):  # a process was killed, or the disk was full, within a record
            os.ftruncate(file, span.read)
        if os.pwrite(file, record, span.read) != _RECORD:
            raise OSError("a record was written in part")
        span.known.add(record)
        span.read += _RECORD

    @contextmanager
    def _opened(self, number: int) -> Iterator[int]:
        file = os.open(self._path(number), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)

    def _path(self, number: int) -> Path:
        return self._folder / f"{number}{_SUFFIX}"

    def _forget(self) -> None:
        """Delete what expired at least a whole span ago: no process takes such requests any more."""
        oldest = int(now().timestamp()) // SPAN_SECONDS - 1
        if self._spans and min(self._spans) >= oldest:
            return
        for number in [number for number in self._spans if number < oldest]:
            del self._spans[number]
        for path in self._folder.glob(f"*{_SUFFIX}"):
            if path.stem.isdecimal() and int(path.stem) < oldest:
                path.unlink(missing_ok=True)
