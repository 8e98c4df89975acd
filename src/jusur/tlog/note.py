"""Signed notes (C2SP signed-note): a text and lines of signatures, each with its key's name and identifier.

Only Ed25519 is spoken: signature type 0x01 (note signatures) and 0x04 (cosignature/v1, tlog-cosignature).
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from jusur.tlog.errors import NoteError

TYPE_ED25519 = 0x01
TYPE_COSIGNATURE = 0x04
MAX_NOTE_BYTES = 16_384
MAX_SIGNATURES = 32
_KEY_ID_BYTES = 4
_DASH = "\u2014"


class SignatureLine(NamedTuple):
    """One signature of a note: the key's name, its 4-byte identifier and the signature's bytes."""

    name: str
    key_id: bytes
    signature: bytes

    def __str__(self) -> str:
        return f"{_DASH} {self.name} {base64.b64encode(self.key_id + self.signature).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A parsed note: ``text`` with its final newline, and the signatures, none of them verified yet."""

    text: str
    signatures: tuple[SignatureLine, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(map(str, self.signatures))


def key_id(name: str, public_key: bytes, signature_type: int = TYPE_ED25519) -> bytes:
    """Identifier of a key: the first 4 bytes of SHA-256(name || newline || type || key)."""
    return hashlib.sha256(f"{name}\n".encode() + bytes([signature_type]) + public_key).digest()[:_KEY_ID_BYTES]


class NoteVerifier:
    """A named Ed25519 public key that verifies notes."""

    def __init__(self, name: str, public_bytes: bytes) -> None:
        self.name = _checked_name(name)
        self.public_bytes = public_bytes
        self.key_id = key_id(name, public_bytes)
        try:
            self.key = Ed25519PublicKey.from_public_bytes(public_bytes)
        except ValueError:
            raise NoteError("A log key is not an Ed25519 public key of 32 bytes.") from None

    @classmethod
    def parse(cls, vkey: str) -> "NoteVerifier":
        """The verifier that ``vkey`` (``name+hex key id+base64(type || key)``) spells.

        Raises:
            NoteError: malformed, another algorithm, or an identifier that is not the key's.
        """
        try:
            name, identifier, encoded = vkey.split("+", 2)
            data = base64.b64decode(encoded, validate=True)
            if data[0] != TYPE_ED25519 or bytes.fromhex(identifier) != key_id(name, data[1:]):
                raise ValueError
            return cls(name, data[1:])
        except (ValueError, IndexError):
            raise NoteError("The log key is not an Ed25519 verifier key of the signed-note form.") from None

    def __str__(self) -> str:
        encoded = base64.b64encode(bytes([TYPE_ED25519]) + self.public_bytes).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    def verify(self, note: Note) -> None:
        """Check that this key signed ``note``.

        Raises:
            NoteError: no signature by this key, or one that does not verify.
        """
        lines = [line for line in note.signatures if (line.name, line.key_id) == (self.name, self.key_id)]
        if not lines:
            raise NoteError(f"The note is not signed by {self.name}.")
        for line in lines:
            self.check(line.signature, note.text.encode())

    def check(self, signature: bytes, message: bytes) -> None:
        """Check one Ed25519 signature over ``message``.

        Raises:
            NoteError: it is not by this key.
        """
        try:
            self.key.verify(signature, message)
        except InvalidSignature:
            raise NoteError(f"The signature of {self.name} does not verify.") from None


class PrivateKey(Protocol):
    """Whatever signs with Ed25519: a key of ``jusur.crypto``, of ``cryptography``, or one that sits in hardware."""

    def sign(self, message: bytes, /) -> bytes:
        """The 64-byte signature over ``message``."""


class NoteSigner:
    """A named Ed25519 private key that signs notes."""

    def __init__(self, name: str, key: PrivateKey, public_bytes: bytes) -> None:
        self.verifier = NoteVerifier(name, public_bytes)
        self.name = name
        self.key = key

    def sign(self, text: str) -> SignatureLine:
        """The signature line of ``text``."""
        _check_text(text)
        return SignatureLine(self.name, self.verifier.key_id, self.key.sign(text.encode()))


def sign(text: str, signers: Iterable[NoteSigner]) -> Note:
    """``text`` signed by each of ``signers``.

    Raises:
        NoteError: the text does not end in a newline or has control characters.
    """
    return Note(text, tuple(signer.sign(text) for signer in signers))


def parse(data: str | bytes) -> Note:
    """The note in ``data``, its signatures not yet verified.

    Raises:
        NoteError: too large, not UTF-8, control characters, no signature, more than 32, or a malformed line.
    """
    raw = data.encode(errors="surrogatepass") if isinstance(data, str) else data
    if len(raw) > MAX_NOTE_BYTES:
        raise NoteError(f"The note has {len(raw)} bytes; at most {MAX_NOTE_BYTES} are accepted.")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise NoteError("The note is not UTF-8.") from None
    body, separator, tail = text.rpartition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise NoteError("The note has no signatures.")
    _check_text(body + "\n")
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise NoteError(f"The note has {len(lines)} signatures; at most {MAX_SIGNATURES} are accepted.")
    return Note(body + "\n", tuple(_parse_line(line) for line in lines))


def _parse_line(line: str) -> SignatureLine:
    try:
        dash, name, encoded = line.split(" ")
        data = base64.b64decode(encoded, validate=True)
        if dash != _DASH or len(data) <= _KEY_ID_BYTES or base64.b64encode(data).decode() != encoded:
            raise ValueError
    except (ValueError, binascii.Error):
        raise NoteError("A signature line of the note is malformed.") from None
    return SignatureLine(_checked_name(name), data[:_KEY_ID_BYTES], data[_KEY_ID_BYTES:])


def _checked_name(name: str) -> str:
    if not name or "+" in name or any(character.isspace() or character < " " for character in name):
        raise NoteError("A key name of a note is empty or has spaces or a plus sign.")
    return name


def _check_text(text: str) -> None:
    if not text.endswith("\n") or any(character < " " and character != "\n" for character in text):
        raise NoteError("The text of a note ends in a newline and has no control characters.")
