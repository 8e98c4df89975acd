"""``jusur doctor``, ``backup``, ``restore``: keeping a node well, and getting it back."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from jusur.cli.output import json_option, print_fields, print_json, print_table
from jusur.crypto.age import AgeIdentity, AgeRecipient
from jusur.node import backup as backups
from jusur.node.doctor import Finding, examine, healthy
from jusur.node.home import NodeHome

_passphrase = click.option(
    "--passphrase-file", type=click.Path(exists=True, path_type=Path), help="A file that holds the passphrase."
)
_identity = click.option(
    "--identity", type=click.Path(exists=True, path_type=Path), help="The age identity (private key) file."
)


@click.command()
@json_option
@click.pass_obj
def doctor(home: str | None, as_json: bool) -> None:
    """Examine the node: what is wrong and how to mend it; exit code 1 if it cannot do its work."""
    place = NodeHome.find(home).require()
    findings = examine(place, extra=[lambda: _network(place)])
    if as_json:
        print_json([finding.as_dict() for finding in findings])
    else:
        rows = [(_mark(finding), finding.name, finding.detail, finding.fix) for finding in findings]
        print_table(("", "check", "found", "what to do"), rows)
    sys.exit(0 if healthy(findings) else 1)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--recipient", "recipients", multiple=True, help="age1… of who may open it (repeat).")
@_passphrase
@click.option("--verify", "verify_only", is_flag=True, help="Only check an existing backup.")
@_identity
@json_option
@click.pass_obj
def backup(
    home: str | None,
    file: Path,
    recipients: tuple[str, ...],
    passphrase_file: Path | None,
    verify_only: bool,
    identity: Path | None,
    as_json: bool,
) -> None:
    """Write the whole node (database, keys, vault, settings) into one sealed FILE, running or not."""
    if verify_only:
        manifest = backups.verify(file, identity=_read_identity(identity), passphrase=_read(passphrase_file))
    else:
        manifest = backups.backup(
            NodeHome.find(home).require(),
            file,
            recipients=[AgeRecipient.parse(recipient) for recipient in recipients],
            passphrase=_read(passphrase_file),
            checkpoint=_checkpoint(home),
        )
    _show(asdict(manifest), as_json)


@click.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@_identity
@_passphrase
@click.option("--database-url", default="", help="An empty database to use instead of the one in the settings.")
@json_option
@click.pass_obj
def restore(
    home: str | None,
    file: Path,
    identity: Path | None,
    passphrase_file: Path | None,
    database_url: str,
    as_json: bool,
) -> None:
    """Make the node that FILE holds anew in an empty home; everything is checked before this says done."""
    manifest = backups.restore(
        file,
        NodeHome.find(home),
        identity=_read_identity(identity),
        passphrase=_read(passphrase_file),
        database_url=database_url,
    )
    _show(asdict(manifest), as_json)


def _network(place: NodeHome) -> Iterator[Finding]:
    """What only the rooms above know: the directory, what waits, open alarms, and how the search is."""
    from jusur.config.bootstrap import setup

    setup(place.path)
    from jusur.databases import api as databases
    from jusur.exchange import api as exchange

    yield from exchange.findings()
    yield from databases.search_findings()


def _mark(finding: Finding) -> str:
    if not finding.ok:
        return "[red]wrong[/red]"
    return "[yellow]look[/yellow]" if finding.warning else "[green]well[/green]"


def _checkpoint(home: str | None) -> str:
    from jusur.config.bootstrap import setup

    setup(home)
    from jusur.ledger import api as ledger

    ledger.integrate()
    latest = ledger.latest_checkpoint()
    return latest.text if latest else ""


def _show(manifest: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(manifest)
    else:
        print_fields({name: value for name, value in manifest.items() if isinstance(value, str | int)})


def _read(file: Path | None) -> str:
    return file.read_text().strip() if file else ""


def _read_identity(file: Path | None) -> AgeIdentity | None:
    if file is None:
        return None
    lines = [line for line in file.read_text().splitlines() if line.startswith("AGE-SECRET-KEY-")]
    return AgeIdentity.parse(lines[0] if lines else "")
