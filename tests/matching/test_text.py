"""Hostile and careless text is made comparable, and said to have been."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jusur.matching.names import MAX_WORDS, parse
from jusur.matching.scoring import compare
from jusur.matching.subject import MAX_NAME, Subject
from jusur.matching.text import clean


@pytest.mark.parametrize(
    ("written", "meant", "notice"),
    [
        ("Omar \u202eHaddad\u202c", "Omar Haddad", "direction-marks"),
        ("O\u200bmar Had\u00addad", "Omar Haddad", "invisible-characters"),
        ("Omar\x00Haddad", "Omar Haddad", "control-characters"),
        ("Om\u0430r H\u0430dd\u0430d", "Omar Haddad", "look-alike-letters"),
        ("Сергeй Иванoв", "Сергей Иванов", "look-alike-letters"),
        ("O" + "\u0301" * 40 + "mar Haddad", "Omar Haddad", "stacked-marks"),
        ("Omar Haddad" + " x" * 600, "", "cut"),
    ],
)
def test_what_hides_a_name_is_taken_off_and_said(written: str, meant: str, notice: str) -> None:
    cleaned = clean(written)
    assert notice in cleaned.notices
    if meant:
        verdict = compare(Subject(names=(written,)), Subject(names=(meant,)))
        assert verdict.score > 0.9
        assert any(reason.detail.get("what") == notice for reason in verdict.reasons)


def test_full_width_letters_and_ligatures_are_the_letters() -> None:
    assert clean("Ｏｍａｒ ﬁnn").text == "Omar finn"
    assert clean("Omar Haddad").notices == ()


@settings(deadline=None)
@given(st.text(max_size=600))
def test_cleaning_is_bounded_and_settles(name: str) -> None:
    once = clean(name).text
    assert len(once) <= MAX_NAME
    assert clean(clean(once).text).text == clean(once).text


@settings(deadline=None)
@given(st.text(max_size=MAX_NAME))
def test_any_text_can_be_taken_apart_and_compared(name: str) -> None:
    parsed = parse(name)
    assert len(parsed.words) <= MAX_WORDS
    verdict = compare(Subject(names=(name,)), Subject(names=("Omar Haddad",)))
    assert 0 <= verdict.score <= 1


@pytest.mark.parametrize(
    "name", ["a" * 10_000_000, "\u0301" * 10_000_000, "a' " * 3_000_000, "ﷺ" * 5_000_000, "- " * 5_000_000]
)
def test_ten_megabytes_are_no_work(name: str) -> None:
    begun = time.process_time()
    parse(name)
    assert time.process_time() - begun < 1
