"""The inner message: what one organisation says to another, signed by its originator.

It travels sealed inside an envelope (``jusur.exchange.envelope``). One message to several organisations is one
message with one ``id`` and a copy for each; ``sequence`` counts the messages of the sender to that recipient within
the conversation, from 1 without gaps, so that the recipient can keep their order.
"""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from jusur.crypto import dsse
from jusur.crypto.keys import SigningKey
from jusur.exchange import handling as handlings
from jusur.exchange.errors import EnvelopeRefusedError, HandlingError, Reason
from jusur.exchange.handling import Address, Handling
from jusur.kernel import canonical
from jusur.kernel.clock import parse_timestamp, timestamp
from jusur.kernel.errors import InvalidInputError
from jusur.kernel.ids import parse_id

PAYLOAD_TYPE = "application/vnd.jusur.message+json"
VERSION = 1
MAX_ATTACHMENTS = 64
MAX_CHUNKS = 16_384
MAX_CHUNK_SIZE = 64 * 1024 * 1024
MIN_CHUNK_SIZE = 64 * 1024
MAX_PURPOSE = 1000

Id = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Moment = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$")]
Digest = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
KindName = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*){1,3}$", max_length=64)]
Priority = Literal["emergency", "urgent", "routine", "bulk"]
PRIORITIES: tuple[Priority, ...] = ("emergency", "urgent", "routine", "bulk")
"""From the one that never waits to the one that always may."""
EXPRESS: frozenset[str] = frozenset({"emergency", "urgent"})
"""Priorities with a connection of their own."""

ChunkDigests = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9+/]*={0,2}$", max_length=MAX_CHUNKS * 44)]


class BlobDescriptor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sealed bytes that wait at the sender's gate: ``GET /blobs/v1/{name}``.

    ``chunk_digests_blake3`` is the Base64 of the BLAKE3-256 of every chunk one after another; ``sha256`` covers all.
    """

    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,127}$")]
    size: Annotated[int, msgspec.Meta(ge=1, le=MAX_CHUNKS * MAX_CHUNK_SIZE)]
    chunk_size: Annotated[int, msgspec.Meta(ge=MIN_CHUNK_SIZE, le=MAX_CHUNK_SIZE)]
    chunk_digests_blake3: ChunkDigests
    sha256: Digest
    expires_at: Moment


class Attachment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file that belongs to a message: its name, and the ``age``-sealed blob that holds it.

    ``size`` and ``sha256`` are those of the plain file.
    """

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    media_type: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9.+-]+/[a-z0-9.+-]+$", max_length=127)]
    size: Annotated[int, msgspec.Meta(ge=0, le=MAX_CHUNKS * MAX_CHUNK_SIZE)]
    sha256: Digest
    blob: BlobDescriptor


class Message(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One copy of a message, as its originator signs it for one recipient."""

    v: Literal[1]
    id: Id
    kind: KindName
    sender: Address = msgspec.field(name="from")
    to: Annotated[list[Address], msgspec.Meta(min_length=1, max_length=handlings.MAX_ADDRESSES)]
    conversation: Id
    sequence: Annotated[int, msgspec.Meta(ge=1, le=canonical.MAX_INTEGER)]
    created_at: Moment
    expires_at: Moment
    handling: Handling
    purpose: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_PURPOSE)]
    legal_basis: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_PURPOSE)]
    body: dict[str, Any]
    attachments: Annotated[list[Attachment], msgspec.Meta(max_length=MAX_ATTACHMENTS)] = []


def sign(message: Message, key: SigningKey) -> dict[str, Any]:
    """``message`` in a DSSE envelope signed by its originator."""
    return dsse.sign(PAYLOAD_TYPE, canonical.encode(msgspec.to_builtins(message)), [key])


def parse(payload: bytes, *, max_bytes: int) -> Message:
    """The message in the ``payload`` of a verified DSSE envelope.

    Raises:
        EnvelopeRefusedError: malformed, a field unknown or missing, no such moment, handling that allows nobody.
    """
    try:
        message = msgspec.convert(canonical.decode(payload, max_bytes=max_bytes), Message)
        parse_timestamp(message.created_at, field="created_at")
        parse_timestamp(message.expires_at, field="expires_at")
        for field, value in (("id", message.id), ("conversation", message.conversation)):
            parse_id(value, field=field)
        handlings.parse(message.handling)
        for attachment in message.attachments:
            check_blob(attachment.blob)
    except HandlingError as error:
        raise EnvelopeRefusedError(Reason.HANDLING, error.detail, fix=error.fix) from None
    except (InvalidInputError, msgspec.ValidationError) as error:
        raise EnvelopeRefusedError(Reason.MALFORMED, f"The message inside is not valid: {error}") from None
    return message


def check_blob(blob: BlobDescriptor) -> list[bytes]:
    """The chunk digests of ``blob``, one per chunk.

    Raises:
        InvalidInputError: their number does not fit the sizes, or they are not Base64.
    """
    import base64

    count = -(-blob.size // blob.chunk_size)
    try:
        joined = base64.b64decode(blob.chunk_digests_blake3, validate=True)
    except ValueError:
        joined = b""
    if len(joined) != 32 * count or count > MAX_CHUNKS:
        raise InvalidInputError(f"A blob of {count} chunks needs {count} chunk digests.")
    return [joined[at : at + 32] for at in range(0, len(joined), 32)]


def moments(created: datetime, expires: datetime) -> dict[str, str]:
    """The two times of a message or header in their textual form."""
    return {"created_at": timestamp(created), "expires_at": timestamp(expires)}
