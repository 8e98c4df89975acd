"""A node of Rabat whose exchange and directory are seen through."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

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


@pytest.fixture
def sent(node: context.Node, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What this node hands to the exchange, in order; every address is an active organisation."""
    found: list[dict[str, Any]] = []

    def send(kind: str, **given: Any) -> None:
        found.append({"kind": kind, **given})

    monkeypatch.setattr("jusur.exchange.api.send", send)
    monkeypatch.setattr("jusur.directory.api.active", lambda address: address)
    return found
