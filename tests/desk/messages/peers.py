"""Another bureau of the sample network, with its own keys: what it sends here, and the receipts it gives."""

import hashlib
import io
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

from tests.desk import samples

from jusur.crypto.age import AgeWriter
from jusur.crypto.keys import SigningKey
from jusur.directory import api as directory
from jusur.exchange import api as exchange
from jusur.exchange import envelope, handling, processing, receipt
from jusur.exchange.message import Attachment, Message
from jusur.exchange.models import Delivery, Transfer
from jusur.exchange.offers import Digester
from jusur.exchange.peers import Own
from jusur.kernel.clock import now, timestamp
from jusur.kernel.ids import new_id
from jusur.ledger import leaves
from jusur.node.context import current
from jusur.tlog import checkpoint as checkpoints
from jusur.tlog import tree as trees
from jusur.tlog.merkle import leaf_hash
from jusur.tlog.note import NoteSigner

PURPOSE = "Investigation of a scam centre, case 2026/117"
BASIS = "Constitution of the organisation, Article 2"


@dataclass
class Log:
    """A peer's transparency log, in memory."""

    signer: NoteSigner
    store: trees.MemoryTiles = field(default_factory=trees.MemoryTiles)
    size: int = 0

    def prove(self, leaf: bytes) -> receipt.Proof:
        self.size = trees.append(self.store, self.size, [leaf_hash(leaf)])
        tree = trees.Tree(self.store, self.size)
        head = checkpoints.make(self.size, tree.root(), self.signer)
        return receipt.Proof(head.text, leaf, self.size - 1, tree.inclusion(self.size - 1))


@cache
def log_of(address: str) -> Log:
    key: SigningKey | None = samples.network().peers[address].log
    assert key is not None
    return Log(NoteSigner(checkpoints.origin(address), key, key.public.raw()))


@dataclass(frozen=True)
class Peer:
    """A bureau that writes to this one."""

    address: str

    @property
    def own(self) -> Own:
        keys = samples.network().peers[self.address]
        assert keys.signing is not None
        assert keys.sealing is not None
        return Own(self.address, keys.signing, (keys.sealing,))

    def say(self, subject: str, text: str, **more: Any) -> str:
        """A message of this bureau comes and is processed; its conversation."""
        file = more.pop("file", None)
        body = {"subject": subject, "text": text, "language": more.pop("language", "en"), "topic": "message"}
        attachments = [self._sealed(*file)] if file else []
        return self.send("message.text", body, attachments=attachments, **more)

    def acknowledge(self, message: UUID, read_at: str) -> None:
        """This bureau says that an officer there read a message of ours."""
        conversation = Delivery.objects.get(message=message, recipient=self.address).message.conversation
        self.send(
            "exchange.acknowledgement", {"message": str(message), "read_at": read_at}, conversation=str(conversation)
        )

    def send(self, kind: str, body: dict[str, Any], **more: Any) -> str:
        me, held, moment = current().address, directory.current(), now()
        expires = moment + timedelta(days=30)
        message = Message(
            v=1,
            id=str(new_id()),
            kind=kind,
            sender=self.address,
            to=[me],
            conversation=more.get("conversation") or str(new_id()),
            sequence=more.get("sequence", 1),
            created_at=timestamp(moment),
            expires_at=timestamp(expires),
            handling=handling.for_recipients([me], classification=more.get("classification", "restricted")),
            purpose=more.get("purpose", PURPOSE),
            legal_basis=BASIS,
            body=body,
            attachments=more.get("attachments", []),
        )
        header = envelope.Header(
            protocol="1.0",
            id=str(new_id()),
            sender=self.address,
            to=me,
            priority=more.get("priority", "routine"),
            created_at=timestamp(moment),
            expires_at=timestamp(expires),
            directory=envelope.DirectoryState(version=held.version, digest=held.digest),
        )
        raw, _digest = envelope.seal(message, header, self.own, directory.sealing_key(me))
        exchange.accept_batch([raw])
        while processing.process_ready():
            pass
        for attachment in message.attachments:
            Transfer.objects.filter(sender=self.address, name=attachment.blob.name).update(
                state="completed", bytes_done=attachment.blob.size, completed_at=now()
            )
        return message.conversation

    def _sealed(self, name: str, content: bytes) -> Attachment:
        sink = io.BytesIO()
        with AgeWriter(sink, [directory.age_recipient(current().address)]) as sealed:
            sealed.write(content)
        digester = Digester(4 * 1024 * 1024)
        digester.update(sink.getvalue())
        blob = digester.descriptor(f"message-{new_id()}", now() + timedelta(days=30))
        with current().vault.create(exchange.stored_name(self.address, blob.name)) as writer:
            writer.write(sink.getvalue())
            writer.commit()
        return Attachment(
            name=name,
            media_type="application/octet-stream",
            size=len(content),
            sha256=hashlib.sha256(content).hexdigest(),
            blob=blob,
        )


def receipt_of(delivery: Delivery) -> bytes:
    """The receipt that the delivery's recipient gives for it, logged in its own log."""
    peer = Peer(delivery.recipient)
    moment = now()
    leaf = leaves.leaf(
        new_id(), "exchange.message.received", moment, hashlib.sha256(str(delivery.id).encode()).digest()
    )
    return receipt.make(
        peer.own.signing,
        by=delivery.recipient,
        envelope=str(delivery.envelope_id),
        sender=current().address,
        digest=delivery.digest,
        status="accepted",
        received_at=moment,
        proof=log_of(delivery.recipient).prove(leaf),
    )
