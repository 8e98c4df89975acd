"""How commands print: a table for people, JSON for programs."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

import click
from rich.console import Console
from rich.table import Table

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def print_json(value: Any) -> None:
    """Print ``value`` as JSON, names in their own script."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str = "") -> None:
    """Print ``rows`` under ``columns``."""
    table = Table(title=title or None, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    Console().print(table)


def print_shown(shown: dict[str, Any], *, as_json: bool) -> None:
    """Print what a command found or made: as JSON for programs, else one field a line."""
    if as_json:
        print_json(shown)
    else:
        print_fields(shown)


def print_fields(fields: dict[str, Any]) -> None:
    """Print ``fields`` one a line, names aligned."""
    width = max(map(len, fields), default=0)
    for name, value in fields.items():
        click.echo(f"{name.replace('_', ' '):<{width}}  {'' if value is None else value}")
