"""Charts as SVG, drawn on the server: bars and a curve. Pure functions; words come in the reader's language.

Each is an image with a title and a description for those who do not see it; series differ by pattern as well as by
colour; nothing is a style attribute (the pages' policy allows none), so colours are presentation attributes that a
page's style sheet overrides through the classes. Without a ``width`` a chart fills its place and its letters keep their
size; with one (for paper) it is drawn in points. Right to left the time runs from the right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from jusur.documents.setting import visible

INK: Final = "#12242a"
QUIET: Final = "#43565d"
MAIN: Final = "#0b5866"
LINE: Final = "#cbc5b6"
ROW: Final = 46
BAR: Final = 12
TEXT: Final = 13
TOP: Final = 26
AXIS: Final = 26


@dataclass(frozen=True, slots=True)
class Bar:
    """A row: its label, its value with the words for it, and a second, larger value (a 90th percentile, say).

    A value that is ``None`` has no bar; ``shown`` says why.
    """

    label: str
    value: float | None
    shown: str
    second: float | None = None
    second_shown: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on an axis, in the axis's own measure, and what is written there."""

    at: float
    label: str


def bars(
    rows: Sequence[Bar],
    *,
    title: str,
    description: str,
    key: str,
    series: tuple[str, ...] = (),
    rtl: bool = False,
    width: int | None = None,
) -> str:
    """Horizontal bars, a row each: the second value hatched behind the first.

    Args:
        rows: what is drawn, from the top.
        title: what the chart shows, in a few words.
        description: what it says, in a sentence, for those who do not see it.
        key: a name that no other chart of the page has (letters, digits, hyphens).
        series: what the solid and the hatched bars mean; empty where there is one series.
        rtl: whether bars grow from the right.
        width: in points; ``None`` fills the place.
    """
    pen = _Pen(width, rtl=rtl)
    most = max((value for row in rows for value in (row.value, row.second) if value is not None), default=0.0) or 1.0
    start = TOP if series else 4
    parts = [_hatch(key), *_legend(pen, key, series)]
    for number, row in enumerate(rows):
        parts += _row(pen, key, row, start + number * ROW, most)
    return _frame(pen, start + len(rows) * ROW, title, description, key, parts)


def _row(pen: "_Pen", key: str, row: Bar, top: float, most: float) -> list[str]:
    shown = " · ".join(dict.fromkeys(filter(None, (row.shown, row.second_shown))))
    parts = [
        pen.text(0, top + TEXT, row.label, "chart-label"),
        pen.text(1, top + TEXT, shown, "chart-value", end=True),
        pen.box(0, top + TEXT + 7, 1, BAR, "chart-track", LINE, opacity=0.35),
    ]
    if row.second is not None:
        parts.append(pen.box(0, top + TEXT + 7, row.second / most, BAR, "chart-second", f"url(#{key}-hatch)"))
    if row.value is not None:
        parts.append(pen.box(0, top + TEXT + 7, row.value / most, BAR, "chart-bar", MAIN))
    return parts


def _legend(pen: "_Pen", key: str, series: tuple[str, ...]) -> list[str]:
    fills = (("chart-bar", MAIN), ("chart-second", f"url(#{key}-hatch)"))
    parts = []
    for number, (name, (kind, fill)) in enumerate(zip(series, fills, strict=False)):
        place = number * 0.5
        parts.append(pen.box(place, 2, 0.0, BAR, kind, fill, fixed=14))
        parts.append(pen.text(place, 2 + BAR - 1, name, "chart-axis", shift=20))
    return parts


def curve(
    points: Sequence[tuple[float, float]],
    *,
    most: float,
    ticks: Sequence[Tick],
    shares: Sequence[Tick],
    title: str,
    description: str,
    key: str,
    rtl: bool = False,
    width: int | None = None,
    height: int = 220,
) -> str:
    """A stepped curve from (0, 0): which share (0-1) has come after how long.

    Args:
        points: time and share, both growing.
        most: the time at the axis's end.
        ticks: places on the time axis.
        shares: places on the axis of shares.
        title: as of ``bars``.
        description: as of ``bars``.
        key: as of ``bars``.
        rtl: whether the time runs from the right.
        width: in points; ``None`` fills the place.
        height: of the drawing, without its axis.
    """
    pen = _Pen(width, rtl=rtl)
    bottom = TOP + height
    parts: list[str] = []
    for tick in shares:
        level = bottom - tick.at * height
        parts.append(pen.rule(level))
        parts.append(pen.text(1, level - 4, tick.label, "chart-axis", end=True))
    for number, tick in enumerate(ticks):
        last = number == len(ticks) - 1
        parts.append(
            pen.text(
                tick.at / most, bottom + 18, tick.label, "chart-axis", end=last, middle=0 < number < len(ticks) - 1
            )
        )
    parts.append(pen.steps([(min(time, most) / most, share) for time, share in points], TOP, height))
    return _frame(pen, bottom + AXIS, title, description, key, parts)


