"""Webhooks' secrets at rest."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from tests.web.conftest import Caller, make_home

from jusur.crypto.age import generate_identity
from jusur.kernel import clock
from jusur.kernel.errors import UnavailableError
from jusur.kernel.ids import new_id
from jusur.node import backup
from jusur.node.context import Node
from jusur.node.home import NodeHome
from jusur.node.keystore import Keystore
from jusur.node.postgres import EmbeddedPostgres
from jusur.web import secrets
from jusur.web.models import Webhook

SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


@pytest.mark.django_db
@pytest.mark.urls("tests.web.frame_urls")
def test_the_database_does_not_hold_the_secret(everything: Caller, node: Node) -> None:
    told = everything.post("/webhooks", {"url": "https://ncb.example/", "kinds": ["custody."]}).json()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(w)::text, encode(sealed_secret, 'escape') FROM web_webhook w")
        (shown,) = cursor.fetchall()
    assert told["secret"] not in "".join(shown)
    hook = Webhook.objects.get()
    assert secrets.open_sealed(node.keys, hook.id, bytes(hook.sealed_secret)) == told["secret"]


def test_it_opens_after_rotation_and_nowhere_else(tmp_path: Path) -> None:
    mine, other, hook = Keystore(tmp_path / "mine"), Keystore(tmp_path / "other"), new_id()
    sealed = secrets.seal(mine, hook, SECRET)
    mine.rotate("sealing")
    assert secrets.open_sealed(mine, hook, sealed) == SECRET
    for keys, number, data in ((other, hook, sealed), (mine, new_id(), sealed), (mine, hook, sealed[:-1] + b"x")):
        with pytest.raises(UnavailableError):
            secrets.open_sealed(keys, number, data)


@pytest.fixture
def before_sealing(transactional_db: None) -> Iterator[MigrationExecutor]:
    executor = MigrationExecutor(connection)
    executor.migrate([("web", "0001_initial")])
    yield executor
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_secrets_that_were_plain_are_sealed_by_the_migration(before_sealing: MigrationExecutor, node: Node) -> None:
    old: Any = before_sealing.loader.project_state([("web", "0001_initial")]).apps.get_model("web", "Webhook")
    now = clock.now()
    row = old.objects.create(
        url="https://ncb.example/", kinds=["custody."], secret=SECRET, created_at=now, next_attempt_at=now
    )
    executor = MigrationExecutor(connection)
    executor.migrate([("web", "0002_sealed_secrets")])
    hook = Webhook.objects.get(id=row.id)
    assert secrets.open_sealed(node.keys, hook.id, bytes(hook.sealed_secret)) == SECRET
    executor = MigrationExecutor(connection)
    executor.migrate([("web", "0001_initial")])
    assert old.objects.get(id=row.id).secret == SECRET


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="jusur-test-"))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


def test_a_restored_node_opens_them(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUSUR_DATABASE_URL", raising=False)
    home, hook, identity = make_home(folder / "node"), new_id(), generate_identity()
    keys = Keystore(home.keys)
    keys.create()
    with EmbeddedPostgres(home).running() as url, psycopg.connect(url) as database:
        database.execute("CREATE TABLE web_webhook (id uuid, sealed_secret bytea)")
        database.execute("INSERT INTO web_webhook VALUES (%s, %s)", (hook, secrets.seal(keys, hook, SECRET)))
    backup.backup(home, folder / "node.age", recipients=[identity.recipient()], checkpoint="")
    again = NodeHome(folder / "again")
    backup.restore(folder / "node.age", again, identity=identity)
    with EmbeddedPostgres(again).running() as url, psycopg.connect(url) as database:
        found = database.execute("SELECT id, sealed_secret FROM web_webhook").fetchone()
    assert found is not None
    assert secrets.open_sealed(Keystore(again.keys), found[0], found[1]) == SECRET
