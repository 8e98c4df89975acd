"""The search process's application in this process: a loop in a thread, asked over ASGI."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connections
from starlette.applications import Starlette
from tests.databases.searching import node_home, officer

from jusur.screening.app import create_app

BODY = {"purpose": "criminal-investigation", "reference": "MA-2026-0093"}


class Process:
    """The application, its loop and an officer who asks."""

    def __init__(self, app: Starlette, token: str) -> None:
        self.app, self.token = app, token
        self._loop = asyncio.new_event_loop()
        self._stop: asyncio.Event | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(30)
        self.until(lambda: self.app.state.holdings.ready)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()
        connections.close_all()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        async with self.app.router.lifespan_context(self.app):
            self._ready.set()
            await self._stop.wait()
            desk = self.app.state.desk
            loop = asyncio.get_running_loop()
            for pool in (desk.journal._pool, desk.reader._pool, desk._remote, None):
                for _ in range(40 if pool in {None, desk._remote} else 1):
                    await loop.run_in_executor(pool, connections.close_all)

    def stop(self) -> None:
        assert self._stop is not None
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)
        assert not self._thread.is_alive()

    def ask(self, method: str, path: str, *, token: str = "", headers: Any = None, **more: Any) -> httpx.Response:
        return asyncio.run_coroutine_threadsafe(
            self._ask(
                method, path, headers={"authorization": f"Bearer {token or self.token}", **(headers or {})}, **more
            ),
            self._loop,
        ).result(60)

    async def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        transport = httpx.ASGITransport(self.app, client=("127.0.0.1", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://search") as client:
            return await client.request(method, path, **more)

    def search(self, *, status: int = 200, token: str = "", **changes: Any) -> dict[str, Any]:
        query = changes.pop("query", None) or {"text": changes.pop("text")}
        answer = self.ask("POST", "/v1/search", token=token, json={**BODY, "query": query, **changes})
        assert answer.status_code == status, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def until(self, look: Callable[[], Any], *, seconds: float = 10.0) -> Any:
        give_up = time.monotonic() + seconds
        while not (found := look()):
            assert time.monotonic() < give_up, "it did not happen in time"
            time.sleep(0.02)
        return found

    def followed(self) -> None:
        """Wait until the index has taken in every change."""
        from jusur.databases import feed

        latest = feed.latest()
        self.until(lambda: self.app.state.holdings.present.position >= latest)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    yield from node_home(tmp_path, monkeypatch)


@pytest.fixture
def process(home: Path, transactional_db: None) -> Iterator[Process]:
    _, token = officer("officer", "supervisor")
    running = Process(create_app("MA", home / "search"), token)
    running.start()
    yield running
    running.stop()
