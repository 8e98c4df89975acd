"""What may be asked between two countries, what a request must contain, and why it may be refused. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from jusur.instruments.errors import MeasureNotAvailableError
from jusur.instruments.schema import Field, Ground, Instrument, Measure, Names, Party, Urgency, catalogue
from jusur.kernel import countries
from jusur.kernel.errors import InvalidInputError

Reason = Literal[
    "available",
    "not-in-force",
    "template",
    "not-party",
    "signatory-only",
    "not-yet-bound",
    "no-longer-bound",
    "measures-excluded",
]


@dataclass(frozen=True, slots=True)
class Basis:
    """Whether an instrument is a basis between two countries on a day, since when, and if not, why not.

    ``assumed``: some fact that this answer rests on is not yet confirmed in its source. ``country`` is the one that
    stands in the way, where one does.
    """

    instrument: Instrument
    available: bool
    reason: Reason
    country: str | None
    since: date | None
    assumed: bool
    measures: tuple[Measure, ...]

    def explanation(self) -> Names:
        """The reason in the four languages, the country named."""
        template = catalogue().reasons[self.reason]
        names = countries.names(self.country) if self.country else dict.fromkeys(("ar", "en", "fr", "es"), "")
        return Names(
            ar=template.ar.replace("{country}", names["ar"]),
            en=template.en.replace("{country}", names["en"]),
            fr=template.fr.replace("{country}", names["fr"]),
            es=template.es.replace("{country}", names["es"]),
        )


@dataclass(frozen=True, slots=True)
class Requirement:
    """A field that a request must contain, what it is called and why it is needed."""

    id: str
    label: Names
    why: Names
    source: str
    assumed: bool


@dataclass(frozen=True, slots=True)
class RefusalGround:
    """A ground on which the instrument allows a refusal."""

    id: str
    label: Names
    source: str
    assumed: bool


def available_between(instruments: Iterable[Instrument], a: str, b: str, on_date: date) -> list[Basis]:
    """Every instrument's answer for countries ``a`` and ``b`` on ``on_date``, those available first.

    Raises:
        InvalidInputError: not two different countries.
    """
    countries.check(a, field="The first country")
    countries.check(b, field="The second country")
    if a == b:
        raise InvalidInputError("The two countries are the same.", fix="Name the requesting and the other country.")
    answers = [_basis(instrument, (a, b), on_date) for instrument in instruments]
    return sorted(answers, key=lambda basis: (not basis.available, basis.instrument.universal, basis.instrument.id))


def measure_of(instrument: Instrument, measure_id: str) -> Measure:
    """The instrument's measure.

    Raises:
        MeasureNotAvailableError: the instrument does not provide it.
    """
    if (measure := instrument.measure(measure_id)) is not None:
        return measure
    listed = ", ".join(measure.id for measure in instrument.measures) or "none"
    raise MeasureNotAvailableError(
        f"{instrument.names.en} does not provide this measure.", fix=f"It provides: {listed}."
    )


def required_contents(
    instrument: Instrument, measure_id: str, *, urgency: Urgency = "routine"
) -> tuple[Requirement, ...]:
    """What a request for the measure must contain under the instrument, at that urgency.

    Raises:
        MeasureNotAvailableError: the instrument does not provide the measure.
    """
    contents = measure_of(instrument, measure_id).contents
    urgent = () if urgency == "routine" else contents.urgent_fields
    return tuple(
        Requirement(field_id, field.label, field.why, contents.source, contents.assumed)
        for field_id in (*contents.fields, *urgent)
        for field in (_field(instrument, field_id),)
    )


def missing_contents(
    instrument: Instrument, measure_id: str, contents: Mapping[str, Any], *, urgency: Urgency = "routine"
) -> tuple[Requirement, ...]:
    """The requirements that ``contents`` (field id to value) does not meet: absent, blank, empty or denied.

    Raises:
        MeasureNotAvailableError: the instrument does not provide the measure.
    """
    required = required_contents(instrument, measure_id, urgency=urgency)
    return tuple(requirement for requirement in required if _is_blank(contents.get(requirement.id)))


def refusal_grounds(instrument: Instrument, measure_id: str) -> tuple[RefusalGround, ...]:
    """The grounds listed for the measure, else those of the whole instrument.

    Raises:
        MeasureNotAvailableError: the instrument does not provide the measure.
    """
    own = measure_of(instrument, measure_id).grounds
    grounds: tuple[Ground, ...] = instrument.grounds if own is None else own
    return tuple(
        RefusalGround(ground.id, _ground_name(instrument, ground.id), ground.source, ground.assumed)
        for ground in grounds
    )


def _basis(instrument: Instrument, pair: tuple[str, str], on_date: date) -> Basis:
    parties = [instrument.party(country) for country in pair]
    rows = [party for party in parties if party]
    assumed = instrument.assumed or any(party.assumed for party in rows)
    reason, country = _obstacle(instrument, pair, parties, on_date)
    excluded = {measure for party in rows for measure in party.excluded}
    measures = tuple(measure for measure in instrument.measures if measure.id not in excluded)
    if reason == "available" and not measures:
        reason = "measures-excluded"
    if reason != "available":
        return Basis(
            instrument, available=False, reason=reason, country=country, since=None, assumed=assumed, measures=()
        )
    dates = [party.since for party in rows if party.since] + ([instrument.in_force] if instrument.in_force else [])
    known = bool(rows) and all(party.since for party in rows)
    since = max(dates) if dates and known else None
    return Basis(
        instrument, available=True, reason=reason, country=None, since=since, assumed=assumed, measures=measures
    )


def _obstacle(
    instrument: Instrument, pair: tuple[str, str], parties: list[Party | None], on_date: date
) -> tuple[Reason, str | None]:
    if instrument.template:
        return "template", None
    if not instrument.universal:
        for country, party in zip(pair, parties, strict=True):
            if (reason := _party_obstacle(party, on_date)) and not (
                reason == "signatory-only" and not _in_force(instrument, on_date)
            ):
                return reason, country
    return ("available" if _in_force(instrument, on_date) else "not-in-force"), None


def _party_obstacle(party: Party | None, on_date: date) -> Reason | None:
    if party is None:
        return "not-party"
    if party.status == "signatory":
        return "signatory-only"
    if party.since and on_date < party.since:
        return "not-yet-bound"
    if party.until and on_date >= party.until:
        return "no-longer-bound"
    return None


def _in_force(instrument: Instrument, on_date: date) -> bool:
    return instrument.universal or (instrument.in_force is not None and instrument.in_force <= on_date)


def _field(instrument: Instrument, field_id: str) -> Field:
    return instrument.fields.get(field_id) or catalogue().fields[field_id]


def _ground_name(instrument: Instrument, ground_id: str) -> Names:
    return instrument.ground_names.get(ground_id) or catalogue().grounds[ground_id]


def _is_blank(value: Any) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or value is False or (isinstance(value, (list, tuple, dict)) and not value)
