"""``jusur instruments``: what may be asked between two countries, under what, and how fast."""

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jusur.cli.output import json_option, print_json, print_table
from jusur.kernel import countries
from jusur.kernel.languages import LANGUAGES, Language

if TYPE_CHECKING:
    from jusur.instruments.api import Basis, Clock, Instrument, Measure

_language = click.option(
    "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Language of names and reasons."
)


@click.group()
def instruments() -> None:
    """Legal instruments: parties, measures, contents, clocks, refusal grounds.

    Without a node (--home or JUSUR_HOME) the answer comes from the instruments shipped with the software.
    """


@instruments.command()
@click.argument("a", metavar="COUNTRY")
@click.argument("b", metavar="COUNTRY")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day to answer for; today where absent.")
@_language
@json_option
@click.pass_obj
def between(home: str | None, a: str, b: str, on: datetime | None, language: Language, as_json: bool) -> None:
    """What may be asked between two countries (MA NO), under what, and how fast."""
    register = _register(home)
    from jusur.instruments import api

    bases = api.between(a.upper(), b.upper(), on.date() if on else None, register=register)
    if as_json:
        print_json({"a": a.upper(), "b": b.upper(), "bases": [api.basis_view(basis) for basis in bases]})
        return
    click.echo(f"{countries.name(a.upper(), language)} - {countries.name(b.upper(), language)}\n")
    for basis in bases:
        if basis.available:
            _print_basis(basis, language)
    rows = [(basis.instrument.id, basis.explanation().get(language)) for basis in bases if not basis.available]
    print_table(("instrument", "why not"), rows, title="Not available")
    click.echo(
        "(assumed) marks what nobody has yet confirmed in its source; (target) is the organisation's own period."
    )


@instruments.command("list")
@_language
@json_option
@click.pass_obj
def list_(home: str | None, language: Language, as_json: bool) -> None:
    """Every instrument in the register."""
    register = _register(home)
    from jusur.instruments import api

    if as_json:
        print_json({"instruments": [api.instrument_view(instrument) for instrument in register]})
        return
    rows = [
        (instrument.id, str(instrument.version), instrument.names.get(language), _verified(instrument))
        for instrument in register
    ]
    print_table(("id", "version", "name", "verified"), rows)


@instruments.command()
@click.argument("instrument_id")
@click.pass_obj
def show(home: str | None, instrument_id: str) -> None:
    """One instrument in full, as JSON."""
    register = _register(home)
    from jusur.instruments import api
    from jusur.instruments.api import InstrumentNotFoundError

    for instrument in register:
        if instrument.id == instrument_id:
            print_json(api.instrument_view(instrument))
            return
    raise InstrumentNotFoundError("The register has no such legal instrument.", fix="See `jusur instruments list`.")


@instruments.command()
@click.argument("document", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", "actor", required=True, help="Who adds it.")
@click.pass_obj
def add(home: str | None, document: Path, actor: str) -> None:
    """Add the organisation's own version of an instrument to the node's register and make it the active one."""
    from jusur.config.bootstrap import setup

    setup(home)
    from django.db import transaction

    from jusur.instruments import api
    from jusur.ledger import api as ledger

    with transaction.atomic():
        added = api.instrument_version_add(document=document.read_bytes(), actor=actor)
        ledger.record(
            "instruments.version.added",
            subject_type="instruments.instrument",
            subject_id=added.id,
            actor=actor,
            data={"version": added.version, "digest": api.digest(added.id)},
        )
    click.echo(f"{added.id} version {added.version} is now active.")


def _register(home: str | None) -> "tuple[Instrument, ...]":
    if home:
        from jusur.config.bootstrap import setup

        setup(home)
        from jusur.instruments import api

        return api.instruments()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jusur.config.settings")
    import django

    django.setup()
    from jusur.instruments import api

    return api.shipped_instruments()


def _print_basis(basis: "Basis", language: Language) -> None:
    from jusur.instruments import api

    instrument = basis.instrument
    since = f" since {basis.since}" if basis.since else ""
    click.echo(f"{instrument.names.get(language)} [{instrument.id}]{since}{_mark(basis.assumed)}")
    if instrument.note:
        click.echo(f"  {instrument.note.get(language)}")
    for measure in basis.measures:
        click.echo(f"  - {api.catalogue().measures[measure.id].get(language)} ({measure.article}; {measure.channel})")
        for clock in measure.clocks:
            click.echo(f"      {api.catalogue().clocks[clock.name].get(language)}: {_period(clock)}")
        click.echo(f"      {_needs(measure)}")
    click.echo()


def _period(clock: "Clock") -> str:
    urgency = "/".join(clock.urgency) or "any urgency"
    access = ", directly accessible" if clock.directly_accessible else ""
    target = "" if clock.binding else " (target)"
    return f"{_spoken(clock.duration)}, {urgency}{access}{target}{_mark(clock.assumed)}"


def _spoken(duration: str) -> str:
    """``PT8H`` as ``8 h``, ``P3D`` as ``3 d``, ``P6M`` as ``6 months``."""
    days, _, hours = duration.removeprefix("P").partition("T")
    words = [days.replace("Y", " years ").replace("M", " months ").replace("D", " d "), hours.replace("H", " h ")]
    return " ".join("".join(words).replace("M", " min").split())


def _needs(measure: "Measure") -> str:
    contents = measure.contents
    urgent = "".join(f", {field} (if urgent)" for field in contents.urgent_fields)
    return f"must contain: {', '.join(contents.fields)}{urgent}{_mark(contents.assumed)}"


def _verified(instrument: "Instrument") -> str:
    return instrument.verified_on.isoformat() if instrument.verified_on else "assumed"


def _mark(assumed: bool) -> str:
    return " (assumed)" if assumed else ""
