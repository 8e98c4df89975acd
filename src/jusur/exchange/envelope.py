"""The envelope: a sealed message with a readable routing header, signed by its sender.

Layers, from the inside: the message, signed by its originator (DSSE); sealed to the recipient (HPKE, X-Wing) with the
canonical routing header as associated data; header and sealed bytes signed by the sender (DSSE). A relay routes what it
cannot read. Checks come cheapest first, and nothing is decrypted before the sender's signature and the header hold.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

import msgspec

from jusur.crypto import dsse, hpke
from jusur.crypto.errors import CryptoError
from jusur.crypto.keys import SealingPublicKey
from jusur.exchange import message as messages
from jusur.exchange.errors import TRANSIENT, EnvelopeRefusedError, Reason
from jusur.exchange.handling import Address
from jusur.exchange.message import Digest, Id, Message, Moment, Priority
from jusur.exchange.peers import Own, PeerBook
from jusur.kernel import canonical
from jusur.kernel.clock import parse_timestamp
from jusur.kernel.errors import InvalidInputError, JusurError
from jusur.kernel.ids import parse_id

__all__ = ["TRANSIENT", "Header", "Opened", "Peeked", "open_envelope", "peek", "seal"]

PAYLOAD_TYPE: Final = "application/vnd.jusur.envelope+json"
SEAL_INFO: Final = b"jusur-envelope/1"
PROTOCOL: Final = "1.0"
PROTOCOL_MAJOR: Final = 1
PROTOCOLS: Final = ("1.0",)

MAX_ENVELOPE_BYTES: Final = 4 * 1024 * 1024
"""Default bound of one envelope as it is sent."""
CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""How far the sender's clock may be ahead of ours, and how long after its end an envelope still counts."""
MAX_LIFETIME: Final = timedelta(days=90)
"""Longest time from making to expiry. Identifiers are remembered at least as long, so no envelope counts twice."""


