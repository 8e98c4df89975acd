"""The gate's routes as a peer meets them, without TLS: requests signed, bounds kept, refusals explained."""

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connections
from starlette.applications import Starlette
from tests.exchange.conftest import Network, own_keys

from jusur import vault
from jusur.crypto.requests import sign_request
from jusur.exchange import offers, own, wire
from jusur.exchange import receipt as receipts
from jusur.gate import guard as guards
from jusur.gate.app import create_app
from jusur.gate.nonces import NonceCache
from jusur.kernel import clock

pytestmark = pytest.mark.django_db(transaction=True)

URL = "https://gate.no.example:8443"


class Peer:
    """Signs as ``address`` and asks the gate."""

    def __init__(self, app: Starlette, address: str = "MA") -> None:
        self.app = app
        self.address = address

    def ask(self, method: str, path: str, body: bytes | None = None, **extra: str) -> httpx.Response:
        return self.send(method, path, body, self.signed(method, path, body, **extra))

    def signed(self, method: str, path: str, body: bytes | None = None, **extra: str) -> dict[str, str]:
        fields = {"jusur-from": self.address, **{name.replace("_", "-"): value for name, value in extra.items()}}
        digest = hashlib.sha256(body).digest() if body is not None else None
        key = own_keys(self.address).signing
        return {**fields, **sign_request(key, method=method, url=URL + path, headers=fields, body_digest=digest)}

    def send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> httpx.Response:
        async def go() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, client=("127.0.0.1", 1))
            async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
                return await client.request(method, path, content=body, headers=headers)

        return asyncio.run(go())


@pytest.fixture
def peer(network: Network, tmp_path: Path) -> Iterator[Peer]:
    from django.db import connections

    own.configure(own_keys("NO"), network.book)
    app = create_app(URL, tmp_path / "nonces")
    yield Peer(app)
    guard: guards.Guard = app.state.guard
    for pool in guard._pools.values():
        for _ in range(8):
            pool.submit(connections.close_all).result()
        pool.shutdown(wait=True)


def batch(network: Network, **changes: Any) -> bytes:
    network.send(**changes)
    own.configure(own_keys("NO"), network.book)
    return wire.batch_of_envelopes([((), raw) for raw in network.envelopes()])


def test_a_batch_is_answered_with_receipts(network: Network, peer: Peer) -> None:
    answer = peer.ask("POST", "/exchange/v1/envelopes", batch(network))
    assert answer.status_code == 200
    got = wire.decode(answer.content, wire.ReceiptBatch)
    assert receipts.peek(bytes(got.receipts[0])).status == "accepted"


def test_who_does_not_sign_is_refused(network: Network, peer: Peer) -> None:
    body = batch(network)
    assert peer.send("POST", "/exchange/v1/envelopes", body, {}).status_code == 401
    headers = peer.signed("POST", "/exchange/v1/envelopes", body)
    assert peer.send("POST", "/exchange/v1/envelopes", body + b" ", headers).status_code == 401
    assert peer.send("POST", "/exchange/v1/receipts", body, headers).status_code == 401
    stranger = Peer(peer.app, "XX")
    refused = stranger.ask("POST", "/exchange/v1/envelopes", body)
    assert refused.status_code == 401
    assert refused.headers["content-type"] == "application/problem+json"


def test_a_request_counts_once(peer: Peer) -> None:
    headers = peer.signed("GET", "/exchange/v1/capabilities")
    assert peer.send("GET", "/exchange/v1/capabilities", None, headers).status_code == 200
    again = peer.send("GET", "/exchange/v1/capabilities", None, headers)
    assert again.status_code == 401
    assert "made before" in again.json()["detail"]


def test_capabilities_say_what_is_spoken(peer: Peer) -> None:
    said = wire.decode(peer.ask("GET", "/exchange/v1/capabilities").content, wire.Capabilities)
    assert said.address == "NO"
    assert "1.0" in said.protocols
    assert "message.text" in said.kinds


def test_a_body_has_its_bounds(peer: Peer) -> None:
    body = b"x" * (wire.MAX_BODY_BYTES + 1)
    assert peer.ask("POST", "/exchange/v1/envelopes", body).status_code == 413

    async def unannounced() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 100_000

    headers = peer.signed("POST", "/exchange/v1/envelopes", body)
    assert peer.send("POST", "/exchange/v1/envelopes", unannounced(), headers).status_code == 413


