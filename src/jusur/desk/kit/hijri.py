"""The Hijri date beside the Gregorian, by the Umm al-Qura calendar (as ``hijridate`` has it: 1343 to 1500 AH)."""

from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from hijridate import Gregorian

MONTHS: Final[tuple[Promise, ...]] = (
    pgettext_lazy("Hijri month", "Muharram"),
    pgettext_lazy("Hijri month", "Safar"),
    pgettext_lazy("Hijri month", "Rabi al-Awwal"),
    pgettext_lazy("Hijri month", "Rabi al-Thani"),
    pgettext_lazy("Hijri month", "Jumada al-Ula"),
    pgettext_lazy("Hijri month", "Jumada al-Akhira"),
    pgettext_lazy("Hijri month", "Rajab"),
    pgettext_lazy("Hijri month", "Shaban"),
    pgettext_lazy("Hijri month", "Ramadan"),
    pgettext_lazy("Hijri month", "Shawwal"),
    pgettext_lazy("Hijri month", "Dhu al-Qadah"),
    pgettext_lazy("Hijri month", "Dhu al-Hijjah"),
)


def hijri(day: date) -> str:
    """``day`` as ``12 Jumada al-Akhira 1448 AH``; empty outside the calendar's tables."""
    try:
        found = Gregorian(day.year, day.month, day.day).to_hijri()
    except OverflowError:
        return ""
    return _("%(day)d %(month)s %(year)d AH") % {
        "day": found.day,
        "month": MONTHS[found.month - 1],
        "year": found.year,
    }
