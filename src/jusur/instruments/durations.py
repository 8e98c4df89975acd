"""Durations of ISO 8601-1 as the instruments write them: ``PT8H``, ``P3D``, ``P6M``.

Hours and days are exact (a day is 24 hours of UTC, so no local clock change moves a deadline); months and years are
those of the calendar, the day held to the month's last.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from jusur.kernel.errors import InvalidInputError

_FORM = re.compile(r"P(?:(\d{1,3})Y)?(?:(\d{1,3})M)?(?:(\d{1,4})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?)?")
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Duration:
    """Calendar months, then an exact span."""

    months: int
    span: timedelta

    @classmethod
    def parse(cls, text: str) -> "Duration":
        """The duration that ``text`` spells.

        Raises:
            InvalidInputError: not of the form, or no time at all.
        """
        found = _FORM.fullmatch(text)
        years, months, days, hours, minutes = (int(part or 0) for part in found.groups()) if found else (0,) * 5
        duration = cls(years * _MONTHS + months, timedelta(days=days, hours=hours, minutes=minutes))
        if not (duration.months or duration.span) or text.endswith("T"):
            raise InvalidInputError(f"{text!r} is not a duration.", fix="Write it as PT8H, P3D or P6M.")
        return duration

    def after(self, moment: datetime) -> datetime:
        """The moment this duration after ``moment``."""
        year, month = divmod(moment.year * _MONTHS + moment.month - 1 + self.months, _MONTHS)
        last = calendar.monthrange(year, month + 1)[1]
        return moment.replace(year=year, month=month + 1, day=min(moment.day, last)) + self.span
