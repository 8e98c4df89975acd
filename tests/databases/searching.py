"""What tests of searching share: a node's home with keys, officers, and sample records that name nobody."""

import functools
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from tests.databases.samples import add_database

from jusur.accounts import api as accounts
from jusur.databases import feed, searching_sealing, walls
from jusur.databases.models import Database, Identifier, Record
from jusur.kernel.clock import now
from jusur.kernel.ids import new_id
from jusur.matching.identifiers import identify
from jusur.node import context
from jusur.node import settings as node_settings
from jusur.node.home import NodeHome
from jusur.node.keystore import Keystore
from jusur.standards import ftm

PURPOSES = ["border-check", "criminal-investigation", "sanctions-screening", "counter-terrorism", "vetting"]


def node_home(folder: Path, monkeypatch: pytest.MonkeyPatch, *, address: str = "MA") -> Iterator[Path]:
    """A home with keys for the node ``address``, forgotten at the end."""
    place = NodeHome(folder / "node").create()
    copytree(_keys(), place.keys, dirs_exist_ok=True)
    values = {"address": address, "country": address, "name": f"NCB {address}", "role": "bureau", "demo": True}
    node_settings.save(node_settings.make(place.path, values))
    monkeypatch.setenv("JUSUR_HOME", str(place.path))
    _forget()
    yield place.path
    _forget()


@functools.cache
def _keys() -> Path:
    """Keys made once a run: making them takes longer than most tests."""
    folder = Path(tempfile.mkdtemp(prefix="jusur-keys-"))
    Keystore(folder).create()
    return folder


def _forget() -> None:
    context.current.cache_clear()
    searching_sealing.forget_keys()


def officer(*roles: str, kind: str = "person", name: str = "sample") -> tuple[accounts.Actor, str]:
    """An officer of this node and a token of theirs."""
    made = accounts.officer_create(
        email=f"{new_id()}@ma.example", name=f"{name} (sample)", roles=roles or ("officer",), kind=kind, actor="test"
    )
    _, secret = accounts.token_issue(officer_id=made.id, name="tests", actor="test")
    return accounts.token_use(secret).actor, secret


def database(key: str = "nominal", host: str = "GS", **changes: Any) -> Database:
    """The database, made once."""
    return Database.objects.filter(id=f"{key}@{host}").first() or add_database(key, host, purposes=PURPOSES, **changes)


def person(name: str, *, birth: str = "", country: str = "", **changes: Any) -> Record:
    """A record of a person of this name."""
    properties: dict[str, list[str]] = {"name": [name]}
    if birth:
        properties["birthDate"] = [birth]
    if country:
        properties["nationality"] = [country]
    return record("Person", properties, **changes)


def record(schema: str, properties: dict[str, list[str]], *, key: str = "nominal", **changes: Any) -> Record:
    """A record with its identifiers, as the records' services keep them."""
    moment, number = now(), new_id()
    entity = ftm.Entity.make(str(number), schema, properties)
    values: dict[str, Any] = {
        "id": number,
        "database": database(key),
        "originator": "NO",
        "reference": str(number),
        "schema": schema,
        "entity": entity.to_dict(),
        "classification": "restricted",
        "handling_code": "H1",
        "source_evaluation": "B2",
        "allowed_recipients": ["MA"],
        "purpose": "locate a person",
        "purposes": PURPOSES,
        "expires_at": moment + timedelta(days=100),
        "state": "held",
        "version": 1,
        "content_sha256": "ab" * 32,
        "recorded_by": "officer:x",
        "created_at": moment,
        "changed_at": moment,
        **changes,
    }
    with walls.duty():
        feed.lock()
        made = Record.objects.create(sequence=feed.place(), **values)
        for each in ftm.identifiers(entity):
            known = identify(each.kind, each.value, country=each.country, strict=False)
            Identifier.objects.create(record=made, kind=each.kind, key=known.key)
    return made


def withdraw(record_id: Any) -> None:
    """Withdraw a record, as its owner's word would."""
    with walls.duty():
        feed.lock()
        Identifier.objects.filter(record=record_id).delete()
        Record.objects.filter(id=record_id).update(
            state="withdrawn", entity=None, content_sha256="", sequence=feed.place()
        )
