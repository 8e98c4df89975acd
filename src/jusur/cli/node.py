"""``jusur init``, ``serve``, ``status``, ``stop``: one node and its processes."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import click

from jusur.cli.output import json_option, print_fields, print_json, print_table
from jusur.config import schema
from jusur.kernel.errors import ConflictError, JusurError
from jusur.node import settings as node_settings
from jusur.node.home import NodeHome
from jusur.node.keystore import Keystore
from jusur.node.settings import NodeSettings

READY_SECONDS = 60.0


@click.command()
@click.option("--country", default="", help="A bureau: its country's two letters, e.g. MA.")
@click.option("--address", default="", help="Another organisation: its code, e.g. AIMC; the secretariat is GS.")
@click.option("--role", type=click.Choice(node_settings.ROLES), default="bureau", show_default=True)
@click.option("--name", required=True, help='As people read it, e.g. "NCB Rabat".')
@click.option("--gate-host", default="127.0.0.1", show_default=True, help="Where other nodes reach this one.")
@click.option("--gate-port", default=8443, show_default=True)
@click.option("--gate-url", default="", help="The gate's public URL, if it differs.")
@click.option("--web-port", default=8000, show_default=True, help="Where officers and national systems reach it.")
@click.option("--worker-port", default=0, help="Loopback port of the worker's metrics; 0 for none.")
@click.option("--secretariat-url", default="", help="The secretariat's gate.")
@click.option("--timestamp-url", default="", help="The RFC 3161 time-stamp authority.")
@click.option("--database-url", default="", help="A PostgreSQL of your own; empty for the embedded one.")
@click.option("--vault-url", default="", help="file:///… or s3://…; empty for a folder of the node.")
@click.option("--intake", "intake_dir", type=click.Path(), default="", help="Where evidence is taken in from.")
@click.option("--demo", is_flag=True, help="A rehearsal node: it says so on everything it makes.")
@json_option
@click.pass_obj
def init(home: str | None, /, as_json: bool, **given: Any) -> None:
    """Make a node: its folder, settings, keys and database. The secretariat's also founds the network."""
    place = NodeHome.find(home)
    if place.exists():
        raise ConflictError(f"There is a node in {place.path} already.", fix="Choose another folder with --home.")
    if given["role"] == "secretariat" and not given["address"]:
        given["address"] = "GS"
    given["address"] = given["address"] or given["country"]
    settings = node_settings.make(place.path, {name: value for name, value in given.items() if value != ""})
    place.create()
    Keystore(place.keys).create()
    node_settings.save(settings)
    _furnish(settings)
    shown = {"home": str(place.path), "address": settings.address, "gate": settings.gate_location}
    if as_json:
        print_json(shown)
    else:
        print_fields(shown)
        click.echo("Next: jusur serve" if settings.role == "secretariat" else "Next: jusur join request INVITATION")


@click.command()
@click.option("--detach", is_flag=True, help="Go on in the background once the node is ready.")
@click.pass_obj
def serve(home: str | None, detach: bool) -> None:
    """Run the node's processes until told to stop."""
    from jusur.node import supervisor
    from jusur.node.postgres import EmbeddedPostgres

    place = NodeHome.find(home)
    settings = node_settings.load(place)
    if detach:
        _detach(place)
        return
    prepare(place)
    specs = supervisor.default_specs(settings)
    if not (place.keys / "tls.certificate.pem").exists():
        click.echo("This node has not joined a network: its gate stays closed (jusur join).", err=True)
        specs = [spec for spec in specs if spec.name != "gate"]
    postgres = None if settings.database_url else EmbeddedPostgres(place)
    ready = f"{settings.name} is ready: gate {settings.gate_location}, API {settings.web_location}"
    supervisor.Supervisor(place, specs, postgres=postgres, on_ready=lambda: click.echo(ready)).run()


@click.command()
@click.pass_obj
def stop(home: str | None) -> None:
    """Stop the node's processes, gracefully."""
    from jusur.node import supervisor

    if not supervisor.stop(NodeHome.find(home).require()):
        click.echo("The node was not running.")


@click.command()
@json_option
@click.pass_obj
def status(home: str | None, as_json: bool) -> None:
    """Say what runs; exit code 1 if not everything is ready."""
    from jusur.node import supervisor

    place = NodeHome.find(home).require()
    settings = node_settings.load(place)
    found = {"address": settings.address, "name": settings.name, "home": str(place.path), **supervisor.status(place)}
    well = found["running"] and all(process["state"] == "ready" for process in found["processes"])
    if as_json:
        print_json(found | {"ready": well})
    else:
        print_fields({"node": f"{settings.name} ({settings.address})", "running": found["running"], "ready": well})
        columns = ("name", "state", "pid", "restarts")
        print_table(columns, [[process[name] for name in columns] for process in found["processes"]])
    sys.exit(0 if well else 1)


def prepare(place: NodeHome) -> None:
    """Bring the node's database to this version, in a process of its own, unless it is there already.

    Raises:
        JusurError: it failed; says what the process said.
    """
    if schema.is_current(place):
        return
    environment = os.environ | {"JUSUR_HOME": str(place.path)}
    done = subprocess.run(
        [sys.executable, "-m", "jusur.config.migrate"], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise JusurError(f"The database could not be prepared: {done.stderr.strip()[-1500:]}")


def _furnish(settings: NodeSettings) -> None:
    from jusur.config.bootstrap import migrate, setup

    setup(settings.home, pages=True)
    migrate(settings.home)
    if settings.role == "secretariat":
        from jusur.cli import founding

        founding.found(settings)


def _detach(place: NodeHome) -> None:
    from jusur.node import supervisor

    log = place.logs / "node.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "jusur", "--home", str(place.path), "serve"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            cwd="/",
        )
    if not supervisor.wait_ready(place, seconds=READY_SECONDS):
        said = log.read_text(errors="replace")[-1500:] if log.exists() else ""
        if process.poll() is None:
            process.terminate()
        raise JusurError(f"The node did not become ready. {said}", fix=f"See the logs in {Path(log).parent}.")
