"""Bodies of requests and answers between gates: batches of envelopes and receipts, capabilities.

Envelopes and receipts stay the very bytes their makers wrote; a batch only lists them.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from jusur.exchange import envelope as envelopes
from jusur.exchange import kinds
from jusur.exchange.errors import PeerMisbehavesError
from jusur.exchange.handling import Address
from jusur.exchange.relay import MAX_HOPS

T = TypeVar("T")

MAX_BATCH = 64
BATCH_BYTES = 1024 * 1024
"""A batch holds at most `MAX_BATCH` envelopes and, but for a single large one, this many bytes."""
MAX_BODY_BYTES = envelopes.MAX_ENVELOPE_BYTES + BATCH_BYTES
"""Most bytes of a request body."""


class Carried(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An envelope and the relays it came through."""

    path: Annotated[list[Address], msgspec.Meta(max_length=MAX_HOPS)]
    envelope: msgspec.Raw


class EnvelopeBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of ``POST /exchange/v1/envelopes``."""

    v: Literal[1]
    envelopes: Annotated[list[Carried], msgspec.Meta(min_length=1, max_length=MAX_BATCH)]


class ReceiptBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Answer to a batch of envelopes, in their order; body of ``POST /exchange/v1/receipts``."""

    v: Literal[1]
    receipts: Annotated[list[msgspec.Raw], msgspec.Meta(max_length=MAX_BATCH)]


class ReceiptsTaken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Answer to a batch of receipts."""

    v: Literal[1]
    taken: int


class Capabilities(msgspec.Struct, frozen=True):
    """Answer to ``GET /exchange/v1/capabilities``. Unknown members are for later versions and are skipped."""

    address: Address
    protocols: list[str]
    kinds: list[str]
    max_envelope_bytes: int
    max_batch: int
    directory: envelopes.DirectoryState


def batch_of_envelopes(items: Sequence[tuple[Sequence[str], bytes]]) -> bytes:
    """The body that carries ``items`` (path and envelope)."""
    parts = [b'{"path":%b,"envelope":%b}' % (msgspec.json.encode(list(path)), raw) for path, raw in items]
    return b'{"v":1,"envelopes":[%b]}' % b",".join(parts)


def batch_of_receipts(items: Sequence[bytes]) -> bytes:
    """The body that carries receipts."""
    return b'{"v":1,"receipts":[%b]}' % b",".join(items)


def decode(data: bytes, kind: type[T]) -> T:
    """``data`` as ``kind``, strictly.

    Raises:
        PeerMisbehavesError: it is not.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, RecursionError) as error:
        raise PeerMisbehavesError(f"The body is not what the protocol asks for: {str(error)[:200]}") from None


def capabilities(address: str, directory: tuple[int, str], max_envelope_bytes: int) -> dict[str, Any]:
    """What this node speaks and takes."""
    return {
        "address": address,
        "protocols": list(envelopes.PROTOCOLS),
        "kinds": kinds.names(),
        "max_envelope_bytes": max_envelope_bytes,
        "max_batch": MAX_BATCH,
        "directory": {"version": directory[0], "digest": directory[1]},
    }


def common_protocol(theirs: Sequence[str]) -> str | None:
    """The newest protocol both sides speak: same major version, the smaller minor one."""
    ours, spoken = _versions(envelopes.PROTOCOLS), _versions(theirs)
    best = max(
        ((major, min(minor, other)) for major, minor in ours for their, other in spoken if their == major), default=None
    )
    return f"{best[0]}.{best[1]}" if best else None


def newest_major(protocols: Sequence[str]) -> int:
    """The newest major version among ``protocols``; -1 where there is none."""
    return max((major for major, _ in _versions(protocols)), default=-1)


def _versions(protocols: Sequence[str]) -> set[tuple[int, int]]:
    """Major and minor of each; what is no version counts as unknown to us."""
    found = set()
    for version in protocols:
        major, _, minor = version.partition(".")
        if version.isascii() and major.isdecimal() and minor.isdecimal() and len(version) < 8:  # noqa: PLR2004 - "255.255"
            found.add((int(major), int(minor)))
    return found
