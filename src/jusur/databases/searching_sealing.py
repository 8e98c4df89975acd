"""What was searched for, at rest: sealed under a key that only the node's home opens, bound to the row that holds it.

AES-256-GCM (NIST SP 800-38D) with a random nonce; the key is derived (HKDF, RFC 5869) from the node's sealing key, so
that a copy of the database alone shows nothing, and older sealing keys still open what they sealed.
"""

import functools
import os
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from jusur.crypto.keys import SealingKey
from jusur.kernel.errors import UnavailableError
from jusur.node import context

_INFO: Final = b"jusur search query v1"
_NONCE: Final = 12
_KEYID: Final = 8


def seal(row: UUID, query: bytes) -> bytes:
    """``query`` for the row ``row``: key id, nonce, ciphertext."""
    keyid, cipher = _present()
    nonce = os.urandom(_NONCE)
    return keyid + nonce + cipher.encrypt(nonce, query, row.bytes)


def open_sealed(row: UUID, sealed: bytes) -> bytes:
    """The query that was sealed for ``row``.

    Raises:
        UnavailableError: no key of this node opens it, or it belongs to another row.
    """
    keyid, nonce, rest = sealed[:_KEYID], sealed[_KEYID : _KEYID + _NONCE], sealed[_KEYID + _NONCE :]
    cipher = _ciphers().get(keyid)
    try:
        if cipher is not None:
            return cipher.decrypt(nonce, rest, row.bytes)
    except InvalidTag:
        pass
    raise UnavailableError(
        "No key of this node opens what was searched for.",
        fix="Restore the node's keys folder from the backup the database came from.",
    )


@functools.cache
def _present() -> tuple[bytes, AESGCM]:
    key = context.current().keys.sealing
    return bytes.fromhex(key.keyid)[:_KEYID], _cipher(key)


@functools.cache
def _ciphers() -> Mapping[bytes, AESGCM]:
    keys = context.current().keys.sealing_keys.values()
    return {bytes.fromhex(key.keyid)[:_KEYID]: _cipher(key) for key in keys}


def _cipher(key: SealingKey) -> AESGCM:
    return AESGCM(HKDF(hashes.SHA256(), 32, salt=None, info=_INFO).derive(key.pem()))


def forget_keys() -> None:
    """Open the keys anew next time (they were rotated, or a test changes homes)."""
    _present.cache_clear()
    _ciphers.cache_clear()
