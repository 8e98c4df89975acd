"""``jusur message``: write and read messages. ``jusur exchange``: how the exchange is doing, and second attempts."""

import time
from pathlib import Path
from typing import Any

import click

from jusur.cli.client import Client
from jusur.cli.output import json_option, print_fields, print_json, print_table

ACTOR = "administrator:console"
_LANGUAGES = click.Choice(["ar", "en", "fr", "es"])
_PRIORITIES = click.Choice(["emergency", "urgent", "routine", "bulk"])
_THREATS = click.Choice(
    ["terrorism", "drones", "crypto-financing", "artificial-intelligence", "fraud", "firearms", "other"]
)


@click.group()
def message() -> None:
    """Messages: send, list, show, acknowledge; warn many bureaus at once."""


def _report(detail: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(detail)
        return
    print_fields({name: detail[name] for name in ("id", "kind", "priority", "subject", "state", "at")})
    rows = [(d["recipient"], d["state"], d["acknowledged_at"], d["last_error"]) for d in detail.get("deliveries", [])]
    if rows:
        print_table(("recipient", "state", "read", "last trouble"), rows)


@message.command()
@click.argument("to", nargs=-1, required=True)
@click.option("--subject", required=True)
@click.option("--text", required=True)
@click.option("--purpose", required=True, help="Why it is sent.")
@click.option("--legal-basis", required=True, help="What allows it.")
@click.option("--language", type=_LANGUAGES, default="en", show_default=True)
@click.option("--topic", type=click.Choice(["message", "assistance", "information"]), default="message")
@click.option("--priority", type=_PRIORITIES, default="routine", show_default=True)
@click.option("--conversation", help="The conversation it belongs to.")
@click.option("--reply-to", "in_reply_to", help="The message it answers.")
@click.option("--attach", "attachments", multiple=True, help="A file in the node's intake folder.")
@click.option("--draft", is_flag=True, help="Only draft it, for a second officer to approve.")
@json_option
@click.pass_obj
def send(home: str | None, /, to: tuple[str, ...], as_json: bool, attachments: tuple[str, ...], **fields: Any) -> None:
    """Send a message to the bureaus TO."""
    body = {name: value for name, value in fields.items() if value is not None}
    body |= {"to": list(to), "attachments": list(attachments)}
    _report(Client.of(home).post("/exchange/messages", body), as_json)


@message.command()
@click.argument("to", nargs=-1)
@click.option("--subject", required=True)
@click.option("--text", required=True)
@click.option("--threat", type=_THREATS, required=True)
@click.option("--severity", type=click.Choice(["imminent", "serious", "information"]), required=True)
@click.option("--purpose", required=True)
@click.option("--legal-basis", required=True)
@click.option("--language", type=_LANGUAGES, default="en", show_default=True)
@json_option
@click.pass_obj
def warn(home: str | None, /, to: tuple[str, ...], as_json: bool, **fields: Any) -> None:
    """Warn the bureaus TO, or every bureau that takes part."""
    _report(Client.of(home).post("/exchange/warnings", {**fields, "to": list(to)}), as_json)


@message.command("list")
@click.option("--sent", is_flag=True, help="Those sent instead of those received.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--cursor", default="", help="Where the page before ended.")
@json_option
@click.pass_obj
def list_messages(home: str | None, sent: bool, limit: int, cursor: str, as_json: bool) -> None:
    """List messages, newest first."""
    direction = "sent" if sent else "received"
    found = Client.of(home).get("/exchange/messages", direction=direction, limit=limit, cursor=cursor)
    if as_json:
        print_json(found)
        return
    columns = ("id", "at", "kind", "priority", "subject", "state")
    print_table(columns, [[item[name] for name in columns] for item in found["items"]])
    if found["next"]:
        click.echo(f"More: --cursor {found['next']}")


@message.command()
@click.argument("message_id")
@json_option
@click.pass_obj
def show(home: str | None, message_id: str, as_json: bool) -> None:
    """Show one message."""
    found = Client.of(home).get(f"/exchange/messages/{message_id}")
    _report(found, as_json)
    if not as_json:
        body = found["body"] or {}
        click.echo(f"\n{body.get('text', body)}")


@message.command()
@click.argument("message_id")
@click.argument("recipient")
@click.pass_obj
def receipt(home: str | None, message_id: str, recipient: str) -> None:
    """Print RECIPIENT's signed receipt for a sent message, as the offline verifier reads it."""
    print_json(Client.of(home).get(f"/exchange/messages/{message_id}/receipts/{recipient}"))


@message.command()
@click.argument("message_id")
@json_option
@click.pass_obj
def ack(home: str | None, message_id: str, as_json: bool) -> None:
    """Tell the sender that a message was read."""
    _report(Client.of(home).post(f"/exchange/messages/{message_id}/acknowledgement"), as_json)


@message.command()
@click.argument("message_id")
@json_option
@click.pass_obj
def approve(home: str | None, message_id: str, as_json: bool) -> None:
    """Approve another officer's draft and send it."""
    _report(Client.of(home).post(f"/exchange/messages/{message_id}/approval"), as_json)


@message.command()
@click.argument("message_id")
@click.argument("number", type=int)
@click.argument("target", type=click.Path(path_type=Path))
@click.pass_obj
def save(home: str | None, message_id: str, number: int, target: Path) -> None:
    """Open attachment NUMBER (from 0) of a received message into TARGET, on the node itself."""
    from jusur.config.bootstrap import setup

    setup(home)
    from jusur.exchange import api
    from jusur.kernel.ids import parse_id

    click.echo(api.attachment_save(parse_id(message_id), number, target, actor=ACTOR))


@click.group()
def exchange() -> None:
    """The exchange: status, alarms, second attempts, reconciliation. For the node's operator."""


@exchange.command()
@json_option
@click.pass_obj
def status(home: str | None, as_json: bool) -> None:
    """Show what waits, what is held and who is silent."""
    from jusur.config.bootstrap import setup

    setup(home)
    from jusur.exchange import api

    found = api.status()
    if as_json:
        print_json(found)
        return
    print_fields({name: found[name] for name in ("deliveries", "received", "held", "relayed", "offers")})
    print_table(("peer", "last heard", "silent since", "directory"), [list(peer.values()) for peer in found["peers"]])
    if found["transfers"]:
        print_table(list(found["transfers"][0]), [list(item.values()) for item in found["transfers"]])


@exchange.command()
@click.option("--dismiss", type=int, help="Close the alarm of this number.")
@json_option
@click.pass_obj
def alarms(home: str | None, dismiss: int | None, as_json: bool) -> None:
    """List open alarms, newest first; or close one."""
    from jusur.config.bootstrap import setup

    setup(home)
    from jusur.exchange import api

    if dismiss is not None:
        api.alarm_dismiss(dismiss, actor=ACTOR)
    found = api.open_alarms()
    if as_json:
        print_json(found)
    else:
        columns = ("id", "kind", "peer", "count", "last_at", "detail")
        print_table(columns, [[alarm[name] for name in columns] for alarm in found])


@exchange.command()
@click.argument("identifier")
@click.pass_obj
def retry(home: str | None, identifier: str) -> None:
    """Try again: a failed received message, a failed or paused transfer, or a waiting delivery's message."""
    from jusur.config.bootstrap import setup

    setup(home)
    from jusur.exchange import api
    from jusur.kernel.ids import parse_id

    click.echo(f"Trying the {api.retry(parse_id(identifier), actor=ACTOR)} again.")


@exchange.command()
@click.argument("peer")
@json_option
@click.pass_obj
def reconcile(home: str | None, peer: str, as_json: bool) -> None:
    """Compare with PEER what was exchanged both ways, and mend what differs."""
    from jusur.config.bootstrap import setup

    setup(home)
    from jusur.exchange import api

    started = time.perf_counter()
    found = api.reconcile_with(peer)
    found["seconds"] = round(time.perf_counter() - started, 3)
    if as_json:
        print_json(found)
    else:
        print_fields(found)
