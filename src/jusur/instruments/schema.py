"""The form of an instrument's document, read strictly: unknown members are refused, every reference is checked.

Each fact carries its ``source`` and the date on which somebody read it there (``verified_on``); an empty date means
that the fact is assumed and must be confirmed by the organisation before anybody relies on it.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import msgspec

from jusur.instruments.durations import Duration
from jusur.instruments.errors import InvalidInstrumentError
from jusur.kernel import canonical, countries, text
from jusur.kernel.errors import InvalidInputError
from jusur.kernel.languages import Language

MeasureId = Literal[
    "preservation",
    "traffic_data",
    "subscriber_information",
    "stored_content",
    "emergency",
    "spontaneous_information",
    "stop_payment",
]
Urgency = Literal["routine", "urgent", "emergency"]
URGENCIES: tuple[Urgency, ...] = ("routine", "urgent", "emergency")
Kind = Literal["multilateral", "regional", "bilateral", "organisation", "comity"]

MAX_BYTES = 512 * 1024
_Identifier = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$", max_length=40)]
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=600)]


class _Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Strict and immutable."""


class Names(_Form, frozen=True):
    """A text in the four languages."""

    ar: _Text
    en: _Text
    fr: _Text
    es: _Text

    def get(self, language: Language) -> str:
        """The text in ``language``."""
        return str(getattr(self, language))


class _Sourced(_Form, frozen=True, kw_only=True):
    source: _Text
    verified_on: date | None = None

    @property
    def assumed(self) -> bool:
        """Whether nobody has yet confirmed this fact in its source."""
        return self.verified_on is None


class Party(_Sourced, frozen=True, kw_only=True):
    """A country's relation to the instrument.

    ``since`` is the day the instrument bound it (unknown: empty), ``until`` the day it ceased to; ``excluded`` lists
    measures it has reserved out of.
    """

    country: str
    status: Literal["party", "signatory"]
    since: date | None = None
    signed_on: date | None = None
    until: date | None = None
    excluded: tuple[MeasureId, ...] = ()


class Clock(_Sourced, frozen=True, kw_only=True):
    """A period that starts with an event, for the urgencies listed (none: all).

    ``name``: ``answer`` (to answer or execute), ``recognise``, ``serve`` (on the provider) or ``keep`` (the least time
    that preserved data stays). ``directly_accessible``: only for data the authority can reach itself (true), or all.
    ``binding``: the instrument sets the period; else it is the organisation's target where the text says only
    "expeditiously".
    """

    name: Literal["answer", "recognise", "serve", "keep"]
    duration: str
    urgency: tuple[Urgency, ...] = ()
    directly_accessible: bool | None = None
    starts: Literal["received", "issued", "recognised", "served", "preserved"] = "received"
    stops_allowed: bool = False
    binding: bool = True


class Extension(_Sourced, frozen=True, kw_only=True):
    """By how much a clock may be extended, and how often (empty: no limit stated)."""

    clock: Literal["answer", "recognise", "serve", "keep"]
    duration: str
    times: int | None = None


class Ground(_Sourced, frozen=True, kw_only=True):
    """A listed ground on which a request may be refused; its label is the catalogue's or the instrument's own."""

    id: _Identifier


class Contents(_Sourced, frozen=True, kw_only=True):
    """What a request for a measure must contain, as field ids of the catalogue or of the instrument.

    ``urgent_fields`` are required besides when the request is urgent or an emergency.
    """

    fields: tuple[_Identifier, ...]
    urgent_fields: tuple[_Identifier, ...] = ()


class Measure(_Form, frozen=True, kw_only=True):
    """What may be asked under the instrument, and how."""

    id: MeasureId
    article: _Text
    contents: Contents
    dual_criminality: Literal["required", "not_required", "may_be_required", "not_stated"]
    channel: Literal["police", "judicial", "direct"] = "police"
    clocks: tuple[Clock, ...] = ()
    extensions: tuple[Extension, ...] = ()
    grounds: tuple[Ground, ...] | None = None


class Field(_Form, frozen=True):
    """A field that a request may have to contain, and why a receiving authority needs it."""

    label: Names
    why: Names


