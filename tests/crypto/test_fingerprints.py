import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jusur.crypto.errors import KeyFormatError
from jusur.crypto.fingerprints import WORDS, fingerprint, fingerprint_words, matches

DIGEST = hashlib.sha256(b"jusur").digest()


def test_words_are_256_distinct_in_order_and_easy() -> None:
    assert len(set(WORDS)) == 256
    assert list(WORDS) == sorted(WORDS)
    assert all(word.isascii() and word.isalpha() and word.islower() and 3 <= len(word) <= 8 for word in WORDS)


def test_words_read_without_spaces_stay_unambiguous() -> None:
    # No word is another's beginning, so the words can be told apart even run together.
    assert not any(a != b and b.startswith(a) for a in WORDS for b in WORDS)


def test_forms() -> None:
    digest = bytes(range(32))
    assert fingerprint(digest) == "0001-0203-0405-0607-0809-0A0B"
    assert fingerprint(digest, groups=3) == "0001-0203-0405"
    assert fingerprint_words(digest, 6) == " ".join(WORDS[:6])
    assert len(fingerprint_words(digest).split()) == 12


@given(st.binary(min_size=32, max_size=32), st.integers(6, 32))
def test_words_spell_the_digest(digest: bytes, count: int) -> None:
    assert bytes(WORDS.index(word) for word in fingerprint_words(digest, count).split()) == digest[:count]


@given(st.binary(min_size=32, max_size=32), st.integers(0, 11), st.integers(1, 255))
def test_another_digest_does_not_match(digest: bytes, place: int, change: int) -> None:
    other = bytearray(digest)
    other[place] ^= change
    for text in (fingerprint(digest), fingerprint_words(digest)):
        assert matches(text, digest)
        assert not matches(text, bytes(other))


@pytest.mark.parametrize(
    "text",
    [
        fingerprint(DIGEST).lower(),
        fingerprint(DIGEST).replace("-", " "),
        fingerprint_words(DIGEST).upper(),
        fingerprint_words(DIGEST).replace(" ", ", "),
        f"  {fingerprint_words(DIGEST)}\n",
    ],
)
def test_spelling_makes_no_difference(text: str) -> None:
    assert matches(text, DIGEST)


@pytest.mark.parametrize(
    "text", ["", fingerprint(DIGEST)[:-1], fingerprint(DIGEST)[:4], fingerprint_words(DIGEST, 6), "جسور"]
)
def test_a_part_or_something_else_does_not_match(text: str) -> None:
    assert not matches(text, DIGEST)


@pytest.mark.parametrize("count", [-1, 0, 5, 33])
def test_too_few_or_many_words_are_refused(count: int) -> None:
    with pytest.raises(KeyFormatError):
        fingerprint_words(DIGEST, count)


def test_what_is_no_sha256_is_refused() -> None:
    with pytest.raises(KeyFormatError, match="SHA-256"):
        fingerprint(b"short")
    with pytest.raises(KeyFormatError, match="SHA-256"):
        matches("", bytes(33))
