"""``jusur indicators``: what the ledger says of how long evidence takes."""

import sys
from typing import Any

import click

from jusur.cli.client import Client
from jusur.cli.output import json_option, print_json, print_table


@click.command()
@click.option("--by", default="", help="Group by partner, instrument, measure, urgency or side.")
@click.option("--check", is_flag=True, help="Recompute from the whole log; exit code 1 if what is kept differs.")
@click.option("--rebuild", is_flag=True, help="Read the whole log anew and keep that instead.")
@json_option
@click.pass_obj
def indicators(home: str | None, by: str, check: bool, rebuild: bool, as_json: bool) -> None:
    """Evidence-exchange time by stage: median and 90th percentile, open requests censored.

    --check and --rebuild work on the node in the home and need no token.
    """
    if check or rebuild:
        sys.exit(_keep(home, rebuild=rebuild, as_json=as_json))
    found = Client.of(home).get("/indicators/evidence-exchange", by=by)
    if as_json:
        print_json(found)
        return
    for name, figures in found["groups"].items():
        counts = {key: figures[key] for key in ("requests", "fulfilled", "refused", "late")}
        title = f"{name}: " + ", ".join(f"{count} {what}" for what, count in counts.items())
        rows = [_row(stage, summary) for stage, summary in figures["stages"].items()]
        print_table(("stage", "cases", "open", "median", "90th percentile"), rows, title=title)


def _keep(home: str | None, *, rebuild: bool, as_json: bool) -> int:
    from jusur.config.bootstrap import setup
    from jusur.indicators import api
    from jusur.ledger import api as ledger

    setup(home)
    ledger.integrate()
    if rebuild:
        api.rebuild()
    different = api.differences()
    if as_json:
        print_json({"equal": not different, "different": different})
    elif different:
        click.echo(
            f"The kept figures differ from the log in {len(different)} requests. Run: jusur indicators --rebuild"
        )
    else:
        click.echo("The kept figures are what the whole log says.")
    return int(bool(different))


def _row(stage: str, summary: dict[str, Any]) -> tuple[str, int, int, str, str]:
    return (
        stage.replace("_", " "),
        summary["count"],
        summary["open"],
        _duration(summary["median_seconds"]),
        _duration(summary["p90_seconds"]),
    )


def _duration(seconds: float | None) -> str:
    """Seconds in the largest unit that leaves a number above one; a dash where the share is not reached."""
    if seconds is None:
        return "—"
    for unit, length in (("days", 86400.0), ("h", 3600.0), ("min", 60.0)):
        if seconds >= length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.2f} s"
