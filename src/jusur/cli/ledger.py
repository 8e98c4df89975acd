"""``jusur ledger``: the node's log for those who check it."""

from pathlib import Path
from uuid import UUID

import click

from jusur.cli.officers import ADMINISTRATOR
from jusur.cli.output import json_option, print_fields, print_json, print_table
from jusur.kernel.errors import NotFoundError


@click.group()
@click.pass_obj
def ledger(home: str | None) -> None:
    """The node's transparency log: its signed state, exports for the offline verifier, alarms about peers' logs."""
    from jusur.config.bootstrap import setup

    setup(home)


@ledger.command()
@json_option
def checkpoint(as_json: bool) -> None:
    """Take in what was recorded and print the signed checkpoint (C2SP tlog-checkpoint)."""
    from jusur.ledger import api

    head = api.integrate()
    if as_json:
        print_json({"origin": head.origin, "size": head.size, "root": head.root.hex(), "note": head.text})
    else:
        click.echo(head.text, nl=False)


@ledger.command()
@click.argument("out", type=click.Path(path_type=Path))
def export(out: Path) -> None:
    """Write the whole log into the folder OUT (or OUT.zip) for the offline verifier."""
    from jusur.ledger import api

    api.integrate()
    api.export(out)
    click.echo(f"Check it: python3 jusur_verify.py {out}")


@ledger.command()
def key() -> None:
    """Print this log's public key (C2SP verifier key)."""
    from jusur.ledger import api

    click.echo(api.log_key())


@ledger.command()
@click.option("--resolve", "resolved", type=click.UUID, help="The id of an alarm to close.")
@click.option("--reason", default="", help="How it was resolved.")
@json_option
def alarms(resolved: UUID | None, reason: str, as_json: bool) -> None:
    """Show alarms about other nodes' logs: rolled back, or two views; close one that was looked into."""
    from jusur.ledger import api

    if resolved is not None:
        alarm = next((alarm for alarm in api.alarms() if alarm.id == resolved), None)
        if alarm is None:
            raise NotFoundError("There is no such open alarm.", fix="See: jusur ledger alarms.")
        api.alarm_resolve(alarm, actor=ADMINISTRATOR, resolution=reason)

    found = [
        {"id": str(alarm.id), "peer": alarm.peer, "kind": alarm.kind, "raised_at": alarm.raised_at.isoformat()}
        for alarm in api.alarms()
    ]
    if as_json:
        print_json(found)
    elif found:
        print_table(tuple(found[0]), [tuple(row.values()) for row in found])
    else:
        print_fields({"alarms": "none"})
