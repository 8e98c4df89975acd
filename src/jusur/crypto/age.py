"""age v1 files (https://age-encryption.org/v1): X25519 recipients, constant memory, file-like writer and reader.

Interoperable with every age implementation. Only X25519 stanzas are written; a reader skips the stanzas it does
not know, as the specification asks, and never returns a byte that was not authenticated.
"""

import base64
import binascii
import hmac
import os
import re
from dataclasses import dataclass, field
from hashlib import sha256
from types import TracebackType
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from jusur.crypto import bech32
from jusur.crypto.errors import SealError
from jusur.crypto.stream import BATCH, CHUNK, TAG, Sink, Source, StreamDecryptor, StreamEncryptor, StreamError

RECIPIENT_PREFIX = "age"
IDENTITY_PREFIX = "AGE-SECRET-KEY-"
MAX_HEADER = 64 * 1024
MAX_RECIPIENTS = 128

_INTRO = b"age-encryption.org/v1\n"
_LABEL = b"age-encryption.org/v1/X25519"
_COLUMNS = 64
_FILE_KEY = 16
_NONCE = 16
_KEY = 32
_WORD = re.compile(rb"[\x21-\x7e]+")


class AgeError(SealError):
    """The file is not an age file, is not for this key, or was altered."""

    code = "age"
    title = "The sealed file cannot be opened"


@dataclass(frozen=True, slots=True)
class AgeRecipient:
    """A public key that files can be sealed to. ``public``: 32 raw bytes of X25519."""

    public: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """The recipient that ``age1…`` spells. Raises Bech32Error or AgeError."""
        public = bech32.decode(RECIPIENT_PREFIX, text)
        if len(public) != _KEY:
            raise AgeError("The age recipient is not an X25519 key.", fix="Use a key that begins with age1.")
        return cls(public)

    def __str__(self) -> str:
        return bech32.encode(RECIPIENT_PREFIX, self.public)


@dataclass(frozen=True, slots=True)
class AgeIdentity:
    """A private key that opens what was sealed to its recipient."""

    secret: bytes = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The identity of ``AGE-SECRET-KEY-1…``, alone or as the key line of a key file."""
        lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        if len(lines) != 1:
            raise AgeError("The age key file must hold exactly one key.", fix="Keep one AGE-SECRET-KEY-1 line in it.")
        secret = bech32.decode(IDENTITY_PREFIX, lines[0])
        if len(secret) != _KEY:
            raise AgeError("The age identity is not an X25519 key.")
        return cls(secret)

    def recipient(self) -> AgeRecipient:
        """The public key that belongs to this identity."""
        return AgeRecipient(X25519PrivateKey.from_private_bytes(self.secret).public_key().public_bytes_raw())

    def text(self) -> str:
        """The identity's secret text, for key files only."""
        return bech32.encode(IDENTITY_PREFIX.lower(), self.secret).upper()


def generate_identity() -> AgeIdentity:
    """A new random identity."""
    return AgeIdentity(X25519PrivateKey.generate().private_bytes_raw())


