import io
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.exchange.conftest import Network, own_keys
from tests.exchange.test_transfers import Response

from jusur import vault
from jusur.crypto import age
from jusur.exchange import attachments, own, processing, transfers
from jusur.exchange.models import InboundMessage
from jusur.kernel.errors import ConflictError, NotFoundError
from jusur.kernel.text import TextError

pytestmark = pytest.mark.django_db

CONTENT = bytes(range(256)) * 40_000


class Vaults:
    """Both bureaus' vaults; Rabat's gate serves chunks straight from Rabat's."""

    def __init__(self, network: Network, folder: Path) -> None:
        self.network = network
        self.rabat, self.oslo = (vault.open((folder / name).as_uri()) for name in ("ma", "no"))

    def act(self, address: str) -> None:
        own.configure(own_keys(address), self.network.book, self.rabat if address == "MA" else self.oslo)

    def __call__(self, _address: str) -> "Vaults":
        return self

    def begin(self, method: str, path: str, *, seconds: float, extra: object = None) -> Response:
        assert isinstance(extra, dict)
        first, last = map(int, extra["range"].removeprefix("bytes=").split("-"))
        name = path.rpartition("/")[2]
        span = f"bytes {first}-{last}/{self.rabat.size(name)}"
        return Response(206, {"content-range": span}, self.rabat.read_range(name, first, last - first + 1))

    def close(self) -> None:
        return None


@pytest.fixture
def vaults(network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Vaults]:
    identity = age.generate_identity()
    monkeypatch.setattr("jusur.exchange.attachments.directory.age_recipient", lambda _address: identity.recipient())
    monkeypatch.setattr(
        "jusur.node.context.current", lambda: SimpleNamespace(keys=SimpleNamespace(evidence_identity=identity))
    )
    for name in ("ma", "no"):
        (tmp_path / name).mkdir()
    yield Vaults(network, tmp_path)
    own.configure(None, None)


def deliver(vaults: Vaults) -> InboundMessage:
    vaults.act("MA")
    attachment = attachments.attach(
        io.BytesIO(CONTENT), name="ليلة.bin", media_type="application/octet-stream", to=["NO"]
    )
    vaults.network.send(attachments=[attachment])
    raw = vaults.network.envelopes()
    vaults.act("NO")
    from jusur.exchange import inbox

    inbox.accept_batch(raw)
    while processing.process_ready():
        pass
    return InboundMessage.objects.get()


def test_an_attachment_crosses_and_opens(vaults: Vaults, tmp_path: Path) -> None:
    message = deliver(vaults)
    assert message.message_id is not None
    with pytest.raises(ConflictError):
        attachments.save(message.message_id, 0, tmp_path, actor="officer")
    blob = (message.content or {})["attachments"][0]["blob"]
    found = transfers.transfer(blob["name"], sender="MA")
    assert found is not None
    assert transfers.run_one(found.id, vaults)
    saved = attachments.save(message.message_id, 0, tmp_path, actor="officer")
    assert saved.name == "ليلة.bin"
    assert saved.read_bytes() == CONTENT
    with pytest.raises(ConflictError):
        attachments.save(message.message_id, 0, tmp_path, actor="officer")
    with pytest.raises(NotFoundError):
        attachments.save(message.message_id, 1, tmp_path, actor="officer")


@pytest.mark.parametrize("name", ["../escape", "a/b", "con", "x\u202eexe", ""])
def test_a_hostile_file_name_is_refused(vaults: Vaults, name: str) -> None:
    vaults.act("MA")
    with pytest.raises(TextError):
        attachments.attach(io.BytesIO(b"x"), name=name, media_type="text/plain", to=["NO"])