class Instrument(_Sourced, frozen=True, kw_only=True):
    """One version of a legal instrument.

    ``in_force`` is empty where it is not, or not known to be, in force. ``universal``: no treaty, any two countries
    (comity), always. ``template``: a model without parties, a basis for nobody until it is copied and filled in.
    """

    id: _Identifier
    version: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    kind: Kind
    names: Names
    citation: _Text
    in_force: date | None
    universal: bool = False
    template: bool = False
    note: Names | None = None
    parties: tuple[Party, ...] = ()
    measures: tuple[Measure, ...] = ()
    grounds: tuple[Ground, ...] = ()
    fields: dict[_Identifier, Field] = {}
    ground_names: dict[_Identifier, Names] = {}

    def measure(self, measure_id: str) -> Measure | None:
        """The measure of that id, where the instrument provides it."""
        return next((measure for measure in self.measures if measure.id == measure_id), None)

    def party(self, country: str) -> Party | None:
        """The country's row, where it has one."""
        return next((party for party in self.parties if party.country == country), None)


class Catalogue(_Form, frozen=True):
    """The texts instruments share: fields, grounds, measures, clocks and reasons, in the four languages."""

    fields: dict[_Identifier, Field]
    grounds: dict[_Identifier, Names]
    measures: dict[_Identifier, Names]
    clocks: dict[_Identifier, Names]
    reasons: dict[_Identifier, Names]


@cache
def catalogue() -> Catalogue:
    """The shipped catalogue."""
    data = files("jusur.instruments").joinpath("data", "catalogue.json").read_bytes()
    return msgspec.json.decode(data, type=Catalogue)


def parse(data: bytes) -> Instrument:
    """The instrument that a JSON document describes.

    Raises:
        InvalidInstrumentError: not JSON, unknown or missing members, or an inconsistent document; the message names
            the place.
    """
    try:
        canonical.decode(data, max_bytes=MAX_BYTES)
        instrument = msgspec.json.decode(data, type=Instrument)
        _check(instrument)
    except msgspec.ValidationError as error:
        raise InvalidInstrumentError(f"The instrument's document is not valid: {error}.") from None
    except InvalidInstrumentError:
        raise
    except InvalidInputError as error:
        raise InvalidInstrumentError(f"The instrument's document is not valid: {error.detail}") from None
    return instrument


def _check(instrument: Instrument) -> None:
    _unique("parties", [party.country for party in instrument.parties])
    _unique("measures", [measure.id for measure in instrument.measures])
    for party in instrument.parties:
        _check_party(party)
    for measure in instrument.measures:
        _check_measure(instrument, measure)
    _check_grounds(instrument, instrument.grounds)
    if instrument.universal and instrument.parties:
        raise InvalidInstrumentError("A universal instrument lists no parties.")
    for names in (instrument.names, instrument.note, *instrument.ground_names.values()):
        _check_names(names)
    for field in instrument.fields.values():
        _check_names(field.label)
        _check_names(field.why)


def _check_party(party: Party) -> None:
    countries.check(party.country, field="A party's country")
    if party.status == "signatory" and party.since is not None:
        raise InvalidInstrumentError(f"{party.country} is a signatory and cannot be bound since a date.")
    if party.since and party.until and party.until < party.since:
        raise InvalidInstrumentError(f"{party.country} ceases to be a party before it becomes one.")


def _check_measure(instrument: Instrument, measure: Measure) -> None:
    required = (*measure.contents.fields, *measure.contents.urgent_fields)
    _unique(f"contents of {measure.id}", required)
    if unknown := set(required) - (catalogue().fields.keys() | instrument.fields.keys()):
        raise InvalidInstrumentError(
            f"Measure {measure.id} requires unknown fields: {', '.join(sorted(unknown))}.",
            fix="Describe each of them under fields, in the four languages.",
        )
    for clock in measure.clocks:
        Duration.parse(clock.duration)
    for extension in measure.extensions:
        Duration.parse(extension.duration)
    _check_grounds(instrument, measure.grounds or ())


def _check_grounds(instrument: Instrument, grounds: tuple[Ground, ...]) -> None:
    _unique("grounds", [ground.id for ground in grounds])
    if unknown := {ground.id for ground in grounds} - (catalogue().grounds.keys() | instrument.ground_names.keys()):
        raise InvalidInstrumentError(
            f"Grounds without a name: {', '.join(sorted(unknown))}.",
            fix="Name each of them under ground_names, in the four languages.",
        )


def _check_names(names: Names | None) -> None:
    if names is not None:
        for value in (names.ar, names.en, names.fr, names.es):
            text.paragraph(value, max_length=600, field="A text")


def _unique(what: str, values: Iterable[str]) -> None:
    listed = list(values)
    if len(set(listed)) != len(listed):
        raise InvalidInstrumentError(f"The instrument lists one of its {what} twice.")
