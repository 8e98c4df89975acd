"""``jusur lists``: sanctions and other lists, imported edition by edition."""

import json
import sys
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TextIO
from uuid import UUID

import click
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from jusur.cli.output import json_option, print_fields, print_json, print_table
from jusur.kernel.ids import parse_id

if TYPE_CHECKING:
    from jusur.databases.api import Asked

HELD_EXIT = 3
"""The exit status where an edition waits for a person's word."""
_COUNTS = ("read", "refused", "new", "changed", "unchanged", "gone", "taken", "withdrawn")
_SHOWN = ("edition", "state", "refused / read", "new, changed, gone")
_by = click.option("--by", "actor", default="node", show_default=True, help="Who does it, for the log.")
_reason = click.option("--reason", required=True, help="Why.")


@click.group()
def lists() -> None:
    """Lists: fetch or import an edition, see what it changed, accept or discard one that is held."""


@lists.command()
@click.argument("publisher", metavar="un|ofac|eu")
@click.option(
    "--file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A copy you have, instead of the publisher's address.",
)
@click.option("--format", "form", default="", help="The file's format, where it is not the publisher's usual one.")
@_by
@json_option
@click.pass_obj
def pull(home: str | None, publisher: str, file: Path | None, form: str, actor: str, as_json: bool) -> None:
    """Fetch a publisher's list and take what has changed. Broken off, the same command goes on."""
    from jusur.config.bootstrap import setup

    setup(home)
    from jusur.databases.api import Asked

    _import(Asked(publisher=publisher, file=file, format=form, actor=actor), as_json)


@lists.command("import")
@click.argument("database", metavar="LIST")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "form", default="ftm", show_default=True, help="The file's format.")
@click.option("--mapping", type=click.File("r", encoding="utf-8"), help="For csv: a TOML file, which column is what.")
@click.option("--handling", type=click.File("r", encoding="utf-8"), help="A JSON file: the records' handling block.")
@_by
@json_option
@click.pass_obj
def import_(
    home: str | None,
    database: str,
    file: Path,
    form: str,
    mapping: TextIO | None,
    handling: TextIO | None,
    actor: str,
    as_json: bool,
) -> None:
    """Import FILE as the newest edition of LIST (list-…). Broken off, the same command goes on."""
    from jusur.config.bootstrap import setup

    setup(home)
    from jusur.databases.api import Asked

    _import(
        Asked(
            database=database,
            file=file,
            format=form,
            mapping=mapping.read() if mapping else None,
            handling=_json(handling, "--handling"),
            actor=actor,
        ),
        as_json,
    )


@lists.command()
@click.argument("database", metavar="LIST", required=False, default="")
@click.option("--limit", default=20, show_default=True)
@json_option
@click.pass_obj
def editions(home: str | None, database: str, limit: int, as_json: bool) -> None:
    """The newest editions and their exact counts."""
    from jusur.config.bootstrap import setup

    setup(home)
    from jusur.databases import api

    name = api.database(database).id if database else ""
    found = [api.edition_view(each) for each in api.editions_list(database=name, limit=limit)]
    if as_json:
        print_json({"items": found})
        return
    print_table(_SHOWN, [_row(row) for row in found])


@lists.command()
@click.argument("edition_id", metavar="EDITION")
@_reason
@_by
@json_option
@click.pass_obj
def accept(home: str | None, edition_id: str, reason: str, actor: str, as_json: bool) -> None:
    """Take an edition that is held."""
    from jusur.config.bootstrap import setup

    setup(home)
    from jusur.databases import api

    accepted = api.edition_accept_as_node(parse_id(edition_id), reason=reason, actor=actor)
    with _Shown(as_json) as shown:
        _report(api.edition_view(api.edition_run(accepted.id, progress=shown)), as_json)


@lists.command()
@click.argument("edition_id", metavar="EDITION")
@_reason
@_by
@json_option
@click.pass_obj
def discard(home: str | None, edition_id: str, reason: str, actor: str, as_json: bool) -> None:
    """Drop an edition that is being read or held; what was held before stays."""
    from jusur.config.bootstrap import setup

    setup(home)
    from jusur.databases import api

    dropped = api.edition_discard_as_node(parse_id(edition_id), reason=reason, actor=actor)
    _report(api.edition_view(dropped), as_json)


@lists.command()
@click.argument("edition_id", metavar="EDITION")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write them to a file (CSV).")
@click.pass_obj
def refused(home: str | None, edition_id: str, out: Path | None) -> None:
    """What an edition held that was refused, each with its reason, as CSV."""
    from jusur.config.bootstrap import setup

    setup(home)
    from jusur.databases import api

    found = api.refusals_csv(api.edition(parse_id(edition_id)).id)
    if out is None:
        click.echo(found, nl=False)
        return
    out.write_text(found, encoding="utf-8")
    click.echo(f"{max(found.count(chr(10)) - 1, 0)} refusals written to {out}.")


def _import(asked: "Asked", as_json: bool) -> None:
    from jusur.databases import api

    with _Shown(as_json) as shown:
        edition = api.list_import(asked, progress=shown)
    view = api.edition_view(edition)
    _report(view, as_json)
    if view["state"] == "held":
        click.echo(f"jusur: the edition is held: {view['held_for']}", err=True)
        click.echo(f"       Look at it, then: jusur lists accept {_id(view)} --reason … (or discard).", err=True)
        sys.exit(HELD_EXIT)


def _row(view: dict[str, Any]) -> tuple[str, str, str, str]:
    """An edition in as few columns as a terminal has room for."""
    difference = ", ".join("-" if view[name] is None else f"{view[name]:,}" for name in ("new", "changed", "gone"))
    name = f"{view['id']}\n{view['database']} {view['started_at'][:16]}"
    return name, view["state"], f"{view['refused']:,} / {view['read']:,}", difference


def _id(view: dict[str, Any]) -> UUID:
    return parse_id(view["id"])


def _report(view: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(view)
        return
    print_fields({name: view[name] for name in ("id", "database", "state", *_COUNTS) if view[name] is not None})
    if view["refused"]:
        click.echo(f"See what was refused: jusur lists refused {view['id']}")


def _json(file: TextIO | None, option: str) -> dict[str, Any] | None:
    if file is None:
        return None
    try:
        value = json.load(file)
    except ValueError:
        raise click.BadParameter(f"{option} is not a JSON file.") from None
    if not isinstance(value, dict):
        raise click.BadParameter(f"{option} does not hold a JSON object.")
    return value


class _Shown:
    """A progress bar on standard error, where that is a terminal; nothing for programs."""

    def __init__(self, as_json: bool) -> None:
        from rich.console import Console

        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=as_json or not sys.stderr.isatty(),
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        """Show that ``done`` of ``total`` is done of a stage."""
        if stage not in self._tasks:
            self._tasks[stage] = self._bar.add_task(stage, total=total)
        self._bar.update(self._tasks[stage], completed=done, total=total)
