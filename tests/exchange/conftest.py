"""Two bureaus, Rabat and Oslo, that share one test database: each acts in turn with its own keys."""

import contextlib
import functools
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from jusur.crypto.keys import SealingKey, SealingPublicKey, SigningKey, VerifyKey
from jusur.exchange import api, gossip, handling, own
from jusur.exchange.outbox import SentMessage
from jusur.exchange.peers import Own
from jusur.kernel.errors import NotFoundError
from jusur.ledger import api as ledger
from jusur.tlog.checkpoint import origin
from jusur.tlog.note import NoteSigner, NoteVerifier


def seed(*parts: str) -> bytes:
    return hashlib.sha256("/".join(parts).encode()).digest()


@functools.cache
def own_keys(address: str) -> Own:
    return Own(
        address,
        SigningKey.from_seed(seed(address, "signing")),
        (SealingKey.from_seed(seed(address, "sealing")),),
    )


@functools.cache
def log_signer(address: str) -> NoteSigner:
    key = SigningKey.from_seed(seed(address, "log"))
    return NoteSigner(origin(address), key, key.public.raw())


@dataclass
class Book:
    """A directory made of plain keys. Change its fields to play a directory that says something else."""

    addresses: tuple[str, ...] = ("MA", "NO", "GS", "SE")
    version: int = 7
    digest: str = "ab" * 32
    suspended: set[str] = field(default_factory=set)
    limited: set[str] = field(default_factory=set)
    routes: dict[str, str] = field(default_factory=dict)
    relaying_for: set[str] = field(default_factory=set)
    sealing: dict[str, SealingPublicKey] = field(default_factory=dict)
    log_origin: str = ""
    heard: list[tuple[str, int, str]] = field(default_factory=list)

    def _known(self, address: str) -> str:
        if address not in self.addresses:
            raise NotFoundError("The directory has no organisation at this address.")
        return address

    def current(self) -> tuple[int, str]:
        return self.version, self.digest

    def assert_usable(self) -> None:
        return None

    def exchanges(self, address: str) -> bool:
        return self._known(address) not in self.suspended

    def signing_keys(self, address: str) -> Mapping[str, VerifyKey]:
        key = own_keys(self._known(address)).signing.public
        return {key.keyid: key}

    def sealing_key(self, address: str) -> SealingPublicKey:
        return self.sealing.get(address) or own_keys(self._known(address)).sealing[0].public

    def log_verifier(self, address: str) -> NoteVerifier:
        return log_signer(self._known(address)).verifier

    def allows(self, sender: str, recipient: str, kind: str, classification: str) -> bool:
        return kind not in self.limited

    def route(self, address: str) -> str:
        return self.routes.get(address, address)

    def relays_for(self, address: str) -> bool:
        return address in self.relaying_for

    def gossip(self, peer: str, version: int, digest: str) -> None:
        self.heard.append((peer, version, digest))


BODY: dict[str, Any] = {"subject": "Vehicle", "text": "Please check the vehicle.", "language": "en"}


class Network:
    """Acts for one bureau at a time. The shared ledger is signed as Oslo's, the receiver's."""

    def __init__(self) -> None:
        self.book = Book()

    @contextlib.contextmanager
    def acting(self, address: str) -> Iterator[Own]:
        mine = own_keys(address)
        own.configure(mine, self.book)
        try:
            yield mine
        finally:
            own.configure(own_keys("MA"), self.book)

    def send(self, **changes: Any) -> SentMessage:
        values: dict[str, Any] = {
            "to": ["NO"],
            "body": BODY,
            "purpose": "criminal investigation 17/2026",
            "legal_basis": "bilateral agreement, article 4",
            **changes,
        }
        values.setdefault("handling", handling.for_recipients(values["to"]))
        with self.acting("MA"):
            return api.send(values.pop("kind", "message.text"), **values)

    def envelopes(self, recipient: str = "NO") -> list[bytes]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT envelope FROM exchange_delivery WHERE recipient = %s AND state IN ('queued', 'delivered')"
                " ORDER BY created_at, sequence",
                [recipient],
            )
            return [bytes(row[0]) for row in cursor.fetchall()]

    def accept(self, raw: list[bytes]) -> list[bytes]:
        with self.acting("NO"):
            return api.accept_batch(raw)

    def apply(self, receipts: list[bytes]) -> int:
        with self.acting("MA"):
            return api.apply_receipts(receipts)


def states() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM exchange_delivery ORDER BY created_at, sequence")
        return [row[0] for row in cursor.fetchall()]


def inbox_states() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM exchange_inboundmessage ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


def new_uuid(number: int) -> UUID:
    return UUID(int=(0x019A0000_0000_7000_8000 << 48) | number)


@pytest.fixture
def network() -> Iterator[Network]:
    made = Network()
    own.configure(own_keys("MA"), made.book)
    gossip.forget()
    ledger.configure(lambda: log_signer("NO"))
    yield made
    own.configure(None, None)
    ledger.configure(None)
