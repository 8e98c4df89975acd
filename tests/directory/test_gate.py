import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from tests.directory.network import Nodes

from jusur.directory import api, selectors
from jusur.gate.directory import routes


class Client:
    """Asks the gate's application directly, without a network."""

    def request(self, method: str, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=Starlette(routes=routes))
            async with httpx.AsyncClient(transport=transport, base_url="https://gate") as client:
                return await client.request(method, path, headers=headers)

        return asyncio.run(ask())

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.request("GET", path, headers=headers)


@pytest.fixture
def client() -> Client:
    return Client()


@pytest.fixture
def held(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answers of this thread's transaction, which the gate's threads cannot see."""
    answers = {version: selectors.envelope(version) for version in (None, 1, 2)}
    monkeypatch.setattr("jusur.gate.directory.api.envelope", answers.get)


def test_serves_the_current_directory_with_its_digest(client: Client, held: None) -> None:
    answer = client.get("/directory/v1/current")
    version, digest = api.current()
    assert answer.status_code == 200
    assert answer.headers["etag"] == f'"{digest}"'
    assert answer.headers["jusur-directory-version"] == str(version)
    assert answer.content == (selectors.envelope() or ((0, ""), b""))[1]
    again = client.get("/directory/v1/current", **{"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_serves_old_versions_and_no_others(client: Client, held: None) -> None:
    assert client.get("/directory/v1/1").status_code == 200
    for path in ("2", "0", "-1", "x", "9" * 400, "%D9%A1", "1.0"):
        answer = client.get(f"/directory/v1/{path}")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


def test_takes_nothing(client: Client, held: None) -> None:
    for path in ("current", "1"):
        assert client.request("POST", f"/directory/v1/{path}").status_code == 405
