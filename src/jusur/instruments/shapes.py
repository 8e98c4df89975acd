"""What the API answers about legal instruments, as national systems may rely on it. Durations are ISO 8601."""

from datetime import date
from typing import Literal

from jusur.instruments.schema import Kind, MeasureId, Urgency
from jusur.rows.shapes import Answer, Digest, Names

ClockName = Literal["answer", "recognise", "serve", "keep"]


class PartyView(Answer):
    """A country's relation to an instrument."""

    country: str
    status: Literal["party", "signatory"]
    since: date | None
    signed_on: date | None
    until: date | None
    excluded: list[MeasureId]
    source: str
    verified_on: date | None


class RequirementView(Answer):
    """What a request must contain: always, or besides when it is urgent."""

    id: str
    label: Names
    why: Names
    when: Literal["always", "urgent"]
    source: str
    verified_on: date | None


class ClockView(Answer):
    """A period and the event that starts it; ``urgency`` empty: for all."""

    name: ClockName
    duration: str
    urgency: list[Urgency]
    directly_accessible: bool | None
    starts: Literal["received", "issued", "recognised", "served", "preserved"]
    stops_allowed: bool
    binding: bool
    source: str
    verified_on: date | None


class ExtensionView(Answer):
    """By how much a clock may be extended, and how often (null: no limit stated)."""

    clock: ClockName
    duration: str
    times: int | None
    source: str
    verified_on: date | None


class GroundView(Answer):
    """A ground on which a request may be refused; ``assumed`` until somebody read it in its source."""

    id: str
    label: Names
    source: str
    assumed: bool


class MeasureView(Answer):
    """What may be asked, what the request must contain, how fast, and why not."""

    id: MeasureId
    names: Names
    article: str
    channel: Literal["police", "judicial", "direct"]
    dual_criminality: Literal["required", "not_required", "may_be_required", "not_stated"]
    contents: list[RequirementView]
    clocks: list[ClockView]
    extensions: list[ExtensionView]
    grounds: list[GroundView]


class InstrumentSummary(Answer):
    """An instrument in the list."""

    id: str
    version: int
    kind: Kind
    names: Names
    citation: str
    in_force: date | None
    template: bool
    source: str
    verified_on: date | None


class InstrumentList(Answer):
    """The active version of every instrument."""

    instruments: list[InstrumentSummary]


class InstrumentDetail(InstrumentSummary):
    """One instrument with its parties and measures, and the digest by which a case cites this version."""

    universal: bool
    note: Names | None
    parties: list[PartyView]
    measures: list[MeasureView]
    digest: Digest


class BasisView(Answer):
    """One instrument's answer for two countries."""

    instrument: str
    version: int
    names: Names
    available: bool
    reason: str
    explanation: Names
    country: str | None
    since: date | None
    assumed: bool
    source: str
    note: Names | None
    measures: list[MeasureView]


class Between(Answer):
    """Every instrument's answer for two countries, available ones first."""

    a: str
    b: str
    bases: list[BasisView]
