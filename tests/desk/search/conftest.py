"""A desk whose searches are answered by the real search process, its application run in this process."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from tests.databases.searching import officer
from tests.desk import samples
from tests.desk.databases.samples import database
from tests.screening.conftest import Process

from jusur.databases import searching_client, searching_sealing
from jusur.screening.app import create_app


class Wire:
    """What the desk's client of the search process sends through."""

    def __init__(self, process: Process) -> None:
        self._process = process

    def post(self, url: str, *, content: bytes, headers: dict[str, str], timeout: Any) -> httpx.Response:
        return self._process.ask("POST", urlsplit(url).path, content=content, headers=headers)


@pytest.fixture
def searching(transactional_db: None, desk: samples.Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Process]:
    """The search process of the desk's node on an index of its own."""
    searching_sealing.forget_keys()
    database("nominal")
    database("travel-documents")
    _, token = officer("officer")
    running = Process(create_app("MA", desk.node.home.path / "search"), token)
    running.start()
    monkeypatch.setattr(searching_client, "location", lambda: "http://search")
    monkeypatch.setattr(searching_client, "_client", lambda: Wire(running))
    yield running
    running.stop()
