"""Searches between running bureaus: asked in parallel, partial where one is silent, hits told and decided."""

from typing import Any

from tests.e2e.network import Network, Node, until

_RECORD = """
from jusur.accounts import api as accounts
from jusur.databases import api as databases
from jusur.databases.models import Database
from jusur.databases.rules import Mode
officer = accounts.officer_by_email(given["officer"])
from jusur.accounts.actors import Actor
actor = Actor(officer.id, officer.name, officer.kind, tuple(officer.roles), None)
if not Database.objects.filter(id=given["database"]).exists():
    databases.database_share_as_node("nominal", recipients=["MA"], mode=Mode.REMOTE, actor="test")
handling = {"classification": "restricted", "handling_code": "H1", "source_evaluation": "B2",
    "allowed_recipients": given["recipients"], "forwarding": [], "conditions": ""}
draft = {"entity": {"schema": "Person", "properties": {"name": [given["name"]], "birthDate": ["1985-03-02"]}},
    "handling": handling, "purpose": "locate a person", "purposes": ["criminal-investigation"]}
told["record"] = str(databases.record_create(database=given["database"], draft=draft, actor=actor).id)
"""


def search(node: Node, text: str, **more: Any) -> dict[str, Any]:
    body = {"purpose": "criminal-investigation", "reference": "MA-2026-0404", "query": {"text": text}, **more}
    return node.post("officer", "/search", body)


def enter(node: Node, name: str, *recipients: str) -> str:
    given = {"officer": f"officer@{node.address.lower()}.example", "database": f"nominal@{node.address}", "name": name}
    record: str = node.script(_RECORD, **given, recipients=list(recipients))["record"]
    return record


def test_a_bureau_searches_at_another_and_the_owner_is_told(network: Network) -> None:
    rabat, oslo = network["MA"], network["NO"]
    record = enter(oslo, "Halvard Brekkestad", "MA")
    hidden = enter(oslo, "Sigrun Tveitane")

    def look() -> list[dict[str, Any]]:
        answers: list[dict[str, Any]] = search(rabat, "Halvard Brekkestad", bureaus=["NO"], deadline_ms=10_000)[
            "answers"
        ]
        return answers

    (answer,) = until(look, what="Oslo's record")
    assert (answer["record"], answer["owner"], answer["holder"]) == (record, "NO", "NO")
    assert hidden not in {
        each["record"] for each in search(rabat, "Sigrun Tveitane", bureaus=["NO"], deadline_ms=10_000)["answers"]
    }
    seen = until(
        lambda: [each for each in oslo.get("/search/hits")["items"] if each["record"] == record], what="Oslo's hit"
    )
    assert (seen[0]["side"], seen[0]["bureau"], seen[0]["id"]) == ("owner", "MA", answer["hit"])
    rabat.post("officer", f"/search/hits/{answer['hit']}/decision", {"state": "confirmed", "reason": "same-person"})
    until(lambda: oslo.get(f"/search/hits/{answer['hit']}")["state"] == "confirmed", what="the decision at Oslo")


def test_a_silent_bureau_makes_a_partial_answer_in_time(network: Network) -> None:
    rabat, oslo = network["MA"], network["NO"]
    assert oslo.wire
    oslo.wire.cut(refuse=False)
    found = search(rabat, "Nobody Of This Name", bureaus=["NO"], deadline_ms=800)
    assert found["partial"]
    assert found["took_ms"] < 3_000
    states = {each["holder"]: each["state"] for each in found["databases"]}
    assert states["MA"] == "answered"
    assert states["NO"] in {"late", "unavailable"}
