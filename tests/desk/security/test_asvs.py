"""The checklist names only tests that exist, and no requirement is met without one."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).resolve().parents[2]
PAGE: Final = TESTS.parent / "docs/reference/asvs.md"
STATUSES: Final = {"met", "by design", "open", "does not apply"}


def rows() -> list[list[str]]:
    """Requirement, status and proof of every line of the tables."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| \d", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


@cache
def functions_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_what_is_met_names_a_test_that_exists() -> None:
    missing = []
    for requirement, status, proof in rows():
        named = re.findall(r"`([\w/]+\.py)::(\w+)`", proof)
        exists = all((TESTS / file).is_file() and name in functions_in(TESTS / file) for file, name in named)
        if not exists or (status == "met") != bool(named):
            missing.append((requirement, proof))
    assert missing == []


def test_every_line_has_a_status_we_explain() -> None:
    assert {status for _requirement, status, _proof in rows()} == STATUSES


def test_every_chapter_of_the_desk_is_gone_through() -> None:
    chapters = Counter(requirement.partition(".")[0] for requirement, _status, _proof in rows())
    least = {"2": 35, "3": 18, "4": 12, "6": 15, "10": 5, "11": 11, "12": 17}
    assert {chapter: chapters[chapter] >= count for chapter, count in least.items()} == dict.fromkeys(least, True)
    assert set(chapters) == {str(number) for number in range(1, 15)}
