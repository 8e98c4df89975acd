"""What speaks for and against beside the name."""

import pytest

from jusur.kernel.errors import InvalidInputError
from jusur.kernel.languages import LANGUAGES
from jusur.matching import evidence
from jusur.matching.explain import sentence
from jusur.matching.packing import date_number
from jusur.matching.reasons import Reason
from jusur.matching.records import country_text, date_text
from jusur.matching.scoring import compare
from jusur.matching.subject import Subject
from jusur.matching.tables import pairs
from jusur.matching.thresholds import DEFAULT, of_purpose, thresholds

NAME = ("Omar Haddad",)


@pytest.mark.parametrize(
    ("one", "other", "finding"),
    [
        ("1971-03-02", "1971-03-02", "birth-date-same"),
        ("1971-03-02", "1971-03", "birth-date-month"),
        ("1971", "1971-03-02", "birth-date-year"),
        ("1971-03-02", "1971-02-03", "birth-date-swapped"),
        ("1971-03-02", "1971-03-20", "birth-date-typing"),
        ("1971-03-02", "1977-03-02", "birth-date-typing"),
        ("1917-03-02", "1971-03-02", "birth-date-typing"),
        ("1971", "1972", "birth-date-near"),
        ("1971-03-02", "1971-09-14", "birth-date-day"),
        ("1971", "1975", "birth-date-off"),
        ("1971", "1990", "birth-date-far"),
    ],
)
def test_birth_dates(one: str, other: str, finding: str) -> None:
    for a, b in ((one, other), (other, one)):
        assert evidence.FINDINGS[evidence.compare_dates(date_number(a), date_number(b))] == finding


def test_findings_move_the_score_as_they_should() -> None:
    plain = compare(Subject(names=("Umar Hadad",)), Subject(names=NAME)).score
    for more, other, up in (
        ({"birth_dates": ("1971",)}, {"birth_dates": ("1971-03",)}, True),
        ({"birth_dates": ("1971",)}, {"birth_dates": ("1941", "1999")}, False),
        ({"countries": ("MA", "NO")}, {"countries": ("NO",)}, True),
        ({"countries": ("MA",)}, {"countries": ("NO",)}, False),
        ({"sex": "male"}, {"sex": "female"}, False),
        ({"kind": "vessel"}, {"kind": "person"}, False),
        ({"places": ("طنجة",)}, {"places": ("Tanja",)}, True),
    ):
        score = compare(Subject(names=("Umar Hadad",), **more), Subject(names=NAME, **other)).score
        assert (score > plain) == up, more


def test_dates_and_countries_survive_their_numbers() -> None:
    for date in ("1971", "1971-03", "1971-03-02", "0987-12-31"):
        assert date_text(date_number(date)) == date
    assert country_text(ord("M") * 256 + ord("A")) == "MA"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_a_sentence_in_every_language(language: str) -> None:
    codes = {code for code in pairs("explain/en.txt") if not code.startswith("what-") and code != "crossed"}
    assert codes >= {*evidence.FINDINGS[1:], "place-same"}
    assert set(pairs(f"explain/{language}.txt")) == set(pairs("explain/en.txt"))
    for code in codes:
        reason = Reason(code, 1.0, "عمر", "Omar", {"likeness": "0.93", "order": "crossed", "what": "cut"})
        told = sentence(reason, language)
        assert "{" not in told
        if "{query}" in pairs(f"explain/{language}.txt")[code]:
            assert "\u2068عمر\u2069" in told


def test_another_language_is_refused() -> None:
    with pytest.raises(InvalidInputError):
        sentence(Reason("word-same", 1.0), "de")


def test_thresholds_are_probabilities() -> None:
    assert all(0 < one.threshold < 1 and one.limit > 0 for one in thresholds().values())
    assert of_purpose("something else") == DEFAULT
