"""``jusur request``: evidence requests, from draft to confirmation."""

import json
from typing import Any, TextIO

import click

from jusur.cli.client import Client
from jusur.cli.output import json_option, print_fields, print_json, print_table

_SHOWN = ("id", "partner", "measure", "instrument", "urgency", "state", "case_reference", "sent_at", "due_at")


@click.group()
def request() -> None:
    """Evidence requests: draft, submit, approve, act, follow."""


def _report(detail: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(detail)
        return
    print_fields({name: detail[name] for name in _SHOWN})
    print_fields({"possible next": ", ".join(detail["possible_acts"]) or "nothing by this bureau"})


@request.command()
@click.argument("to")
@click.argument("content", type=click.File("r", encoding="utf-8"))
@json_option
@click.pass_obj
def draft(home: str | None, to: str, content: TextIO, as_json: bool) -> None:
    """Draft a request to the bureau TO from the JSON file CONTENT (- for standard input)."""
    try:
        value = json.load(content)
    except ValueError:
        raise click.BadParameter("CONTENT is not JSON.") from None
    _report(Client.of(home).post("/evidence/requests", {"to": to, "content": value}), as_json)


@request.command()
@click.argument("request_id")
@json_option
@click.pass_obj
def submit(home: str | None, request_id: str, as_json: bool) -> None:
    """Ask a second officer to approve a draft."""
    _report(Client.of(home).post(f"/evidence/requests/{request_id}/submit"), as_json)


@request.command()
@click.argument("request_id")
@click.option("--return", "returned", is_flag=True, help="Return it to its drafter instead.")
@click.option("--reason", default="", help="Why.")
@json_option
@click.pass_obj
def approve(home: str | None, request_id: str, returned: bool, reason: str, as_json: bool) -> None:
    """Approve and send a request (as the second officer), or return it."""
    body = {"granted": not returned, "reason": reason}
    _report(Client.of(home).post(f"/evidence/requests/{request_id}/approval", body), as_json)


@request.command()
@click.argument("request_id")
@click.argument("act")
@click.option("--text", default="", help="What to say with it.")
@click.option("--ground", default="", help="refuse: the ground, one the instrument lists.")
@click.option("--until", default="", help="extend, confirm_preservation: a time, e.g. 2026-12-31T12:00:00Z.")
@json_option
@click.pass_obj
def act(home: str | None, request_id: str, act: str, text: str, ground: str, until: str, as_json: bool) -> None:
    """Do ACT on a request: acknowledge, accept, ask_clarification, extend, refuse, withdraw, and others."""
    body = {"act": act, "text": text, "ground": ground, "until": until}
    _report(Client.of(home).post(f"/evidence/requests/{request_id}/acts", body), as_json)


@request.command()
@click.argument("request_id")
@json_option
@click.pass_obj
def show(home: str | None, request_id: str, as_json: bool) -> None:
    """Show a request and its acts."""
    detail = Client.of(home).get(f"/evidence/requests/{request_id}")
    _report(detail, as_json)
    if not as_json:
        rows = [(entry["at"], entry["by"], entry["act"], entry["after"]) for entry in detail["acts"]]
        print_table(("at", "by", "act", "state after"), rows)


@request.command("list")
@click.option("--state", default="")
@click.option("--partner", default="")
@click.option("--side", default="", help="requesting or requested.")
@click.option("--limit", default=50, show_default=True)
@json_option
@click.pass_obj
def list_(home: str | None, state: str, partner: str, side: str, limit: int, as_json: bool) -> None:
    """List requests, newest first."""
    found = Client.of(home).get("/evidence/requests", state=state, partner=partner, side=side, limit=limit)
    if as_json:
        print_json(found)
        return
    print_table(_SHOWN, [[row[name] for name in _SHOWN] for row in found["items"]])
