"""Checkpoints: a log's signed tree head (C2SP tlog-checkpoint) and witnesses' cosignatures (tlog-cosignature, v1)."""

import base64
import re
from dataclasses import dataclass

from jusur.tlog import note as notes
from jusur.tlog.errors import NoteError
from jusur.tlog.merkle import HASH_SIZE
from jusur.tlog.note import Note, NoteSigner, NoteVerifier, SignatureLine

ORIGIN_PREFIX = "jusur.int/log/"
MAX_SIZE = 2**63 - 1
"""What a signed 64-bit column can count."""

_HEAD_LINES = 3
_TIMESTAMP_BYTES = 8
_ED25519_BYTES = 64
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


def origin(address: str) -> str:
    """Name of the log of the organisation at ``address``, and of its key."""
    return ORIGIN_PREFIX + address


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree head: the log's origin, its number of entries, the 32-byte root and the whole signed note."""

    origin: str
    size: int
    root: bytes
    note: Note

    @property
    def text(self) -> str:
        """The signed note as it is sent and stored."""
        return str(self.note)


def make(size: int, root: bytes, signer: NoteSigner) -> Checkpoint:
    """The checkpoint of a tree of ``size`` leaves under ``root``, signed by the log whose origin is the key's name."""
    text = f"{signer.name}\n{size}\n{base64.b64encode(root).decode()}\n"
    return Checkpoint(signer.name, size, root, notes.sign(text, [signer]))


def parse(data: str | bytes) -> Checkpoint:
    """The checkpoint in ``data``, its signatures not yet verified; extension lines are refused.

    Raises:
        NoteError: not a note, or its text is not a tree head in its one spelling.
    """
    note = notes.parse(data)
    lines = note.text[:-1].split("\n")
    if len(lines) != _HEAD_LINES or not lines[0]:
        raise NoteError("A checkpoint has three lines: origin, size and root.")
    name, size, encoded = lines
    if not _SIZE.fullmatch(size) or int(size) > MAX_SIZE:
        raise NoteError("The checkpoint's size is not a number of entries.")
    try:
        root = base64.b64decode(encoded, validate=True)
    except ValueError:
        root = b""
    if len(root) != HASH_SIZE or base64.b64encode(root).decode() != encoded:
        raise NoteError("The checkpoint's root is not a SHA-256 hash in Base64.")
    return Checkpoint(name, int(size), root, note)


def verify(data: str | bytes, verifier: NoteVerifier) -> Checkpoint:
    """The checkpoint in ``data``, which ``verifier`` has signed for the log of its own name.

    Raises:
        NoteError: malformed, another log's, not signed by this key, or a false signature.
    """
    checkpoint = parse(data)
    if checkpoint.origin != verifier.name:
        raise NoteError(f"The checkpoint is of the log {checkpoint.origin}, not of {verifier.name}.")
    verifier.verify(checkpoint.note)
    return checkpoint


def cosign(checkpoint: Checkpoint, witness: NoteSigner, timestamp: int) -> SignatureLine:
    """The cosignature/v1 of ``witness``: it saw this head, consistent with all before, at ``timestamp`` (POSIX s)."""
    identifier = notes.key_id(witness.name, witness.verifier.public_bytes, notes.TYPE_COSIGNATURE)
    signature = witness.key.sign(_cosigned(checkpoint, timestamp))
    return SignatureLine(witness.name, identifier, timestamp.to_bytes(_TIMESTAMP_BYTES) + signature)


def with_signature(checkpoint: Checkpoint, line: SignatureLine) -> Checkpoint:
    """``checkpoint`` with one more signature line."""
    note = Note(checkpoint.note.text, (*checkpoint.note.signatures, line))
    return Checkpoint(checkpoint.origin, checkpoint.size, checkpoint.root, note)


def verify_cosignature(checkpoint: Checkpoint, witness: NoteVerifier) -> int:
    """The POSIX time at which ``witness`` says it saw ``checkpoint``.

    Raises:
        NoteError: no cosignature by this witness, or a false one.
    """
    identifier = notes.key_id(witness.name, witness.public_bytes, notes.TYPE_COSIGNATURE)
    for line in checkpoint.note.signatures:
        if (line.name, line.key_id) != (witness.name, identifier):
            continue
        if len(line.signature) != _TIMESTAMP_BYTES + _ED25519_BYTES:
            raise NoteError(f"The cosignature of {witness.name} has the wrong length.")
        timestamp = int.from_bytes(line.signature[:_TIMESTAMP_BYTES])
        witness.check(line.signature[_TIMESTAMP_BYTES:], _cosigned(checkpoint, timestamp))
        return timestamp
    raise NoteError(f"The checkpoint is not cosigned by {witness.name}.")


def _cosigned(checkpoint: Checkpoint, timestamp: int) -> bytes:
    return f"cosignature/v1\ntime {timestamp}\n{checkpoint.note.text}".encode()
