"""Fetching one blob: chunks in parallel, each checked against its signed digest before the vault keeps it.

Every lane is a thread with a connection of its own and one buffer of a chunk's size; nothing else grows with the
blob. The vault journals what has arrived, so that after a ``kill -9`` at most the chunk each lane had in hand is
fetched again. The digest of the whole is taken on the way, in order.
"""

import hashlib
import re
import threading
import time
from collections.abc import Callable, Mapping
from typing import Protocol

from blake3 import blake3

from jusur.exchange import own
from jusur.exchange.errors import PeerMisbehavesError, PeerUnavailableError, StorageFullError
from jusur.exchange.message import BlobDescriptor, check_blob
from jusur.exchange.peer import busy_after
from jusur.kernel.errors import ConflictError, JusurError
from jusur.vault import SizedWriter, VaultFullError, WriteOnceError

LANES = 4
BUFFER_BYTES = 16 * 1024 * 1024
"""Most memory that all lanes' buffers take together (one buffer at least)."""
MIN_BYTES_PER_SECOND = 16 * 1024
"""A peer slower than this over a whole chunk is not waited for."""
GRACE_SECONDS = 30.0
PIECE = 1024 * 1024
_CONTENT_RANGE = re.compile(r"bytes (\d{1,19})-(\d{1,19})/(\d{1,19})")


class Response(Protocol):
    """An HTTP answer whose body is still to be read."""

    status: int

    def close(self) -> None:
        """The body has been read."""

    def getheader(self, name: str, /) -> str | None:
        """The value of a field."""

    def readinto(self, buffer: memoryview, /) -> int:
        """Fill ``buffer`` as far as bytes are there; 0 at the end."""


class Source(Protocol):
    """A connection that asks a peer's gate (`jusur.exchange.peer.PeerConnection`)."""

    def begin(self, method: str, path: str, *, seconds: float, extra: Mapping[str, str] | None = None) -> Response:
        """Send one signed request; the answer, its body unread."""

    def close(self) -> None:
        """Let go of the connection."""


Connect = Callable[[str], Source]


