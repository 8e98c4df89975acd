"""Every page and operation as every role, compared with docs/reference/permissions.md."""

from functools import cache
from pathlib import Path
from typing import Final

import pytest
from pytest_django import Settings
from tests.desk.samples import Desk
from tests.desk.security import walk

from jusur.accounts import rules

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(900), pytest.mark.enable_socket]

PAGE: Final = Path(__file__).resolve().parents[3] / "docs/reference/permissions.md"
ANEW: Final = "Look at the difference, then: python -m tests.desk.security.permissions > docs/reference/permissions.md"
OPEN: Final = {
    "signin:sign-in": "the way in",
    "signin:passkey": "the way in",
    "signin:sign-out": "ends what there is",
    "signin:invitation": "the way in; the secret is the key",
    "kit:language": "the choice of a language before signing in",
    "kit:view": "the choice of colours and contrast before signing in",
    "kit:help": "help for whoever cannot sign in; shows shortcuts",
}
"""Pages that check no act and that nobody must sign in for, and why."""
UNDER_WAY: Final = {
    "signin:second-step",
    "signin:set-up",
    "signin:set-up-passkey",
    "signin:set-up-code",
    "signin:confirm",
    "openid_connect_login",
    "openid_connect_callback",
}
"""Steps of the way in: they check where on it the person is."""
ANY_OFFICER: Final = {"kit:gallery", "kit:live"}
"""Pages for whoever is signed in; live updates tell each reader only the topics of their own acts."""
ANY_TOKEN: Final = {"/v1/officers/me"}
"""Operations for whoever has a token."""
JOINING: Final = {"/v1/join/requests", "/v1/join/requests/{request_id}/welcome"}
"""The joining ceremony's first steps: who is no member yet has no officer here; a one-time code opens them."""
CASES: Final = ("request.", "evidence.", "message.")


@cache
def _text() -> str:
    return PAGE.read_text(encoding="utf-8")


_observed: list[walk.Row] = []


@pytest.fixture
def rows(desk: Desk, settings: Settings) -> list[walk.Row]:
    """Every page as every role; walked once, as it takes its time."""
    if not _observed:
        settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "zeal" not in name]
        _observed.extend(walk.observe_pages())
    return _observed


def test_pages_are_as_the_table_says(rows: list[walk.Row]) -> None:
    checks = {row.name for row in rows if row.acts}
    open_ = {row.name for row in rows if walk.NOBODY in row.passed}
    assert open_ - set(OPEN) - UNDER_WAY == set(), "a page that nobody must sign in for"
    unchecked = {row.name for row in rows} - checks - set(OPEN) - UNDER_WAY - ANY_OFFICER
    assert unchecked == set(), "a page that checks no act"
    assert [f"{row.method} {row.name}: {row.failed}" for row in rows if row.failed] == []
    assert {act for row in rows for act in row.acts} <= rules.ACTS
    assert walk.page_table(rows) in _text(), ANEW


def test_an_administrator_and_an_auditor_open_no_case(rows: list[walk.Row]) -> None:
    for role in ("administrator", "auditor", "delegate"):
        opened = [row.name for row in rows if role in row.passed and any(act.startswith(CASES) for act in row.acts)]
        held = rules.ROLES[role]
        assert [name for name in opened if not _shared(rows, name, held)] == []


def _shared(rows: list[walk.Row], name: str, held: frozenset[str]) -> bool:
    """Whether a page with case acts also checks one that the role holds: it shows each reader their own part."""
    return any(row.name == name and row.acts & held for row in rows)


def test_operations_are_as_the_table_says(desk: Desk) -> None:
    rows = walk.observe_operations()
    assert {row.name for row in rows if walk.NOBODY in row.passed} == JOINING
    assert {row.name for row in rows if not row.acts} == ANY_TOKEN | JOINING, "an operation that checks no act"
    assert walk.operation_table(rows) in _text(), ANEW
