"""What the page of indicators shows: the figures of the API, put into words, rows and charts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from jusur.desk.indicators import spans
from jusur.desk.kit import language, words
from jusur.directory import api as directory
from jusur.documents import charts
from jusur.indicators import api as indicators
from jusur.instruments import api as instruments
from jusur.kernel import clock, languages
from jusur.kernel.errors import JusurError

MAIN_STAGE: Final = "evidence_exchange"
STAGES: Final = (MAIN_STAGE, *(stage.name for stage in indicators.STAGES if stage.name != MAIN_STAGE))
SHARES: Final = (0.25, 0.5, 0.75, 0.9)
MOST_GROUPS: Final = 25
"""Rows of a chart of groups; the table has them all."""
PAPER_WIDTH: Final = 480
"""Points of a chart on paper."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the reader wants to see."""

    period: str = ""
    partner: str = ""
    instrument: str = ""
    urgency: str = ""
    stage: str = MAIN_STAGE
    by: str = "partner"

    def narrowing(self) -> indicators.Narrowing:
        """Which requests count. A period begins with a day (UTC), so that the same question has the same answer."""
        today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        since = today - timedelta(days=int(self.period)) if self.period else None
        return indicators.Narrowing(partner=self.partner, instrument=self.instrument, urgency=self.urgency, since=since)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of times: its name, how many cases, how many of them still open, median and 90th percentile (seconds)."""

    name: str
    label: str
    count: int
    open: int
    median: float | None
    ninetieth: float | None

    @property
    def median_shown(self) -> str:
        """The median in words."""
        return spans.span(self.median)

    @property
    def ninetieth_shown(self) -> str:
        """The 90th percentile in words."""
        return spans.span(self.ninetieth)


class Figures:
    """Everything the page, the table and the paper say."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        narrowing = asked.narrowing()
        found = indicators.evidence_exchange(narrowing=narrowing)
        grouped = indicators.evidence_exchange(by=asked.by, narrowing=narrowing)
        self.computed_at: str = found["computed_at"]
        self.all: dict[str, Any] | None = found["groups"].get("all")
        names = _names(asked.by)
        self.stages = [_row(name, words.word("indicator-stage", name), self.all, name) for name in STAGES]
        self.groups = [
            _row(name, names.get(name) or group_word(asked.by, name), figures, asked.stage)
            for name, figures in grouped["groups"].items()
        ]
        self.groups.sort(key=lambda row: (row.median is None, -(row.median or 0), row.label))
        self.outcomes = [
            (name, names.get(name) or group_word(asked.by, name), figures)
            for name, figures in grouped["groups"].items()
        ]
        self.curve = indicators.stage_curve(asked.stage, narrowing=narrowing)
        self.grounds = sorted(
            ((ground_word(ground), count) for ground, count in (self.all or {}).get("refused_by_ground", {}).items()),
            key=lambda pair: -pair[1],
        )

    @property
    def main(self) -> Row:
        """The evidence-exchange time itself."""
        return self.stages[0]

    @property
    def stage_label(self) -> str:
        """The chosen stage in words."""
        return str(words.word("indicator-stage", self.asked.stage))

    @property
    def by_label(self) -> str:
        """The chosen grouping in words."""
        return str(words.word("indicator-grouping", self.asked.by))

    def reached(self) -> list[tuple[str, str]]:
        """After how long a quarter, half, three quarters and nine tenths of the requests are through."""
        return [
            (spans.share(share), spans.span(next((time for time, done in self.curve if done >= share - 1e-12), None)))
            for share in SHARES
        ]

    def stage_chart(self, width: int | None = None) -> SafeString:
        """Median and 90th percentile of every stage."""
        return _bars(
            self.stages,
            title=_("Time by stage"),
            description=_("Median and 90th percentile of each stage; the table below has the same figures."),
            key="stages",
            width=width,
        )

    def group_chart(self, width: int | None = None) -> SafeString:
        """Median and 90th percentile of the chosen stage by group."""
        return _bars(
            self.groups[:MOST_GROUPS],
            title=_("%(stage)s · %(group)s") % {"stage": self.stage_label, "group": self.by_label},
            description=_("Median and 90th percentile of each group; the table below has the same figures."),
            key="groups",
            width=width,
        )

    def curve_chart(self, width: int | None = None) -> SafeString:
        """The share of requests that is through, by time."""
        longest = max((time for time, _share in self.curve), default=1.0)
        most = spans.nice_end(longest * 1.02)
        ticks = [charts.Tick(most * part / 4, spans.span(most * part / 4) if part else "0") for part in range(5)]
        drawn = charts.curve(
            self.curve,
            most=most,
            ticks=[ticks[0], ticks[2], ticks[4]],
            shares=[charts.Tick(share, spans.share(share)) for share in (0.25, 0.5, 0.75, 1.0)],
            title=_("How many are through, after how long"),
            description=_("The share of requests that has passed the stage, by time since its beginning."),
            key="curve",
            rtl=_rtl(),
            width=width,
        )
        return mark_safe(drawn)  # noqa: S308 - every word in it was escaped where it was drawn

    def ground_chart(self, width: int | None = None) -> SafeString:
        """Refusals by their ground."""
        rows = [charts.Bar(label, float(count), spans.whole(count)) for label, count in self.grounds]
        drawn = charts.bars(
            rows,
            title=_("Refusals by ground"),
            description=_("How many requests were refused on each ground; the table below has the same figures."),
            key="grounds",
            rtl=_rtl(),
            width=width,
        )
        return mark_safe(drawn)  # noqa: S308 - every word in it was escaped where it was drawn


def _bars(rows: Iterable[Row], *, title: str, description: str, key: str, width: int | None) -> SafeString:
    drawn = charts.bars(
        [charts.Bar(row.label, row.median, row.median_shown, row.ninetieth, row.ninetieth_shown) for row in rows],
        title=title,
        description=description,
        key=key,
        series=(_("Median"), _("90th percentile")),
        rtl=_rtl(),
        width=width,
    )
    return mark_safe(drawn)  # noqa: S308 - every word in it was escaped where it was drawn


def _row(name: str, label: object, figures: dict[str, Any] | None, stage: str) -> Row:
    if figures is None:
        return Row(name, str(label), 0, 0, None, None)
    found = figures["stages"][stage]
    return Row(name, str(label), found["count"], found["open"], found["median_seconds"], found["p90_seconds"])


def choices(name: str, values: Iterable[str]) -> list[tuple[str, str]]:
    """The values of a grouping as a form's choices, by their words."""
    names = _names(name)
    return sorted(((value, names.get(value) or group_word(name, value)) for value in values), key=lambda pair: pair[1])


def _names(grouping: str) -> dict[str, str]:
    code = language.current()
    if grouping == "instrument":
        return {one.id: str(getattr(one.names, code)) for one in instruments.instruments()}
    if grouping == "partner":
        try:
            return {one.address: f"{getattr(one.name, code)} ({one.address})" for one in directory.organisations()}
        except JusurError:
            return {}
    return {}


def group_word(grouping: str, value: str) -> str:
    """A value of a grouping in words."""
    if value == "unknown":
        return _("Unknown")
    return str(words.word({"side": "request-side"}.get(grouping, grouping), value))


def ground_word(ground: str) -> str:
    """A ground of refusal in words."""
    if not ground:
        return _("Without a ground")
    named = instruments.catalogue().grounds.get(ground)
    return str(getattr(named, language.current())) if named else ground.replace("_", " ")


def _rtl() -> bool:
    return languages.direction(language.current()) == "rtl"