class Fetch:
    """One blob on its way from ``sender`` into the vault under ``stored``."""

    def __init__(self, descriptor: BlobDescriptor, sender: str, stored: str, connect: Connect) -> None:
        self.descriptor = descriptor
        self.fetched = 0
        self.bytes_done = 0
        self._sender = sender
        self._stored = stored
        self._connect = connect
        self._digests = check_blob(descriptor)
        self._mutex = threading.Lock()
        self._error: BaseException | None = None

    def run(self, stop: threading.Event, *, lanes: int = LANES) -> bool:
        """Fetch what is missing; true when the vault holds all of it, false when ``stop`` was set before.

        Raises:
            StorageFullError: no room; what has arrived is kept.
            PeerUnavailableError: the peer does not answer, or too slowly; what has arrived is kept.
            PeerMisbehavesError: it sends something else than it signed.
        """
        vault = own.vault()
        try:
            writer = vault.create_sized(self._stored, self.descriptor.size, chunk_size=self.descriptor.chunk_size)
        except WriteOnceError:
            return self._kept_already()
        except VaultFullError as error:
            raise StorageFullError(error.detail, fix=error.fix) from error
        except ConflictError as error:  # another process is still at it: a worker that is just being replaced
            raise PeerUnavailableError(error.detail, fix=error.fix) from error
        with writer:
            missing = list(writer.missing())
            whole = _Whole(writer, self.descriptor, set(missing))
            self._fetch_all(writer, missing, whole, stop, lanes)
            self.bytes_done = self.descriptor.size - sum(self._length(index) for index in writer.missing())
            if self._error is not None:
                raise self._explained(self._error)
            if writer.missing():
                return False
            if whole.finish() != self.descriptor.sha256:
                writer.abort()
                raise PeerMisbehavesError(
                    f"The digest {self._sender} signed for the whole is not that of the chunks it signed."
                )
            writer.commit()
        return True

    def _kept_already(self) -> bool:
        if own.vault().exists(self._stored) and own.vault().size(self._stored) == self.descriptor.size:
            return True
        raise PeerMisbehavesError("A blob of this name was here before and was destroyed, or is another.")

    def _explained(self, error: BaseException) -> BaseException:
        if isinstance(error, VaultFullError):
            return StorageFullError(error.detail, fix=error.fix)
        if isinstance(error, JusurError) or not isinstance(error, OSError):
            return error
        return PeerUnavailableError(f"The gate of {self._sender} cannot be reached ({type(error).__name__}).")

    def _length(self, index: int) -> int:
        return min(self.descriptor.chunk_size, self.descriptor.size - index * self.descriptor.chunk_size)

    def _fetch_all(
        self, writer: SizedWriter, missing: list[int], whole: "_Whole", stop: threading.Event, lanes: int
    ) -> None:
        waiting = iter(missing)

        def take() -> int | None:
            with self._mutex:
                return None if self._error is not None or stop.is_set() else next(waiting, None)

        threads = [
            threading.Thread(target=self._lane, args=(writer, take, whole), name=f"chunk-lane-{number}", daemon=True)
            for number in range(max(1, min(lanes, len(missing), BUFFER_BYTES // self.descriptor.chunk_size)))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _lane(self, writer: SizedWriter, take: Callable[[], int | None], whole: "_Whole") -> None:
        source: Source | None = None
        try:
            buffer = memoryview(bytearray(min(self.descriptor.chunk_size, self.descriptor.size)))
            while (index := take()) is not None:
                if source is None:
                    source = self._connect(self._sender)
                view = buffer[: self._length(index)]
                self._fetch_chunk(source, index, view)
                writer.write_at(index * self.descriptor.chunk_size, view)
                with self._mutex:
                    self.fetched += 1
                whole.arrived(index, view)
        except BaseException as error:  # noqa: BLE001 - told to the thread that waits for the lanes
            with self._mutex:
                self._error = self._error or error
        finally:
            if source is not None:
                source.close()

    def _fetch_chunk(self, source: Source, index: int, view: memoryview) -> None:
        start = index * self.descriptor.chunk_size
        span = f"bytes={start}-{start + len(view) - 1}"
        allowed = GRACE_SECONDS + len(view) / MIN_BYTES_PER_SECOND
        deadline = time.monotonic() + allowed
        response = source.begin(
            "GET", f"/blobs/v1/{self.descriptor.name}", seconds=GRACE_SECONDS, extra={"range": span}
        )
        self._check_answer(response, start, len(view))
        filled = 0
        while filled < len(view):
            got = response.readinto(view[filled : filled + PIECE])
            if got == 0:
                raise PeerUnavailableError(f"{self._sender} ended chunk {index} before its end.")
            filled += got
            if time.monotonic() > deadline:
                raise PeerUnavailableError(f"{self._sender} sends chunk {index} too slowly.")
        if response.readinto(memoryview(bytearray(1))):
            raise PeerMisbehavesError(f"{self._sender} sends more bytes of chunk {index} than it signed.")
        response.close()
        if blake3(view).digest() != self._digests[index]:
            raise PeerMisbehavesError(f"Chunk {index} from {self._sender} is not the one whose digest it signed.")

    def _check_answer(self, response: Response, start: int, length: int) -> None:
        if response.status in {429, 502, 503, 504}:
            raise busy_after(self._sender, response.status, response.getheader("retry-after") or "")
        if response.status != 206:  # noqa: PLR2004 - Partial Content
            raise PeerMisbehavesError(
                f"{self._sender} answers HTTP {response.status} instead of a chunk it offered.",
                fix="The offer may have been withdrawn; ask the sender.",
            )
        match = _CONTENT_RANGE.fullmatch(response.getheader("content-range") or "")
        expected = (start, start + length - 1, self.descriptor.size)
        if match is None or tuple(map(int, match.groups())) != expected:
            raise PeerMisbehavesError(f"{self._sender} answers with another range or size than it signed.")
        stated = response.getheader("content-length")
        if stated is not None and stated != str(length):
            raise PeerMisbehavesError(f"{self._sender} announces {stated[:20]} bytes for a chunk of {length}.")


class _Whole:
    """Digest of the whole blob, taken in order while chunks arrive in any order."""

    def __init__(self, writer: SizedWriter, descriptor: BlobDescriptor, missing: set[int]) -> None:
        self._writer = writer
        self._descriptor = descriptor
        self._missing = missing
        self._count = -(-descriptor.size // descriptor.chunk_size)
        self._next = 0
        self._digest = hashlib.sha256()
        self._state = threading.Lock()
        self._mutex = threading.Lock()

    def arrived(self, index: int, view: memoryview) -> None:
        """A chunk is in the vault. What is next in order is taken at once, by one lane; the others go on."""
        with self._state:
            self._missing.discard(index)
        if not self._mutex.acquire(blocking=False):
            return
        try:
            if index == self._next:
                self._digest.update(view)
                self._next += 1
            while self._next < self._count and self._next not in self._missing:
                self._take_back()
        finally:
            self._mutex.release()

    def _take_back(self) -> None:
        start = self._next * self._descriptor.chunk_size
        end = min(start + self._descriptor.chunk_size, self._descriptor.size)
        for at in range(start, end, PIECE):
            self._digest.update(self._writer.read_at(at, min(PIECE, end - at)))
        self._next += 1

    def finish(self) -> str:
        """The digest (hex), once every chunk is there."""
        while self._next < self._count:
            self._take_back()
        return self._digest.hexdigest()
