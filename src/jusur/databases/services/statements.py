"""The owner's signature on a record, so that whoever passes it on cannot change it or the conditions it is under."""

import base64
from typing import Any, Final

import msgspec

from jusur.crypto.errors import CryptoError
from jusur.databases.messages import Signature, WireRecord
from jusur.directory import api as directory
from jusur.kernel import canonical, clock
from jusur.kernel.errors import JusurError
from jusur.node import context

_CONTEXT: Final = b"jusur-record/1\n"


def statement(database: str, record: WireRecord) -> bytes:
    """What is signed: everything the wire form says but the signature, and the database it stands in."""
    plain: dict[str, Any] = msgspec.to_builtins(record)
    del plain["signature"]
    return _CONTEXT + canonical.encode({**plain, "database": database})


def sign(database: str, record: WireRecord) -> Signature:
    """This node's signature on a record of its own."""
    key = context.current().keys.signing
    return Signature(key.public.keyid, base64.b64encode(key.sign(statement(database, record))).decode())


def fault(database: str, record: WireRecord) -> str:
    """What is wrong with the owner's signature on ``record``; empty where nothing is."""
    if record.signature is None:
        return f"It does not bear the signature of its owner, {record.originator}."
    try:
        changed = clock.parse_timestamp(record.changed_at)
        keys = directory.verify_keys(record.originator, min(changed, clock.now()))
        keys[record.signature.keyid].verify(base64.b64decode(record.signature.sig), statement(database, record))
    except (KeyError, CryptoError, JusurError):
        return f"The signature of its owner, {record.originator}, does not hold."
    return ""
