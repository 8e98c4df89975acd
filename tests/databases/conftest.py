"""A node of Rabat."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jusur.node import context
from jusur.node.home import NodeHome
from jusur.node.settings import make, save


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[context.Node]:
    """The node of Rabat, without keys."""
    home = NodeHome(tmp_path / "ma")
    home.path.mkdir()
    save(make(home.path, {"address": "MA", "role": "bureau", "name": "Rabat", "country": "MA"}))
    monkeypatch.setenv("JUSUR_HOME", str(home.path))
    context.current.cache_clear()
    yield context.current()
    context.current.cache_clear()
