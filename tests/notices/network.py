"""A secretariat and two bureaus in one process: each has its own tables (a schema of the test database), a test
carries the messages between them, in any order, as often as it likes."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import msgspec
import pytest
from django.db import connection

from jusur.accounts.actors import Actor
from jusur.exchange import api as exchange
from jusur.exchange import kinds
from jusur.kernel import clock
from jusur.kernel.errors import UnavailableError
from jusur.kernel.ids import new_id
from jusur.notices.models import Notice
from jusur.notices.services import acting

NODES = ("GS", "MA", "NO", "SE")
_TABLES = (
    "notice",
    "noticeact",
    "noticeversion",
    "review",
    "reviewquestion",
    "refugeestatus",
    "distribution",
    "information",
    "silverfigure",
)


@dataclass
class Letter:
    """A message under way."""

    sender: str
    to: str
    message: exchange.ReceivedMessage


@dataclass
class Network:
    """Acts for one node at a time."""

    letters: list[Letter] = field(default_factory=list)
    address: str = "MA"
    delivered: list[Letter] = field(default_factory=list)

    def set_up(self) -> None:
        with connection.cursor() as cursor:
            for node in NODES:
                cursor.execute(f"CREATE SCHEMA IF NOT EXISTS node_{node.lower()}")
                for table in _TABLES:
                    cursor.execute(
                        f"CREATE TABLE node_{node.lower()}.notices_{table} (LIKE public.notices_{table} INCLUDING ALL)"
                    )

    @contextlib.contextmanager
    def acting(self, address: str) -> Iterator[None]:
        before = self.address
        self._at(address)
        try:
            yield
        finally:
            self._at(before)

    def _at(self, address: str) -> None:
        self.address = address
        with connection.cursor() as cursor:
            cursor.execute(f"SET search_path TO node_{address.lower()}, public")

    def send(self, kind: str, *, to: list[str], body: Any, conversation: UUID, **rest: Any) -> None:
        known = kinds.get(kind)
        parsed = known.parse(msgspec.to_builtins(msgspec.convert(body, known.schema)))
        assert self.address not in to
        for recipient in to:
            assert recipient in rest["handling"].allowed_recipients
            message = exchange.ReceivedMessage(
                id=new_id(),
                envelope_id=new_id(),
                kind=kind,
                sender=self.address,
                recipients=tuple(to),
                conversation=conversation,
                sequence=1,
                priority=rest.get("priority", "routine"),
                created_at=clock.now(),
                received_at=clock.now(),
                handling=rest["handling"],
                purpose=rest["purpose"],
                legal_basis=rest["legal_basis"],
                body=parsed,
                attachments=(),
            )
            self.letters.append(Letter(self.address, recipient, message))

    def deliver(self, number: int = 0, *, again: bool = False) -> None:
        """Let one letter arrive; ``again``: a copy of it stays under way."""
        letter = self.letters[number] if again else self.letters.pop(number)
        with self.acting(letter.to):
            try:
                kinds.get(letter.message.kind).handler(letter.message)
            except UnavailableError:
                if not again:
                    self.letters.append(letter)
            else:
                self.delivered.append(letter)

    def deliver_all(self) -> None:
        while self.letters:
            self.deliver()

    def held(self, address: str, notice_id: UUID) -> Notice | None:
        with self.acting(address):
            return Notice.objects.filter(id=notice_id).first()


def officer(number: int, *roles: str) -> Actor:
    return Actor(UUID(int=number), f"Officer {number}", "person", roles or ("officer",), None)


OFFICER, SUPERVISOR = officer(1, "officer"), officer(2, "supervisor")
REVIEWER, DECIDER = officer(3, "legal_adviser"), officer(4, "supervisor")
APPROVE = {"article_2": True, "article_2_reasoning": "An ordinary fraud.", "outcome": "approve"}
REFUSE = {
    "article_2": True,
    "article_2_reasoning": "Fair trial expected.",
    "outcome": "refuse",
    "grounds": ["private-dispute"],
    "message": "A private dispute.",
}


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[Network]:
    from jusur.accounts import api as accounts
    from jusur.directory import api as directory

    made = Network()
    asked: dict[tuple[str, str], tuple[UUID, str]] = {}

    def ask(*, act: str, subject_id: UUID, content_sha256: str, actor: Actor, **_: Any) -> None:
        asked[act, str(subject_id)] = (actor.id, content_sha256)

    def decide(*, act: str, subject_id: UUID, content_sha256: str, actor: Actor, **_: Any) -> None:
        asker, digest = asked.pop((act, str(subject_id)))
        if asker == actor.id:
            asked[act, str(subject_id)] = asker, digest
            raise accounts.SecondPersonNeededError("This act takes two people.")
        assert digest == content_sha256

    bureaus = [SimpleNamespace(address=each, kind="bureau", status="active") for each in ("MA", "NO", "SE")]
    officers = {each.id: each for each in (OFFICER, SUPERVISOR, REVIEWER, DECIDER)}
    from jusur.notices import types

    monkeypatch.setattr(types, "all_types", types.shipped)
    monkeypatch.setattr(acting, "own", lambda: made.address)
    monkeypatch.setattr(directory, "secretariat", lambda: "GS")
    monkeypatch.setattr(directory, "has_directory", lambda: True)
    monkeypatch.setattr(directory, "organisations", lambda **_: iter(bureaus))
    monkeypatch.setattr(directory, "organisation", lambda address: {each: each for each in NODES}[address])
    monkeypatch.setattr(exchange, "send", made.send)
    monkeypatch.setattr(accounts, "approval_ask", ask)
    monkeypatch.setattr(accounts, "approval_decide", decide)
    monkeypatch.setattr(accounts, "actor_by_id", officers.get)
    made.set_up()
    yield made
    with connection.cursor() as cursor:
        cursor.execute("SET search_path TO public")
