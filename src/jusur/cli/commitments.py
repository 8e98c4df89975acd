"""``jusur commitment``: what decisions, agreements and meetings committed somebody to."""

import json
from typing import Any, TextIO

import click

from jusur.cli.client import Client
from jusur.cli.output import json_option, print_fields, print_json, print_table

_SHOWN = ("id", "owner", "verifier", "state", "due_on", "late", "enhanced_since")


@click.group()
def commitment() -> None:
    """Commitments: enter, report, verify, dispute, follow."""


def _report(detail: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(detail)
        return
    print_fields({name: detail[name] for name in (*_SHOWN, "next_report_on")})
    print_fields({"possible next": ", ".join(detail["possible_acts"]) or "nothing by this bureau"})


@commitment.command()
@click.argument("document", type=click.File("r", encoding="utf-8"))
@json_option
@click.pass_obj
def enter(home: str | None, document: TextIO, as_json: bool) -> None:
    """Enter the commitment that the JSON file DOCUMENT describes (- for standard input)."""
    try:
        value = json.load(document)
    except ValueError:
        raise click.BadParameter("DOCUMENT is not JSON.") from None
    _report(Client.of(home).post("/commitments", value), as_json)


@commitment.command()
@click.argument("commitment_id")
@click.argument("act")
@click.option("--text", default="", help="What to say with it.")
@click.option("--percent", type=click.IntRange(0, 100), help="report: how much is done.")
@click.option("--claim", default="", help="report: on_track, delayed or done.")
@click.option("--verdict", default="", help="verify: met, partly_met or not_met.")
@click.option("--due-on", default="", help="extend: a later date, e.g. 2027-03-31.")
@json_option
@click.pass_obj
def act(
    home: str | None,
    commitment_id: str,
    act: str,
    text: str,
    percent: int | None,
    claim: str,
    verdict: str,
    due_on: str,
    as_json: bool,
) -> None:
    """Do ACT on a commitment: accept, decline, report, verify, dispute, extend or withdraw."""
    body = {
        "act": act,
        "text": text,
        "percent": percent,
        "claim": claim,
        "verdict": verdict,
        "due_on": due_on or None,
    }
    _report(Client.of(home).post(f"/commitments/{commitment_id}/acts", body), as_json)


@commitment.command()
@click.argument("commitment_id")
@json_option
@click.pass_obj
def show(home: str | None, commitment_id: str, as_json: bool) -> None:
    """Show a commitment, its acts and every verdict."""
    detail = Client.of(home).get(f"/commitments/{commitment_id}")
    _report(detail, as_json)
    if not as_json:
        rows = [
            (row["at"], row["by"], row["act"], row["claim"] or row["verdict"], row["text"]) for row in detail["acts"]
        ]
        print_table(("at", "by", "act", "says", "text"), rows)


@commitment.command("list")
@click.option("--owner", default="")
@click.option("--source", default="", help="The number of an adopted text, or another source.")
@click.option("--state", default="")
@click.option("--late", is_flag=True, help="Only those past their date.")
@click.option("--limit", default=50, show_default=True)
@json_option
@click.pass_obj
def list_(home: str | None, owner: str, source: str, state: str, late: bool, limit: int, as_json: bool) -> None:
    """List commitments, newest first."""
    found = Client.of(home).get("/commitments", owner=owner, source=source, state=state, late=late, limit=limit)
    if as_json:
        print_json(found)
        return
    print_table(("source", *_SHOWN), [(_source(row), *(row[name] for name in _SHOWN)) for row in found["items"]])


def _source(row: dict[str, Any]) -> str:
    return " ".join(filter(None, (row["source"]["reference"], row["source"]["place"])))
