"""Texts and periods of legal instruments in the reader's language: ``{% load law %}``."""

import math
import re
from datetime import timedelta
from typing import Any

from babel.dates import format_timedelta
from django import template

from jusur.desk.kit import language

register = template.Library()

_PERIOD = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")
_UNITS = ("year", "month", "day", "hour", "minute")
_SECONDS = {"year": 31_536_000, "month": 2_592_000, "day": 86_400, "hour": 3600, "minute": 60}
"""As Babel counts them: a month is 30 days, so that six are spoken as six."""


@register.filter
def tongue(names: Any) -> str:
    """A text in four languages (`Names`, or a mapping) in the reader's."""
    if names is None:
        return ""
    code = language.current()
    return str(names[code] if isinstance(names, dict) else getattr(names, code))


@register.filter
def period(duration: str) -> str:
    """``PT8H`` as "8 hours", ``P6M`` as "6 months"; what is no such period as it is written."""
    found = _PERIOD.fullmatch(duration)
    if found is None or not any(found.groups()):
        return duration
    return " ".join(_spoken(int(count), unit) for count, unit in zip(found.groups(), _UNITS, strict=True) if count)


def _spoken(count: int, unit: str) -> str:
    length = timedelta(seconds=count * _SECONDS[unit])
    return str(format_timedelta(length, granularity=unit, threshold=math.inf, locale=language.current()))  # type: ignore[arg-type]
