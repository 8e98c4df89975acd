"""A node in a process and a database of its own, driven over a pipe: a test carries the bytes between such nodes.

`NodeProcess` is the test's side. The child answers one JSON line for each JSON line: ``send``, ``take`` (the next batch
for a peer), ``accept``, ``apply``, ``process``, ``returning`` (receipts to carry back), ``look`` (what it holds).
"""

import base64
import contextlib
import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = "jusur_harness_template"


class NodeDiedError(Exception):
    """The child ended before it answered."""


def create_database(name: str, *, template: str = "template0") -> str:
    """Make the database ``name`` anew on the run's server; its address."""
    base = os.environ["JUSUR_DATABASE_URL"]
    with psycopg.connect(base, autocommit=True) as connection:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        connection.execute(drop)
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
    head, _, tail = base.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}?{tail}"


def create_template(name: str) -> str:
    """A migrated database to copy nodes' databases from; its name."""
    url = create_database(name)
    command = [sys.executable, "-W", "ignore", "-m", "django", "migrate", "--skip-checks", "-v0"]
    subprocess.run(command, check=True, cwd=ROOT, env=_environment(url))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE harness_seen (message uuid, conversation uuid, number int, sender text)")
    return name


def _environment(url: str) -> dict[str, str]:
    return {
        **os.environ,
        "JUSUR_DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "jusur.config.settings",
        "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
    }


class NodeProcess:
    """One node. ``routes``: by recipient, the relay it is reached through."""

    def __init__(self, address: str, url: str, *, routes: dict[str, str] | None = None) -> None:
        self.address = address
        self.url = url
        self._routes = routes or {}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the child, again after a death."""
        arguments = [self.address, json.dumps(self._routes)]
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.harness.node", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=_environment(self.url),
        )

    def ask(self, command: str, *, kill_after: float | None = None, **arguments: Any) -> Any:
        """Give one command and take its answer; with ``kill_after`` the child is killed that many seconds into it.

        Raises:
            NodeDiedError: the child died before it answered; a new one is started.
        """
        if self._process is None:
            self.start()
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        line = b""
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(json.dumps([command, arguments]).encode() + b"\n")
            process.stdin.flush()
            if kill_after is not None:
                time.sleep(kill_after)
                process.kill()
            line = process.stdout.readline()
        if kill_after is not None or not line.endswith(b"\n"):
            self.stop()
            raise NodeDiedError(self.address)
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(f"{self.address} {command}: {answer['error']}")
        return answer["result"]

    def stop(self) -> None:
        """Kill the child and wait until its database sessions are gone."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        self._process = None


class _Child:
    """The node inside the child process."""

    def __init__(self, address: str, routes: dict[str, str]) -> None:
        from tests.exchange.conftest import Book, log_signer, own_keys

        from jusur.exchange import kinds, own
        from jusur.ledger import api as ledger

        book = Book(addresses=("MA", "NO", "SE"), routes=routes)
        book.relaying_for = {"SE", "MA"} if address == "NO" else set()
        own.configure(own_keys(address), book)
        ledger.configure(lambda: log_signer(address))
        kinds.register(kinds.MessageKind("test.note", _note_schema(), _note_seen))
        self.address = address

    def send(self, *, to: str, conversation: str, number: int, priority: str) -> str:
        from jusur.exchange import api

        sent = api.send(
            "test.note",
            to=[to],
            body={"number": number},
            handling=api.for_recipients([to]),
            purpose="harness",
            legal_basis="harness",
            conversation=UUID(conversation),
            priority=priority,  # type: ignore[arg-type]
        )
        return str(sent.id)

    def take(self, *, peer: str) -> dict[str, Any]:
        from jusur.exchange.db import execute
        from jusur.exchange.lanes import EXPRESS, STANDARD, Lane
        from jusur.kernel.clock import now

        execute("UPDATE exchange_delivery SET next_attempt_at = %s WHERE state IN ('queued', 'delivered')", (now(),))
        execute("UPDATE exchange_relayitem SET next_attempt_at = %s WHERE state <> 'returned'", (now(),))
        due = [item for kind in (EXPRESS, STANDARD) for item in Lane(peer, kind, _no_connection)._due()]
        return {"envelopes": [_text(item.envelope) for item in due], "paths": [list(item.path) for item in due]}

    def accept(self, *, envelopes: list[str], paths: list[list[str]]) -> list[str]:
        from jusur.exchange import inbox

        return [_text(value) for value in inbox.accept_batch([_bytes(value) for value in envelopes], paths=paths)]

    def apply(self, *, receipts: list[str]) -> int:
        from jusur.exchange import receipts as settling
        from jusur.exchange import relay

        raw = [_bytes(value) for value in receipts]
        return settling.apply_receipts(raw) + relay.take_receipts(raw)

    def returning(self, *, peer: str) -> list[str]:
        from jusur.exchange import relay

        return [_text(value) for _, value in relay.waiting_receipts(peer, 64)]

    def returned(self, *, receipts: list[str]) -> None:
        from jusur.exchange import relay
        from jusur.exchange.db import rows

        raw = [_bytes(value) for value in receipts]
        relay.returned([row[0] for row in rows("SELECT id FROM exchange_relayitem WHERE receipt = ANY(%s)", (raw,))])

    def process(self) -> int:
        from jusur.exchange import processing

        return processing.process_ready()

    def look(self) -> dict[str, Any]:
        from jusur.exchange import api
        from jusur.exchange.db import rows

        return {
            "deliveries": dict(rows("SELECT state, count(*) FROM exchange_delivery GROUP BY state")),
            "inbox": dict(rows("SELECT state, count(*) FROM exchange_inboundmessage GROUP BY state")),
            "relayed": dict(rows("SELECT state, count(*) FROM exchange_relayitem GROUP BY state")),
            "seen": [
                [str(message), str(conversation), number, sender]
                for message, conversation, number, sender in rows("SELECT * FROM harness_seen ORDER BY ctid")
            ],
            "alarms": sorted({alarm["kind"] for alarm in api.open_alarms()}),
            "events": dict(rows("SELECT kind, count(*) FROM ledger_event GROUP BY kind")),
        }

    def summaries(self, *, peer: str) -> dict[str, Any]:
        from jusur.exchange import summaries

        return {
            "outgoing": summaries.root(summaries.buckets(peer, outgoing=True)),
            "incoming": summaries.root(summaries.buckets(peer, outgoing=False)),
        }


def _note_schema() -> Any:
    import msgspec

    return msgspec.defstruct("Note", [("number", int)], forbid_unknown_fields=True)


def _note_seen(message: Any) -> None:
    from jusur.exchange.db import execute

    execute(
        "INSERT INTO harness_seen VALUES (%s, %s, %s, %s)",
        (message.id, message.conversation, message.body.number, message.sender),
    )


def _no_connection(_peer: str) -> Any:
    raise AssertionError("the test carries the bytes")


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)


def spoiled(data: str, chance: random.Random) -> str:
    """``data`` (Base64) with one byte changed."""
    raw = bytearray(_bytes(data))
    raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
    return _text(bytes(raw))


def main() -> None:
    """Answer commands until standard input ends."""
    import django

    django.setup()
    answers, sys.stdout = sys.stdout, sys.stderr  # logs must not mix with answers
    child = _Child(sys.argv[1], json.loads(sys.argv[2]))
    for line in sys.stdin:
        command, arguments = json.loads(line)
        try:
            answer = {"result": getattr(child, command)(**arguments)}
        except Exception as error:  # noqa: BLE001 - told to the test
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer, default=str) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
