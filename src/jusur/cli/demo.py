"""``jusur demo``: three nodes on loopback and the fast track between two of them, checked by outside programs."""

import os
import shutil
import sys
import webbrowser
from pathlib import Path

import click

from jusur.cli.rehearsal import sample
from jusur.cli.rehearsal.scenario import Rehearsal, write_report
from jusur.kernel.errors import ConflictError, JusurError
from jusur.node import supervisor
from jusur.node.home import NodeHome

MARKER = ".jusur-demo"
DEFAULT_FOLDER = Path("build") / "demo"


@click.command()
@click.option("--evidence", type=click.Path(exists=True, path_type=Path), help="A file or folder to send as evidence.")
@click.option("--json", "json_file", type=click.Path(path_type=Path), help="Write the figures to this file.")
@click.option("--exit", "leave", is_flag=True, help="Stop the nodes at the end; exit non-zero if any step failed.")
@click.option("--stop", "stop_only", is_flag=True, help="Only stop the nodes of an earlier demo.")
@click.option("--folder", type=click.Path(path_type=Path), default=DEFAULT_FOLDER, show_default=True)
def demo(evidence: Path | None, json_file: Path | None, leave: bool, stop_only: bool, folder: Path) -> None:
    """Start a General Secretariat, NCB Rabat and NCB Oslo here, and run the fast track between the two bureaus."""
    folder = folder.absolute()
    _stop_nodes(folder)
    if stop_only:
        return
    _clear(folder)
    rehearsal = Rehearsal(folder, evidence, _say)
    failure: JusurError | None = None
    try:
        rehearsal.run()
    except JusurError as error:
        failure = error
        click.secho(f"\nFAILED  {error.detail}", fg="red", err=True)
        if error.fix:
            click.echo(f"        {error.fix}", err=True)
    finally:
        if leave:
            _stop_nodes(folder)
    _show(rehearsal)
    if json_file is not None:
        write_report(rehearsal.report(), json_file)
    if failure is None and not leave:
        _show_running(rehearsal)
        _open_a_desk(rehearsal)
    well = failure is None and rehearsal.verdicts and all(verdict.accepted for verdict in rehearsal.verdicts)
    sys.exit(0 if well else 1)


def _say(name: str, seconds: float) -> None:
    click.echo(f"{seconds:8.2f} s  {name}")


def _show(rehearsal: Rehearsal) -> None:
    if rehearsal.found:
        best = rehearsal.found["answers"][0]
        click.echo(f"\nAn officer in Rabat typed {sample.SOUGHT} and found {best['caption']} ({best['score']:.0%}):")
        for reason in best["reasons"]:
            click.echo(f"  {reason['weight']:+6.2f}  {reason['sentence']}")
        click.echo()
    for verdict in rehearsal.verdicts:
        mark = click.style("accepted", fg="green") if verdict.accepted else click.style("REFUSED", fg="red")
        click.echo(f"  {verdict.name:<10} {mark}")
        if not verdict.accepted:
            click.echo(f"             {verdict.said}")
    if rehearsal.package and rehearsal.opened:
        size = rehearsal.package["size"]
        click.echo(
            f"\n{size / 1e6:,.1f} MB of sealed evidence, request to evidence {rehearsal.request_to_evidence:.1f} s."
        )
        click.echo("Check it yourself:")
        for verdict in rehearsal.verdicts:
            click.echo(f"  cd {verdict.folder} && {verdict.command}")
        click.echo(f"Dossiers: {rehearsal.opened.parent}/dossier-*.pdf")


def _show_running(rehearsal: Rehearsal) -> None:
    click.echo("\nThe nodes go on running (stop them with: jusur demo --stop). Their desks:")
    for node in rehearsal.nodes.values():
        click.echo(f"  {node.name:<20} {node.desk_url}   (API {node.web_url}/v1, home {node.home})")
        for short, password in node.passwords.items():
            email = f"{short}@{node.address.lower()}.example"
            click.echo(f"    {email:<22} password {password}")
            click.echo(f"    {'':<22} code     jusur --home {node.home} officer code {email}")
    bureau = next(reversed(rehearsal.nodes.values()))
    short, token = next(iter(bureau.tokens.items()))
    click.echo(f"By the API, as {short}: JUSUR_TOKEN={token} jusur --home {bureau.home} request list")


def _open_a_desk(rehearsal: Rehearsal) -> None:
    """Open Rabat's desk in this person's browser, where there is a person and a browser."""
    seen = sys.platform in {"darwin", "win32"} or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
    if seen and sys.stdout.isatty():
        webbrowser.open(rehearsal.nodes["MA"].desk_url)


def _stop_nodes(folder: Path) -> None:
    for home in sorted(folder.glob("*/node.toml")):
        supervisor.stop(NodeHome(home.parent))


def _clear(folder: Path) -> None:
    if folder.exists():
        if any(folder.iterdir()) and not (folder / MARKER).exists():
            raise ConflictError(f"{folder} holds something else.", fix="Choose another folder with --folder.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    (folder / MARKER).touch()
