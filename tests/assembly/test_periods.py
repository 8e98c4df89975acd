from datetime import date

import pytest

from jusur.assembly.rules.numbering import Number, number, parse
from jusur.assembly.rules.periods import calendar, circulated_in_time, missing_languages
from jusur.assembly.rules.rulebook import of_profile
from jusur.assembly.rules.standing import Appeal, appeal_in_time, in_arrears, suspended
from jusur.kernel.errors import InvalidInputError

RULES = of_profile("2025-practice")
OPENS = date(2025, 11, 24)


def test_the_statutory_dates_before_marrakech() -> None:
    assert [(due.period.id, due.last_day) for due in calendar(RULES, OPENS)] == [
        ("constitution_drafts", date(2025, 8, 26)),
        ("general_regulations_drafts", date(2025, 8, 26)),
        ("provisional_agenda", date(2025, 8, 26)),
        ("agenda_items", date(2025, 10, 25)),
    ]


@pytest.mark.parametrize(
    ("decision", "circulated", "in_time"),
    [
        ("constitution_amendment", date(2025, 8, 26), True),
        ("constitution_amendment", date(2025, 8, 27), False),
        ("constitution_amendment", None, False),
        ("general_regulations_amendment", date(2025, 8, 26), True),
        ("resolution", None, True),
        ("resolution", OPENS, True),
    ],
)
def test_some_drafts_circulate_ninety_days_before(decision: str, circulated: date | None, in_time: bool) -> None:
    assert circulated_in_time(RULES, RULES.decision(decision), circulated, OPENS) is in_time


def test_four_language_versions_are_asked_for() -> None:
    assert missing_languages(RULES, ["en", "fr"]) == ("ar", "es")
    assert missing_languages(RULES, ["es", "fr", "en", "ar"]) == ()


@pytest.mark.parametrize(
    ("unmet", "arrears"),
    [((2025, 2024), True), ((2025,), False), ((2024,), False), ((2024, 2023), False), ((2025, 2024, 2023), True)],
)
def test_arrears_are_of_this_year_and_the_last(unmet: tuple[int, ...], arrears: bool) -> None:
    assert in_arrears(RULES, unmet, 2025) is arrears
    assert suspended(RULES, unmet, 2025) is arrears
    assert suspended(RULES, unmet, 2025, right="candidature") is arrears


@pytest.mark.parametrize(("granted", "is_suspended"), [(None, True), (False, True), (True, False)])
def test_an_appeal_has_no_suspensive_effect(granted: bool | None, is_suspended: bool) -> None:
    appeal = Appeal(date(2025, 10, 1), granted)
    assert suspended(RULES, (2024, 2025), 2025, appeal=appeal) is is_suspended


def test_an_appeal_is_made_thirty_days_before_the_committee() -> None:
    assert appeal_in_time(RULES, date(2025, 10, 22), date(2025, 11, 21))
    assert not appeal_in_time(RULES, date(2025, 10, 23), date(2025, 11, 21))


def test_adopted_texts_are_numbered_as_the_organisation_does() -> None:
    pattern = RULES.numbering.pattern
    assert number(pattern, year=2025, session=93, number=1) == "GA-2025-93-RES-01"
    assert number(pattern, year=2025, session=93, number=112) == "GA-2025-93-RES-112"
    assert parse(pattern, "GA-2025-93-RES-01") == Number(2025, 93, 1)
    with pytest.raises(InvalidInputError, match="not the number"):
        parse(pattern, "GA-2025-93-RES-1")
