"""Arrears (Constitution, Article 52): when a member may not vote nor present candidates, and its appeal."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

from jusur.assembly.rules.periods import in_time
from jusur.assembly.rules.rulebook import Rulebook

Right = Literal["vote", "candidature"]


@dataclass(frozen=True, slots=True)
class Appeal:
    """A member's appeal against its suspension: when it was made, and what was decided (``None``: not heard yet)."""

    made_on: date
    granted: bool | None = None


def in_arrears(rulebook: Rulebook, unmet_years: Collection[int], year: int) -> bool:
    """Whether a member that has not met its obligations of ``unmet_years`` is in arrears in ``year``.

    It is where those of the year itself **and** of every year that the rule looks back to are unmet.
    """
    return all(year - back in unmet_years for back in range(rulebook.arrears.years_before + 1))


def suspended(
    rulebook: Rulebook, unmet_years: Collection[int], year: int, *, appeal: Appeal | None = None, right: Right = "vote"
) -> bool:
    """Whether the member has lost ``right`` in ``year``."""
    if right not in rulebook.arrears.loses or not in_arrears(rulebook, unmet_years, year):
        return False
    if appeal is None:
        return True
    if appeal.granted is None:
        return not rulebook.arrears.suspensive
    return not appeal.granted


def appeal_in_time(rulebook: Rulebook, made_on: date, executive_committee: date) -> bool:
    """Whether an appeal reaches the Executive Committee's session in time."""
    return in_time(rulebook.period(rulebook.arrears.appeal), made_on, executive_committee)
