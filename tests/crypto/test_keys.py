import hashlib
import json
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from hypothesis import given
from hypothesis import strategies as st

from jusur.crypto.errors import KeyFormatError, SignatureError
from jusur.crypto.keys import SealingKey, SealingPublicKey, SigningKey, VerifyKey, private_pem

VECTORS = json.loads((Path(__file__).parents[2] / "docs/vectors/crypto/keys.json").read_text())
PRIME = 2**255 - 19
SMALL_ORDER = [
    bytes(32),
    bytes(31) + b"\x80",
    b"\x01" + bytes(31),
    b"\x01" + bytes(30) + b"\x80",
    (PRIME - 1).to_bytes(32, "little"),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
]


@pytest.mark.parametrize("vector", VECTORS["ed25519"], ids=lambda vector: vector["source"])
def test_ed25519_vectors(vector: dict[str, str]) -> None:
    key = SigningKey.from_seed(bytes.fromhex(vector["seed"]))
    message, signature = bytes.fromhex(vector["message"]), bytes.fromhex(vector["signature"])
    assert key.public.raw().hex() == vector["public"]
    assert key.keyid == vector["keyid"]
    assert key.sign(message) == signature
    VerifyKey.from_raw(bytes.fromhex(vector["public"])).verify(signature, message)


@pytest.mark.parametrize("vector", VECTORS["xwing"], ids=lambda vector: vector["source"])
def test_xwing_vectors(vector: dict[str, str]) -> None:
    key = SealingKey.from_seed(bytes.fromhex(vector["seed"]))
    assert hashlib.sha256(key.public.raw()).hexdigest() == vector["public_sha256"]
    assert key.keyid == vector["public_sha256"][:32]


@pytest.mark.parametrize("raw", SMALL_ORDER, ids=lambda raw: raw.hex()[:8])
def test_ed25519_keys_of_small_order_are_refused(raw: bytes) -> None:
    with pytest.raises(KeyFormatError, match=r"small order|canonical"):
        VerifyKey.from_raw(raw)


def test_openssl_itself_accepts_a_forgery_under_a_key_of_small_order() -> None:
    # Why the check above exists: should this ever raise, the check has become a second one.
    ed25519.Ed25519PublicKey.from_public_bytes(b"\x01" + bytes(31)).verify(b"\x01" + bytes(63), b"x")


@pytest.mark.parametrize("y", [PRIME, PRIME + 1, 2**255 - 1])
def test_ed25519_keys_in_a_second_encoding_are_refused(y: int) -> None:
    with pytest.raises(KeyFormatError, match="canonical"):
        VerifyKey.from_raw(y.to_bytes(32, "little"))


def test_ed25519_keys_off_the_curve_are_refused() -> None:
    with pytest.raises(KeyFormatError, match="not a point"):
        VerifyKey.from_raw((2).to_bytes(32, "little"))


@given(st.binary(max_size=80).filter(lambda raw: len(raw) != 32))
def test_keys_of_other_lengths_are_refused(raw: bytes) -> None:
    with pytest.raises(KeyFormatError):
        VerifyKey.from_raw(raw)
    with pytest.raises(KeyFormatError):
        SealingPublicKey.from_raw(raw)
    with pytest.raises(KeyFormatError):
        SigningKey.from_seed(raw)
    with pytest.raises(KeyFormatError):
        SealingKey.from_seed(raw)


@given(st.binary(min_size=32, max_size=32))
def test_every_generated_key_is_accepted(seed: bytes) -> None:
    key = SigningKey.from_seed(seed)
    assert VerifyKey.from_raw(key.public.raw()) == key.public
    assert VerifyKey.from_pem(key.public.pem()) == key.public


@given(st.binary(max_size=64), st.integers(0, 63), st.integers(1, 255))
def test_an_altered_signature_is_refused(message: bytes, place: int, change: int) -> None:
    key = SigningKey.from_seed(bytes(32))
    signature = bytearray(key.sign(message))
    signature[place] ^= change
    with pytest.raises(SignatureError):
        key.public.verify(bytes(signature), message)


