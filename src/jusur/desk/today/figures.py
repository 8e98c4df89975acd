"""The evidence-exchange time against its target: reckoned by the worker, shown by the page."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, Final

from jusur.desk.kit import language
from jusur.desk.today.models import Figure
from jusur.indicators import api as indicators
from jusur.kernel import clock

NAME: Final = "evidence_exchange"
SPAN: Final = timedelta(days=90)
EVERY: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Target:
    """The organisation's own period: seconds, where it comes from by language, and whether somebody confirmed it."""

    seconds: float
    sources: dict[str, str]
    assumed: bool

    @property
    def source(self) -> str:
        """Where it comes from, in the reader's language."""
        return self.sources[language.current()]


@dataclass(frozen=True, slots=True)
class ExchangeTime:
    """Median and 90th percentile in seconds (``None``: not reached yet), of how many requests, and when reckoned."""

    median: float | None
    p90: float | None
    count: int
    open: int
    computed_at: datetime


@cache
def target() -> Target:
    """The target of the evidence-exchange time."""
    data = json.loads(files("jusur.desk.today").joinpath("data", "targets.json").read_text("utf-8"))[NAME]
    return Target(float(data["seconds"]), data["source"], not data["verified_on"])


def reckon() -> bool:
    """Reckon the figure anew where it is old; whether it was."""
    known = Figure.objects.filter(name=NAME).values_list("computed_at", flat=True).first()
    if known is not None and known > clock.now() - EVERY:
        return False
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    lately = indicators.Narrowing(since=today - SPAN)
    found = indicators.evidence_exchange(narrowing=lately)["groups"].get("all")
    value: dict[str, Any] = found["stages"][NAME] if found else {}
    Figure.objects.update_or_create(name=NAME, defaults={"value": value, "computed_at": clock.now()})
    return True


def exchange_time() -> ExchangeTime | None:
    """The figure as last reckoned; ``None`` before the first time."""
    row = Figure.objects.filter(name=NAME).first()
    if row is None:
        return None
    return ExchangeTime(
        median=row.value.get("median_seconds"),
        p90=row.value.get("p90_seconds"),
        count=row.value.get("count", 0),
        open=row.value.get("open", 0),
        computed_at=row.computed_at,
    )
