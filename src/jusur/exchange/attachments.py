"""Files that belong to messages: sealed with age to every recipient, offered at the gate, fetched by the receiver."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import msgspec

from jusur.crypto.age import AgeIdentity, AgeReader, AgeRecipient, AgeWriter
from jusur.directory import api as directory
from jusur.exchange import log, offers, own, transfers
from jusur.exchange.kinds import ReceivedMessage
from jusur.exchange.message import Attachment
from jusur.exchange.models import InboundMessage, OutboundMessage
from jusur.exchange.offers import OWN_PREFIX, Digester
from jusur.kernel import text
from jusur.kernel.clock import now
from jusur.kernel.errors import ConflictError, InvalidInputError, JusurError, NotFoundError
from jusur.kernel.ids import new_id
from jusur.vault import Writer

CHUNK_SIZE = 4 * 1024 * 1024
PIECE = 1024 * 1024
OFFER_LIFETIME = timedelta(days=30)


class _Sink:
    """Writes to the vault and digests on the way."""

    def __init__(self, writer: Writer, digester: Digester) -> None:
        self._writer, self._digester = writer, digester

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Take the next sealed bytes."""
        view = memoryview(data).cast("B")
        self._digester.update(view)
        self._writer.write(view)
        return len(view)


def attach(
    source: BinaryIO, *, name: str, media_type: str, to: Sequence[str], expires_at: datetime | None = None
) -> Attachment:
    """Seal a file to all recipients and offer it to each of them; what `send` takes as an attachment.

    It is sealed to this node as well, so that its officers can read what they sent for as long as it is offered.

    Args:
        source: the plain file, read once to its end in constant memory.
        name: the file's name as its reader will see it.
        media_type: such as ``application/pdf``.
        to: the recipients' addresses.
        expires_at: until when it can be fetched; 30 days by default.

    Raises:
        JusurError: a name that is not one, a recipient without a key for files, a full vault, an empty list.
    """
    file_name = text.file_name(name, field="attachment name")
    if not to:
        raise InvalidInputError("An attachment is sealed to someone.", fix="Name the recipients.")
    recipients = [directory.age_recipient(address) for address in to]
    recipients += [mine for mine in _own_recipients() if mine not in recipients]
    blob_name, plain, size = f"{OWN_PREFIX}{new_id()}", hashlib.sha256(), 0
    digester = Digester(CHUNK_SIZE)
    with own.vault().create(blob_name) as writer:
        with AgeWriter(_Sink(writer, digester), recipients) as sealed:
            while piece := source.read(PIECE):
                plain.update(piece)
                size += sealed.write(piece)
        writer.commit()
    blob = digester.descriptor(blob_name, expires_at or now() + OFFER_LIFETIME)
    offers.offer_to_all(blob, to)
    return Attachment(name=file_name, media_type=media_type, size=size, sha256=plain.hexdigest(), blob=blob)


def _own_recipients() -> list[AgeRecipient]:
    try:
        return [directory.age_recipient(own.own().address)]
    except JusurError:  # an organisation that is not in the directory in use
        return []


def fetch_all(message: ReceivedMessage) -> None:
    """Begin to fetch what belongs to a received message, in its transaction."""
    for attachment in message.attachments:
        transfers.fetch_blob(
            attachment.blob,
            sender=message.sender,
            conversation=message.conversation,
            purpose=message.purpose,
            legal_basis=message.legal_basis,
        )


def save(message_id: UUID, number: int, target: Path, *, actor: str) -> Path:
    """Open attachment ``number`` (from 0) of a received message into ``target``, a folder or a new file's path.

    The digest is checked before the file gets its name; nothing is overwritten.

    Raises:
        NotFoundError: no such message or attachment.
        ConflictError: not fetched yet, altered, or the target exists.
    """
    from jusur.exchange import processing
    from jusur.node.context import current

    found = InboundMessage.objects.filter(message_id=message_id).exclude(content=None).first()
    attachments = processing.view(found).attachments if found is not None else ()
    if found is None or not 0 <= number < len(attachments):
        raise NotFoundError("There is no such attachment.", fix="See jusur message show.")
    attachment = attachments[number]
    path = target / attachment.name if target.is_dir() else target
    stored = transfers.stored_name(found.sender, attachment.blob.name)
    if not own.vault().exists(stored):
        raise ConflictError("The attachment has not been fetched yet.", fix="See jusur exchange status.")
    if path.exists():
        raise ConflictError(f"{path} exists.", fix="Choose another place.")
    part = path.with_name(f".{path.name}.part")
    try:
        _open_into(stored, part, attachment, current().keys.evidence_identity)
        log.record(
            "exchange.attachment.opened",
            subject_type=log.MESSAGE,
            subject_id=str(message_id),
            actor=actor,
            data={"attachment": number, "sha256": attachment.sha256},
        )
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    return path


