"""One real node, its processes and its officers, for tests of the search process as it runs."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from tests.e2e.network import Node

from jusur.cli.rehearsal.nodes import free_ports

_FILL = """
from tests.databases.searching import person, record
from jusur.databases.models import Database
for each in given["people"]:
    name = each.pop("name")
    told[name] = str(person(name, originator="MA", **each).id)
for each in given.get("records", ()):
    told[each["properties"]["number"][0]] = str(record(each["schema"], each["properties"], key=each["key"]).id)
"""
_TOKEN = """
from jusur.accounts import api as accounts
from jusur.databases import api as databases
made = accounts.officer_create(email=given["email"], name="System (sample)", roles=("officer",), kind="system",
    actor="test")
row, told["token"] = accounts.token_issue(officer_id=made.id, name="yente", scopes=["search.do"], actor="test")
databases.token_purpose_set(token=row.id, purpose="sanctions-screening", reference="bank 17", actor="test")
"""
PEOPLE = {"officer": ["officer", "supervisor"], "auditor": ["auditor"]}


@dataclass(slots=True)
class SearchNode(Node):
    """A node whose search process is asked directly. ``ids``: its sample records by name or number."""

    ids: dict[str, str] = field(default_factory=dict)

    @property
    def search_url(self) -> str:
        """Where its search process answers."""
        return f"http://127.0.0.1:{self.place.search_port.read_text().strip()}"

    def fill(self, people: list[dict[str, Any]], records: list[dict[str, Any]] | None = None) -> dict[str, str]:
        """Records; their identifiers by name or number."""
        return self.script(_FILL, people=people, records=records or [])

    def system_token(self, email: str) -> str:
        """A token of a system with a purpose of its own."""
        token: str = self.script(_TOKEN, email=email)["token"]
        return token

    def search(self, **query: Any) -> httpx.Response:
        """One search by the officer."""
        body = {"purpose": "criminal-investigation", "reference": "MA-2026-0093", "query": query}
        with httpx.Client(trust_env=False, timeout=20) as client:
            headers = {"authorization": f"Bearer {self.tokens['officer']}"}
            return client.post(f"{self.search_url}/v1/search", json=body, headers=headers)


@contextlib.contextmanager
def running() -> Iterator[SearchNode]:
    """A node that runs, with an officer and an auditor; stopped at the end."""
    with tempfile.TemporaryDirectory(prefix="jusur-search-") as folder:
        gate, web, worker = free_ports(3)
        node = SearchNode(Path(folder) / "ma", "MA", "NCB Rabat", (gate, web, worker))
        root = Path(__file__).parents[2]
        paths = (str(root / "src"), str(root), os.environ.get("PYTHONPATH", ""))
        node.environment = {"PYTHONPATH": os.pathsep.join(path for path in paths if path)}
        ports = ["--gate-port", str(gate), "--web-port", str(web), "--worker-port", str(worker)]
        node.run("init", "--country", "MA", "--name", "NCB Rabat", "--demo", *ports)
        node.start()
        try:
            code = node.script(_APPOINT, people=PEOPLE)
            node.sign_in(code)
            yield node
        finally:
            node.stop()


_APPOINT = """
from jusur.accounts import api as accounts
for short, roles in given["people"].items():
    made = accounts.officer_create(email=f"{short}@ma.example", name=short, roles=tuple(roles), actor="test")
    told[short] = accounts.token_issue(officer_id=made.id, name="tests", actor="test")[1]
"""
