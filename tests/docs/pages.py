"""What the tests of the documentation read: pages, their links, code blocks and command lines."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NAMES = [path.relative_to(ROOT).as_posix() for path in PAGES]

_FENCE = re.compile(
    r"^(?P<mark>`{3,})(?P<language>[a-z]*)[^\n]*\n(?P<body>.*?)^(?P=mark)\s*$", re.MULTILINE | re.DOTALL
)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<target>[^)\s]+)\)|^\[[^\]]+\]:\s*(?P<defined>\S+)", re.MULTILINE)
_SPAN = re.compile(r"(?<!`)`(?P<code>jusur(?: [^`\n]+)?)`(?!`)")
_HEADING = re.compile(r"^#{1,6} (?P<title>.+)$", re.MULTILINE)
_ASSIGNMENT = re.compile(r"[A-Z_]+=.*")
_CAPTURED = re.compile(r"^[A-Z_]+=\$\((?P<inner>.*)\)$")
_ENDS = frozenset({"|", ">", "<", "&&", ";", "||", "&"})


class Block(NamedTuple):
    """A fenced block: its language and its text."""

    language: str
    body: str


class CommandLine(NamedTuple):
    """A ``jusur …`` shown in a page: its words after ``jusur``; ``whole`` when it is meant to be typed as it is."""

    words: list[str]
    whole: bool


def name_of(path: Path) -> str:
    """The page's name: its path from the repository's root."""
    return path.resolve().relative_to(ROOT.resolve()).as_posix()


@cache
def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(name: str) -> list[Block]:
    return [Block(found["language"], found["body"]) for found in _FENCE.finditer(text(name))]


def prose(name: str) -> str:
    return _FENCE.sub("", text(name))


def links(name: str) -> list[str]:
    return [found["target"] or found["defined"] for found in _LINK.finditer(prose(name))]


def anchors(name: str) -> set[str]:
    return {_slug(found["title"]) for found in _HEADING.finditer(prose(name))}


def _slug(title: str) -> str:
    """A heading's anchor as code hosts make it."""
    return re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")


def command_lines(name: str) -> Iterator[CommandLine]:
    for block in blocks(name):
        if block.language in {"", "sh", "bash", "console"}:
            for line in block.body.replace("\\\n", " ").splitlines():
                words = _words(line.removeprefix("$ "))
                if words is not None:
                    yield CommandLine(words, whole=True)
    for found in _SPAN.finditer(prose(name)):
        words = _words(found["code"])
        if words is not None:
            yield CommandLine(words, whole=False)


def _words(line: str) -> list[str] | None:
    """The words after ``jusur``; ``None`` where the line is no such command, or elides something."""
    if "jusur" not in line or "…" in line:
        return None
    line = _CAPTURED.sub(r"\g<inner>", line)
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        return None
    while words and (_ASSIGNMENT.fullmatch(words[0]) or words[0] in {"sudo", "export"}):
        words.pop(0)
    if not words or Path(words[0]).name != "jusur":
        return None
    end = next((place for place, word in enumerate(words) if word in _ENDS), len(words))
    return words[1:end]
