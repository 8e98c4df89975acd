"""An event's proof, checked step by step, as the offline verifier does: from what is shown to the signed checkpoint.

Nothing is taken from the tables' word: commitment, leaf, every node of the path, the root and the signature are
computed anew. The steps say what was combined with what, so that a reader can repeat each by hand.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from jusur.kernel import canonical
from jusur.ledger import leaves, selectors
from jusur.ledger.errors import EventNotFoundError
from jusur.ledger.models import Event
from jusur.ledger.signer import signer
from jusur.tlog import checkpoint as checkpoints
from jusur.tlog.errors import NoteError
from jusur.tlog.merkle import leaf_hash, node_hash
from jusur.tlog.note import NoteVerifier

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One step up the tree: ``sibling`` stood on ``side`` of what was computed so far; ``result`` is their hash."""

    side: Literal["left", "right"]
    sibling: bytes
    result: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What was computed, and whether each part held.

    ``committed`` is None where the event's data was forgotten: then its existence is proved, not what it said.
    """

    event_id: UUID
    leaf: str
    leaf_index: int
    leaf_hash: bytes
    committed: bool | None
    turns: tuple[Turn, ...]
    root: bytes
    checkpoint: checkpoints.Checkpoint
    log_key: str
    signed: bool

    @property
    def included(self) -> bool:
        """Whether the path leads to the checkpoint's root."""
        return self.root == self.checkpoint.root

    @property
    def holds(self) -> bool:
        """Whether every part held."""
        return self.included and self.signed and self.committed is not False


def examine(event_id: UUID) -> Examination:
    """Check one event's place under the newest checkpoint.

    Raises:
        EventNotFoundError: no such event, or the newest checkpoint does not cover it yet.
    """
    proof = selectors.proofs([event_id])[event_id]
    row = Event.objects.get(id=event_id)
    start = leaf_hash(proof.leaf)
    turns = _climb(proof.leaf_index, proof.checkpoint.size, start, proof.hashes)
    key = str(signer().verifier)
    return Examination(
        event_id=event_id,
        leaf=proof.leaf.decode(),
        leaf_index=proof.leaf_index,
        leaf_hash=start,
        committed=_committed(row, proof.leaf),
        turns=turns,
        root=turns[-1].result if turns else start,
        checkpoint=proof.checkpoint,
        log_key=key,
        signed=_signed(proof.checkpoint, key),
    )


def event_document(event_id: UUID) -> bytes:
    """``custody.json`` of one event without its salt and payload: that it happened and when, and nothing it said.

    Raises:
        EventNotFoundError: no such event, or the newest checkpoint does not cover it yet.
    """
    proof = selectors.proofs([event_id])[event_id]
    row = Event.objects.filter(id=event_id).values("subject_type", "subject_id").first()
    if row is None:
        raise EventNotFoundError("The log has no such event.")
    event = {
        "leaf": proof.leaf.decode(),
        "leaf_index": proof.leaf_index,
        "inclusion": [value.hex() for value in proof.hashes],
        "salt": None,
        "payload": None,
    }
    return canonical.encode(
        {
            "v": VERSION,
            "subject": {"type": row["subject_type"], "id": row["subject_id"]},
            "events": [event],
            "checkpoint": proof.checkpoint.text,
            "log_key": str(signer().verifier),
        }
    )


def _climb(index: int, size: int, start: bytes, path: Sequence[bytes]) -> tuple[Turn, ...]:
    """RFC 9162, section 2.1.3.2, each step kept."""
    node, last, result, turns = index, size - 1, start, []
    for sibling in path:
        side: Literal["left", "right"] = "left" if node & 1 or node == last else "right"
        if side == "left":
            result = node_hash(sibling, result)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        turns.append(Turn(side=side, sibling=sibling, result=result))
        node, last = node >> 1, last >> 1
    return tuple(turns)


def _committed(row: Event, leaf: bytes) -> bool | None:
    if row.salt is None:
        return None
    content = leaves.payload(
        subject_type=row.subject_type, subject_id=row.subject_id, actor=row.actor, purpose=row.purpose, data=row.data
    )
    told = canonical.decode(leaf, max_bytes=4096)
    return bool(told["commitment"] == hashlib.sha256(bytes(row.salt) + content).hexdigest())


def _signed(head: checkpoints.Checkpoint, key: str) -> bool:
    try:
        checkpoints.verify(head.text, NoteVerifier.parse(key))
    except NoteError:
        return False
    return True
