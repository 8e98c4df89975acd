"""What speaks for and against beside the name: birth date, country, sex, kind, place.

Each finding has a name and a value in log-odds (``data/evidence.txt``). The inner loop (`weigh`) tells the number of
the finding for dates, countries, sexes and kinds; the names are `FINDINGS`.
"""

from functools import cache

import numpy as np

from jusur.matching.kernels import F32, I32, compiled
from jusur.matching.tables import pairs

FINDINGS = (
    "",
    "birth-date-same",
    "birth-date-month",
    "birth-date-year",
    "birth-date-swapped",
    "birth-date-typing",
    "birth-date-near",
    "birth-date-day",
    "birth-date-off",
    "birth-date-far",
    "country-same",
    "country-other",
    "sex-same",
    "sex-other",
    "kind-other",
)
NONE = 0
(SAME, MONTH, YEAR, SWAPPED, TYPING, NEAR, DAY, OFF, FAR, COUNTRY, COUNTRY_OTHER, SEX, SEX_OTHER, KIND_OTHER) = range(
    1, 15
)
_NEAR_YEARS, _OFF_YEARS = 1, 5
_OTHER = 3  # the kind that says nothing, see jusur.matching.subject


@cache
def values() -> F32:
    """The value of each finding, in log-odds, by its number."""
    table = pairs("evidence.txt")
    return np.array([float(table[name]) if name else 0.0 for name in FINDINGS], np.float32)


def place_value() -> float:
    """What a place in common says, in log-odds."""
    return float(pairs("evidence.txt")["place-same"])


@compiled
def compare_dates(one: int, other: int) -> int:  # noqa: PLR0911 (one return a finding)
    """The finding of two birth dates (year x 10000 + month x 100 + day, zero for unknown parts)."""
    year, month, day = one // 10000, one // 100 % 100, one % 100
    year2, month2, day2 = other // 10000, other // 100 % 100, other % 100
    apart = abs(year - year2)
    if apart == 0:
        if month == 0 or month2 == 0:
            return YEAR
        if month == month2:
            if day == 0 or day2 == 0:
                return MONTH
            return SAME if day == day2 else TYPING
        if day and day == month2 and month == day2:
            return SWAPPED
        return TYPING if day and day == day2 else DAY
    if day and month and day == day2 and month == month2:
        digits = 0
        for power in (1, 10, 100, 1000):
            digits += year // power % 10 != year2 // power % 10
        swapped = year % 10 == year2 // 10 % 10 and year // 10 % 10 == year2 % 10 and year // 100 == year2 // 100
        if digits == 1 or swapped:
            return TYPING
    if apart <= _NEAR_YEARS:
        return NEAR
    return OFF if apart <= _OFF_YEARS else FAR


@compiled
def weigh(
    q_dates: I32,
    q_countries: I32,
    q_sex: int,
    q_kind: int,
    r_dates: I32,
    r_countries: I32,
    r_sex: int,
    r_kind: int,
    value: F32,
    found: I32,
) -> float:
    """The sum of what dates, countries, sexes and kinds say; ``found`` takes the number of each finding (4)."""
    best = NONE
    for one in q_dates:
        for other in r_dates:
            finding = compare_dates(one, other)
            if best == NONE or value[finding] > value[best]:
                best = finding
    found[0] = best
    country = NONE
    if len(q_countries) and len(r_countries):
        country = COUNTRY_OTHER
        for one in q_countries:
            for other in r_countries:
                if one == other:
                    country = COUNTRY
    found[1] = country
    found[2] = NONE if q_sex == 0 or r_sex == 0 else (SEX if q_sex == r_sex else SEX_OTHER)
    found[3] = NONE if q_kind == _OTHER or r_kind == _OTHER or q_kind == r_kind else KIND_OTHER  # noqa: PLR1714, SIM109
    return float(value[found[0]] + value[found[1]] + value[found[2]] + value[found[3]])


def most(dates: int, countries: int, sex: int) -> float:
    """The most that can speak for a record, given how many dates and countries and what sex a query has."""
    value = values()
    return float(value[SAME] * bool(dates) + value[COUNTRY] * bool(countries) + value[SEX] * bool(sex))