def test_a_body_that_dawdles_is_not_waited_for(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guards, "BODY_SECONDS", 0.2)

    async def dawdling() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(2)
        yield b"}"

    headers = peer.signed("POST", "/exchange/v1/envelopes", b"{}")
    assert peer.send("POST", "/exchange/v1/envelopes", dawdling(), headers).status_code == 408


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"v":2,"envelopes":[]}', b'{"v":1,"envelopes":[1]}', b"\xff"])
def test_what_is_no_batch_is_refused(peer: Peer, body: bytes) -> None:
    assert peer.ask("POST", "/exchange/v1/envelopes", body).status_code == 422


def test_the_express_lane_takes_no_bulk(network: Network, peer: Peer) -> None:
    body = batch(network, priority="bulk")
    assert peer.ask("POST", "/exchange/v1/envelopes", body, jusur_lane="express").status_code == 403
    assert peer.ask("POST", "/exchange/v1/envelopes", body).status_code == 200


def test_too_many_requests_at_once_are_asked_to_wait(peer: Peer) -> None:
    peer.app.state.guard._busy["MA standard"] = guards.REQUESTS_PER_PEER
    answer = peer.ask("POST", "/exchange/v1/envelopes", b"{}")
    assert answer.status_code == 429
    assert answer.headers["retry-after"] == "1"


def test_unknown_paths_say_so(peer: Peer) -> None:
    assert peer.ask("GET", "/nothing").status_code == 404
    assert peer.ask("DELETE", "/exchange/v1/envelopes").status_code == 404


def test_health_and_metrics(peer: Peer) -> None:
    assert peer.send("GET", "/health", None, {}).json() == {"status": "ok"}
    assert b"jusur_gate_requests_total" in peer.send("GET", "/metrics", None, {}).content


def test_chunks_go_to_whom_they_are_offered(network: Network, peer: Peer, tmp_path: Path) -> None:
    store = vault.open(tmp_path.as_uri())
    own.configure(own_keys("NO"), network.book, store)
    chunk = 64 * 1024
    content = bytes(range(256)) * 700
    with store.create("package-1") as writer:
        writer.write(content)
        writer.commit()
    digester = offers.Digester(chunk)
    digester.update(content)
    offers.offer_blob(digester.descriptor("package-1", clock.now() + timedelta(hours=1)), recipient="MA")
    got = peer.ask("GET", "/blobs/v1/package-1", range=f"bytes={chunk}-{2 * chunk - 1}")
    assert got.status_code == 206
    assert got.content == content[chunk : 2 * chunk]
    assert got.headers["content-range"] == f"bytes {chunk}-{2 * chunk - 1}/{len(content)}"
    whole = base64.b64encode(hashlib.sha256(content).digest()).decode()
    assert got.headers["repr-digest"] == f"sha-256=:{whole}:"
    last = peer.ask("GET", "/blobs/v1/package-1", range=f"bytes={2 * chunk}-{len(content) - 1}")
    assert last.content == content[2 * chunk :]
    for wrong in ("bytes=0-", "bytes=0-5", f"bytes=5-{chunk + 4}", f"bytes={9 * chunk}-{10 * chunk - 1}", ""):
        assert peer.ask("GET", "/blobs/v1/package-1", range=wrong).status_code == 416
    assert Peer(peer.app, "SE").ask("GET", "/blobs/v1/package-1", range="bytes=0-65535").status_code == 404
    assert peer.ask("GET", "/blobs/v1/..%2fpackage-1", range="bytes=0-65535").status_code in {401, 404}


def test_a_full_memory_of_nonces_lets_no_replay_through(peer: Peer, tmp_path: Path) -> None:
    peer.app.state.guard.nonces = NonceCache(tmp_path / "few", limit=1)
    assert peer.ask("GET", "/exchange/v1/capabilities").status_code == 200
    assert peer.ask("GET", "/exchange/v1/capabilities").status_code == 429


def test_a_request_replayed_after_a_restart_is_refused(network: Network, peer: Peer, tmp_path: Path) -> None:
    headers = peer.signed("GET", "/exchange/v1/capabilities")
    assert peer.send("GET", "/exchange/v1/capabilities", None, headers).status_code == 200
    again = Peer(create_app(URL, tmp_path / "nonces"))
    try:
        assert again.send("GET", "/exchange/v1/capabilities", None, headers).status_code == 401
    finally:
        again.app.state.guard._pools["standard"].submit(connections.close_all).result()
        again.app.state.guard.close()
