import logging
import warnings

import pytest
import rdflib
from hypothesis import given, settings
from hypothesis import strategies as st

from jusur.standards.case.findings import ProfileError
from jusur.standards.case.literals import _READERS, read
from jusur.standards.case.vocabulary import XSD

TEXTS = (
    "", "0", "1", "-1", "+7", " 5 ", "1_000", "٣", "255", "256", "-129", "65536", "4294967296", "1.5", "1e3", "NaN",
    "true", "True", "false", "yes", "ab", "AB", "abc", "YWJj", "YWJ", "é", "2026-11-21", "2026-11-21T10:00:00Z",
    "2026-11-21T10:00:00+01:00", "2026-11-21 10:00", "2026-11-21T24:00:00", "20261121T100000", "2026-02-30T00:00:00",
    "P1Y", "PT1H", "-P1DT1.5S", "P", "PT", "P1W2D", "P2026-11-21T10:00:00", "P99999999999999D", "https://example.org/ ",
)  # fmt: skip


def agrees(text: str, datatype: str) -> bool:
    """Whether rdflib, which the judge reads with, finds the same text well-formed and not."""
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            judge = rdflib.Literal(text, datatype=rdflib.URIRef(datatype))
    finally:
        logging.disable(logging.NOTSET)
    return read(text, datatype).well_formed is (judge.ill_typed is not True)


@pytest.mark.parametrize("datatype", _READERS)
def test_texts_are_values_where_the_judge_takes_them(datatype: str) -> None:
    assert [text for text in TEXTS if not agrees(text, datatype)] == []


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(_READERS)), st.text("0123456789-+:.TZPYMDWHSeE_ abcdef=", max_size=24))
def test_any_text_is_a_value_where_the_judge_takes_it(datatype: str, text: str) -> None:
    assert agrees(text, datatype)


@pytest.mark.parametrize(
    ("datatype", "one", "other"),
    [
        ("integer", "007", "7"),
        ("boolean", "1", "true"),
        ("hexBinary", "AB", "ab"),
        ("dateTime", "2026-11-21T10:00:00Z", "2026-11-21T10:00:00+00:00"),
        ("decimal", "1e1", "10"),
        ("duration", "PT60S", "PT1M"),
    ],
)
def test_one_value_has_one_form(datatype: str, one: str, other: str) -> None:
    assert read(one, XSD + datatype) == read(other, XSD + datatype)


def test_foreign_datatypes_are_opaque_and_unread_ones_refused() -> None:
    assert read("x", "https://example.org/type").well_formed
    with pytest.raises(ProfileError):
        read("x", XSD + "gYear")
    with pytest.raises(ProfileError):
        read("1e99999", XSD + "decimal")
