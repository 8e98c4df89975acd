import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from hypothesis import given
from hypothesis import strategies as st

from jusur.crypto import hpke
from jusur.crypto.errors import SealError
from jusur.crypto.keys import SealingKey

VECTORS = json.loads((Path(__file__).parents[2] / "docs/vectors/crypto/hpke.json").read_text())
KEY = SealingKey.from_seed(bytes(32))
OTHER = SealingKey.from_seed(bytes([1]) * 32)
SEALED = hpke.seal(KEY.public, b"secret", aad=b"routing", info=b"message")


def test_another_implementation_sealed_this() -> None:
    # Google's Tink (BoringSSL): the same suite, X-Wing, HKDF-SHA256, AES-256-GCM.
    vector = VECTORS["hpke"]
    suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    key = SealingKey.from_seed(bytes.fromhex(vector["seed"]))
    plaintext = suite.decrypt(bytes.fromhex(vector["sealed"]), key.hpke, bytes.fromhex(vector["info"]))
    assert plaintext.hex() == vector["plaintext"]


@pytest.mark.parametrize("vector", VECTORS["jusur"], ids=lambda vector: vector["name"])
def test_sealed_before_opens_now(vector: dict[str, str]) -> None:
    key = SealingKey.from_seed(bytes.fromhex(vector["seed"]))
    aad, info = bytes.fromhex(vector["aad"]), bytes.fromhex(vector["info"])
    assert hpke.open(key, bytes.fromhex(vector["sealed"]), aad=aad, info=info).hex() == vector["plaintext"]


@given(st.binary(max_size=300), st.binary(max_size=50), st.binary(max_size=50))
def test_what_was_sealed_opens(plaintext: bytes, aad: bytes, info: bytes) -> None:
    sealed = hpke.seal(KEY.public, plaintext, aad=aad, info=info)
    assert len(sealed) == len(plaintext) + hpke.OVERHEAD
    assert hpke.open(KEY, sealed, aad=aad, info=info) == plaintext


@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_any_altered_byte_is_refused(place: int, change: int) -> None:
    sealed = bytearray(SEALED)
    sealed[place] ^= change
    with pytest.raises(SealError):
        hpke.open(KEY, bytes(sealed), aad=b"routing", info=b"message")


@given(st.integers(0, len(SEALED) - 1))
def test_a_part_is_refused(size: int) -> None:
    with pytest.raises(SealError):
        hpke.open(KEY, SEALED[:size], aad=b"routing", info=b"message")


@pytest.mark.parametrize(
    ("aad", "info"),
    [(b"", b""), (b"message", b"routing"), (b"routingm", b"essage"), (b"routing", b"messag"), (b"routing ", b"")],
)
def test_another_context_does_not_open(aad: bytes, info: bytes) -> None:
    with pytest.raises(SealError, match="does not open"):
        hpke.open(KEY, SEALED, aad=aad, info=info)


def test_another_key_does_not_open() -> None:
    with pytest.raises(SealError, match="does not open"):
        hpke.open(OTHER, SEALED, aad=b"routing", info=b"message")


def test_another_version_is_named() -> None:
    with pytest.raises(SealError, match="02647a00010002"):
        hpke.open(KEY, b"\x02" + SEALED[1:], aad=b"routing", info=b"message")


def test_the_same_content_never_looks_the_same() -> None:
    assert hpke.seal(KEY.public, b"secret")[7:] != hpke.seal(KEY.public, b"secret")[7:]


def test_sizes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hpke, "MAX_PLAINTEXT_SIZE", 5)
    with pytest.raises(SealError, match="too many"):
        hpke.seal(KEY.public, b"secret")
    with pytest.raises(SealError, match="bytes, not"):
        hpke.open(KEY, SEALED, aad=b"routing", info=b"message")
    with pytest.raises(SealError, match="context"):
        hpke.seal(KEY.public, b"", aad=bytes(hpke.MAX_CONTEXT_SIZE + 1))
