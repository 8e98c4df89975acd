"""The law beside a request: what may be asked under what, what it takes, how fast, and why it may be refused."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Literal

from babel.dates import format_timedelta
from django.utils.translation import gettext as _

from jusur.desk.kit import language
from jusur.directory import api as directory
from jusur.instruments import api as instruments

HOURS_TO_DAYS: Final = 72
"""Spans shorter than this are told in hours."""
MONTH_DAYS: Final = 30
"""What babel takes a month for."""
ANY_SIZE: Final = 1e9
"""No larger unit is ever taken."""


@dataclass(frozen=True, slots=True)
class Option:
    """An instrument that offers a measure between two countries."""

    instrument: str
    name: str
    article: str
    answer: str
    target: bool
    assumed: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A measure that may be asked of a bureau, and the instruments that offer it, the first one proposed."""

    measure: str
    options: tuple[Option, ...]

    @property
    def first(self) -> Option:
        """The instrument proposed."""
        return self.options[0]


def offers(own: str, other: str, urgency: instruments.Urgency = "routine") -> list[Offer]:
    """What ``own`` may ask of ``other`` today, in the order of the catalogue."""
    countries = [directory.organisation(address).country for address in (own, other)]
    if not all(countries):
        return []
    found: dict[str, list[Option]] = {}
    for basis in instruments.between(countries[0], countries[1]):
        for measure in basis.measures if basis.available else ():
            found.setdefault(measure.id, []).append(_option(basis, measure, urgency))
    order = list(instruments.catalogue().measures)
    return [Offer(measure, tuple(found[measure])) for measure in order if measure in found]


def _option(basis: instruments.Basis, measure: instruments.Measure, urgency: instruments.Urgency) -> Option:
    clock = _answering(measure.clocks, urgency)
    return Option(
        instrument=basis.instrument.id,
        name=basis.instrument.names.get(language.current()),
        article=article(measure.article),
        answer=length(clock.duration) if clock else "",
        target=clock is not None and not clock.binding,
        assumed=basis.assumed or (clock is not None and clock.assumed),
    )


def _answering(clocks: Iterable[instruments.Clock], urgency: str) -> instruments.Clock | None:
    for clock in clocks:
        if clock.name == "answer" and (not clock.urgency or urgency in clock.urgency) and not clock.directly_accessible:
            return clock
    return None


def beside(instrument_id: str, measure_id: str, urgency: str) -> dict[str, Any]:
    """The law on one measure of an instrument, in the reader's language, for ``requests/law.html``."""
    code = language.current()
    instrument = instruments.instrument(instrument_id)
    view = instruments.measure_view(instrument, measure_id)
    names = instruments.catalogue().clocks
    return {
        "id": instrument.id,
        "name": instrument.names.get(code),
        "citation": instrument.citation,
        "source": instrument.source,
        "verified_on": instrument.verified_on,
        "note": instrument.note.get(code) if instrument.note else "",
        "article": article(view["article"]),
        "channel": view["channel"],
        "dual_criminality": view["dual_criminality"],
        "contents": [
            {
                "label": field["label"][code],
                "why": field["why"][code],
                "source": field["source"],
                "assumed": not field["verified_on"],
            }
            for field in view["contents"]
            if field["when"] == "always" or urgency != "routine"
        ],
        "clocks": _clocks(view["clocks"], urgency),
        "extensions": [_full(one, names[one["clock"]].get(code)) for one in view["extensions"]],
        "grounds": [
            {"id": one["id"], "label": one["label"][code], "source": one["source"], "assumed": one["assumed"]}
            for one in view["grounds"]
        ],
    }


def grounds(instrument_id: str, measure_id: str) -> list[tuple[str, str]]:
    """The grounds of refusal as a form's choices."""
    code = language.current()
    return [(one.id, one.label.get(code)) for one in instruments.grounds(instrument_id, measure_id)]


def article(text: str) -> str:
    """An article of an instrument in words: its number alone is called an article."""
    return _("Article %(number)s") % {"number": text} if text[:1].isdecimal() else text


def _clocks(clocks: Iterable[dict[str, Any]], urgency: str) -> list[dict[str, Any]]:
    """The clocks in their order; of those of a name the first that applies is the one that runs."""
    names, running = instruments.catalogue().clocks, set[str]()
    found = []
    for clock in clocks:
        fits = not clock["urgency"] or urgency in clock["urgency"]
        runs = fits and not clock["directly_accessible"] and clock["name"] not in running
        running |= {clock["name"]} if runs else set()
        found.append(_clock(clock, names[clock["name"]].get(language.current()), runs=runs))
    return found


def _clock(clock: dict[str, Any], name: str, *, runs: bool) -> dict[str, Any]:
    return _full(clock, name) | {
        "applies": runs,
        "urgencies": clock["urgency"],
        "accessible": clock["directly_accessible"],
        "target": not clock["binding"],
        "stops": clock["stops_allowed"],
    }


def _full(fact: dict[str, Any], name: str) -> dict[str, Any]:
    return {
        "name": name,
        "length": length(fact["duration"]),
        "times": fact.get("times"),
        "source": fact["source"],
        "assumed": not fact["verified_on"],
    }


def length(duration: str) -> str:
    """A duration of ISO 8601 in words: ``8 hours``, ``60 days``, ``6 months``."""
    parsed = instruments.Duration.parse(duration)
    hours = parsed.span.total_seconds() / 3600
    parts = []
    if parsed.months:
        parts.append(_spelled(timedelta(days=MONTH_DAYS * parsed.months), "month"))
    if hours and (hours < HOURS_TO_DAYS or hours % 24):
        parts.append(_spelled(parsed.span, "hour"))
    elif hours:
        parts.append(_spelled(parsed.span, "day"))
    return " ".join(parts)


def _spelled(span: timedelta, unit: Literal["month", "day", "hour"]) -> str:
    """``span`` in this unit, whatever its size: babel has the plurals of every language only for spans of time."""
    return format_timedelta(span, granularity=unit, threshold=ANY_SIZE, locale=language.current())


def bureaus(own: str) -> list[tuple[str, str]]:
    """The organisations that may be asked, by name in the reader's language."""
    code = language.current()
    found = [
        (one.address, str(getattr(one.name, code)))
        for one in directory.organisations()
        if one.address != own and one.country and one.status == "active"
    ]
    return sorted(found, key=lambda pair: pair[1].casefold())
