"""A vault on an S3 store.

S3 has no atomic "upload this large object unless the name is taken", so an object is two keys: its bytes under
``objects/<name>/<random>`` and, written last with a conditional put (``If-None-Match: *``), a note under
``names/<name>`` that says where the bytes are and how many. Whoever writes the note first has the name. Objects are
staged on a local disk first: chunks arrive there in any order and survive a crash, and the upload is one stream.
Credentials come from the environment (``AWS_ACCESS_KEY_ID``, ``AWS_SECRET_ACCESS_KEY``), never from the URL.
"""

import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO, cast
from urllib.parse import parse_qs, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError
from obstore.exceptions import NotFoundError as _ObstoreNotFoundError
from obstore.store import S3Store

from jusur.kernel import clock
from jusur.kernel.errors import InvalidInputError
from jusur.vault.base import SizedWriter, Writer
from jusur.vault.names import VaultError, checked, checked_reason, missing, taken, translated
from jusur.vault.staging import StagedSizedWriter, StagedWriter, clear_abandoned, free_bytes, require_room

NO_SUCH_KEY = (FileNotFoundError, _ObstoreNotFoundError)
"""What obstore raises for a missing key, by its word and in fact."""
PART_BYTES = 8 << 20
UPLOADS_AT_ONCE = 4
READ_BUFFER = 1 << 20
RETRY_SECONDS = 20
"""How long a request to the store is tried again."""


class S3Vault:
    """Objects in a bucket: ``s3://bucket/prefix?endpoint=http://…&region=…``; ``staging`` is a local folder."""

    def __init__(self, url: str, staging: Path) -> None:
        parts = urlsplit(url)
        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        unknown = options.keys() - {"endpoint", "region", "staging"}
        if parts.scheme != "s3" or not parts.hostname or parts.username or unknown:
            raise InvalidInputError(
                "That is not the URL of an S3 vault.", fix="Write s3://bucket/prefix?endpoint=https://host&region=name."
            )
        endpoint = options.get("endpoint")
        place = {"endpoint": endpoint} if endpoint else {}
        self._store = S3Store(
            parts.hostname,
            prefix=parts.path.strip("/") or None,
            client_options={"allow_http": bool(endpoint and endpoint.startswith("http://"))},
            retry_config={"max_retries": 10, "retry_timeout": timedelta(seconds=RETRY_SECONDS)},
            region=options.get("region", "us-east-1"),
            **place,  # type: ignore[arg-type]
        )
        self._staging = staging
        with translated():
            staging.mkdir(mode=0o700, parents=True, exist_ok=True)
        if staging.is_symlink() or staging.stat().st_uid != os.geteuid():
            raise VaultError(
                f"{staging} belongs to somebody else.", fix="Name another folder with &staging= in the URL."
            )
        clear_abandoned(staging)
        self._place = lru_cache(maxsize=4096)(self._find)

    def create(self, name: str, *, expected_size: int = 0) -> Writer:
        """A writer for a new object."""
        self._require_new(name)
        require_room(self._staging, expected_size)
        return StagedWriter(self._staging, lambda staged: self._publish(staged, name))

    def create_sized(self, name: str, size: int, *, chunk_size: int) -> SizedWriter:
        """A writer for a new object of known size, or the one left open."""
        self._require_new(name)
        return StagedSizedWriter(self._staging, name, size, chunk_size, lambda staged: self._publish(staged, name))

    def exists(self, name: str) -> bool:
        """Whether the object is there."""
        return self._has(f"names/{checked(name)}")

    def size(self, name: str) -> int:
        """The object's size in bytes."""
        return self._place(name)[1]

    def open(self, name: str) -> BinaryIO:
        """The object for reading, in steps of ``READ_BUFFER`` bytes."""
        return cast("BinaryIO", io.BufferedReader(_Reader(self, name, self.size(name)), READ_BUFFER))

    def read_range(self, name: str, start: int, length: int) -> bytes:
        """Up to ``length`` bytes from ``start``."""
        key, size = self._place(name)
        end = min(size, start + length)
        if start >= end:
            return b""
        with _answered():
            return bytes(obstore.get_range(self._store, key, start=start, end=end))

    def names(self) -> Iterator[str]:
        """Every object's name."""
        with _answered():
            for batch in obstore.list(self._store, "names/"):
                yield from (entry["path"].removeprefix("names/") for entry in batch)

    def delete(self, name: str, *, reason: str) -> None:
        """Destroy the object; its name and the reason remain."""
        key, size = self._place(name)
        note = {"name": name, "size": size, "reason": checked_reason(reason)}
        note["destroyed_at"] = clock.timestamp(clock.now())
        with _answered():
            obstore.put(self._store, f"destroyed/{name}", json.dumps(note).encode())
            obstore.delete(self._store, f"names/{name}")
            obstore.delete(self._store, key)
        self._place.cache_clear()

    def free_bytes(self) -> int:
        """How much more can be accepted: the staging disk is the limit, as the store tells none."""
        return free_bytes(self._staging)

    def _find(self, name: str) -> tuple[str, int]:
        try:
            with _answered():
                note = json.loads(bytes(obstore.get(self._store, f"names/{checked(name)}").bytes()))
                return str(note["key"]), int(note["size"])
        except NO_SUCH_KEY:
            raise missing(name) from None

    def _has(self, key: str) -> bool:
        try:
            with _answered():
                obstore.head(self._store, key)
        except NO_SUCH_KEY:
            return False
        return True

    def _require_new(self, name: str) -> None:
        if self.exists(name) or self._has(f"destroyed/{name}"):
            raise taken(name)

    def _publish(self, staged: Path, name: str) -> None:
        self._require_new(name)
        key, size = f"objects/{name}/{os.urandom(12).hex()}", staged.stat().st_size
        note = json.dumps({"key": key, "size": size}).encode()
        with _answered():
            obstore.put(self._store, key, staged, chunk_size=PART_BYTES, max_concurrency=UPLOADS_AT_ONCE)
            try:
                if obstore.head(self._store, key)["size"] != size:
                    raise VaultError(f"The store kept another size of {name} than was sent.", fix="Try again.")
                obstore.put(self._store, f"names/{name}", note, mode="create")
            except (AlreadyExistsError, PreconditionError):
                obstore.delete(self._store, key)
                raise taken(name) from None


class _Reader(io.RawIOBase):
    """An object's bytes by ranges."""

    def __init__(self, vault: S3Vault, name: str, size: int) -> None:
        self._vault, self._name, self._size, self._at = vault, name, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._vault.read_range(self._name, self._at, len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


@contextmanager
def _answered() -> Iterator[None]:
    try:
        yield
    except (*NO_SUCH_KEY, AlreadyExistsError, PreconditionError):
        raise
    except BaseError as error:
        raise VaultError(
            f"The S3 store refused or did not answer ({type(error).__name__}).",
            fix="Check its endpoint, the bucket and the credentials in the environment.",
        ) from error
