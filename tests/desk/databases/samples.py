"""Databases of the sample desk, records of this bureau in them, and a list of its own; every person is made up."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.databases.samples import add_database
from tests.desk.samples import Desk

from jusur.databases import api as databases
from jusur.databases import walls
from jusur.databases.catalogue import template
from jusur.databases.models import Database, Record
from jusur.node.context import current

HOSTILE = '<script>alert("x")</script>'
NAMES = ("Karin Ekholm", "Pavel Novotny", "ليلى الحداد", "Oleg Sydorenko", "Ana Duarte", "Jonas Berg", "Mei Lin Zhou")


def database(key: str, host: str = "GS", **changes: Any) -> Database:
    """The database of this key and host, made once, named as it is shipped."""
    names = template(key).names
    spoken = {language: getattr(names, language) for language in ("ar", "en", "fr", "es")}
    known = Database.objects.filter(id=f"{key}@{host}").first()
    return known or add_database(key, host, **({"names": spoken, "recipients": ["MA", "NO", "FR"]} | changes))


def draft(**properties: list[str]) -> dict[str, Any]:
    """A person's record as an officer writes it."""
    return {
        "entity": {"schema": "Person", "properties": properties},
        "handling": {
            "classification": "restricted",
            "handling_code": "H3",
            "source_evaluation": "B2",
            "allowed_recipients": ["*"],
            "conditions": f"Do not arrest; tell the owner at once. {HOSTILE}",
        },
        "purpose": "To find a witness of the fire of 3 May 2026, case 2026/117",
        "purposes": ["criminal-investigation", "missing-person"],
        "legal_basis": "Code of criminal procedure, article 40",
        "retention_days": 365,
    }


def make(desk: Desk) -> dict[str, Any]:
    """Databases of every kind, three records of ours, two editions of a list of ours."""
    database("nominal")
    database("travel-documents")
    database("vehicles", "MA", recipients=["NO", "FR"])
    database("wallets", "NO", mode="remote", recipients=["MA"])
    actor = desk.actor("supervisor")
    return _records(actor) | _lists(actor.reference)


def pages(desk: Desk) -> list[str]:
    """The pages to be looked at."""
    made = desk.made["databases"]
    return [
        "/databases/",
        "/databases/records/",
        "/databases/records/?text=nobody",
        f"/databases/records/{made['corrected']}",
        f"/databases/records/{made['withdrawn']}",
        f"/databases/records/{made['corrected']}/correct",
        "/databases/records/new",
        "/databases/records/new?database=nominal@GS&schema=Person",
        "/databases/records/new?database=vehicles@MA&schema=Vehicle",
        "/databases/lists/",
        f"/databases/lists/{made['held']}",
        f"/databases/lists/{made['taken']}",
        "/databases/lists/import",
    ]


def _records(actor: Any) -> dict[str, UUID]:
    named = {"name": ["ليلى الحداد"], "alias": ["Leïla Haddad"], "nationality": ["ma"], "gender": ["female"]}
    first = draft(**named, birthDate=["1990"], topics=["missing"], religion=["unknown"])
    made = databases.record_create(database="nominal", draft=first, reference="DISP-2026-44", actor=actor)
    better = draft(**named, birthDate=["1990-04-11"], birthPlace=["Fès"], topics=["missing"], religion=["unknown"])
    databases.record_correct(
        record_id=made.id, draft=better, reason="Her family gave the whole date of birth.", actor=actor
    )
    other = databases.record_create(database="nominal", draft=draft(name=["Pavel Novotny"]), actor=actor)
    databases.record_withdraw(record_id=other.id, reason="Found safe and sound.", actor=actor)
    refused = databases.record_create(database="nominal", draft=draft(name=[HOSTILE]), actor=actor)
    with walls.duty():
        Record.objects.filter(id=refused.id).update(refusal="The database does not permit the purpose vetting.")
    return {"corrected": made.id, "withdrawn": other.id}


def _lists(actor: str) -> dict[str, UUID]:
    taken = databases.edition_run(_brought(actor, "own-1.json", NAMES, broken=2).id)
    held = databases.edition_run(_brought(actor, "own-2.json", NAMES[:2], broken=0).id)
    return {"taken": taken.id, "held": held.id}


def _brought(actor: str, name: str, names: tuple[str, ...], *, broken: int) -> Any:
    """An edition of a list of ours, of a file in the form of FollowTheMoney."""
    place = Path(current().home.path) / name
    place.write_text(listed(names, broken=broken), encoding="utf-8")
    asked = databases.Asked(actor=actor, database="list-own", file=place, format="ftm")
    opened = databases.list_open(asked)
    place.unlink()
    return opened


def listed(names: tuple[str, ...], *, broken: int = 0) -> str:
    """A list of persons in the form of FollowTheMoney, one a line, and lines that are no entities."""
    lines = [
        {"id": f"own-{number}", "schema": "Person", "properties": {"name": [name], "topics": ["sanction"]}}
        for number, name in enumerate(names)
    ]
    wrong = [{"id": f"bad-{number}", "schema": "Nothing", "properties": {}} for number in range(broken)]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in [*lines, *wrong])
