"""Offering sealed bytes: what one recipient may fetch from this node's vault, and until when."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from blake3 import blake3
from django.db import transaction

from jusur.exchange import log, own
from jusur.exchange.db import rows
from jusur.exchange.message import BlobDescriptor, check_blob
from jusur.exchange.models import OutgoingBlob
from jusur.kernel.clock import now, parse_timestamp, timestamp
from jusur.kernel.errors import InvalidInputError, NotFoundError

OWN_PREFIX = "attachment-"
"""Blobs made here, of messages' attachments, begin so; they are destroyed when nobody may fetch them any more."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A blob as the gate serves it. ``sha256``: of the whole."""

    name: str
    size: int
    chunk_size: int
    sha256: str
    expires_at: datetime

    def length_of(self, chunk: int) -> int:
        """Bytes of a chunk; the last may be shorter."""
        return min(self.chunk_size, self.size - chunk * self.chunk_size)


def offer_blob(descriptor: BlobDescriptor, *, recipient: str) -> BlobDescriptor:
    """Let ``recipient`` fetch what the vault holds under the descriptor's name; as `offer_to_all`."""
    return offer_to_all(descriptor, [recipient])


def offer_to_all(descriptor: BlobDescriptor, recipients: Sequence[str]) -> BlobDescriptor:
    """Let ``recipients`` fetch what the vault holds under the descriptor's name, in the caller's transaction.

    Offering the same bytes to further recipients, or the same again, is allowed.

    Raises:
        InvalidInputError: the descriptor contradicts itself or the vault, or the offer has expired.
        NotFoundError: the vault holds nothing of this name.
    """
    check_blob(descriptor)
    expires = parse_timestamp(descriptor.expires_at, field="expires_at")
    if own.vault().size(descriptor.name) != descriptor.size:
        raise InvalidInputError("The vault holds another number of bytes under this name than is offered.")
    if expires <= now():
        raise InvalidInputError("The offer would have expired already.", fix="Choose a later time.")
    with transaction.atomic():
        OutgoingBlob.objects.bulk_create(
            [_offered(descriptor, recipient, expires) for recipient in dict.fromkeys(recipients)],
            update_conflicts=True,
            unique_fields=["name", "recipient"],
            update_fields=["size", "chunk_size", "sha256", "state", "offered_at", "expires_at"],
        )
        log.record_many([_event(descriptor, recipient) for recipient in dict.fromkeys(recipients)])
    return descriptor


def _offered(descriptor: BlobDescriptor, recipient: str, expires: datetime) -> OutgoingBlob:
    return OutgoingBlob(
        name=descriptor.name,
        recipient=recipient,
        size=descriptor.size,
        chunk_size=descriptor.chunk_size,
        sha256=descriptor.sha256,
        state=OutgoingBlob.State.OFFERED,
        offered_at=now(),
        expires_at=expires,
    )


def _event(descriptor: BlobDescriptor, recipient: str) -> log.NewEvent:
    return log.NewEvent(
        kind="exchange.blob.offered",
        subject_type="exchange.blob",
        subject_id=descriptor.name,
        actor="node",
        data={"recipient": recipient, "bytes": descriptor.size, "sha256": descriptor.sha256},
    )


def withdraw_blob(name: str, *, recipient: str, reason: str, actor: str = "node") -> None:
    """Take an offer back: from now on the recipient cannot fetch another byte.

    Raises:
        NotFoundError: there is no open offer.
    """
    with transaction.atomic():
        changed = OutgoingBlob.objects.filter(name=name, recipient=recipient, state="offered").update(state="withdrawn")
        if not changed:
            raise NotFoundError("There is no open offer of this name to this organisation.")
        log.record(
            "exchange.blob.withdrawn",
            subject_type="exchange.blob",
            subject_id=name,
            actor=actor,
            purpose=reason,
            data={"recipient": recipient},
        )


def find_offer(name: str, *, recipient: str) -> Offer:
    """The blob ``recipient`` may fetch under ``name`` now.

    Raises:
        NotFoundError: there is none for this recipient: never offered, withdrawn or expired.
    """
    found = OutgoingBlob.objects.filter(
        name=name, recipient=recipient, state__in=["offered", "completed"], expires_at__gt=now()
    ).first()
    if found is None:
        raise NotFoundError(
            "Nothing is offered to you under this name.", fix="Ask the sender whether the offer has expired."
        )
    return Offer(found.name, found.size, found.chunk_size, found.sha256, found.expires_at)


def open_offer(offer: Offer) -> Callable[[int, int], bytes]:
    """How to read an offered blob: a function of start and length.

    Raises:
        NotFoundError: the vault no longer holds it.
    """
    vault = own.vault()
    vault.size(offer.name)
    return lambda start, length: vault.read_range(offer.name, start, length)


def expire_offers() -> int:
    """Close offers whose time is over, and destroy attachments nobody may fetch any more; how many offers."""
    with transaction.atomic():
        found = rows(
            """UPDATE exchange_outgoingblob SET state = CASE state WHEN 'offered' THEN 'expired' ELSE state END,
                      expires_at = expires_at
               WHERE state = 'offered' AND expires_at <= %s RETURNING name, recipient""",
            (now(),),
        )
        for name, recipient in found:
            log.record(
                "exchange.blob.expired", subject_type="exchange.blob", subject_id=name, data={"recipient": recipient}
            )
    for name in sorted({name for name, _ in found if name.startswith(OWN_PREFIX)}):
        still = OutgoingBlob.objects.filter(name=name, state__in=["offered", "completed"], expires_at__gt=now())
        if not still.exists() and own.vault().exists(name):
            own.vault().delete(name, reason="The offer to fetch it has expired.")
    return len(found)


class Digester:
    """Digests of a stream: BLAKE3-256 of every chunk, SHA-256 of the whole. Feed it what is written."""

    def __init__(self, chunk_size: int) -> None:
        self.chunk_size = chunk_size
        self.size = 0
        self._whole = hashlib.sha256()
        self._chunk = blake3()
        self._filled = 0
        self._digests = bytearray()

    def update(self, data: bytes | memoryview) -> None:
        """Take the next bytes in."""
        view = memoryview(data)
        self._whole.update(view)
        self.size += len(view)
        while view:
            part = view[: self.chunk_size - self._filled]
            self._chunk.update(part)
            self._filled += len(part)
            view = view[len(part) :]
            if self._filled == self.chunk_size:
                self._close_chunk()

    def _close_chunk(self) -> None:
        self._digests += self._chunk.digest()
        self._chunk, self._filled = blake3(), 0

    def descriptor(self, name: str, expires_at: datetime) -> BlobDescriptor:
        """What describes the stream that has ended, under ``name``."""
        if self._filled:
            self._close_chunk()
        return BlobDescriptor(
            name=name,
            size=self.size,
            chunk_size=self.chunk_size,
            chunk_digests_blake3=base64.b64encode(bytes(self._digests)).decode(),
            sha256=self._whole.hexdigest(),
            expires_at=timestamp(expires_at),
        )
