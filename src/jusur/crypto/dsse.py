"""DSSE v1, the Dead Simple Signing Envelope (github.com/secure-systems-lab/dsse), with Ed25519.

What is signed is the pre-authentication encoding of type and payload, so a payload signed as one type never counts
as another. Envelopes from outside are parsed strictly: these members only, canonical base64, bounded sizes.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from jusur.crypto.errors import SignatureError
from jusur.crypto.keys import ED25519_SIGNATURE_SIZE, SigningKey, VerifyKey

MAX_SIGNATURES = 16
MAX_KEYID_LENGTH = 128
_MEMBERS = {"payload", "payloadType", "signatures"}
_SIGNATURE_MEMBERS = {"keyid", "sig"}


class Verified(NamedTuple):
    """What an envelope holds and whose signatures over it were checked."""

    payload: bytes
    keyids: tuple[str, ...]


def pae(payload_type: str, payload: bytes) -> bytes:
    """The pre-authentication encoding: ``DSSEv1``, then type and payload, each preceded by its length in bytes."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def sign(payload_type: str, payload: bytes, keys: Sequence[SigningKey]) -> dict[str, Any]:
    """The envelope over ``payload`` with one signature of each key, ready for JSON.

    Raises:
        SignatureError: no key, more than 16, or one key twice.
    """
    if not 1 <= len(keys) <= MAX_SIGNATURES or len({key.keyid for key in keys}) != len(keys):
        raise SignatureError(f"An envelope is signed by 1 to {MAX_SIGNATURES} different keys.")
    message = pae(payload_type, payload)
    return {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": payload_type,
        "signatures": [{"keyid": key.keyid, "sig": base64.b64encode(key.sign(message)).decode()} for key in keys],
    }


def verify(
    envelope: Mapping[str, Any], keys: Mapping[str, VerifyKey], *, payload_type: str, max_bytes: int
) -> Verified:
    """The payload of ``envelope``, when every signature on it is by one of ``keys`` and fits.

    Args:
        envelope: the parsed JSON object.
        keys: the keys accepted as signers, by key id.
        payload_type: the one type accepted.
        max_bytes: the most bytes of payload accepted.

    Returns:
        The payload and the ids of its signers, in the order of their signatures; at least one.

    Raises:
        SignatureError: another shape or type, too large, no signature, a signer not among ``keys``, a signer twice,
            or a signature that does not fit.
    """
    _check_shape(envelope, payload_type, max_bytes)
    payload = _decode(envelope["payload"], "payload")
    if len(payload) > max_bytes:
        raise SignatureError(f"The envelope's payload has more than {max_bytes} bytes.")
    message = pae(payload_type, payload)
    keyids: list[str] = []
    for keyid, signature in map(_signature, envelope["signatures"]):
        if keyid in keyids:
            raise SignatureError("The envelope carries two signatures of one key.")
        key = keys.get(keyid)
        if key is None or key.keyid != keyid:
            raise SignatureError(
                "The envelope is signed by a key that is not known as one of its signer's.",
                fix="Fetch the current directory; if the key is not in it, ask the sender.",
            )
        key.verify(signature, message)
        keyids.append(keyid)
    return Verified(payload, tuple(keyids))


def _check_shape(envelope: Any, payload_type: str, max_bytes: int) -> None:
    if not isinstance(envelope, Mapping) or set(envelope) != _MEMBERS:
        raise SignatureError("A signed envelope has the members payload, payloadType and signatures, and no others.")
    if envelope["payloadType"] != payload_type:
        raise SignatureError(f"The envelope does not carry {payload_type}.")
    payload = envelope["payload"]
    if not isinstance(payload, str) or len(payload) > 4 * (-(-max_bytes // 3)):
        raise SignatureError(f"The envelope's payload is base64 text of at most {max_bytes} bytes.")
    signatures = envelope["signatures"]
    if not isinstance(signatures, list) or not 1 <= len(signatures) <= MAX_SIGNATURES:
        raise SignatureError(f"An envelope carries a list of 1 to {MAX_SIGNATURES} signatures.")


def _signature(entry: Any) -> tuple[str, bytes]:
    if not isinstance(entry, Mapping) or set(entry) != _SIGNATURE_MEMBERS:
        raise SignatureError("A signature in an envelope has the members keyid and sig, and no others.")
    keyid = entry["keyid"]
    if not isinstance(keyid, str) or not 1 <= len(keyid) <= MAX_KEYID_LENGTH:
        raise SignatureError("A signature's keyid is a short text.")
    signature = _decode(entry["sig"], "signature")
    if len(signature) != ED25519_SIGNATURE_SIZE:
        raise SignatureError(f"A signature has {ED25519_SIGNATURE_SIZE} bytes, not {len(signature)}.")
    return keyid, signature


def _decode(text: Any, field: str) -> bytes:
    """The bytes of canonical base64: one text per value, so that an envelope cannot be respelled."""
    try:
        data = base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except (binascii.Error, ValueError):
        data = None
    if data is None or base64.b64encode(data).decode() != text:
        raise SignatureError(f"The envelope's {field} is not base64 text (RFC 4648, section 4).")
    return data
