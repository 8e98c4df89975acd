"""What the log commits to: salted commitments, and leaves that hold nothing a reader could guess.

A leaf is canonical JSON ``{"commitment", "id", "kind", "occurred_at", "v": 1}``; the commitment is SHA-256(salt ||
payload), the payload canonical JSON ``{"actor", "data", "purpose", "subject_id", "subject_type"}``. Without the
32 random bytes of salt nobody can try candidate payloads against the commitment.
"""

import hashlib
import re
from datetime import datetime
from typing import Any
from uuid import UUID

from jusur.kernel import canonical
from jusur.kernel.clock import timestamp
from jusur.ledger.errors import EventError
from jusur.ledger.models import DIGEST_BYTES

SALT_BYTES = DIGEST_BYTES
MAX_PAYLOAD_BYTES = 256 * 1024
LEAF_VERSION = 1

_KIND = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+")
_MAX_LENGTHS = {"kind": 100, "subject_type": 64, "subject_id": 200, "actor": 200, "purpose": 500}
_EXACT = 2**53


def payload(*, subject_type: str, subject_id: str, actor: str, purpose: str, data: Any) -> bytes:
    """The disclosed part of an event as the bytes its commitment covers."""
    return canonical.encode(
        {"subject_type": subject_type, "subject_id": subject_id, "actor": actor, "purpose": purpose, "data": data}
    )


def commitment(salt: bytes, content: bytes) -> bytes:
    """SHA-256 of the 32-byte salt followed by the payload."""
    return hashlib.sha256(salt + content).digest()


def leaf(event_id: UUID, kind: str, occurred_at: datetime, committed: bytes | memoryview) -> bytes:
    """The log's entry for an event: canonical JSON, written directly because its alphabet needs no escaping."""
    return (
        f'{{"commitment":"{bytes(committed).hex()}","id":"{event_id}","kind":"{kind}",'
        f'"occurred_at":"{timestamp(occurred_at)}","v":{LEAF_VERSION}}}'
    ).encode()


def check(*, kind: str, data: Any, **texts: str) -> None:
    """Refuse what the log could not keep exactly.

    Raises:
        EventError: a kind that is not dotted lower case, an overlong or empty text, NUL characters, ``data`` that is
            not an object, or numbers the database would give back otherwise.
    """
    if not _KIND.fullmatch(kind):
        raise EventError("The kind of an event is dotted lower case, such as evidence.request.sent.")
    for name, value in {"kind": kind, **texts}.items():
        if len(value) > _MAX_LENGTHS[name] or "\x00" in value or (name != "purpose" and not value):
            raise EventError(f"{name} of an event is empty, longer than {_MAX_LENGTHS[name]} characters, or holds NUL.")
    if not isinstance(data, dict):
        raise EventError("The data of an event is a JSON object.")
    _check_values(data)


def _check_values(root: Any) -> None:
    pending = [root]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            pending.extend(value)
            pending.extend(value.values())
        elif isinstance(value, list | tuple):
            pending.extend(value)
        elif (isinstance(value, str) and "\x00" in value) or (isinstance(value, float) and abs(value) >= _EXACT):
            raise EventError("The data of an event holds a NUL character or a number too large to be exact.")
