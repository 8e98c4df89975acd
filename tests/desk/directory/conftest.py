"""The sample desk with the directory's rows, and the secretariat's desk."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from tests.desk import samples
from tests.desk.directory import samples as rows
from tests.desk.signin.sessions import make_officer, signed_in

from jusur.cli import founding
from jusur.directory import api as directory
from jusur.ledger import api as ledger
from jusur.node import settings as node_settings
from jusur.node.context import current
from jusur.node.home import NodeHome
from jusur.node.keystore import Keystore

Browser = Callable[..., Client]


@pytest.fixture
def shown(desk: samples.Desk) -> samples.Desk:
    """The desk with the rows of the directory."""
    desk.made["directory"] = rows.make(desk)
    return desk


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., NodeHome]]:
    """``home("BR")``: an empty node's home, which this process then works in."""
    yield lambda address, role="bureau": make_home(tmp_path / address, address, role, monkeypatch)
    current.cache_clear()
    ledger.configure(None)
    directory.forget()


def make_home(folder: Path, address: str, role: str, monkeypatch: pytest.MonkeyPatch) -> NodeHome:
    """A node's home with its keys, turned to by JUSUR_HOME; its database is the test's."""
    place = NodeHome(folder)
    if not place.exists():
        place.create()
        country = address if role == "bureau" else ""
        url = f"https://gate.{address.lower()}.example:8443"
        given = {"address": address, "role": role, "country": country, "name": address, "gate_url": url}
        node_settings.save(node_settings.make(folder, given))
        Keystore(place.keys).create()
    monkeypatch.setenv("JUSUR_HOME", str(folder))
    current.cache_clear()
    directory.forget()
    ledger.configure(None)
    return place


@pytest.fixture
def secretariat(db: None, home: Callable[..., NodeHome]) -> NodeHome:
    """The secretariat's node, which has founded the network."""
    place = home("GS", "secretariat")
    founding.found(node_settings.load(place))
    return place


@pytest.fixture
def administrator(db: None) -> Client:
    """A browser in which an administrator is signed in."""
    return signed_in(make_officer("administrator"))
