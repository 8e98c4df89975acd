"""``jusur evidence``: packages, their custody and their dossiers."""

import json
import sys
import time
from pathlib import Path
from typing import Any

import click

from jusur.cli.client import Client
from jusur.cli.output import json_option, print_fields, print_json, print_table

_SHOWN = ("id", "direction", "partner", "state", "request", "size", "sealed_sha256", "case_reference")
_PACKAGES = "/evidence/packages"


@click.group()
def evidence() -> None:
    """Evidence packages: collect, release, countersign, export, follow their custody."""


def _report(detail: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(detail)
    else:
        print_fields({name: detail[name] for name in _SHOWN})


@evidence.command("open")
@click.option("--request", "request_id", default=None, help="The request it answers.")
@click.option("--to", default="", help="Spontaneous information: the receiving bureau.")
@click.option("--case", "case_reference", default="", help="Spontaneous information: the case.")
@click.option("--purpose", default="", help="Spontaneous information: why.")
@click.option("--legal-basis", default="", help="Spontaneous information: on what basis.")
@click.option("--conditions", type=click.File("r"), default=None, help="Conditions of use, a JSON file.")
@click.option("--partial", is_flag=True, help="Fulfils only a part of the request.")
@json_option
@click.pass_obj
def open_(
    home: str | None, /, request_id: str | None, conditions: Any, partial: bool, as_json: bool, **given: str
) -> None:
    """Open a package to collect evidence into."""
    body = {
        "request": request_id,
        "conditions": json.load(conditions) if conditions else None,
        "completes": not partial,
        **given,
    }
    _report(Client.of(home).post(_PACKAGES, body), as_json)


@evidence.command()
@click.argument("package_id")
@click.argument("name")
@click.option("--method", required=True, help="How the data was acquired.")
@click.option("--tool", required=True, help="With which tool and version.")
@json_option
@click.pass_obj
def collect(home: str | None, package_id: str, name: str, method: str, tool: str, as_json: bool) -> None:
    """Take the file or folder NAME of the intake into the package."""
    found = Client.of(home).post(f"{_PACKAGES}/{package_id}/items", {"name": name, "method": method, "tool": tool})
    if as_json:
        print_json(found)
    else:
        print_fields(found)


@evidence.command()
@click.argument("package_id")
@json_option
@click.pass_obj
def release(home: str | None, package_id: str, as_json: bool) -> None:
    """Ask a second person to release the package."""
    _report(Client.of(home).post(f"{_PACKAGES}/{package_id}/release"), as_json)


@evidence.command()
@click.argument("package_id")
@click.option("--decline", is_flag=True, help="Decline instead.")
@click.option("--reason", default="", help="Why.")
@json_option
@click.pass_obj
def decide(home: str | None, package_id: str, decline: bool, reason: str, as_json: bool) -> None:
    """Release the package (as the second person), or decline."""
    body = {"granted": not decline, "reason": reason}
    _report(Client.of(home).post(f"{_PACKAGES}/{package_id}/release-decision", body), as_json)


@evidence.command()
@click.argument("package_id")
@json_option
@click.pass_obj
def countersign(home: str | None, package_id: str, as_json: bool) -> None:
    """Countersign a verified package."""
    _report(Client.of(home).post(f"{_PACKAGES}/{package_id}/countersignature"), as_json)


@evidence.command()
@click.argument("package_id")
@click.argument("folder")
@click.option("--purpose", required=True, help="Why: a purpose that the conditions of use allow.")
@json_option
@click.pass_obj
def export(home: str | None, package_id: str, folder: str, purpose: str, as_json: bool) -> None:
    """Decrypt and unpack a package into FOLDER of the node's exports."""
    client = Client.of(home)
    place = f"{_PACKAGES}/{package_id}/exports"
    asked = client.post(place, {"folder": folder, "purpose": purpose})
    while asked["state"] == "waiting":
        time.sleep(0.5)
        asked = next(export for export in client.get(place)["items"] if export["id"] == asked["id"])
    if as_json:
        print_json(asked)
    else:
        print_fields({name: asked[name] for name in ("state", "folder", "files", "bytes", "failure")})
    if asked["state"] == "failed":
        sys.exit(1)


@evidence.command()
@click.argument("package_id")
@click.argument("to")
@click.option("--purpose", required=True, help="Why.")
@json_option
@click.pass_obj
def forward(home: str | None, package_id: str, to: str, purpose: str, as_json: bool) -> None:
    """Pass a package on to the bureau TO, where its originator allows it."""
    _report(Client.of(home).post(f"{_PACKAGES}/{package_id}/forwarding", {"to": to, "purpose": purpose}), as_json)


@evidence.command("return")
@click.argument("package_id")
@click.option("--purpose", required=True, help="Why.")
@json_option
@click.pass_obj
def return_(home: str | None, package_id: str, purpose: str, as_json: bool) -> None:
    """Give a package back to the bureau that sent it; a second person releases it."""
    _report(Client.of(home).post(f"{_PACKAGES}/{package_id}/return", {"purpose": purpose}), as_json)


@evidence.command()
@click.argument("package_id")
@click.argument("path")
@json_option
@click.pass_obj
def remove(home: str | None, package_id: str, path: str, as_json: bool) -> None:
    """Take the file PATH, or all below it, out of a package that still collects."""
    found = Client.of(home).post(f"{_PACKAGES}/{package_id}/items-removal", {"path": path})
    if as_json:
        print_json(found)
    else:
        print_fields(found)


@evidence.command()
@click.argument("package_id")
@click.option("--purpose", required=True, help="Why.")
@json_option
@click.pass_obj
def destroy(home: str | None, package_id: str, purpose: str, as_json: bool) -> None:
    """Destroy this bureau's copy; the proofs stay."""
    _report(Client.of(home).post(f"{_PACKAGES}/{package_id}/destruction", {"purpose": purpose}), as_json)


@evidence.command()
@click.argument("package_id")
@json_option
@click.pass_obj
def show(home: str | None, package_id: str, as_json: bool) -> None:
    """Show a package."""
    _report(Client.of(home).get(f"{_PACKAGES}/{package_id}"), as_json)


@evidence.command("list")
@click.option("--state", default="")
@click.option("--partner", default="")
@click.option("--direction", default="", help="incoming or outgoing.")
@json_option
@click.pass_obj
def list_(home: str | None, /, as_json: bool, **narrowed: str) -> None:
    """List packages, newest first."""
    found = Client.of(home).get(_PACKAGES, **narrowed)
    if as_json:
        print_json(found)
        return
    print_table(_SHOWN, [[row[name] for name in _SHOWN] for row in found["items"]])


@evidence.command()
@click.argument("package_id")
@json_option
@click.pass_obj
def custody(home: str | None, package_id: str, as_json: bool) -> None:
    """Show the chain of custody."""
    found = Client.of(home).get(f"{_PACKAGES}/{package_id}/custody")
    if as_json:
        print_json(found)
        return
    columns = ("at", "event", "actor", "purpose", "leaf_index")
    print_table(columns, [[event[name] for name in columns] for event in found["events"]])


@evidence.command()
@click.argument("package_id")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path(), help="Folder to write into.")
@click.option("--language", type=click.Choice(["ar", "en", "fr", "es"]), default="en", show_default=True)
@json_option
@click.pass_obj
def dossier(home: str | None, package_id: str, out: Path, language: str, as_json: bool) -> None:
    """Write the dossier (PDF) and the machine-readable chain of custody with its proofs."""
    client = Client.of(home)
    out.mkdir(parents=True, exist_ok=True)
    pdf = out / f"dossier-{package_id}-{language}.pdf"
    proof = out / f"custody-{package_id}.json"
    pdf.write_bytes(client.raw(f"{_PACKAGES}/{package_id}/dossier", language=language))
    proof.write_bytes(client.raw(f"{_PACKAGES}/{package_id}/custody-proof"))
    written = {"dossier": str(pdf), "custody": str(proof)}
    if as_json:
        print_json(written)
    else:
        print_fields(written)
