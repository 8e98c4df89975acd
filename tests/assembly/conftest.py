"""A node of the secretariat, and a session in miniature on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.assembly.house import House

from jusur.node import context
from jusur.node.home import NodeHome
from jusur.node.settings import make, save


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[context.Node]:
    """The secretariat's node, without keys."""
    home = NodeHome(tmp_path / "gs")
    home.path.mkdir()
    save(make(home.path, {"address": "GS", "role": "secretariat", "name": "General Secretariat", "country": "FR"}))
    monkeypatch.setenv("JUSUR_HOME", str(home.path))
    context.current.cache_clear()
    yield context.current()
    context.current.cache_clear()


@pytest.fixture
def house(db: None) -> House:
    """A session that sits, of six members, four of which are in the hall with their credentials accepted."""
    return House.open()
