import json
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from jusur.kernel.canonical import MAX_INTEGER, CanonicalJSONError, decode, encode, sha256_hex


def test_the_example_of_rfc_8785() -> None:
    # RFC 8785, section 3.2.4, without the number that does not survive Python's float parser as an int.
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": '\u20ac$\u000f\nA\'B"\\\\"/',
        "literals": [None, True, False],
    }
    assert encode(value) == (
        b'{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        b'"string":"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(_json)
def test_what_is_encoded_decodes_to_itself(value: object) -> None:
    data = encode(value)
    assert decode(data, max_bytes=100_000) == value
    assert encode(decode(data, max_bytes=100_000)) == data


@given(_json)
def test_the_fast_way_gives_what_the_reference_gives(value: Any) -> None:
    assert encode(value) == rfc8785.dumps(value)


@pytest.mark.parametrize("value", [{"\ue000": 1, "\U00010000": 2}, {"b": 1.0, "a": [5e-324]}, {"n": (1, "x")}])
def test_what_is_not_plain_goes_by_the_reference(value: Any) -> None:
    assert encode(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":2}',
        b"[NaN]",
        b"[Infinity]",
        b"[9007199254740993]",
        b"[1e999]" * 2,
        b'["\xff"]',
        b'["\\ud800"]',
        b'{"\\udfff":1}',
        b"\xef\xbb\xbf{}",
        b"",
        b"[",
        b"[" * 40 + b"]" * 40,
    ],
)
def test_ambiguous_or_broken_json_is_refused(data: bytes) -> None:
    with pytest.raises(CanonicalJSONError):
        decode(data, max_bytes=1000)


def test_a_deep_bomb_does_not_exhaust_the_stack() -> None:
    with pytest.raises(CanonicalJSONError):
        decode(b"[" * 100_000, max_bytes=1_000_000)


def test_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(CanonicalJSONError, match="at most 10"):
        decode(json.dumps("x" * 100).encode(), max_bytes=10)


def test_what_has_no_canonical_form_is_refused() -> None:
    for value in (float("nan"), 2**60, {1: 2}, b"bytes", "\ud800"):
        with pytest.raises(CanonicalJSONError):
            encode(value)


def test_sha256_of_nothing() -> None:
    assert sha256_hex(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
