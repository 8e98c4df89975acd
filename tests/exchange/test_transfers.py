import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from tests.exchange.conftest import Network, own_keys

from jusur import vault
from jusur.exchange import offers, own, transfers
from jusur.exchange.alarms import open_alarms
from jusur.exchange.errors import PeerUnavailableError
from jusur.exchange.message import BlobDescriptor
from jusur.exchange.models import OutboundMessage, OutgoingBlob, Transfer
from jusur.exchange.transfers import TransferView
from jusur.kernel import clock
from jusur.kernel.errors import InvalidInputError, NotFoundError
from jusur.vault import Vault, VaultFullError

pytestmark = pytest.mark.django_db

CHUNK = 64 * 1024
CONTENT = b"".join(hashlib.sha256(bytes([n % 256, n // 256])).digest() for n in range(12_345))
Answer = Callable[[int, int], tuple[int, dict[str, str], bytes]]


@dataclass
class Response:
    status: int
    headers: dict[str, str]
    body: bytes

    def getheader(self, name: str, /) -> str | None:
        return self.headers.get(name)

    def readinto(self, buffer: memoryview, /) -> int:
        part, self.body = self.body[: len(buffer)], self.body[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)

    def close(self) -> None:
        return None


@dataclass
class Peer:
    """A gate that answers chunks from ``content``, as ``answer`` says."""

    answer: Answer
    asked: list[int] = field(default_factory=list)

    def __call__(self, _address: str) -> "Peer":
        return self

    def begin(self, method: str, path: str, *, seconds: float, extra: object = None) -> Response:
        assert isinstance(extra, dict)
        first, last = map(int, extra["range"].removeprefix("bytes=").split("-"))
        self.asked.append(first // CHUNK)
        return Response(*self.answer(first, last))

    def close(self) -> None:
        return None


def honest(first: int, last: int) -> tuple[int, dict[str, str], bytes]:
    body = CONTENT[first : last + 1]
    return 206, {"content-range": f"bytes {first}-{last}/{len(CONTENT)}", "content-length": str(len(body))}, body


def describe(content: bytes = CONTENT) -> BlobDescriptor:
    digester = offers.Digester(CHUNK)
    digester.update(content)
    return digester.descriptor("package-1", clock.now() + timedelta(days=1))


@pytest.fixture
def store(network: Network, tmp_path: Path) -> Iterator[Vault]:
    made = vault.open(tmp_path.as_uri())
    own.configure(own_keys("NO"), network.book, made)
    yield made
    own.configure(None, None)


def fetch(descriptor: BlobDescriptor, peer: Peer) -> TransferView:
    wanted = transfers.fetch_blob(descriptor, sender="MA")
    transfers.run_one(wanted.id, peer)
    found = transfers.transfer(descriptor.name, sender="MA")
    assert found is not None
    return found


def test_a_blob_arrives_whole_and_its_completion_is_told(store: Vault) -> None:
    found = fetch(describe(), Peer(honest))
    assert found.state == "completed"
    assert store.read_range(found.stored, 0, len(CONTENT) + 1) == CONTENT
    body = OutboundMessage.objects.get(kind="exchange.transfer.completed").body
    assert body == {
        "blob": "package-1",
        "bytes": len(CONTENT),
        "chunks": 7,
        "sha256": hashlib.sha256(CONTENT).hexdigest(),
    }


def test_after_an_interruption_only_what_is_missing_is_fetched(store: Vault) -> None:
    def breaks(first: int, last: int) -> tuple[int, dict[str, str], bytes]:
        if first // CHUNK in {2, 5}:
            raise ConnectionResetError
        return honest(first, last)

    assert fetch(describe(), Peer(breaks)).state == "waiting"
    with store.create_sized("received/ma/package-1", len(CONTENT), chunk_size=CHUNK) as kept:
        missing = len(kept.missing())
    assert 2 <= missing < 7
    second = Peer(honest)
    found = fetch(describe(), second)
    assert found.state == "completed"
    assert len(second.asked) == missing
    assert store.read_range(found.stored, 0, len(CONTENT)) == CONTENT


@pytest.mark.parametrize(
    "lie",
    [
        lambda first, last: (206, {"content-range": f"bytes {first}-{last}/{len(CONTENT)}"}, b"x" * (last - first + 1)),
        lambda first, last: (206, {"content-range": f"bytes {first}-{last}/999999"}, CONTENT[first : last + 1]),
        lambda first, last: (206, {"content-range": "bytes 0-1/2"}, CONTENT[first : last + 1]),
        lambda first, last: (206, {"content-range": f"bytes {first}-{last}/{len(CONTENT)}"}, CONTENT[first:] + b"more"),
        lambda first, last: (200, {}, CONTENT),
        lambda first, last: (404, {}, b""),
        lambda first, last: (
            206,
            {"content-range": f"bytes {first}-{last}/{len(CONTENT)}", "content-length": "9" * 12},
            CONTENT[first : last + 1],
        ),
    ],
)
def test_a_peer_that_lies_is_refused_with_an_alarm(store: Vault, lie: Answer) -> None:
    found = fetch(describe(), Peer(lie))
    assert found.state == "failed"
    assert [alarm["kind"] for alarm in open_alarms()] == ["transfer-failed"]
    assert not store.exists(found.stored)


def test_a_digest_of_the_whole_that_is_not_that_of_the_chunks_is_refused(store: Vault) -> None:
    import msgspec

    found = fetch(msgspec.structs.replace(describe(), sha256="00" * 32), Peer(honest))
    assert found.state == "failed"
    assert not store.exists(found.stored)


def test_a_full_vault_pauses_the_transfer(store: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: object, **_options: object) -> None:
        raise VaultFullError("The vault has no room.")

    with monkeypatch.context() as patch:
        patch.setattr(type(store), "create_sized", full)
        assert fetch(describe(), Peer(honest)).state == "paused"
    assert [alarm["kind"] for alarm in open_alarms()] == ["vault-full"]
    found = Transfer.objects.get()
    transfers.retry(found.id, actor="operator")
    transfers.run_one(found.id, Peer(honest))
    assert [alarm["kind"] for alarm in open_alarms()] == []


def test_an_unreachable_peer_is_tried_later(store: Vault) -> None:
    def away(_first: int, _last: int) -> tuple[int, dict[str, str], bytes]:
        raise PeerUnavailableError("away")

    assert fetch(describe(), Peer(away)).state == "waiting"
    assert Transfer.objects.get().next_attempt_at > clock.now()


def test_a_stopped_worker_leaves_the_transfer_for_the_next(store: Vault) -> None:
    stop = threading.Event()
    stop.set()
    wanted = transfers.fetch_blob(describe(), sender="MA")
    assert transfers.run_one(wanted.id, Peer(honest), stop) is False
    assert transfers.run_one(wanted.id, Peer(honest)) is True


def test_offers_are_for_one_recipient_until_they_expire(store: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    with store.create("package-1") as writer:
        writer.write(CONTENT)
        writer.commit()
    offers.offer_blob(describe(), recipient="MA")
    assert offers.find_offer("package-1", recipient="MA").size == len(CONTENT)
    with pytest.raises(NotFoundError):
        offers.find_offer("package-1", recipient="SE")
    monkeypatch.setenv(clock.OFFSET_VARIABLE, "90000")
    with pytest.raises(NotFoundError):
        offers.find_offer("package-1", recipient="MA")
    assert offers.expire_offers() == 1
    assert OutgoingBlob.objects.get().state == "expired"


def test_an_offer_that_contradicts_itself_is_refused(store: Vault) -> None:
    import msgspec

    with store.create("package-1") as writer:
        writer.write(CONTENT)
        writer.commit()
    for changes in ({"size": 5}, {"chunk_digests_blake3": "AAAA"}, {"expires_at": "2020-01-01T00:00:00Z"}):
        with pytest.raises(InvalidInputError):
            offers.offer_blob(msgspec.structs.replace(describe(), **changes), recipient="MA")
