"""Texts and periods of legal instruments in the reader's language: ``{% load law %}``."""

import re
from typing import Any

from babel.units import format_unit
from django import template

from jusur.desk.kit import language

register = template.Library()

_PERIOD = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?")
_UNITS = ("year", "month", "day", "hour", "minute")


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
    parts = [(int(count), unit) for count, unit in zip(found.groups(), _UNITS, strict=True) if count]
    return " ".join(
        str(format_unit(count, f"duration-{unit}", "long", locale=language.current())) for count, unit in parts
    )
