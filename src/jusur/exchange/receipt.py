"""Receipts: the receiver's signed word on an envelope, with its place in the receiver's log.

A receipt names the envelope and repeats its digest, says whether it was accepted, relayed or refused and why, and
carries the receiver's checkpoint and the inclusion proof of the event. It counts once the signature, the digest, the
checkpoint and the proof all hold: the receiver cannot deny it later, nor have received it in another order.

A refusal of an envelope whose sender could not be established is signed but not logged (``leaf`` null), so that
strangers cannot make a log grow.
"""

import base64
import functools
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal, NamedTuple

import msgspec

from jusur.crypto import dsse
from jusur.crypto.errors import CryptoError
from jusur.crypto.keys import SigningKey, VerifyKey
from jusur.exchange.errors import ReceiptRefusedError
from jusur.exchange.handling import Address
from jusur.exchange.message import Digest, Id, Moment
from jusur.kernel import canonical
from jusur.kernel.clock import timestamp
from jusur.kernel.errors import InvalidInputError, JusurError
from jusur.tlog import checkpoint as checkpoints
from jusur.tlog.merkle import leaf_hash, verify_inclusion
from jusur.tlog.note import NoteVerifier

PAYLOAD_TYPE: Final = "application/vnd.jusur.receipt+json"
MAX_RECEIPT_BYTES: Final = 64 * 1024

Status = Literal["accepted", "relayed", "refused"]
Hash = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]

_EVENT_KINDS: Final[Mapping[str, str]] = {
    "accepted": "exchange.message.received",
    "relayed": "exchange.message.relayed",
    "refused": "exchange.message.refused",
}


class RefusalReason(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why an envelope is refused, and whether trying the same again later may help."""

    code: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{1,64}$")]
    detail: Annotated[str, msgspec.Meta(max_length=4000)]
    fix: Annotated[str, msgspec.Meta(max_length=2000)] = ""
    transient: bool = False


class Receipt(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a receipt says. ``sender``: of the envelope; ``by``: who received it. ``leaf``: the log entry's own text."""

    v: Literal[1]
    envelope: Id
    sender: Address = msgspec.field(name="from")
    by: Address
    digest: Digest
    status: Status
    received_at: Moment
    refusal: RefusalReason | None
    checkpoint: Annotated[str, msgspec.Meta(max_length=16_384)] | None
    leaf: Annotated[str, msgspec.Meta(max_length=1024)] | None
    leaf_index: Annotated[int, msgspec.Meta(ge=0, le=canonical.MAX_INTEGER)] | None
    inclusion: Annotated[list[Hash], msgspec.Meta(max_length=64)]


class Proof(msgspec.Struct, frozen=True):
    """Place of an event in the log: checkpoint note, leaf bytes, index and hashes."""

    checkpoint: str
    leaf: bytes
    leaf_index: int
    hashes: Sequence[bytes]


def make(
    key: SigningKey,
    *,
    by: str,
    envelope: str,
    sender: str,
    digest: str,
    status: Status,
    received_at: datetime,
    refusal: Mapping[str, Any] | None = None,
    proof: Proof | None = None,
) -> bytes:
    """The signed receipt as it is sent and stored: compact JSON of a DSSE envelope."""
    payload = {
        "v": 1,
        "envelope": envelope,
        "from": sender,
        "by": by,
        "digest": digest,
        "status": status,
        "received_at": timestamp(received_at),
        "refusal": dict(refusal) if refusal else None,
        "checkpoint": proof.checkpoint if proof else None,
        "leaf": proof.leaf.decode() if proof else None,
        "leaf_index": proof.leaf_index if proof else None,
        "inclusion": [value.hex() for value in proof.hashes] if proof else [],
    }
    document = dsse.sign(PAYLOAD_TYPE, canonical.encode(payload), [key])
    return json.dumps(document, separators=(",", ":")).encode()


class Peeked(NamedTuple):
    """A receipt taken apart, its signature not yet checked."""

    receipt: Receipt
    document: Mapping[str, Any]


def peek(raw: bytes) -> Receipt:
    """What the receipt in ``raw`` says, nothing of it checked yet.

    Raises:
        ReceiptRefusedError: malformed.
    """
    return take_apart(raw).receipt


def take_apart(raw: bytes) -> Peeked:
    """As `peek`, with the signed document for `verify_peeked`.

    Raises:
        ReceiptRefusedError: malformed.
    """
    try:
        document = canonical.decode(raw, max_bytes=MAX_RECEIPT_BYTES)
        payload = base64.b64decode(document["payload"], validate=True)
        receipt = msgspec.convert(canonical.decode(payload, max_bytes=MAX_RECEIPT_BYTES), Receipt)
    except (InvalidInputError, msgspec.ValidationError, KeyError, TypeError, ValueError) as error:
        raise ReceiptRefusedError(f"The receipt is not valid: {error}") from None
    return Peeked(receipt, document)


def verify(raw: bytes, keys: Mapping[str, VerifyKey], log: NoteVerifier, *, digest: str, by: str) -> Receipt:
    """The receipt in ``raw``, when ``by`` signed it for the envelope of ``digest`` and its log proof holds.

    Raises:
        ReceiptRefusedError: for the reason it names.
    """
    return verify_peeked(take_apart(raw), keys, log, digest=digest, by=by)


def verify_peeked(peeked: Peeked, keys: Mapping[str, VerifyKey], log: NoteVerifier, *, digest: str, by: str) -> Receipt:
    """As `verify`, of a receipt already taken apart: its payload is the one its signature is checked over."""
    try:
        dsse.verify(peeked.document, keys, payload_type=PAYLOAD_TYPE, max_bytes=MAX_RECEIPT_BYTES)
    except CryptoError as error:
        raise ReceiptRefusedError(f"The receipt is not signed as it must be: {error.detail}") from None
    receipt = peeked.receipt
    if receipt.digest != digest or receipt.by != by:
        raise ReceiptRefusedError("The receipt is for other bytes than were sent, or by another organisation.")
    if (receipt.status == "refused") != (receipt.refusal is not None):
        raise ReceiptRefusedError("The receipt does not say why it refuses, or gives a reason without refusing.")
    _check_proof(receipt, log)
    return receipt


def _check_proof(receipt: Receipt, log: NoteVerifier) -> None:
    if receipt.leaf is None or receipt.leaf_index is None or receipt.checkpoint is None:
        if receipt.status != "refused":
            raise ReceiptRefusedError("The receipt does not prove that the event is in the receiver's log.")
        return
    try:
        head = _checkpoint(receipt.checkpoint, log.name, log.public_bytes)
        hashes = [bytes.fromhex(value) for value in receipt.inclusion]
        verify_inclusion(receipt.leaf_index, head.size, leaf_hash(receipt.leaf.encode()), hashes, head.root)
        entry = canonical.decode(receipt.leaf.encode(), max_bytes=1024)
    except JusurError as error:
        raise ReceiptRefusedError(f"The receipt's log proof does not hold: {error.detail}") from None
    if not isinstance(entry, dict) or entry.get("kind") != _EVENT_KINDS[receipt.status]:
        raise ReceiptRefusedError("The receipt points to an entry of another kind in the receiver's log.")


@functools.lru_cache(maxsize=64)
def _checkpoint(note: str, name: str, key: bytes) -> checkpoints.Checkpoint:
    """A verified checkpoint; the receipts of one batch share theirs."""
    return checkpoints.verify(note, NoteVerifier(name, key))
