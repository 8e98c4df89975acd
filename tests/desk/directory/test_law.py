import pytest
from django.utils import translation

from jusur.desk.directory.templatetags.law import period


@pytest.mark.parametrize(
    ("language", "given", "said"),
    [
        ("en", "PT8H", "8 hours"),
        ("en", "P3D", "3 days"),
        ("en", "P6M", "6 months"),
        ("en", "P1Y", "1 year"),
        ("en", "PT72H", "72 hours"),
        ("en", "P1DT12H", "1 day 12 hours"),
        ("fr", "P60D", "60\u00a0jours"),
        ("es", "P30D", "30 días"),
        ("ar", "P3D", "3 أيام"),
        ("ar", "P45D", "45 يومًا"),
        ("ar", "P6M", "6 أشهر"),
        ("en", "P", "P"),
        ("en", "soon", "soon"),
    ],
)
def test_periods_are_spoken_in_the_reader_s_language(language: str, given: str, said: str) -> None:
    with translation.override(language):
        assert period(given) == said
