"""What tests of searching share: a node's home, officers, and sample records that name nobody."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from jusur.databases import searching_sealing
from jusur.node import context
from jusur.node import settings as node_settings
from jusur.node.home import NodeHome
from jusur.node.keystore import Keystore


def node_home(folder: Path, monkeypatch: pytest.MonkeyPatch, *, address: str = "MA") -> Iterator[Path]:
    """A home with keys for the node ``address``, forgotten at the end."""
    place = NodeHome(folder / "node").create()
    Keystore(place.keys).create()
    values = {"address": address, "country": address, "name": f"NCB {address}", "role": "bureau", "demo": True}
    node_settings.save(node_settings.make(place.path, values))
    monkeypatch.setenv("JUSUR_HOME", str(place.path))
    _forget()
    yield place.path
    _forget()


def _forget() -> None:
    context.current.cache_clear()
    searching_sealing.forget_keys()
