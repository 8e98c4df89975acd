"""Lengths of time in every language, with its plurals."""

import pytest
from django.utils import translation

from jusur.desk.requests import law


@pytest.mark.parametrize(
    ("language", "duration", "words"),
    [
        ("en", "PT8H", "8 hours"),
        ("en", "P3D", "3 days"),
        ("en", "P60D", "60 days"),
        ("en", "P6M", "6 months"),
        ("ar", "P30D", "30 يومًا"),
        ("ar", "P3D", "3 أيام"),
        ("ar", "P6M", "6 أشهر"),
        ("fr", "PT24H", "24 heures"),
        ("es", "P90D", "90 días"),
    ],
)
def test_lengths_of_time_are_spelled(language: str, duration: str, words: str) -> None:
    with translation.override(language):
        assert law.length(duration).replace("\xa0", " ") == words


def test_articles_are_called_articles() -> None:
    with translation.override("fr"):
        assert law.article("29") == "Article 29"
    assert law.article("treaty or reciprocity") == "treaty or reciprocity"
