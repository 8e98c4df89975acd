"""Legal instruments: the register, one instrument, and what may be asked between two countries."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jusur.accounts import api as accounts
from jusur.desk.directory.forms import BetweenForm
from jusur.desk.kit import language
from jusur.desk.kit.forms import show_error
from jusur.instruments import api as instruments
from jusur.kernel import countries
from jusur.kernel.errors import JusurError
from jusur.node import context as node

ACT = "instruments.read"


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every instrument in the register."""
    accounts.acting(request, ACT)
    rows = [
        {"law": each, "parties": sum(party.status == "party" for party in each.parties), "assumed": _assumed(each)}
        for each in instruments.instruments()
    ]
    return render(request, "directory/instruments.html", {"rows": rows, "form": _between_form({})})


@require_safe
def instrument(request: HttpRequest, instrument_id: str) -> HttpResponse:
    """One instrument with its parties, measures and stored versions."""
    accounts.acting(request, ACT)
    law = instruments.instrument(instrument_id)
    tongue = language.current()
    parties = [{"name": countries.name(party.country, tongue), "party": party} for party in law.parties]
    context = {
        "law": law,
        "digest": instruments.digest(instrument_id),
        "parties": sorted(parties, key=lambda row: str(row["name"])),
        "measures": [measure_view(law, measure) for measure in law.measures],
        "versions": instruments.history(instrument_id),
    }
    return render(request, "directory/instrument.html", context)


@require_safe
def between(request: HttpRequest) -> HttpResponse:
    """What may be asked between two countries on a day, under what, and how fast."""
    accounts.acting(request, ACT)
    form = _between_form(request.GET)
    bases: list[instruments.Basis] = []
    if request.GET and form.is_valid():
        try:
            given = form.cleaned_data
            bases = instruments.between(given["a"], given["b"], given["on"])
        except JusurError as error:
            show_error(form, error)
    context = {
        "form": form,
        "bases": [basis_view(basis) for basis in bases if basis.available],
        "not_available": [basis for basis in bases if not basis.available],
        "asked": bool(bases),
    }
    return render(request, "directory/between.html", context)


def basis_view(basis: instruments.Basis) -> dict[str, Any]:
    """An available instrument with its measures, for the templates."""
    return {
        "law": basis.instrument,
        "since": basis.since,
        "assumed": basis.assumed,
        "measures": [measure_view(basis.instrument, measure) for measure in basis.measures],
    }


def measure_view(law: instruments.Instrument, measure: instruments.Measure) -> dict[str, Any]:
    """A measure with its contents, clocks and grounds in words."""
    named = instruments.catalogue()
    always = set(measure.contents.fields)
    found = instruments.required_contents(law.id, measure.id, urgency="urgent", held=law)
    return {
        "measure": measure,
        "name": named.measures[measure.id],
        "always": [each for each in found if each.id in always],
        "urgent": [each for each in found if each.id not in always],
        "clocks": [{"clock": clock, "name": named.clocks[clock.name]} for clock in measure.clocks],
        "extensions": [{"extension": each, "name": named.clocks[each.clock]} for each in measure.extensions],
        "grounds": instruments.grounds(law.id, measure.id, held=law),
    }


def _between_form(given: Any) -> BetweenForm:
    own = node.current().address
    initial = {"a": own if countries.is_country(own) else ""}
    return BetweenForm(given, initial=initial) if given else BetweenForm(initial=initial)


def _assumed(law: instruments.Instrument) -> int:
    """How many facts of the instrument nobody has read in their source."""
    facts = [*law.parties, *law.grounds]
    for measure in law.measures:
        facts += [measure.contents, *measure.clocks, *measure.extensions, *(measure.grounds or ())]
    return sum(fact.assumed for fact in facts)
