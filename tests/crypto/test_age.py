import io
import random
import subprocess
from pathlib import Path

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jusur.crypto import age
from jusur.crypto.stream import BATCH, CHUNK

SIZES = (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, BATCH * CHUNK, BATCH * CHUNK + 1, 3 * BATCH * CHUNK + 12345)


def seal(data: bytes, *recipients: age.AgeRecipient) -> bytes:
    sink = io.BytesIO()
    with age.AgeWriter(sink, recipients) as writer:
        writer.write(data)
    return sink.getvalue()


def unseal(data: bytes, identity: age.AgeIdentity) -> bytes:
    return age.AgeReader(io.BytesIO(data), identity).read()


@pytest.fixture(scope="module")
def identity() -> age.AgeIdentity:
    return age.generate_identity()


@pytest.mark.parametrize("size", SIZES)
def test_the_age_program_and_rage_open_what_we_seal_and_we_what_they_seal(
    size: int, identity: age.AgeIdentity, tmp_path: Path
) -> None:
    data = random.Random(size).randbytes(size)
    sealed = seal(data, identity.recipient())
    assert len(sealed) == age.sealed_size(size)
    key = tmp_path / "key.txt"
    key.write_text("# a comment\n" + identity.text() + "\n")
    opened = subprocess.run(["age", "-d", "-i", key], input=sealed, capture_output=True, check=True)
    assert opened.stdout == data
    assert pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(identity.text())]) == data

    recipient = str(identity.recipient())
    theirs = subprocess.run(["age", "-r", recipient], input=data, capture_output=True, check=True).stdout
    assert unseal(theirs, age.AgeIdentity.parse(key.read_text())) == data
    rage = pyrage.encrypt(data, [pyrage.x25519.Recipient.from_str(recipient)])  # rage adds a stanza nobody knows
    assert unseal(rage, identity) == data


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 3 * CHUNK), max_size=8), st.integers(1, 2 * CHUNK))
def test_pieces_of_any_size_give_the_same_bytes(pieces: list[int], step: int) -> None:
    identity = age.generate_identity()
    data = random.Random(step).randbytes(sum(pieces))
    sink, at = io.BytesIO(), 0
    writer = age.AgeWriter(sink, [identity.recipient()])
    for size in pieces:
        writer.write(data[at : at + size])
        at += size
    writer.close()
    sink.seek(0)
    reader = age.AgeReader(sink, identity)
    assert b"".join(iter(lambda: reader.read(step), b"")) == data


def test_every_recipient_opens_and_nobody_else(identity: age.AgeIdentity) -> None:
    other, stranger = age.generate_identity(), age.generate_identity()
    sealed = seal(b"evidence", identity.recipient(), other.recipient())
    assert unseal(sealed, identity) == unseal(sealed, other) == b"evidence"
    assert len(sealed) == age.sealed_size(8, recipients=2)
    with pytest.raises(age.AgeError, match="not for this key"):
        unseal(sealed, stranger)


def test_any_changed_byte_is_refused(identity: age.AgeIdentity) -> None:
    sealed = seal(b"the evidence", identity.recipient())
    for position in range(len(sealed)):
        for change in (0x01, 0x20, 0x80):
            altered = bytearray(sealed)
            altered[position] ^= change
            with pytest.raises(age.AgeError):
                unseal(bytes(altered), identity)


@pytest.mark.parametrize("size", [5, CHUNK, CHUNK + 5, 2 * CHUNK])
def test_cut_extended_and_reordered_files_are_refused(size: int, identity: age.AgeIdentity) -> None:
    sealed = seal(random.Random(1).randbytes(size), identity.recipient())
    payload = age.sealed_size(0) - 16
    cuts = [*range(0, payload, 7), payload, payload + 15, len(sealed) - 1, payload + CHUNK + 16]
    for cut in cuts:
        if cut < len(sealed):
            with pytest.raises(age.AgeError):
                unseal(sealed[:cut], identity)
    for extra in (b"\0", bytes(16), bytes(CHUNK + 16)):
        with pytest.raises(age.AgeError):
            unseal(sealed + extra, identity)
    if size == 2 * CHUNK:
        first, second = sealed[payload : payload + CHUNK + 16], sealed[payload + CHUNK + 16 :]
        with pytest.raises(age.AgeError):
            unseal(sealed[:payload] + second + first, identity)


def test_an_unfinished_file_does_not_open(identity: age.AgeIdentity) -> None:
    sink = io.BytesIO()

    def fail() -> None:
        with age.AgeWriter(sink, [identity.recipient()]) as writer:
            writer.write(bytes(3 * BATCH * CHUNK))
            raise OSError

    with pytest.raises(OSError):
        fail()
    with pytest.raises(age.AgeError):
        unseal(sink.getvalue(), identity)


def test_hostile_headers_are_refused_early(identity: age.AgeIdentity) -> None:
    good = seal(b"x", identity.recipient())
    start, rest = good.split(b"\n", 1)
    for hostile in (
        b"",
        b"x" * 200_000,
        b"age-encryption.org/v2\n" + rest,
        start + b"\n" + b"-> X25519 \n" * 3 + rest,
        start + b"\n" + b"-> x y\n" + b"A" * 64 + b"\n" * 2 + rest,
        start + b"\n" + (b"-> a\n\n" * 200) + rest,
        start + b"\n" + (b"-> " + b"a" * 70_000 + b"\n\n") + rest,
        good.replace(b"-> X25519 ", b"-> X25519  "),
        good.replace(b"\n", b"\r\n", 2),
        start + b"\n--- " + b"A" * 43 + b"\n" + bytes(64),
    ):
        with pytest.raises(age.AgeError):
            unseal(hostile, identity)


def test_keys_of_small_order_are_refused() -> None:
    with pytest.raises(age.AgeError, match="not a usable key"):
        seal(b"x", age.AgeRecipient(bytes(32)))
    with pytest.raises(age.AgeError, match="between 1 and"):
        seal(b"x")


def test_a_key_file_holds_one_key() -> None:
    key = age.generate_identity().text()
    assert key.startswith("AGE-SECRET-KEY-1")
    for text in ("", "# only a comment", f"{key}\n{key}"):
        with pytest.raises(age.AgeError):
            age.AgeIdentity.parse(text)
    assert key not in repr(age.AgeIdentity.parse(key))


def test_writing_after_the_end_is_an_error(identity: age.AgeIdentity) -> None:
    writer = age.AgeWriter(io.BytesIO(), [identity.recipient()])
    writer.close()
    writer.close()
    with pytest.raises(ValueError, match="closed"):
        writer.write(b"x")
