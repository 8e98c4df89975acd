"""``jusur notice``: notices and diffusions, their review, their papers."""

import json
from pathlib import Path
from typing import Any

import click

from jusur.cli.client import Client
from jusur.cli.output import json_option, print_json, print_shown, print_table

_NOTICES = "/notices"
_SHOWN = ("id", "form", "type", "state", "reference", "originator", "title", "in_force", "expires_at")
_ACTS = (
    *("check", "ask_approval", "answer", "withdraw", "ask_extension", "screen", "assign", "ask", "propose"),
    *("suspend", "resume", "cancel", "extend", "read", "acknowledge"),
)


@click.group()
def notice() -> None:
    """Notices and diffusions: draft, check, approve, review, decide, print, verify."""


def _report(detail: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(detail)
    else:
        print_shown({name: detail[name] for name in _SHOWN if name in detail}, as_json=False)


@notice.command()
@json_option
@click.pass_obj
def types(home: str | None, as_json: bool) -> None:
    """Show the types of notice and their conditions."""
    items = Client.of(home).get(f"{_NOTICES}/types")["items"]
    if as_json:
        print_json(items)
        return
    rows = [
        (kind["code"], each["id"], each["article"], each["text"]["en"], "assumed" if each["assumed"] else "")
        for kind in items
        for each in kind["conditions"]
    ]
    print_table(("type", "condition", "article", "what it asks for", ""), rows)


@notice.command("list")
@click.option("--state", default="", help="Only in this state.")
@click.option("--type", "type_", default="", help="Only of this type.")
@click.option("--side", type=click.Choice(["origin", "review", "received"]), default=None, help="Only on this side.")
@click.option("--reference", default="", help="Only this reference, such as 2026/17.")
@json_option
@click.pass_obj
def list_(home: str | None, state: str, type_: str, side: str | None, reference: str, as_json: bool) -> None:
    """List notices and diffusions, newest first."""
    found = Client.of(home).get(_NOTICES, state=state, type=type_, side=side or "", reference=reference)["items"]
    if as_json:
        print_json(found)
        return
    print_table(_SHOWN, [[each[name] for name in _SHOWN] for each in found])


@notice.command()
@click.argument("notice_id")
@json_option
@click.pass_obj
def show(home: str | None, notice_id: str, as_json: bool) -> None:
    """Show one notice."""
    _report(Client.of(home).get(f"{_NOTICES}/{notice_id}"), as_json)


@notice.command()
@click.argument("type_", metavar="TYPE")
@click.argument("content", type=click.File("r"))
@click.option("--to", "recipients", multiple=True, help="A diffusion: a bureau it goes to (repeat).")
@click.option("--except", "excluded", multiple=True, help="A notice: a bureau that must not receive it (repeat).")
@click.option("--classification", default="official_use_only", show_default=True)
@json_option
@click.pass_obj
def draft(
    home: str | None,
    type_: str,
    content: Any,
    recipients: tuple[str, ...],
    excluded: tuple[str, ...],
    classification: str,
    as_json: bool,
) -> None:
    """Draft a notice of TYPE from a JSON file; with --to, a diffusion."""
    body = {
        "form": "diffusion" if recipients else "notice",
        "type": type_,
        "content": json.load(content),
        "recipients": list(recipients),
        "excluded": list(excluded),
        "classification": classification,
    }
    _report(Client.of(home).post(_NOTICES, body), as_json)


@notice.command()
@click.argument("notice_id")
@json_option
@click.pass_obj
def conditions(home: str | None, notice_id: str, as_json: bool) -> None:
    """Show which conditions a draft does not meet."""
    unmet = Client.of(home).get(f"{_NOTICES}/{notice_id}/conditions")["unmet"]
    if as_json:
        print_json(unmet)
        return
    print_table(("condition", "article", "what it asks for"), [(u["id"], u["article"], u["text"]["en"]) for u in unmet])


@notice.command()
@click.argument("notice_id")
@click.argument("act_", metavar="ACT", type=click.Choice(_ACTS))
@click.option("--text", default="", help="The reason, question or answer.")
@click.option("--question", default="", help="answer: which question.")
@click.option("--reviewer", default="", help="assign: which officer; you, if left out.")
@click.option("--opinion", type=click.File("r"), default=None, help="propose: the opinion, a JSON file.")
@click.option("--ground", "grounds", multiple=True, help="cancel: a ground (repeat).")
@json_option
@click.pass_obj
def act(
    home: str | None, /, notice_id: str, act_: str, opinion: Any, grounds: tuple[str, ...], as_json: bool, **given: str
) -> None:
    """Do ACT on a notice."""
    body = {"act": act_, "opinion": json.load(opinion) if opinion else None, "grounds": list(grounds), **given}
    print_shown(Client.of(home).post(f"{_NOTICES}/{notice_id}/acts", body), as_json=as_json)


@notice.command()
@click.argument("notice_id")
@click.option("--decline", is_flag=True, help="Give it back instead.")
@click.option("--reason", default="", help="Why.")
@json_option
@click.pass_obj
def approve(home: str | None, notice_id: str, decline: bool, reason: str, as_json: bool) -> None:
    """As a second officer, submit a notice for review or send a diffusion."""
    body = {"granted": not decline, "reason": reason}
    _report(Client.of(home).post(f"{_NOTICES}/{notice_id}/approval", body), as_json)


@notice.command()
@click.argument("notice_id")
@click.option("--decline", is_flag=True, help="Send the opinion back instead.")
@click.option("--reason", default="", help="Why.")
@json_option
@click.pass_obj
def decide(home: str | None, notice_id: str, decline: bool, reason: str, as_json: bool) -> None:
    """As the secretariat's second person, decide by the reviewer's opinion."""
    body = {"granted": not decline, "reason": reason}
    _report(Client.of(home).post(f"{_NOTICES}/{notice_id}/decision", body), as_json)


@notice.command()
@click.argument("notice_id")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--language", type=click.Choice(["ar", "en", "fr", "es"]), default="en", show_default=True)
@click.pass_obj
def paper(home: str | None, notice_id: str, file: Path, language: str) -> None:
    """Write a notice as PDF into FILE."""
    file.write_bytes(Client.of(home).raw(f"{_NOTICES}/{notice_id}/paper", language=language))


@notice.command()
@click.argument("code")
@json_option
@click.pass_obj
def verify(home: str | None, code: str, as_json: bool) -> None:
    """Say whether a paper copy is current, by the CODE printed on it."""
    print_shown(Client.of(home).get(f"{_NOTICES}/verification", code=code), as_json=as_json)


@notice.command()
@click.option("--type", "type_", default="silver", show_default=True)
@json_option
@click.pass_obj
def evaluation(home: str | None, type_: str, as_json: bool) -> None:
    """Show the figures of a pilot's evaluation."""
    print_shown(Client.of(home).get(f"{_NOTICES}/evaluation", type=type_), as_json=as_json)
