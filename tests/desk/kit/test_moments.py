"""Deadlines and dates as people read them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from babel.dates import format_timedelta
from django.utils import translation

from jusur.desk.kit import hijri, moments
from jusur.kernel import clock


@pytest.mark.parametrize(
    ("left", "whole", "standing"),
    [
        (timedelta(days=9), timedelta(days=10), "on_time"),
        (timedelta(days=2), timedelta(days=10), "soon"),
        (timedelta(hours=23), None, "soon"),
        (timedelta(hours=5), timedelta(hours=8), "on_time"),
        (timedelta(hours=1), timedelta(hours=8), "soon"),
        (timedelta(seconds=-1), timedelta(hours=8), "overdue"),
    ],
)
def test_a_deadline_is_near_when_little_of_it_is_left(left: timedelta, whole: timedelta | None, standing: str) -> None:
    due = clock.now() + left + timedelta(milliseconds=500 if left > timedelta() else 0)
    assert moments.remaining(due, due - whole if whole else None).standing == standing


def test_what_is_done_was_kept_or_late() -> None:
    due = datetime(2026, 11, 21, tzinfo=UTC)
    assert moments.remaining(due, done=due).standing == "kept"
    assert moments.remaining(due, done=due + timedelta(seconds=1)).standing == "late"


def test_how_much_of_the_time_is_used_stays_within_the_whole() -> None:
    due = clock.now() - timedelta(days=1)
    assert moments.remaining(due, due - timedelta(hours=1)).used == 100
    assert moments.remaining(due).used is None


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("ar", "21 نوفمبر 2026، 20:05"),
        ("en", "21 Nov 2026, 20:05"),
        ("fr", "21 nov. 2026, 20:05"),
        ("es", "21 nov 2026, 20:05"),
    ],
)
def test_a_moment_is_written_in_the_language_with_western_figures(language: str, shown: str) -> None:
    with translation.override(language):
        assert moments.absolute(datetime(2026, 11, 21, 20, 5, tzinfo=UTC)) == shown


@pytest.mark.parametrize(
    ("day", "english"),
    [
        (date(2026, 11, 21), "11 Jumada al-Akhira 1448 AH"),
        (date(2025, 3, 1), "1 Ramadan 1446 AH"),  # Ramadan 1446 began on 1 March 2025 in Saudi Arabia
        (date(2024, 7, 7), "1 Muharram 1446 AH"),
        (date(1900, 1, 1), ""),
    ],
)
def test_the_hijri_date_is_umm_al_qura_s(day: date, english: str) -> None:
    with translation.override("en"):
        assert hijri.hijri(day) == english


def test_the_hijri_date_speaks_arabic() -> None:
    with translation.override("ar"):
        assert hijri.hijri(date(2025, 3, 1)) == "1 رمضان 1446هـ"  # noqa: RUF001 - it is Arabic


@pytest.mark.parametrize("language", ["ar", "en", "fr", "es"])
def test_a_length_is_said_as_babel_says_it(language: str) -> None:
    with translation.override(language):
        for seconds in (0, 1, 59, 71, 72, 90, 3_600, 4_319, 86_399, 86_400, 700_000, 3_000_000, 40_000_000):
            for length in (timedelta(seconds=seconds), timedelta(seconds=-seconds)):
                assert moments.span(length) == format_timedelta(length, threshold=1.5, locale=language)
                said = format_timedelta(length, threshold=1.2, add_direction=True, locale=language)
                assert moments._said(*moments._fitting(length, 1.2), directed=True, locale=language) == said