class DirectoryState(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The directory its maker used: gossip, by which nodes notice that one of them is behind or misled."""

    version: Annotated[int, msgspec.Meta(ge=0, le=canonical.MAX_INTEGER)]
    digest: Digest


class Header(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The routing header: everything in the envelope that is not sealed."""

    protocol: Annotated[str, msgspec.Meta(pattern=r"^\d{1,3}\.\d{1,3}$")]
    id: Id
    sender: Address = msgspec.field(name="from")
    to: Address
    priority: Priority
    created_at: Moment
    expires_at: Moment
    directory: DirectoryState

    @property
    def created(self) -> datetime:
        """When the envelope was made."""
        return parse_timestamp(self.created_at, field="created_at")

    @property
    def expires(self) -> datetime:
        """When the envelope stops being good."""
        return parse_timestamp(self.expires_at, field="expires_at")


@dataclass(frozen=True, slots=True)
class Peeked:
    """An envelope taken apart, its signature not yet checked. ``digest``: SHA-256 (hex) of the signed payload."""

    header: Header
    sealed: bytes
    digest: str
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Opened:
    """An accepted envelope: its header, the message inside and the message's own signed document."""

    header: Header
    digest: str
    message: Message
    document: bytes


def seal(message: Message, header: Header, own: Own, recipient: SealingPublicKey) -> tuple[bytes, str]:
    """The envelope that carries ``message`` under ``header``, and its digest (hex).

    Raises:
        jusur.crypto.errors.SealError: the message is too large to seal.
    """
    inner = _compact(messages.sign(message, own.signing))
    plain = msgspec.to_builtins(header)
    sealed = hpke.seal(recipient, inner, aad=canonical.encode(plain), info=SEAL_INFO)
    payload = canonical.encode({**plain, "sealed": base64.b64encode(sealed).decode()})
    return _compact(dsse.sign(PAYLOAD_TYPE, payload, [own.signing])), canonical.sha256_hex(payload)


def peek(raw: bytes, *, max_bytes: int = MAX_ENVELOPE_BYTES) -> Peeked:
    """The parts of the envelope in ``raw``, nothing of it believed yet.

    Raises:
        EnvelopeRefusedError: too large, malformed, or a protocol this node does not speak.
    """
    if len(raw) > max_bytes:
        raise EnvelopeRefusedError(
            Reason.TOO_LARGE,
            f"The envelope has {len(raw)} bytes; at most {max_bytes} are accepted.",
            fix="Send large content as attachments.",
        )
    try:
        document = canonical.decode(raw, max_bytes=max_bytes)
        payload = base64.b64decode(document["payload"], validate=True)
        fields = canonical.decode(payload, max_bytes=max_bytes)
        _check_protocol(fields)
        sealed = base64.b64decode(fields.pop("sealed"), validate=True)
        header = msgspec.convert(fields, Header)
        parse_id(header.id)
        _ = header.created, header.expires
    except (InvalidInputError, msgspec.ValidationError) as error:
        raise EnvelopeRefusedError(Reason.MALFORMED, f"The envelope is not valid: {error}") from None
    except (KeyError, TypeError, ValueError, AttributeError):
        raise EnvelopeRefusedError(Reason.MALFORMED, "The envelope does not have the members it must have.") from None
    return Peeked(header, sealed, canonical.sha256_hex(payload), document)


def verify(peeked: Peeked, book: PeerBook, *, now: datetime, max_bytes: int = MAX_ENVELOPE_BYTES) -> None:
    """Check times, sender and signature of an envelope, whoever it is for.

    Raises:
        EnvelopeRefusedError: expired, from the future, valid for too long, by an unknown or suspended sender, or not
            signed by one of the sender's present keys.
    """
    header = peeked.header
    _check_times(header, now)
    keys = _sender_keys(header, book)
    try:
        dsse.verify(peeked.document, keys, payload_type=PAYLOAD_TYPE, max_bytes=max_bytes)
    except CryptoError as error:
        known = {str(entry.get("keyid")) for entry in peeked.document.get("signatures", []) if isinstance(entry, dict)}
        reason = Reason.SIGNATURE if known & set(keys) else Reason.UNKNOWN_KEY
        raise EnvelopeRefusedError(reason, error.detail, fix=error.fix) from None


def open_envelope(
    raw: bytes, own: Own, book: PeerBook, *, now: datetime, max_bytes: int = MAX_ENVELOPE_BYTES
) -> Opened:
    """The message in the envelope ``raw``, when everything about it holds.

    Raises:
        EnvelopeRefusedError: for the reason it names.
    """
    return open_peeked(peek(raw, max_bytes=max_bytes), own, book, now=now, max_bytes=max_bytes)


def open_peeked(
    peeked: Peeked, own: Own, book: PeerBook, *, now: datetime, max_bytes: int = MAX_ENVELOPE_BYTES
) -> Opened:
    """As `open_envelope`, from an envelope already taken apart."""
    _require_mine(peeked.header, own)
    verify(peeked, book, now=now, max_bytes=max_bytes)
    return open_verified(peeked, own, book, max_bytes=max_bytes)


def open_verified(peeked: Peeked, own: Own, book: PeerBook, *, max_bytes: int = MAX_ENVELOPE_BYTES) -> Opened:
    """As `open_peeked`, of an envelope that `verify` has just let pass."""
    header = peeked.header
    _require_mine(header, own)
    inner = _unseal(peeked, own)
    message = _inner_message(inner, header, book, max_bytes)
    _check_match(header, message, own.address)
    return Opened(header, peeked.digest, message, inner)


def _require_mine(header: Header, own: Own) -> None:
    if header.to != own.address:
        raise EnvelopeRefusedError(
            Reason.NOT_FOR_ME, f"The envelope is for {header.to}; this node is {own.address}.", fix="Check the address."
        )


def header_aad(header: Header) -> bytes:
    """The associated data of the seal: the header in canonical JSON."""
    return canonical.encode(msgspec.to_builtins(header))


def _unseal(peeked: Peeked, own: Own) -> bytes:
    aad = header_aad(peeked.header)
    for key in own.sealing:
        try:
            return hpke.open(key, peeked.sealed, aad=aad, info=SEAL_INFO)
        except CryptoError:
            continue
    raise EnvelopeRefusedError(
        Reason.CANNOT_OPEN,
        "The sealed content does not open: it was altered, or sealed to a key this node does not hold.",
        fix="Seal it again with the key in the current directory.",
    )


def _inner_message(inner: bytes, header: Header, book: PeerBook, max_bytes: int) -> Message:
    try:
        document = canonical.decode(inner, max_bytes=max_bytes)
        keys = book.signing_keys(header.sender)
        verified = dsse.verify(document, keys, payload_type=messages.PAYLOAD_TYPE, max_bytes=max_bytes)
    except CryptoError as error:
        raise EnvelopeRefusedError(Reason.MISMATCH, f"The message inside: {error.detail}", fix=error.fix) from None
    except InvalidInputError as error:
        raise EnvelopeRefusedError(Reason.MALFORMED, f"The message inside: {error.detail}") from None
    return messages.parse(verified.payload, max_bytes=max_bytes)


def _check_protocol(fields: Mapping[str, Any]) -> None:
    spoken = fields.get("protocol")
    if isinstance(spoken, str) and spoken.partition(".")[0] != str(PROTOCOL_MAJOR) and len(spoken) < 8:  # noqa: PLR2004
        raise EnvelopeRefusedError(
            Reason.PROTOCOL,
            f"The envelope is of protocol {spoken[:7]!r}; this node speaks {', '.join(PROTOCOLS)}.",
            fix="Ask GET /exchange/v1/capabilities what this node speaks.",
        )


def _check_times(header: Header, now: datetime) -> None:
    if header.created - now > CLOCK_TOLERANCE:
        ahead = int((header.created - now).total_seconds())
        raise EnvelopeRefusedError(
            Reason.CLOCK,
            f"The envelope was made {ahead} seconds in this node's future; clocks may differ by 300 seconds.",
            fix="Set both nodes' clocks by a common time source; the message will be tried again.",
        )
    if now - header.expires > CLOCK_TOLERANCE:
        raise EnvelopeRefusedError(
            Reason.EXPIRED,
            f"The envelope expired at {header.expires_at}.",
            fix="Send the message again if it is needed.",
        )
    if not timedelta(0) < header.expires - header.created <= MAX_LIFETIME:
        raise EnvelopeRefusedError(
            Reason.LIFETIME, f"An envelope is good for at most {MAX_LIFETIME.days} days after it is made."
        )


def _sender_keys(header: Header, book: PeerBook) -> Mapping[str, Any]:
    try:
        if not book.exchanges(header.sender):
            raise EnvelopeRefusedError(
                Reason.SENDER_SUSPENDED,
                f"The directory says that {header.sender} does not take part in the exchange now.",
                fix="Ask the General Secretariat.",
            )
        return book.signing_keys(header.sender)
    except EnvelopeRefusedError:
        raise
    except JusurError:
        raise EnvelopeRefusedError(
            Reason.UNKNOWN_SENDER,
            f"The directory in use here does not know {header.sender}.",
            fix="The message will be tried again when this node's directory is up to date.",
        ) from None


def _check_match(header: Header, message: Message, own: str) -> None:
    same = (
        message.sender == header.sender
        and own in message.to
        and message.expires_at == header.expires_at
        and parse_timestamp(message.created_at) <= header.created
    )
    if not same:
        raise EnvelopeRefusedError(
            Reason.MISMATCH, "The message inside names another sender, recipient or time than its envelope."
        )


def _compact(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()
