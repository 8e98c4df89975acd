"""``jusur ledger``: the node's log for those who check it."""

from pathlib import Path

import click

from jusur.cli.output import json_option, print_fields, print_json, print_table


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
@json_option
def alarms(as_json: bool) -> None:
    """Show alarms about other nodes' logs: rolled back, or two views."""
    from jusur.ledger import api

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
