"""Instruments and answers as plain JSON values, every fact with its source and its ``verified_on``."""

from typing import Any

import msgspec

from jusur.instruments.rules import Basis, measure_of, refusal_grounds, required_contents
from jusur.instruments.schema import Instrument, Measure, Names, catalogue


def instrument_view(instrument: Instrument) -> dict[str, Any]:
    """The whole instrument, its measures with labels, contents and grounds written out in the four languages."""
    view: dict[str, Any] = {
        "id": instrument.id,
        "version": instrument.version,
        "kind": instrument.kind,
        "names": _names(instrument.names),
        "citation": instrument.citation,
        "in_force": _date(instrument.in_force),
        "universal": instrument.universal,
        "template": instrument.template,
        "note": _names(instrument.note) if instrument.note else None,
        "source": instrument.source,
        "verified_on": _date(instrument.verified_on),
        "parties": [_full(party) for party in instrument.parties],
        "measures": [_measure(instrument, measure) for measure in instrument.measures],
    }
    return view


def basis_view(basis: Basis) -> dict[str, Any]:
    """One instrument's answer for two countries, with the reason in words."""
    instrument = basis.instrument
    return {
        "instrument": instrument.id,
        "version": instrument.version,
        "names": _names(instrument.names),
        "available": basis.available,
        "reason": basis.reason,
        "explanation": _names(basis.explanation()),
        "country": basis.country,
        "since": _date(basis.since),
        "assumed": basis.assumed,
        "source": instrument.source,
        "note": _names(instrument.note) if instrument.note else None,
        "measures": [_measure(instrument, measure) for measure in basis.measures],
    }


def measure_view(instrument: Instrument, measure_id: str) -> dict[str, Any]:
    """One measure of the instrument: article, contents, clocks, grounds, each with its source.

    Raises:
        MeasureNotAvailableError: the instrument does not provide it.
    """
    return _measure(instrument, measure_of(instrument, measure_id))


def _measure(instrument: Instrument, measure: Measure) -> dict[str, Any]:
    urgent = set(measure.contents.urgent_fields)
    return {
        "id": measure.id,
        "names": _names(catalogue().measures[measure.id]),
        "article": measure.article,
        "channel": measure.channel,
        "dual_criminality": measure.dual_criminality,
        "contents": [
            {
                "id": field.id,
                "label": _names(field.label),
                "why": _names(field.why),
                "when": "urgent" if field.id in urgent else "always",
                "source": field.source,
                "verified_on": _date(measure.contents.verified_on),
            }
            for field in required_contents(instrument, measure.id, urgency="urgent")
        ],
        "clocks": [_full(clock) for clock in measure.clocks],
        "extensions": [_full(extension) for extension in measure.extensions],
        "grounds": [
            {"id": ground.id, "label": _names(ground.label), "source": ground.source, "assumed": ground.assumed}
            for ground in refusal_grounds(instrument, measure.id)
        ],
    }


def _full(fact: msgspec.Struct) -> dict[str, Any]:
    """Every member, also those that have their default."""
    built: dict[str, Any] = msgspec.to_builtins({name: getattr(fact, name) for name in fact.__struct_fields__})
    return built


def _names(names: Names) -> dict[str, str]:
    return {"ar": names.ar, "en": names.en, "fr": names.fr, "es": names.es}


def _date(value: Any) -> str | None:
    return value.isoformat() if value else None
