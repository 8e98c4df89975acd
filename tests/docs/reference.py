"""The pages of the reference that are written from the program itself.

``python tests/docs/reference.py`` writes them; ``test_reference.py`` holds them against the program.
"""

import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from jusur.cli import main
from jusur.node.settings import NodeSettings

ROOT = Path(__file__).parents[2]
CLI = ROOT / "docs" / "reference" / "cli.md"
SETTINGS = ROOT / "docs" / "reference" / "settings.md"

_CLI_HEAD = """# The `jusur` command

Every command, argument and option. `jusur COMMAND --help` says the same.

`jusur --home FOLDER COMMAND` works on the node in FOLDER; without `--home` it is `JUSUR_HOME`, else
`~/.local/share/jusur`. `--json`, where a command has it, prints JSON for programs.

| commands | who | need |
|---|---|---|
| `assembly`, `commitment`, `evidence`, `indicators`, `message`, `record`, `request` | officers | `JUSUR_TOKEN` |
| `instruments` | anybody | nothing; with a home, it reads the node's own register |
| `demo` | anybody | nothing |
| all others | the node's administrator | the home, as the user who runs the node |

Officers' commands call the API at `JUSUR_API`, else that of the home. An expected error is told in two lines, what is
wrong and what to do, with exit status 1. A wrong command line ends with 2.

This page is generated: `python tests/docs/reference.py`.
"""
_SETTINGS_HEAD = """# Settings

A node's settings are in `node.toml` in its home; `jusur init` writes the file with every setting and its sentence. A
variable in the environment wins over the file. An unknown name, a wrong type or a value out of range stops the node at
its start, with the reason. Sizes are bytes, times are seconds unless the name says days. Restart the node after a
change.

"""
_SETTINGS_TAIL = """
These variables are not settings:

| variable | meaning |
|---|---|
| `JUSUR_HOME` | the node's home, where `--home` does not name it |
| `JUSUR_TOKEN` | the officer's token for commands that act as an officer |
| `JUSUR_API` | the API's base address for these commands, e.g. `https://desk.example`; without it, the home's own |
| `JUSUR_KEYS_PASSPHRASE_FILE` | a file whose content unlocks private keys that are locked |
| `JUSUR_OIDC_SECRET` | the client's secret at the national directory, where `oidc_secret_file` names no file |
| `JUSUR_CLOCK_OFFSET_SECONDS` | shifts the node's clock, for rehearsals only |
| `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` | credentials of an S3 vault |

This page is generated: `python tests/docs/reference.py`.
"""


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command below ``jusur`` with its full name, groups before what they hold."""
    context = click.Context(main.jusur)
    for name in main.jusur.list_commands(context):
        found = main.jusur.get_command(context, name)
        if found is None:
            raise LookupError(f"jusur {name} does not load")
        yield from _below(f"jusur {name}", found)


def _below(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        for child in sorted(command.commands):
            yield from _below(f"{name} {child}", command.commands[child])


def cli() -> str:
    """``cli.md``."""
    return _CLI_HEAD + "".join(_command(name, command) for name, command in commands())


def _command(name: str, command: click.Command) -> str:
    level = "##" if name.count(" ") == 1 else "###"
    lines = ["", f"{level} {name}", "", " ".join((command.help or "").split())]
    if not isinstance(command, click.Group):
        usage = " ".join(command.collect_usage_pieces(click.Context(command)))
        lines += ["", "```", f"{name} {usage}".rstrip(), "```"]
    rows = [_option(option) for option in command.params if isinstance(option, click.Option)]
    if rows:
        lines += ["", "| option | value | meaning |", "|---|---|---|", *rows]
    return "\n".join([*lines, ""])


def _option(option: click.Option) -> str:
    about = option.help or ""
    if option.required:
        about += " Required."
    if option.multiple and "repeat" not in about:
        about += " May be repeated."
    if option.show_default and option.default not in (None, "", ()):
        about += f" Default: `{option.default}`."
    return f"| `{'`, `'.join(option.opts)}` | {_value(option)} | {about.strip()} |"


def _value(option: click.Option) -> str:
    if option.is_flag:
        return ""
    if isinstance(option.type, click.Choice):
        return ", ".join(f"`{choice}`" for choice in option.type.choices)
    return option.type.name


def settings() -> str:
    """``settings.md``."""
    lines = ["| setting | type | default | meaning |", "|---|---|---|---|"]
    for field in dataclasses.fields(NodeSettings):
        if field.name == "home":
            continue
        kind = {str: "text", int: "number", bool: "true or false", Path: "path"}[field.type]  # type: ignore[index]
        default = "required" if field.default is dataclasses.MISSING else _default(field.default)
        lines.append(f"| `{field.name}` | {kind} | {default} | {field.metadata['about']} |")
    example = "\nEach is also a variable: `JUSUR_` and the name in capitals, for example `JUSUR_GATE_PORT`.\n"
    return _SETTINGS_HEAD + "\n".join(lines) + "\n" + example + _SETTINGS_TAIL


def _default(value: object) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`" if str(value) else "empty"


if __name__ == "__main__":
    for path, text in ((SETTINGS, settings), (CLI, cli)):
        path.write_text(text(), encoding="utf-8")
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")