class _Pen:
    """Places along the reading direction: shares of the width, from the side where reading begins."""

    def __init__(self, width: int | None, *, rtl: bool) -> None:
        self.width = width
        self.rtl = rtl

    def at(self, share: float) -> str:
        """The horizontal place at ``share`` (0-1) of the way."""
        share = 1 - share if self.rtl else share
        return _number(share * self.width) if self.width else f"{_number(share * 100)}%"

    def length(self, share: float) -> str:
        """A length of ``share`` of the whole."""
        return _number(share * self.width) if self.width else f"{_number(share * 100)}%"

    def text(
        self, share: float, y: float, said: str, kind: str, *, end: bool = False, middle: bool = False, shift: int = 0
    ) -> str:
        """Words at a place: they begin there, end there, or stand in the middle of it."""
        anchor = "middle" if middle else "end" if end else "start"
        aside = f' dx="{-shift if self.rtl else shift}"' if shift else ""
        weight = ' font-weight="600"' if kind == "chart-value" else ""
        ink = QUIET if kind == "chart-axis" else INK
        size = TEXT - 1 if kind == "chart-axis" else TEXT
        return (
            f'<text class="{kind}" x="{self.at(share)}" y="{_number(y)}"{aside} text-anchor="{anchor}" fill="{ink}" '
            f'font-size="{size}"{weight}>{escape(visible(said))}</text>'
        )

    def box(
        self,
        share: float,
        y: float,
        length: float,
        height: float,
        kind: str,
        fill: str,
        *,
        opacity: float = 1,
        fixed: int = 0,
    ) -> str:
        """A box that begins at ``share`` and is ``length`` of the whole long (or ``fixed`` points)."""
        where = f'x="{self.at(share + length if self.rtl else share)}"'
        long = str(fixed) if fixed else self.length(length)
        moved = f' transform="translate(-{fixed} 0)"' if fixed and self.rtl else ""
        faint = f' fill-opacity="{opacity}"' if opacity < 1 else ""
        return (
            f'<rect class="{kind}" {where} y="{_number(y)}" width="{long}" height="{_number(height)}" rx="2" '
            f'fill="{fill}"{faint}{moved}/>'
        )

    def rule(self, y: float) -> str:
        """A line across."""
        place, end = _number(y), self.width or "100%"
        return f'<line class="chart-rule" x1="0" x2="{end}" y1="{place}" y2="{place}" stroke="{LINE}"/>'

    def steps(self, points: Sequence[tuple[float, float]], top: float, height: float) -> str:
        """A stepped line through shares of the width and of the height."""
        wide, high = (float(self.width), height) if self.width else (1000.0, 1000.0)

        def across(share: float) -> str:
            return _number((1 - share if self.rtl else share) * wide)

        path, level = [f"M{across(0)} {_number(high)}"], 0.0
        for time, share in points:
            path.append(
                f"L{across(time)} {_number(high - level * high)} L{across(time)} {_number(high - share * high)}"
            )
            level = share
        path.append(f"L{across(1)} {_number(high - level * high)}")
        line = (
            f'<path class="chart-line" d="{" ".join(path)}" fill="none" stroke="{MAIN}" stroke-width="2.5" '
            f'vector-effect="non-scaling-stroke" stroke-linejoin="round"/>'
        )
        if self.width:
            return f'<g transform="translate(0 {_number(top)})">{line}</g>'
        return (
            f'<svg x="0" y="{_number(top)}" width="100%" height="{_number(height)}" viewBox="0 0 1000 1000" '
            f'preserveAspectRatio="none" overflow="visible">{line}</svg>'
        )


def _hatch(key: str) -> str:
    return (
        f'<defs><pattern id="{key}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect class="chart-hatch-ground" width="6" height="6" fill="{MAIN}" '
        f'fill-opacity="0.16"/><rect class="chart-hatch" width="2" height="6" fill="{MAIN}" fill-opacity="0.6"/>'
        f"</pattern></defs>"
    )


def _frame(pen: _Pen, height: float, title: str, description: str, key: str, parts: Sequence[str]) -> str:
    heard = f'<title id="{key}-title">{escape(visible(title))}</title>'
    heard += f'<desc id="{key}-desc">{escape(visible(description))}</desc>'
    size = f'width="{pen.width}" viewBox="0 0 {pen.width} {_number(height)}"' if pen.width else 'width="100%"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" aria-labelledby="{key}-title {key}-desc" '
        f'direction="{"rtl" if pen.rtl else "ltr"}" {size} height="{_number(height)}" font-family="Noto Sans, Amiri">'
        f"{heard}{''.join(parts)}</svg>"
    )


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
