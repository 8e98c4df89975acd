"""Every kind of event that a node records, and every type of subject, is said in words."""

import re
from pathlib import Path

from jusur.desk.audit import subjects
from jusur.desk.audit.forms import kinds
from jusur.desk.kit import words

WITHOUT_PAGES = ("assembly.", "followup.", "notices.")
"""Rooms whose subjects have no page yet: the trail shows their kinds as the log has them."""
REFERENCE = Path(__file__).parents[3] / "docs/reference/ledger.md"


def recorded() -> set[str]:
    table = REFERENCE.read_text().partition("## Kinds of events")[2].partition("\n## ")[0]
    return set(re.findall(r"^\| `([a-z_.-]+)` \|", table, re.MULTILINE))


def test_every_kind_of_event_is_said_in_words() -> None:
    named = words.vocabularies()["event"]
    assert set(named) == {kind for kind in recorded() if not kind.startswith(WITHOUT_PAGES)}
    assert {kind.partition(".")[0] for kind in named} == set(words.vocabularies()["event-family"])


def test_every_type_of_subject_is_said_in_words() -> None:
    assert set(subjects.TYPES) == set(words.vocabularies()["subject-type"])


def test_a_family_stands_for_all_of_its_kinds() -> None:
    assert set(kinds("ledger.*")) == {kind for kind in recorded() if kind.startswith("ledger.")}
    assert kinds("exchange.message.read") == ("exchange.message.read",)
    assert kinds("") == ()


def test_a_subject_is_named_by_type_and_identifier() -> None:
    assert subjects.parse("evidence.request:0197") == ("evidence.request", "0197")
    assert subjects.parse("NO:0197") == ("", "NO:0197")
    assert subjects.parse("  0197 ") == ("", "0197")
