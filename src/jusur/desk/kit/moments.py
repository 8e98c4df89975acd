"""Moments and deadlines as people read them: absolute and relative, in words and in the reader's calendar."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from math import inf
from typing import Any, Literal

from babel.dates import TIMEDELTA_UNITS, format_datetime, format_timedelta
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jusur.desk.kit import language
from jusur.kernel import clock

Standing = Literal["on_time", "soon", "overdue", "kept", "late"]

SOON = timedelta(hours=24)
"""A deadline is near when less than this is left, or less than a quarter of the whole time."""
QUARTER = 4

LABELS: dict[Standing, Promise] = {
    "on_time": _("On time"),
    "soon": _("Due soon"),
    "overdue": _("Overdue"),
    "kept": _("In time"),
    "late": _("Late"),
}
ICONS: dict[Standing, str] = {
    "on_time": "clock",
    "soon": "hourglass",
    "overdue": "alert",
    "kept": "check",
    "late": "alert",
}


@dataclass(frozen=True, slots=True)
class Remaining:
    """How a deadline stands: the word, the time left or over, and how much of the whole time is used (0 to 100)."""

    standing: Standing
    span: str
    used: int | None

    @property
    def label(self) -> Promise:
        """The standing in a word."""
        return LABELS[self.standing]

    @property
    def icon(self) -> str:
        """The standing's sign."""
        return ICONS[self.standing]


def remaining(due: datetime, start: datetime | None = None, done: datetime | None = None) -> Remaining:
    """How the deadline ``due`` stands now, or stood when the act was ``done``; counted from ``start`` if given."""
    now = done or clock.now()
    left = due - now
    whole = due - start if start is not None and due > start else None
    used = None if whole is None else min(100, max(0, round(100 * (whole - left) / whole)))
    return Remaining(_standing(left, whole, done=done is not None), span(abs(left)), used)


def _standing(left: timedelta, whole: timedelta | None, *, done: bool) -> Standing:
    if done:
        return "kept" if left >= timedelta() else "late"
    if left < timedelta():
        return "overdue"
    near = min(SOON, whole / QUARTER) if whole is not None and whole < SOON else SOON
    return "soon" if left < near or (whole is not None and left < whole / QUARTER) else "on_time"


def span(length: timedelta) -> str:
    """A length of time in its largest fitting unit: ``5 hours``."""
    return _said(*_fitting(length, 1.5), directed=False, locale=language.current())


def ago(moment: datetime) -> str:
    """``moment`` seen from now: ``2 hours ago``, ``in 3 days``."""
    return _said(*_fitting(moment - clock.now(), 1.2), directed=True, locale=language.current())


def absolute(moment: datetime, *, seconds: bool = False) -> str:
    """``moment`` in the reader's language, without its zone: ``21 Nov 2026, 20:05``."""
    shown = moment.replace(microsecond=0) if seconds else moment.replace(second=0, microsecond=0)
    return _written(shown, seconds, language.current())


def _fitting(length: timedelta, threshold: float) -> tuple[str, int]:
    """The largest unit of which there are ``threshold`` or more, and the (signed) number of its seconds, rounded."""
    whole = length.days * 86_400 + length.seconds
    unit, seconds = next((one for one in TIMEDELTA_UNITS if abs(whole) >= threshold * one[1]), TIMEDELTA_UNITS[-1])
    rounded = round(abs(whole) / seconds) * seconds
    return unit, rounded if whole >= 0 else -rounded


@lru_cache(maxsize=10_000)
def _said(unit: str, seconds: int, *, directed: bool, locale: str) -> str:
    """A rounded length in words, found once: a list says the same few again and again."""
    granularity: Any = unit
    return format_timedelta(seconds, granularity, threshold=inf, add_direction=directed, locale=locale)


@lru_cache(maxsize=10_000)
def _written(moment: datetime, seconds: bool, locale: str) -> str:
    return format_datetime(moment, _PATTERNS[locale][seconds], locale=locale)


def day(moment: datetime) -> str:
    """The day of ``moment``: ``21 Nov 2026``."""
    return absolute(moment).rpartition(" ")[0].rstrip(",،")


_PATTERNS: dict[str, tuple[str, str]] = {
    "ar": ("d MMMM y، HH:mm", "d MMMM y، HH:mm:ss"),
    "en": ("d MMM y, HH:mm", "d MMM y, HH:mm:ss"),
    "fr": ("d MMM y, HH:mm", "d MMM y, HH:mm:ss"),
    "es": ("d MMM y, HH:mm", "d MMM y, HH:mm:ss"),
}
