"""Whether a person may be a minor, by a date of birth that may be known to the year alone. Pure."""

from datetime import date
from typing import Final

from jusur.notices.conditions import last_day

OF_AGE: Final = 18
"""United Nations Convention on the Rights of the Child, Art. 1."""


def is_minor(born: str, today: date) -> bool:
    """Whether somebody born on the partial date ``born`` may be a minor ``today``: the youngest reading counts."""
    if not born:
        return False
    day = last_day(born)
    return (today.year - day.year) - ((today.month, today.day) < (day.month, day.day)) < OF_AGE
