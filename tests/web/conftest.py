"""A bureau's node in a folder of its own, its officers' tokens, and callers of its API."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from jusur.accounts import api as accounts
from jusur.accounts.rules import ROLES
from jusur.ledger import api as ledger
from jusur.node import settings as node_settings
from jusur.node.context import Node, current
from jusur.node.home import NodeHome

ALL_ROLES = tuple(sorted(ROLES))


def make_home(folder: Path, **values: Any) -> NodeHome:
    home = NodeHome(folder).create()
    given = {"address": "NO", "country": "NO", "role": "bureau", "name": "NCB Oslo"} | values
    node_settings.save(node_settings.make(folder, given))
    return home


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Node]:
    make_home(tmp_path / "node")
    monkeypatch.setenv("JUSUR_HOME", str(tmp_path / "node"))
    current.cache_clear()
    ledger.configure(None)
    yield current()
    current.cache_clear()
    ledger.configure(None)


class Caller:
    """Somebody with a token, at the API."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        self.http = Client(raise_request_exception=False, headers=headers)

    def get(self, path: str, **kwargs: Any) -> Any:
        return self.http.get(f"/v1{path}", **kwargs)

    def post(self, path: str, body: Any = None, *, key: str = "", **kwargs: Any) -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        if body is None:
            return self.http.generic("POST", f"/v1{path}", headers=headers, **kwargs)
        return self.http.post(f"/v1{path}", body, content_type="application/json", headers=headers, **kwargs)

    def put(self, path: str, body: bytes, place: str = "", **headers: str) -> Any:
        given = ({"Content-Range": place} if place else {}) | headers
        return self.http.generic("PUT", f"/v1{path}", body, "application/octet-stream", headers=given)

    def delete(self, path: str) -> Any:
        return self.http.delete(f"/v1{path}")


def enter(*roles: str, scopes: list[str] | None = None, kind: str = "person") -> Caller:
    officer = accounts.officer_create(
        email=f"{uuid.uuid4().hex}@no.example", name="Ingrid", roles=roles, kind=kind, actor="test"
    )
    _, secret = accounts.token_issue(officer_id=officer.id, name="test", scopes=scopes, actor="test")
    return Caller(secret)


@pytest.fixture
def everything(db: None, node: Node) -> Caller:
    """Somebody who holds every role."""
    return enter(*ALL_ROLES)


@pytest.fixture
def entered(db: None, node: Node) -> Callable[..., Caller]:
    """Makes callers with the roles given."""
    return enter


def problem(response: Any, status: int, code: str = "") -> dict[str, Any]:
    """The problem document of ``response``, which is one of ``status``."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["detail"]
    assert not code or body["type"] == f"urn:jusur:problem:{code}"
    return body