@pytest.mark.parametrize("signature", [b"", bytes(63), bytes(65)])
def test_a_signature_of_another_length_is_refused(signature: bytes) -> None:
    with pytest.raises(SignatureError):
        SigningKey.from_seed(bytes(32)).public.verify(signature, b"")


@pytest.mark.parametrize("passphrase", [None, b"correct horse"])
def test_private_keys_round_trip_in_pem(passphrase: bytes | None) -> None:
    signing, sealing = SigningKey.generate(), SealingKey.generate()
    assert SigningKey.from_pem(signing.pem(passphrase), passphrase).keyid == signing.keyid
    assert SealingKey.from_pem(sealing.pem(passphrase), passphrase).keyid == sealing.keyid


@pytest.mark.parametrize("passphrase", [None, b"", b"wrong"])
def test_encrypted_keys_need_their_passphrase(passphrase: bytes | None) -> None:
    with pytest.raises(KeyFormatError, match="passphrase"):
        SigningKey.from_pem(SigningKey.generate().pem(b"right"), passphrase)
    with pytest.raises(KeyFormatError, match="passphrase"):
        SealingKey.from_pem(SealingKey.generate().pem(b"right"), passphrase)


def test_an_encrypted_key_does_not_hold_its_seed_in_clear() -> None:
    assert b"ENCRYPTED" in SigningKey.from_seed(bytes(32)).pem(b"right")
    assert SealingKey.from_seed(bytes(32)).pem(b"right").count(b"BEGIN ENCRYPTED PRIVATE KEY") == 2


def test_other_kinds_of_keys_are_refused() -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    with pytest.raises(KeyFormatError, match="not an Ed25519"):
        SigningKey.from_pem(private_pem(curve, None))
    signing = SigningKey.generate()
    with pytest.raises(KeyFormatError, match="sealing key"):
        SealingKey.from_pem(signing.pem() + signing.pem())
    with pytest.raises(KeyFormatError):
        SealingKey.from_pem(signing.pem())


@pytest.mark.parametrize("text", ["", "-----BEGIN PUBLIC KEY-----\n", "x" * 20_000, "\ud800"])
def test_what_is_no_pem_is_refused(text: str) -> None:
    with pytest.raises(KeyFormatError):
        VerifyKey.from_pem(text)
    with pytest.raises(KeyFormatError):
        SigningKey.from_pem(text)


def test_two_public_keys_in_one_text_are_refused() -> None:
    pem = SigningKey.generate().public.pem()
    with pytest.raises(KeyFormatError, match="not one"):
        VerifyKey.from_pem(pem + pem)


def test_sealing_keys_are_parsed_strictly() -> None:
    raw = SealingKey.from_seed(bytes(32)).public.raw()
    assert SealingPublicKey.from_raw(raw) == SealingKey.from_seed(bytes(32)).public
    with pytest.raises(KeyFormatError, match="out of range"):
        SealingPublicKey.from_raw(b"\xff\xff\xff" + raw[3:])
    with pytest.raises(KeyFormatError, match="small order"):
        SealingPublicKey.from_raw(raw[:-32] + bytes(32))
    with pytest.raises(KeyFormatError, match="canonical"):
        SealingPublicKey.from_raw(raw[:-32] + b"\xff" * 32)


def test_text_forms_show_no_secret() -> None:
    seed = bytes(range(32))
    for key in (SigningKey.from_seed(seed), SealingKey.from_seed(seed)):
        assert repr(key) == f"<{type(key).__name__} {key.keyid}>"
        assert not hasattr(key, "__dict__")


def test_openssl_reads_the_public_key_and_agrees_on_its_name() -> None:
    key = SigningKey.generate()
    command = ["openssl", "pkey", "-pubin", "-outform", "DER"]
    der = subprocess.run(command, input=key.public.pem().encode(), capture_output=True, check=True).stdout
    assert hashlib.sha256(der).hexdigest()[:32] == key.keyid