def sealed_size(size: int, recipients: int = 1) -> int:
    """The size in bytes of the age file that :class:`AgeWriter` makes of ``size`` bytes of plaintext."""
    chunks = max(1, -(-size // CHUNK))
    return len(_INTRO) + recipients * (len("-> X25519 ") + 43 + 1 + 43 + 1) + 48 + _NONCE + size + chunks * TAG


class AgeWriter:
    """Seals what is written to it into ``sink``, for every one of ``recipients``.

    ``close`` must be called: a file without its last chunk does not open. Used as a context manager it closes
    when the block ends well and leaves the file broken (so that nobody takes it for whole) when it does not.

    Raises:
        AgeError: no recipient, too many, or a recipient that is no point of the curve's large group.
    """

    def __init__(self, sink: Sink, recipients: list[AgeRecipient] | tuple[AgeRecipient, ...]) -> None:
        if not 1 <= len(recipients) <= MAX_RECIPIENTS:
            raise AgeError(f"An age file has between 1 and {MAX_RECIPIENTS} recipients.")
        file_key, nonce = os.urandom(_FILE_KEY), os.urandom(_NONCE)
        header = _INTRO + b"".join(_wrap(file_key, recipient) for recipient in recipients) + b"---"
        header += b" " + _encode64(_header_mac(file_key, header)) + b"\n"
        sink.write(memoryview(header + nonce))
        self._stream = StreamEncryptor(sink, _derive(file_key, nonce, b"payload"))
        self._closed = False

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Seal ``data``; its length."""
        if self._closed:
            raise ValueError("the age file is closed")
        view = memoryview(data).cast("B")
        self._stream.write(view)
        return len(view)

    def close(self) -> None:
        """Write the last chunk. The sink stays open: it is the caller's."""
        if not self._closed:
            self._closed = True
            self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, _value: object, _trace: TracebackType | None) -> None:
        if kind is None:
            self.close()


class AgeReader:
    """The plaintext of the age file in ``source``, opened with ``identity``; ``read(n)`` like any file.

    Raises (at once or from ``read``):
        AgeError: not an age file, not sealed to this identity, altered or cut short.
    """

    def __init__(self, source: Source, identity: AgeIdentity) -> None:
        header = _read_header(source)
        file_key = _unwrap(header.stanzas, identity)
        if not hmac.compare_digest(_header_mac(file_key, header.covered), header.mac):
            raise AgeError("The sealed file's header was altered.", fix="Fetch the file again from its sender.")
        nonce = _read_exactly(source, _NONCE)
        self._stream = StreamDecryptor(source, _derive(file_key, nonce, b"payload"))
        self._plain = memoryview(bytearray(BATCH * CHUNK))
        self._batch = memoryview(b"")

    def read(self, size: int = -1) -> bytes:
        """At most ``size`` bytes (all for a negative ``size``), fewer only at the end."""
        parts: list[bytes] = []
        wanted = size
        while wanted != 0:
            if not self._batch and not self._advance():
                break
            part = bytes(self._batch[:wanted] if wanted > 0 else self._batch)
            self._batch = self._batch[len(part) :]
            wanted = wanted - len(part) if wanted > 0 else wanted
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def readinto(self, buffer: memoryview) -> int:
        """Between 1 byte and all of ``buffer``, 0 at the end; 64 KiB and more are decrypted in place."""
        if not self._batch and len(buffer) >= CHUNK:
            return self._decrypt(buffer)
        if not self._batch:
            self._advance()
        part = self._batch[: len(buffer)]
        buffer[: len(part)] = part
        self._batch = self._batch[len(part) :]
        return len(part)

    def _advance(self) -> bool:
        self._batch = self._plain[: self._decrypt(self._plain)]
        return bool(self._batch)

    def _decrypt(self, target: memoryview) -> int:
        try:
            return self._stream.into(target)
        except StreamError as error:
            raise AgeError(
                f"The sealed file was altered or is incomplete: {error}.", fix="Fetch the file again from its sender."
            ) from None


@dataclass(frozen=True, slots=True)
class _Stanza:
    words: tuple[bytes, ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Header:
    stanzas: tuple[_Stanza, ...]
    covered: bytes
    mac: bytes


def _derive(key: bytes, salt: bytes, info: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=_KEY, salt=salt, info=info).derive(key)


def _header_mac(file_key: bytes, covered: bytes) -> bytes:
    return hmac.digest(_derive(file_key, b"", b"header"), covered, sha256)


def _wrap(file_key: bytes, recipient: AgeRecipient) -> bytes:
    ephemeral = X25519PrivateKey.generate()
    share = ephemeral.public_key().public_bytes_raw()
    try:
        shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(recipient.public))
    except ValueError:
        raise AgeError("The age recipient is not a usable key.", fix="Ask the receiving bureau for its key.") from None
    key = _derive(shared, share + recipient.public, _LABEL)
    body = ChaCha20Poly1305(key).encrypt(bytes(12), file_key, None)
    return b"-> X25519 " + _encode64(share) + b"\n" + _encode64(body) + b"\n"


def _unwrap(stanzas: tuple[_Stanza, ...], identity: AgeIdentity) -> bytes:
    public = identity.recipient().public
    for stanza in stanzas:
        if stanza.words[0] != b"X25519":
            continue
        if len(stanza.words) != 2 or len(stanza.body) != _FILE_KEY + TAG:  # noqa: PLR2004 - type and share
            raise AgeError("The sealed file's header is malformed.")
        share = _decode64(stanza.words[1])
        try:
            shared = X25519PrivateKey.from_private_bytes(identity.secret).exchange(
                X25519PublicKey.from_public_bytes(share)
            )
            key = _derive(shared, share + public, _LABEL)
            return ChaCha20Poly1305(key).decrypt(bytes(12), stanza.body, None)
        except ValueError:
            raise AgeError("The sealed file's header is malformed.") from None
        except InvalidTag:
            continue
    raise AgeError(
        "The sealed file is not for this key, or its header was altered.",
        fix="Use the evidence key of the bureau the package was sealed to.",
    )


def _read_header(source: Source) -> _Header:
    lines = _HeaderLines(source)
    if lines.next() != _INTRO:
        raise AgeError("The file is not an age v1 file.", fix="Check that this is the sealed package itself.")
    stanzas: list[_Stanza] = []
    while not (line := lines.next()).startswith(b"--- "):
        stanzas.append(_read_stanza(line, lines))
    if not 1 <= len(stanzas) <= MAX_RECIPIENTS:
        raise AgeError("The sealed file's header names no recipient, or too many.")
    mac = _decode64(line[4:-1])
    return _Header(tuple(stanzas), bytes(lines.seen[: -len(line)]) + b"---", mac)


class _HeaderLines:
    """The header's lines, one byte at a time so that nothing of the payload is taken, never more than 64 KiB."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.seen = bytearray()

    def next(self) -> bytes:
        line = bytearray()
        while not line.endswith(b"\n"):
            if len(self.seen) + len(line) >= MAX_HEADER:
                raise AgeError("The sealed file's header is too long.")
            byte = self._source.read(1)
            if not byte:
                raise AgeError("The file is not an age v1 file, or ends within its header.")
            line += byte
        self.seen += line
        return bytes(line)


def _read_stanza(line: bytes, lines: _HeaderLines) -> _Stanza:
    words = tuple(line[3:-1].split(b" "))
    if not line.startswith(b"-> ") or not all(_WORD.fullmatch(word) for word in words):
        raise AgeError("The sealed file's header is malformed.")
    body = bytearray()
    while True:
        piece = lines.next()[:-1]
        if len(piece) > _COLUMNS:
            raise AgeError("The sealed file's header is malformed.")
        body += _decode64(piece)
        if len(piece) < _COLUMNS:
            return _Stanza(words, bytes(body))


def _read_exactly(source: Source, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = source.read(size - len(data))
        if not more:
            raise AgeError("The sealed file ends within its header.", fix="Fetch the file again from its sender.")
        data += more
    return data


def _encode64(data: bytes) -> bytes:
    return base64.b64encode(data).rstrip(b"=")


def _decode64(text: bytes) -> bytes:
    """Canonical unpadded base64 only: one value, one spelling."""
    try:
        data = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        data = None
    if data is None or _encode64(data) != text:
        raise AgeError("The sealed file's header is malformed.")
    return data
