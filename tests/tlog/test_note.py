import base64
import contextlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from jusur.tlog import note as notes
from jusur.tlog.errors import NoteError
from jusur.tlog.note import Note, NoteSigner, NoteVerifier, SignatureLine

# The example of Go's golang.org/x/mod/sumdb/note, whose key and signature are Ed25519.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def signer(name: str = "jusur.int/log/MA", seed: int = 1) -> NoteSigner:
    key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return NoteSigner(name, key, key.public_key().public_bytes_raw())


TEXT = "first\n\nsecond, \u0627\u0644\u0645\u063a\u0631\u0628\n"


def test_another_implementations_note_verifies() -> None:
    verifier = NoteVerifier.parse(GO_KEY)
    assert str(verifier) == GO_KEY
    note = notes.parse(GO_NOTE)
    verifier.verify(note)
    assert str(note) == GO_NOTE
    with pytest.raises(NoteError):
        verifier.verify(notes.parse(GO_NOTE.replace("don't", "do")))


def test_a_note_comes_back_as_it_was_signed() -> None:
    note = notes.sign(TEXT, [signer(), signer("w.example/1", 2)])
    parsed = notes.parse(str(note).encode())
    assert parsed == note
    assert parsed.text == TEXT
    for one in (signer(), signer("w.example/1", 2)):
        one.verifier.verify(parsed)
        NoteVerifier.parse(str(one.verifier)).verify(parsed)


@pytest.mark.parametrize("other", [signer("jusur.int/log/NO"), signer(seed=3)])
def test_a_note_without_the_keys_signature_is_refused(other: NoteSigner) -> None:
    with pytest.raises(NoteError, match="not signed by"):
        other.verifier.verify(notes.sign(TEXT, [signer()]))


def test_one_false_signature_of_a_known_key_refuses_the_note() -> None:
    good = signer().sign(TEXT)
    false = SignatureLine(good.name, good.key_id, good.signature[::-1])
    with pytest.raises(NoteError, match="does not verify"):
        signer().verifier.verify(Note(TEXT, (good, false)))


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_any_changed_byte_is_refused(place: int, change: int) -> None:
    data = str(notes.sign(TEXT, [signer()])).encode()
    place %= len(data)
    with pytest.raises(NoteError):
        signer().verifier.verify(notes.parse(data[:place] + bytes([data[place] ^ change]) + data[place + 1 :]))


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\n\u2014 name\n",
        "text\n\n\u2014 name AAAAAAA=",
        "text\n\n- name AAAAAAAA\n",
        "text\n\n\u2014 na+me AAAAAAAA\n",
        "text\n\n\u2014  AAAAAAAA\n",
        "text\n\n\u2014 name AAAA\n",
        "text\n\n\u2014 name AAAAAB==\n",
        "text\n\n\u2014 name A.AAAAAA\n",
        "te\x00xt\n\n\u2014 name AAAAAAAA\n",
        "te\rxt\n\n\u2014 name AAAAAAAA\n",
        "text\n\n" + "\u2014 name AAAAAAAA\n" * 33,
        "x" * 20_000 + "\n\n\u2014 name AAAAAAAA\n",
        "\ud800\n\n\u2014 name AAAAAAAA\n",
        b"\xff\n\n\xe2\x80\x94 name AAAAAAAA\n",
    ],
)
def test_malformed_notes_are_refused(wrong: str | bytes) -> None:
    with pytest.raises(NoteError):
        notes.parse(wrong)


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_garbage_is_refused_or_a_note(data: bytes | str) -> None:
    with contextlib.suppress(NoteError):
        assert notes.parse(data).signatures


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "name",
        "name+00000000+",
        GO_KEY.replace("c74f", "c74e"),
        GO_KEY.replace("Peter", "Paul"),
        GO_KEY[:-4],
        "name+zz+" + base64.b64encode(b"\x01" + bytes(32)).decode(),
    ],
)
def test_malformed_keys_are_refused(wrong: str) -> None:
    with pytest.raises(NoteError):
        NoteVerifier.parse(wrong)


def test_only_text_and_names_that_can_be_told_apart_are_signed() -> None:
    for text in ("no newline", "tab\t\n", ""):
        with pytest.raises(NoteError):
            notes.sign(text, [signer()])
    for name in ("", "a b", "a+b", "a\nb", "a\u00a0b"):
        with pytest.raises(NoteError):
            signer(name)
    with pytest.raises(NoteError):
        NoteVerifier("name", b"short")
