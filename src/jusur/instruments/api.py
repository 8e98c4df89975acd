"""The door to legal instruments: what may be asked between two countries, what it must contain, how fast, and why not.

Answers say of every fact whether somebody has verified it in its source or whether it is assumed.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from jusur.instruments import rules, selectors, shipped
from jusur.instruments.clocks import Alarm, Deadline, Stop, run_clock, select_clock
from jusur.instruments.durations import Duration
from jusur.instruments.errors import InstrumentNotFoundError, MeasureNotAvailableError
from jusur.instruments.presentation import basis_view, instrument_view, measure_view
from jusur.instruments.reach import reach
from jusur.instruments.rules import Basis, RefusalGround, Requirement
from jusur.instruments.schema import URGENCIES, Clock, Instrument, Measure, MeasureId, Names, Urgency, catalogue
from jusur.instruments.selectors import VersionView, history
from jusur.instruments.services import instrument_version_add, load_shipped
from jusur.kernel import clock as kernel_clock

__all__ = [
    "URGENCIES",
    "Alarm",
    "Basis",
    "Clock",
    "Deadline",
    "Duration",
    "Instrument",
    "InstrumentNotFoundError",
    "Measure",
    "MeasureId",
    "MeasureNotAvailableError",
    "Names",
    "RefusalGround",
    "Requirement",
    "Stop",
    "Urgency",
    "VersionView",
    "basis_view",
    "between",
    "catalogue",
    "check_contents",
    "deadline",
    "digest",
    "grounds",
    "history",
    "instrument",
    "instrument_version_add",
    "instrument_view",
    "instruments",
    "load_shipped",
    "measure_view",
    "measures",
    "reach",
    "required_contents",
    "shipped_instruments",
]


def instruments() -> tuple[Instrument, ...]:
    """The active version of every instrument in the register."""
    return selectors.active()


def instrument(instrument_id: str, *, digest: str | None = None) -> Instrument:
    """The active version of an instrument, or the version a case cites by its digest.

    Raises:
        InstrumentNotFoundError: the register does not have it.
    """
    return selectors.one(instrument_id, digest=digest)


def digest(instrument_id: str) -> str:
    """The SHA-256 by which a case cites the active version.

    Raises:
        InstrumentNotFoundError: the register does not have it.
    """
    return selectors.digest(instrument_id)


def shipped_instruments() -> tuple[Instrument, ...]:
    """The instruments as they come with the software, without any database."""
    return shipped.instruments()


def between(
    a: str, b: str, on_date: date | None = None, *, register: Iterable[Instrument] | None = None
) -> list[Basis]:
    """Every instrument's answer for two countries, available ones first, today or on ``on_date``.

    ``register`` is the instruments to look in; the node's own where absent.

    Raises:
        InvalidInputError: not two different countries.
    """
    found = selectors.active() if register is None else register
    return rules.available_between(found, a, b, on_date or kernel_clock.now().date())


def measures(a: str, b: str, on_date: date | None = None) -> dict[str, tuple[Measure, ...]]:
    """What country ``a`` may ask of ``b``: the measures by the id of each available instrument.

    Raises:
        InvalidInputError: not two different countries.
    """
    return {basis.instrument.id: basis.measures for basis in between(a, b, on_date) if basis.available}


def required_contents(
    instrument_id: str,
    measure_id: str,
    *,
    urgency: Urgency = "routine",
    digest: str | None = None,
    held: Instrument | None = None,
) -> tuple[Requirement, ...]:
    """What a request for the measure must contain; of ``held`` itself, where the caller holds the instrument.

    Raises:
        InstrumentNotFoundError: the register does not have the instrument.
        MeasureNotAvailableError: the instrument does not provide the measure.
    """
    found = held or instrument(instrument_id, digest=digest)
    return rules.required_contents(found, measure_id, urgency=urgency)


def check_contents(
    instrument_id: str,
    measure_id: str,
    contents: Mapping[str, Any],
    *,
    urgency: Urgency = "routine",
    digest: str | None = None,
) -> tuple[Requirement, ...]:
    """What ``contents`` (field id to value) lacks for the measure; empty where the request is right the first time.

    Raises:
        InstrumentNotFoundError: the register does not have the instrument.
        MeasureNotAvailableError: the instrument does not provide the measure.
    """
    return rules.missing_contents(instrument(instrument_id, digest=digest), measure_id, contents, urgency=urgency)


def deadline(
    instrument_id: str,
    measure_id: str,
    *,
    started_at: datetime,
    urgency: Urgency = "routine",
    directly_accessible: bool = False,
    name: str = "answer",
    stops: Iterable[Stop] = (),
    extensions: Sequence[str] = (),
    digest: str | None = None,
) -> Deadline | None:
    """When the named clock ends (``answer``, ``recognise``, ``serve``, ``keep``), or none where there is no such clock.

    Args:
        instrument_id: the legal basis.
        measure_id: what was asked.
        started_at: the event that starts the clock (``clock.starts``): for ``answer`` mostly the receipt.
        urgency: of the request.
        directly_accessible: whether the receiving authority reaches the data without asking a third party.
        name: the clock.
        stops: from when to when it stood still.
        extensions: durations granted, such as ``P30D``.
        digest: the version the case cites; else the active one.

    Raises:
        InstrumentNotFoundError: the register does not have the instrument.
        MeasureNotAvailableError: the instrument does not provide the measure.
        InvalidInstrumentError: a moment without a time zone, or a stop that ends before it begins.
    """
    measure = rules.measure_of(instrument(instrument_id, digest=digest), measure_id)
    clock = select_clock(measure, name, urgency=urgency, directly_accessible=directly_accessible)
    return run_clock(clock, started_at, stops=stops, extensions=extensions) if clock else None


def grounds(
    instrument_id: str, measure_id: str, *, digest: str | None = None, held: Instrument | None = None
) -> tuple[RefusalGround, ...]:
    """The grounds on which a request for the measure may be refused; of ``held`` itself, where the caller holds it.

    Raises:
        InstrumentNotFoundError: the register does not have the instrument.
        MeasureNotAvailableError: the instrument does not provide the measure.
    """
    return rules.refusal_grounds(held or instrument(instrument_id, digest=digest), measure_id)
