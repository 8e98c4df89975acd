import json
import re

import click
import pytest
from tests.docs import pages

from jusur.cli import main

WORD_OF_UNFINISHED = re.compile(r"\b(TODO|FIXME|TBD|XXX)\b")
FOREIGN = re.compile(r"(?<![\w.])/(work|root|home|tmp)/|pypi\.|/simple/|registry\.", re.IGNORECASE)
WRITTEN_BY_REFERENCE = "docs/reference/cli.md"


@pytest.mark.parametrize("name", pages.NAMES)
def test_links_lead_somewhere(name: str) -> None:
    broken = []
    for link in pages.links(name):
        if re.match(r"[a-z]+:", link):
            continue
        target, _, anchor = link.partition("#")
        path = (pages.ROOT / name).parent / target if target else pages.ROOT / name
        if not path.exists() or (
            anchor and anchor not in pages.anchors(path.resolve().relative_to(pages.ROOT).as_posix())
        ):
            broken.append(link)
    assert not broken


@pytest.mark.parametrize("name", [name for name in pages.NAMES if name != WRITTEN_BY_REFERENCE])
def test_commands_shown_can_be_typed(name: str) -> None:
    faults = [" ".join(line.words) + ": " + fault for line in pages.command_lines(name) if (fault := _fault(line))]
    assert not faults


@pytest.mark.parametrize("name", pages.NAMES)
def test_json_shown_is_json(name: str) -> None:
    for block in pages.blocks(name):
        if block.language == "json":
            json.loads(block.body)


@pytest.mark.parametrize("name", pages.NAMES)
def test_nothing_is_unfinished_or_of_one_machine(name: str) -> None:
    assert not WORD_OF_UNFINISHED.search(pages.text(name))
    assert not FOREIGN.search(pages.text(name))


@pytest.mark.parametrize("name", pages.NAMES)
def test_a_page_has_one_title_and_is_reached_from_the_index(name: str) -> None:
    assert len(re.findall(r"^# ", pages.prose(name), re.MULTILINE)) == 1
    assert name in _reached()


def test_a_wrong_command_is_seen() -> None:
    assert _fault(pages.CommandLine(["request", "draught", "NO"], whole=True))
    assert _fault(pages.CommandLine(["request", "draft", "NO"], whole=True))
    assert _fault(pages.CommandLine(["request", "draft", "NO", "a.json", "--swift"], whole=True))
    assert _fault(pages.CommandLine(["message", "send", "NO", "--priority", "high"], whole=False))
    assert not _fault(pages.CommandLine(["request", "draft", "NO", "a.json", "--json"], whole=True))


def _fault(line: pages.CommandLine) -> str:
    """Why the command line cannot be typed; empty where it can. Nothing is run."""
    command: click.Command = main.jusur
    words = line.words
    try:
        while True:
            context = click.Context(command, info_name="jusur")
            values, rest, _ = command.make_parser(context).parse_args(list(words))
            _check_choices(command, values, context)
            if not isinstance(command, click.Group):
                return _missing(command, values, rest) if line.whole else ""
            if not rest:
                return "a command is missing" if line.whole and not _answers_by_itself(values) else ""
            found = command.get_command(context, rest[0])
            if found is None:
                return f"there is no command {rest[0]}"
            command, words = found, rest[1:]
    except click.UsageError as error:
        return error.format_message()


def _answers_by_itself(values: dict[str, object]) -> bool:
    return bool(values.get("help") or values.get("version"))


def _check_choices(command: click.Command, values: dict[str, object], context: click.Context) -> None:
    for parameter in command.params:
        given = values.get(parameter.name or "")
        if isinstance(parameter.type, click.Choice):
            for value in given if isinstance(given, list) else [given]:
                if isinstance(value, str) and not value.isupper():
                    parameter.type.convert(value, parameter, context)


def _missing(command: click.Command, values: dict[str, object], rest: list[str]) -> str:
    if rest:
        return f"{rest[0]} is too much"
    if values.get("help"):
        return ""
    for parameter in command.params:
        given = values.get(parameter.name or "")
        present = isinstance(given, str | list | tuple) and len(given) > 0
        asked = isinstance(parameter, click.Option) and parameter.prompt
        if parameter.required and not present and not asked:
            return f"{parameter.name} is missing"
    return ""


def _reached() -> set[str]:
    found: set[str] = set()
    waiting = ["README.md", "docs/index.md"]
    while waiting:
        name = waiting.pop()
        if name in found or name not in pages.NAMES:
            continue
        found.add(name)
        inner = [link.partition("#")[0] for link in pages.links(name) if not re.match(r"[a-z]+:", link)]
        waiting += [pages.name_of((pages.ROOT / name).parent / link) for link in inner]
    return found
