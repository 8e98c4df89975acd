"""``jusur assembly``: sessions, votes and adopted texts of the General Assembly."""

import json
from pathlib import Path
from typing import Any, TextIO

import click

from jusur.cli.client import Client
from jusur.cli.output import json_option, print_fields, print_json, print_table

_POLL = ("id", "decision", "method", "state", "members", "quorum", "present", "for", "against", "abstentions")
_RESULT = ("base", "needed", "carried")


@click.group()
def assembly() -> None:
    """The General Assembly: sessions, votes, adopted texts, minutes, badges."""


@assembly.command("list")
@json_option
@click.pass_obj
def list_(home: str | None, as_json: bool) -> None:
    """List sessions, newest first."""
    found = Client.of(home).get("/assembly/sessions")
    if as_json:
        print_json(found)
        return
    columns = ("id", "number", "year", "host", "opens_on", "state", "texts_adopted")
    print_table(columns, [[row[name] for name in columns] for row in found["items"]])


@assembly.command()
@click.argument("document", type=click.File("r", encoding="utf-8"))
@json_option
@click.pass_obj
def convene(home: str | None, document: TextIO, as_json: bool) -> None:
    """Convene the session that the JSON file DOCUMENT describes (- for standard input)."""
    try:
        value = json.load(document)
    except ValueError:
        raise click.BadParameter("DOCUMENT is not JSON.") from None
    made = Client.of(home).post("/assembly/sessions", value)
    if as_json:
        print_json(made)
        return
    print_fields({name: made[name] for name in ("id", "number", "year", "state")})
    print_table(("statutory date", "last day"), [(due["id"], due["last_day"]) for due in made["dates"]])


@assembly.command()
@click.argument("session_id")
@json_option
@click.pass_obj
def hall(home: str | None, session_id: str, as_json: bool) -> None:
    """Show what the screen in the hall shows: quorum, agenda, speakers, the vote under way."""
    found = Client.of(home).get(f"/assembly/sessions/{session_id}/hall")
    if as_json:
        print_json(found)
        return
    print_fields({name: found[name] for name in ("members", "present", "quorum", "has_quorum")})
    print_table(("place", "item"), [(row["place"], row["titles"]["en"]) for row in found["agenda"]])
    if found["speakers"]:
        print_table(("party", "kind", "state"), [tuple(row.values()) for row in found["speakers"]])
    if found["vote"]:
        _print_poll(found["vote"])


@assembly.command()
@click.argument("poll_id")
@json_option
@click.pass_obj
def poll(home: str | None, poll_id: str, as_json: bool) -> None:
    """Show a vote, with each member's once it is closed."""
    found = Client.of(home).get(f"/assembly/polls/{poll_id}")
    if as_json:
        print_json(found)
        return
    _print_poll(found)
    if found["votes"]:
        print_table(("member", "vote"), found["votes"].items())


@assembly.command()
@click.argument("poll_id")
@click.argument("delegate_id")
@click.argument("choice", type=click.Choice(["for", "against", "abstain"]))
@json_option
@click.pass_obj
def vote(home: str | None, poll_id: str, delegate_id: str, choice: str, as_json: bool) -> None:
    """Vote as a delegate, or record a vote at a roll call."""
    taken = Client.of(home).post(f"/assembly/polls/{poll_id}/votes", {"delegate": delegate_id, "choice": choice})
    if as_json:
        print_json(taken)
    else:
        click.echo(f"{taken['country']}: {taken['choice']}")


@assembly.command()
@click.argument("session_id")
@click.option("--language", type=click.Choice(["ar", "en", "fr", "es"]), default="en", show_default=True)
@json_option
@click.pass_obj
def texts(home: str | None, session_id: str, language: str, as_json: bool) -> None:
    """List what a session adopted."""
    found = Client.of(home).get(f"/assembly/sessions/{session_id}/texts")
    if as_json:
        print_json(found)
        return
    rows = [(row["number"], row["decision"], row["titles"][language], row["adopted_at"]) for row in found["items"]]
    print_table(("number", "decision", "title", "adopted"), rows)


@assembly.command()
@click.argument("session_id")
@json_option
@click.pass_obj
def minutes(home: str | None, session_id: str, as_json: bool) -> None:
    """Show the minutes of a session."""
    found = Client.of(home).get(f"/assembly/sessions/{session_id}/minutes")
    if as_json:
        print_json(found)
        return
    rows = [(row["number"], row["entered_at"], row["text"]) for row in found["items"]]
    print_table(("number", "entered", "text"), rows)


@assembly.command()
@click.argument("session_id")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--language", type=click.Choice(["ar", "en", "fr", "es"]), default="en", show_default=True)
@click.pass_obj
def badges(home: str | None, session_id: str, file: Path, language: str) -> None:
    """Write the badges of a session's delegates to the PDF FILE."""
    made = Client.of(home).raw(f"/assembly/sessions/{session_id}/badges", language=language)
    file.write_bytes(made)
    click.echo(f"{file}: {len(made)} bytes")


def _print_poll(found: dict[str, Any]) -> None:
    print_fields({name: found[name] for name in (*_POLL, *_RESULT)})
