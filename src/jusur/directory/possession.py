"""The answer to a key request, sealed so that only the holder of the new keys can use it (``jusur-sealed-welcome/1``).

Ed25519 keys prove that their holder has them by signing the request, certificate requests by signing themselves. Keys
that cannot sign (``sealing``, ``evidence``) are proved as RFC 4211, section 4.2, does it ("subsequent message"): the
certificates without which no gate answers come encrypted, and opening them takes every such key of the request.

Two shares of 32 random bytes are sealed, one to the HPKE key, one to the age recipient (each where the request brings
one). The answer is AES-256-GCM under HKDF-SHA256 of the shares, with a nonce of zeros: the key is used once. The
request's digest is the salt and the associated data.
"""

import base64
import binascii
import io
import secrets
from typing import Final, NamedTuple, TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from jusur.crypto import hpke
from jusur.crypto.age import AgeIdentity, AgeReader, AgeRecipient, AgeWriter
from jusur.crypto.errors import CryptoError
from jusur.crypto.keys import SealingKey
from jusur.directory.errors import DirectoryDocumentError, JoinRefusedError
from jusur.directory.keys import read_sealing_key
from jusur.directory.requests import KeyRequest
from jusur.kernel import canonical

FORMAT: Final = "jusur-sealed-welcome/1"
INFO: Final = b"jusur-welcome-v1"
MAX_BYTES: Final = 60 * 1024 * 1024
"""Largest sealed answer."""
_SHARE_BYTES: Final = 32
_MAX_SHARE: Final = 4096
_NONCE: Final = bytes(12)
_Key = TypeVar("_Key")


class HolderKeys(NamedTuple):
    """The private halves of the keys that a request brings and that cannot sign."""

    sealing: SealingKey | None = None
    evidence: AgeIdentity | None = None


class _Sealed(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: str
    request: str
    sealing: str
    evidence: str
    sealed: str


def seal(bundle: bytes, request: KeyRequest, digest: str) -> bytes:
    """``bundle``, to be opened only by who holds the sealing and evidence keys of ``request``; itself if it has none.

    Args:
        bundle: the answer.
        request: the key request answered.
        digest: SHA-256 of the request's payload, lower-case hexadecimal.
    """
    sealing, evidence = request.public("sealing"), request.public("evidence")
    if not sealing and not evidence:
        return bundle
    context, shares = digest.encode(), [secrets.token_bytes(_SHARE_BYTES) for wanted in (sealing, evidence) if wanted]
    wrapped = hpke.seal(read_sealing_key(sealing), shares[0], aad=context, info=INFO) if sealing else b""
    paper = _Sealed(
        format=FORMAT,
        request=request.id,
        sealing=_text(wrapped),
        evidence=_text(_to_age(evidence, shares[-1])) if evidence else "",
        sealed=_text(_cipher(shares, context).encrypt(_NONCE, bundle, context)),
    )
    return canonical.encode(msgspec.to_builtins(paper))


def open_sealed(data: bytes, request: KeyRequest, digest: str, keys: HolderKeys) -> bytes:
    """The answer in ``data`` to our ``request``.

    Raises:
        JoinRefusedError: it answers another request, is not sealed to the keys asked for, or a key is not held here.
        DirectoryDocumentError, CanonicalJSONError: malformed.
    """
    if not request.public("sealing") and not request.public("evidence"):
        return data
    paper = _read(data)
    if paper.request != request.id:
        raise JoinRefusedError("The answer is not an answer to this node's request.")
    context, shares = digest.encode(), []
    try:
        if request.public("sealing"):
            shares.append(hpke.open(_held(keys.sealing, "sealing"), _raw(paper.sealing), aad=context, info=INFO))
        if request.public("evidence"):
            shares.append(_from_age(_held(keys.evidence, "evidence"), _raw(paper.evidence)))
        return _cipher(shares, context).decrypt(_NONCE, _raw(paper.sealed), context)
    except (CryptoError, InvalidTag):
        raise JoinRefusedError(
            "The answer cannot be opened with this node's keys.",
            fix="Use the keys with which the request was made; if they are lost, ask for another invitation.",
        ) from None


def _read(data: bytes) -> _Sealed:
    value = canonical.decode(data, max_bytes=MAX_BYTES, max_depth=2)
    try:
        paper = msgspec.convert(value, _Sealed, strict=True)
    except msgspec.ValidationError:
        raise DirectoryDocumentError(f"The answer does not follow the format {FORMAT}.") from None
    if paper.format != FORMAT or max(len(paper.sealing), len(paper.evidence)) > _MAX_SHARE:
        raise DirectoryDocumentError(f"The answer does not follow the format {FORMAT}.")
    return paper


def _held(key: _Key | None, use: str) -> _Key:
    if key is None:
        raise JoinRefusedError(f"This node does not hold the {use} key it asked for.")
    return key


def _cipher(shares: list[bytes], context: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=context, info=INFO).derive(b"".join(shares)))


def _to_age(recipient: str, share: bytes) -> bytes:
    sink = io.BytesIO()
    with AgeWriter(sink, [AgeRecipient.parse(recipient)]) as writer:
        writer.write(share)
    return sink.getvalue()


def _from_age(identity: AgeIdentity, sealed: bytes) -> bytes:
    return AgeReader(io.BytesIO(sealed), identity).read(_SHARE_BYTES + 1)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _raw(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise DirectoryDocumentError("The answer is not base64.") from None
