"""Sealing to one recipient: HPKE (RFC 9180), base mode, single shot, with the hybrid KEM X-Wing.

Sealed form: ``0x01`` (version), KEM 0x647a, KDF 0x0001 (HKDF-SHA256), AEAD 0x0002 (AES-256-GCM), two bytes each, then
``enc`` (1,120 bytes) and the ciphertext with its 16-byte tag.

The HPKE ``info`` is ``"jusur-seal-v1"``, the seven header bytes, then the caller's ``info`` and ``aad``, each
preceded by its length in 8 bytes, big-endian; the HPKE ``aad`` is empty. In the single-shot form both bind the
context alike, and the library's public interface takes ``info`` alone.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from jusur.crypto.errors import SealError
from jusur.crypto.keys import SealingKey, SealingPublicKey

VERSION = 1
KEM_ID = 0x647A
KDF_ID = 0x0001
AEAD_ID = 0x0002
HEADER = b"".join((bytes([VERSION]), *(number.to_bytes(2) for number in (KEM_ID, KDF_ID, AEAD_ID))))
ENC_SIZE = 1120
TAG_SIZE = 16
OVERHEAD = len(HEADER) + ENC_SIZE + TAG_SIZE
MAX_PLAINTEXT_SIZE = 16 * 1024 * 1024
"""Envelopes carry messages; evidence travels in files sealed with age."""
MAX_CONTEXT_SIZE = 65_536
_LABEL = b"jusur-seal-v1"
_SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def seal(public: SealingPublicKey, plaintext: bytes, *, aad: bytes = b"", info: bytes = b"") -> bytes:
    """``plaintext`` (at most 16 MiB) sealed to ``public``, bound to ``aad`` and ``info`` (at most 64 KiB each).

    Sealing hides the content; it does not say who sealed.

    Raises:
        SealError: the plaintext or its context is too large.
    """
    if len(plaintext) > MAX_PLAINTEXT_SIZE:
        raise SealError(
            f"{len(plaintext)} bytes are too many to seal at once; at most {MAX_PLAINTEXT_SIZE} are.",
            fix="Send the content as an attachment.",
        )
    return HEADER + _SUITE.encrypt(plaintext, public.hpke, _context(aad, info))


def open(private: SealingKey, sealed: bytes, *, aad: bytes = b"", info: bytes = b"") -> bytes:  # noqa: A001 - RFC 9180
    """The plaintext of ``sealed``, sealed to ``private`` under the same ``aad`` and ``info``.

    Raises:
        SealError: another version or suite, too short or long, altered, for another key or another context.
    """
    if not OVERHEAD <= len(sealed) <= OVERHEAD + MAX_PLAINTEXT_SIZE:
        raise SealError(f"Sealed content has {OVERHEAD} to {OVERHEAD + MAX_PLAINTEXT_SIZE} bytes, not {len(sealed)}.")
    if sealed[: len(HEADER)] != HEADER:
        raise SealError(
            f"The content is sealed in a form this node does not know ({sealed[: len(HEADER)].hex()}).",
            fix="Ask the sender which version of Jusur he runs.",
        )
    context = _context(aad, info)
    try:
        return _SUITE.decrypt(memoryview(sealed)[len(HEADER) :], private.hpke, context)
    except (InvalidTag, ValueError):
        raise SealError(
            "The sealed content does not open: it was altered, or sealed to another key or for another purpose."
        ) from None


def _context(aad: bytes, info: bytes) -> bytes:
    if max(len(aad), len(info)) > MAX_CONTEXT_SIZE:
        raise SealError(f"The context of sealed content has at most {MAX_CONTEXT_SIZE} bytes.")
    return b"".join((_LABEL, HEADER, len(info).to_bytes(8), info, len(aad).to_bytes(8), aad))