@dataclass(frozen=True, slots=True)
class PlainFile:
    """An attachment to be read once: what its sender says of it, and its bytes in pieces."""

    attachment: Attachment
    pieces: Iterator[bytes]


def read(message_id: UUID, number: int, *, conversation: UUID, actor: str) -> PlainFile:
    """Open attachment ``number`` (from 0) of a message of ``conversation``, received or sent, for an officer to read.

    That it was opened, and for what purpose, is recorded before the first byte leaves. Every piece is authenticated by
    its seal; if the whole is not what its sender signed, the pieces end in an error and the file stays short.

    Raises:
        NotFoundError: no such message in this conversation, or no such attachment.
        ConflictError: not fetched yet, or no longer here.
    """
    from jusur.node.context import current

    attachment, stored, purpose = _find(message_id, number, conversation)
    if not own.vault().exists(stored):
        raise ConflictError("The attachment is not here: not fetched yet, or no longer.", fix="See its state.")
    identity = current().keys.evidence_identity
    log.record(
        "exchange.attachment.opened",
        subject_type=log.MESSAGE,
        subject_id=str(message_id),
        actor=actor,
        purpose=purpose[:500],
        data={"attachment": number, "sha256": attachment.sha256},
    )
    return PlainFile(attachment, _pieces(stored, attachment, identity))


def _find(message_id: UUID, number: int, conversation: UUID) -> tuple[Attachment, str, str]:
    sent = OutboundMessage.objects.filter(id=message_id, conversation=conversation).first()
    if sent is not None:
        files, purpose, sender = sent.attachments, sent.purpose, ""
    else:
        received = InboundMessage.objects.filter(
            message_id=message_id, inbound_conversation__conversation=conversation
        ).exclude(content=None)
        found = received.values_list("content", "sender").first()
        content, sender = (found[0] or {}, found[1]) if found else ({}, "")
        files, purpose = content.get("attachments", []), content.get("purpose", "")
    if not 0 <= number < len(files):
        raise NotFoundError("There is no such attachment.", fix="Open the conversation again.")
    attachment = msgspec.convert(files[number], Attachment)
    name = attachment.blob.name
    return attachment, transfers.stored_name(sender, name) if sender else name, purpose


def _pieces(stored: str, attachment: Attachment, identity: AgeIdentity) -> Iterator[bytes]:
    digest, size = hashlib.sha256(), 0
    with own.vault().open(stored) as sealed:
        reader = AgeReader(sealed, identity)
        while piece := reader.read(PIECE):
            digest.update(piece)
            size += len(piece)
            if size > attachment.size:
                break
            if size == attachment.size and digest.hexdigest() != attachment.sha256:
                break
            yield piece
    if (size, digest.hexdigest()) != (attachment.size, attachment.sha256):
        raise ConflictError("The attachment's content is not what its sender signed.", fix="Ask the sender.")


def _open_into(stored: str, part: Path, attachment: Attachment, identity: object) -> None:
    if not isinstance(identity, AgeIdentity):
        raise TypeError("an age identity opens attachments")
    digest, size = hashlib.sha256(), 0
    with own.vault().open(stored) as sealed, part.open("xb") as plain:
        part.chmod(0o600)
        reader = AgeReader(sealed, identity)
        while piece := reader.read(PIECE):
            digest.update(piece)
            size += plain.write(piece)
    if (size, digest.hexdigest()) != (attachment.size, attachment.sha256):
        raise ConflictError("The attachment's content is not what its sender signed.", fix="Ask the sender.")
