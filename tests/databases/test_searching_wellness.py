from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.databases.searching import node_home

from jusur.databases import searching_client, searching_wellness
from jusur.kernel.errors import UnavailableError
from jusur.node import supervisor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    yield from node_home(tmp_path, monkeypatch)


def found(monkeypatch: pytest.MonkeyPatch, answer: Any) -> Any:
    monkeypatch.setattr(supervisor, "status", lambda _home: {"running": True})

    def get(*_: Any, **__: Any) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(200, json=answer)

    monkeypatch.setattr(searching_client, "location", lambda: "http://127.0.0.1:1")
    monkeypatch.setattr(httpx, "get", get)
    (finding,) = searching_wellness.findings()
    return finding


def test_a_node_that_does_not_run_is_not_asked() -> None:
    (finding,) = searching_wellness.findings()
    assert finding.ok
    assert "does not run" in finding.detail


def test_a_silent_search_process_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (httpx.ConnectError("no"), UnavailableError("It does not run.")):
        assert not found(monkeypatch, error).ok


def test_an_index_under_way_and_one_behind_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert found(monkeypatch, {"state": "building"}).warning
    serving = {"state": "serving", "names": 7, "keys": 3, "position": 0}
    assert "7 names" in found(monkeypatch, serving).detail
    assert not found(monkeypatch, serving).warning
