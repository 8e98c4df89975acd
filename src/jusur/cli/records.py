"""``jusur database`` and ``jusur record``: databases shared and followed, records entered, corrected, withdrawn."""

import json
from typing import Any, TextIO

import click

from jusur.cli.client import Client
from jusur.cli.output import json_option, print_fields, print_json, print_table

_COLUMNS = ("id", "kind", "mode", "writers", "recipients", "retention_days")
_FIELDS = ("id", "database", "originator", "reference", "version", "purpose", "expires_at", "refusal")


@click.group()
def database() -> None:
    """Databases: what this node hosts and is told of, and whom each is shared with."""


@database.command("list")
@click.option("--key", default="", help="Only this database, at every host.")
@json_option
@click.pass_obj
def list_databases(home: str | None, key: str, as_json: bool) -> None:
    """The databases known here."""
    from jusur.config.bootstrap import setup

    setup(home)
    from jusur.databases import api

    found = [api.database_detail(each) for each in api.databases(key=key)]
    if as_json:
        print_json({"items": found})
        return
    print_table(_COLUMNS, [[_cell(each[name]) for name in _COLUMNS] for each in found])
    behind = [(each["id"], *_following(peer)) for each in found for peer in each["followers"]]
    if behind:
        print_table(("database", "node", "changes behind", "compared", "trouble"), behind, title="Followers")


@database.command()
@click.argument("key")
@click.option("--with", "recipients", required=True, help="Addresses, with commas between: MA,NO,SE.")
@click.option("--remote", is_flag=True, help="Nothing is copied: those it is shared with ask here each time.")
@click.option("--by", "actor", default="node", show_default=True, help="Who shares it, for the log.")
@json_option
@click.pass_obj
def share(home: str | None, key: str, recipients: str, remote: bool, actor: str, as_json: bool) -> None:
    """Host a database (nominal, travel-documents, list-un …) and share it with exactly these; again to change it."""
    from jusur.config.bootstrap import setup

    setup(home)
    from jusur.databases import api

    named = [address.strip().upper() for address in recipients.split(",") if address.strip()]
    mode = api.Mode.REMOTE if remote else api.Mode.REPLICATED
    shared = api.database_view(api.database_share_as_node(key, recipients=named, mode=mode, actor=actor))
    _report(shared, _COLUMNS, as_json)


@database.command()
@click.argument("key")
@click.option("--by", "actor", default="node", show_default=True, help="Who closes it, for the log.")
@json_option
@click.pass_obj
def close(home: str | None, key: str, actor: str, as_json: bool) -> None:
    """Close a database hosted here: nobody writes into it any longer, and copies elsewhere are dropped."""
    from jusur.config.bootstrap import setup

    setup(home)
    from jusur.databases import api

    _report(api.database_view(api.database_close_as_node(key, actor=actor)), _COLUMNS, as_json)


@click.group()
def record() -> None:
    """Records of this bureau, as one of its officers."""


@record.command()
@click.argument("database", metavar="DATABASE")
@click.argument("content", type=click.File("r", encoding="utf-8"))
@click.option("--reference", default="", help="Your own reference, unique in the database.")
@json_option
@click.pass_obj
def add(home: str | None, database: str, content: TextIO, reference: str, as_json: bool) -> None:
    """Enter a record into DATABASE from the JSON file CONTENT (- for standard input)."""
    body = {"database": database, "reference": reference, "record": _json(content)}
    _report(Client.of(home).post("/records", body), _FIELDS, as_json)


@record.command()
@click.argument("record_id", metavar="RECORD")
@click.argument("content", type=click.File("r", encoding="utf-8"))
@click.option("--reason", required=True, help="Why it is corrected.")
@click.option("--version", type=int, help="The version this was written on; refused if another stands.")
@json_option
@click.pass_obj
def correct(home: str | None, record_id: str, content: TextIO, reason: str, version: int | None, as_json: bool) -> None:
    """Replace a record's content by the JSON file CONTENT; the version before is kept."""
    body = {"record": _json(content), "reason": reason} | ({"version": version} if version else {})
    _report(Client.of(home).put(f"/records/{record_id}", body), _FIELDS, as_json)


@record.command()
@click.argument("record_id", metavar="RECORD")
@click.option("--reason", required=True, help="Why it is withdrawn.")
@json_option
@click.pass_obj
def withdraw(home: str | None, record_id: str, reason: str, as_json: bool) -> None:
    """Withdraw a record, here and wherever it was copied."""
    gone = Client.of(home).post(f"/records/{record_id}/withdrawal", {"reason": reason})
    _report(gone, ("id", "state", "version"), as_json)


@record.command()
@click.argument("record_id", metavar="RECORD")
@click.option("--purpose", default="", help="What you read it for, where it is another bureau's.")
@click.option("--versions", is_flag=True, help="Show earlier versions, of an own record.")
@json_option
@click.pass_obj
def show(home: str | None, record_id: str, purpose: str, versions: bool, as_json: bool) -> None:
    """Show a record."""
    client = Client.of(home)
    found = client.get(f"/records/{record_id}", purpose=purpose)
    if versions:
        found = found | {"versions": client.get(f"/records/{record_id}/versions")["items"]}
    if as_json:
        print_json(found)
        return
    print_fields({name: found[name] for name in _FIELDS})
    print_fields({name: ", ".join(values) for name, values in found["entity"]["properties"].items()})
    if versions:
        rows = [(each["version"], each["recorded_at"], each["reason"]) for each in found["versions"]]
        print_table(("version", "recorded", "replaced because"), rows)


def _report(found: dict[str, Any], names: tuple[str, ...], as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    print_fields({name: _cell(found[name]) for name in names})


def _cell(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, list) else value


def _following(peer: dict[str, Any]) -> tuple[Any, ...]:
    return peer["peer"], peer["behind"], peer["compared_at"], peer["trouble"]


def _json(content: TextIO) -> Any:
    try:
        return json.load(content)
    except ValueError:
        raise click.BadParameter("CONTENT is not JSON.") from None
