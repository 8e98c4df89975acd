"""The ``jusur`` command. Subcommands load only when called, so that the command answers fast."""

import importlib
import sys
from typing import Any

import click

from jusur import __version__
from jusur.kernel.errors import JusurError

COMMANDS: dict[str, tuple[str, str]] = {
    "assembly": ("jusur.cli.assembly", "assembly"),
    "backup": ("jusur.cli.keeping", "backup"),
    "database": ("jusur.cli.records", "database"),
    "commitment": ("jusur.cli.commitments", "commitment"),
    "demo": ("jusur.cli.demo", "demo"),
    "directory": ("jusur.cli.directory", "directory"),
    "doctor": ("jusur.cli.keeping", "doctor"),
    "evidence": ("jusur.cli.evidence", "evidence"),
    "exchange": ("jusur.cli.messages", "exchange"),
    "indicators": ("jusur.cli.indicators", "indicators"),
    "init": ("jusur.cli.node", "init"),
    "instruments": ("jusur.cli.instruments", "instruments"),
    "join": ("jusur.cli.directory", "join"),
    "ledger": ("jusur.cli.ledger", "ledger"),
    "lists": ("jusur.cli.lists", "lists"),
    "match": ("jusur.cli.matching", "match"),
    "message": ("jusur.cli.messages", "message"),
    "notice": ("jusur.cli.notices", "notice"),
    "officer": ("jusur.cli.officers", "officer"),
    "record": ("jusur.cli.records", "record"),
    "public-api": ("jusur.cli.public_notices", "public_api"),
    "request": ("jusur.cli.requests", "request"),
    "restore": ("jusur.cli.keeping", "restore"),
    "screen": ("jusur.cli.search", "screen"),
    "search": ("jusur.cli.search", "search"),
    "search-token": ("jusur.cli.search", "search_token"),
    "serve": ("jusur.cli.node", "serve"),
    "status": ("jusur.cli.node", "status"),
    "stop": ("jusur.cli.node", "stop"),
}


class Commands(click.Group):
    """The subcommands, imported when one is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all subcommands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The subcommand called ``cmd_name``."""
        where = COMMANDS.get(cmd_name)
        if where is None:
            return None
        command = getattr(importlib.import_module(where[0]), where[1])
        return command if isinstance(command, click.Command) else None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--home", type=click.Path(), envvar="JUSUR_HOME", help="The node's folder (or set JUSUR_HOME).")
@click.version_option(__version__, prog_name="jusur")
@click.pass_context
def jusur(ctx: click.Context, home: str | None) -> None:
    """Jusur: cross-border police cooperation, fast, provable, with people's rights kept."""
    ctx.obj = home


def main(arguments: list[str] | None = None) -> Any:
    """Run the command; an expected error is told in two lines and ends with exit code 1 (usage errors: 2)."""
    try:
        return jusur.main(args=arguments, prog_name="jusur")
    except JusurError as error:
        click.echo(f"jusur: {error.detail}", err=True)
        if error.fix:
            click.echo(f"       {error.fix}", err=True)
        sys.exit(1)
