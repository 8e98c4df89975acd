"""A desk with its officers, and browsers in which they are signed in. N+1 queries fail every test here."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings
from tests.desk import samples
from tests.desk.signin.sessions import signed_in

from jusur.desk.kit import live
from jusur.directory import api as directory
from jusur.ledger import api as ledger
from jusur.node.context import Node, current

As = Callable[..., Client]


@pytest.fixture(scope="session", autouse=True)
def _compiled() -> None:
    """The catalogues as they stand in the sources."""
    tools = str(Path(__file__).resolve().parents[2] / "tools")
    sys.path.insert(0, tools)
    import build_desk  # type: ignore[import-not-found]

    sys.path.remove(tools)
    build_desk.compile_catalogues(build_desk.DESK)


@pytest.fixture(scope="session", autouse=True)
def _watch_queries() -> None:
    from zeal import constants, patch

    constants.initialize_app_registry()
    patch.patch()


@pytest.fixture(autouse=True)
def _no_repeated_queries(settings: Settings) -> None:
    """Every request that a test's browser makes is watched."""
    settings.MIDDLEWARE = ["zeal.middleware.zeal_middleware", *settings.MIDDLEWARE]


@pytest.fixture(autouse=True)
def _deaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """No thread of this process listens to the database beyond a test."""
    monkeypatch.setattr(live.Hub, "_listen", lambda _hub: None)


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Node]:
    """Rabat's node in a folder of its own."""
    monkeypatch.setenv("JUSUR_HOME", str(tmp_path / "node"))
    samples.make_home(tmp_path / "node")
    ledger.configure(None)
    directory.forget()
    yield current()
    current.cache_clear()
    ledger.configure(None)
    directory.forget()


@pytest.fixture
def desk(db: None, node: Node) -> samples.Desk:
    """A desk with its directory and officers, and no rows of the areas."""
    return samples.make(rows=False)


@pytest.fixture
def full_desk(db: None, node: Node) -> samples.Desk:
    """A desk with the rows that every area adds."""
    return samples.make()


@pytest.fixture
def as_role(desk: samples.Desk) -> As:
    """``as_role("supervisor", language="ar")``: a browser in which that officer is signed in."""

    def browser(role: str = samples.EVERYTHING, *, language: str = "", csrf: bool = False) -> Client:
        officer = desk.officers[role]
        if language:
            officer.language = language
            officer.save(update_fields=["language"])
        client = signed_in(officer, enforce_csrf_checks=csrf)
        client.raise_request_exception = True
        return client

    return browser
