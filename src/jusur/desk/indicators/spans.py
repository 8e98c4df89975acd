"""Lengths of time as people read them in a figure: one number and one unit, in the reader's language."""

from collections.abc import Iterator
from typing import Final, Literal

from babel.numbers import format_decimal, format_percent
from babel.units import format_unit

from jusur.desk.kit import language

UNITS: Final = (("day", 86400.0), ("hour", 3600.0), ("minute", 60.0), ("second", 1.0))
NONE: Final = "—"
TEN: Final = 10


def span(seconds: float | None) -> str:
    """``seconds`` in the largest unit that leaves a number above one: ``4.2 days``; a dash where there is none."""
    if seconds is None:
        return NONE
    unit, length = next(((name, size) for name, size in UNITS if seconds >= size), UNITS[-1])
    value = seconds / length
    rounded = round(value) if value >= TEN else round(value, 1)
    return next(said for said in _said(rounded, unit) if "duration" not in said)


def _said(value: float, unit: str) -> Iterator[str]:
    """``value`` with its unit, written out first: not every language has every form (CLDR: Arabic has no long day)."""
    lengths: tuple[Literal["long", "short", "narrow"], ...] = ("long", "short", "narrow")
    for length in lengths:
        yield str(format_unit(value, f"duration-{unit}", length=length, locale=language.current()))
    yield f"{whole(round(value))} {unit}"


def whole(value: int) -> str:
    """A count with the reader's separators."""
    return format_decimal(value, locale=language.current())


def share(value: float) -> str:
    """A share (0-1) in per cent."""
    return format_percent(value, "#,##0%", locale=language.current())


def nice_end(seconds: float) -> float:
    """The end of a time axis that holds ``seconds``: 1, 2, 4, 6, 8, 10, 12, 16, 20… of a fitting unit."""
    length = next((size for _name, size in UNITS if seconds >= size), 1.0)
    value = max(seconds / length, 1.0)
    scale = 1.0
    while value > 40:  # noqa: PLR2004 - the steps below end there
        value, scale = value / TEN, scale * TEN
    steps = (1, 2, 4, 6, 8, 10, 12, 16, 20, 24, 30, 40)
    return next(step for step in steps if step >= value) * scale * length
