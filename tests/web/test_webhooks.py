import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from tests.web.conftest import Caller, problem

from jusur.kernel import clock
from jusur.ledger import api as ledger
from jusur.node.context import Node
from jusur.web import deliveries, webhooks
from jusur.web.models import Webhook

pytestmark = [pytest.mark.urls("tests.web.frame_urls")]
real = pytest.mark.enable_socket
committed = pytest.mark.django_db(transaction=True)


class Receiver:
    """A national system's receiver on loopback: keeps what comes, answers as told."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.answer: Callable[[BaseHTTPRequestHandler], None] | None = None
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def _handler(receiver: "Receiver") -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the handler has a self of its own
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                if receiver.answer:
                    return receiver.answer(self)
                self.send_response(receiver.statuses.pop(0) if receiver.statuses else 204)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return None

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
                pass

        return Handler

    @property
    def subjects(self) -> list[str]:
        return [json.loads(body)["data"]["subject_id"] for _, body in self.got]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver(socket_enabled: None) -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def happen(*subjects: int, kind: str = "custody.sealed") -> None:
    for subject in subjects:
        ledger.record(kind, subject_type="package", subject_id=str(subject), actor="node", data={"secret": "content"})
    ledger.integrate()


def hook(url: str, *kinds: str) -> tuple[UUID, str]:
    made, secret = webhooks.webhook_create(url=url, kinds=list(kinds or ("custody.",)), actor="test")
    return made.id, secret


def verify(secret: str, headers: dict[str, str], body: bytes, *, now: float) -> None:
    """Standard Webhooks 1.0, "Verifying signatures", written from the specification."""
    assert abs(now - int(headers["webhook-timestamp"])) < 300
    key = base64.b64decode(secret[len("whsec_") :], validate=True)
    assert 24 <= len(key) <= 64
    content = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    signatures = [one.split(",", 1) for one in headers["webhook-signature"].split(" ")]
    assert any(version == "v1" and hmac.compare_digest(value, wanted) for version, value in signatures)


@committed
@real
def test_a_delivery_is_signed_and_tells_no_content(node: Node, receiver: Receiver) -> None:
    identifier, secret = hook(receiver.url)
    happen(1)
    assert webhooks.deliver(identifier) == 1
    headers, body = receiver.got[0]
    verify(secret, headers, body, now=clock.now().timestamp())
    with pytest.raises(AssertionError):
        verify(secret, headers, body + b" ", now=clock.now().timestamp())
    assert headers["content-type"] == "application/json"
    told = json.loads(body)
    assert told["type"] == "custody.sealed"
    assert told["data"] == {"subject_type": "package", "subject_id": "1"}
    assert b"content" not in body
    event = ledger.events("package", "1")[0]
    assert headers["webhook-id"] == str(event.id)


@committed
@real
def test_only_what_is_watched_is_told_in_order_from_now_on(node: Node, receiver: Receiver) -> None:
    happen(0)
    identifier, _ = hook(receiver.url)
    happen(1, 2, 3)
    happen(9, kind="evidence.request.sent")
    happen(4, 5)
    assert webhooks.deliver(identifier) == 5
    assert receiver.subjects == ["1", "2", "3", "4", "5"]
    assert webhooks.deliver(identifier) == 0


@committed
@real
def test_a_failure_is_tried_again_with_growing_pauses_and_nothing_overtakes(node: Node, receiver: Receiver) -> None:
    identifier, _ = hook(receiver.url)
    happen(1, 2, 3)
    receiver.statuses = [204, 500, 503, 410]
    for failures in 1, 2, 3:
        before = clock.now()
        webhooks.deliver(identifier)
        state = Webhook.objects.get(id=identifier)
        assert state.failures == failures
        assert timedelta(seconds=2**failures - 1) < state.next_attempt_at - before < timedelta(seconds=2**failures + 5)
        assert identifier not in webhooks.due()
    assert webhooks.deliver(identifier) == 2
    assert receiver.subjects == ["1", "2", "2", "2", "2", "3"]
    assert Webhook.objects.get(id=identifier).failures == 0
    ids = [headers["webhook-id"] for headers, _ in receiver.got]
    assert len(set(ids[1:5])) == 1


@committed
@real
def test_pauses_stop_growing(node: Node, receiver: Receiver) -> None:
    identifier, _ = hook(receiver.url)
    happen(1)
    receiver.statuses = [500]
    Webhook.objects.filter(id=identifier).update(failures=10_000)
    webhooks.deliver(identifier)
    assert Webhook.objects.get(id=identifier).next_attempt_at - clock.now() <= webhooks.LONGEST_PAUSE


@committed
@real
def test_a_restart_goes_on_where_it_was(node: Node, receiver: Receiver) -> None:
    """The worker dies after the second delivery: at most that one is told again, and none is left out."""
    identifier, _ = hook(receiver.url)
    happen(1, 2, 3)
    told = deliveries.post

    def die(hook: Webhook, secret: str, event: ledger.LedgerEvent) -> bool:
        told(hook, secret, event)
        if event.subject_id == "2":
            raise KeyboardInterrupt
        return True

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deliveries, "post", die)
        with pytest.raises(KeyboardInterrupt):
            webhooks.deliver(identifier)
    connections.close_all()
    webhooks.deliver(identifier)
    assert receiver.subjects == ["1", "2", "2", "3"]


@committed
@real
def test_the_loop_delivers_until_it_is_told_to_stop(
    node: Node, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "POLL_SECONDS", 0.05)
    for _ in range(2):
        hook(receiver.url)
    stop = threading.Event()

    def loop() -> None:
        try:
            webhooks.run(stop)
        finally:
            connections.close_all()

    thread = threading.Thread(target=loop)
    thread.start()
    happen(1, 2)
    deadline = time.monotonic() + 20
    while len(receiver.got) < 4 and time.monotonic() < deadline:
        time.sleep(0.05)
    stop.set()
    thread.join(20)
    assert not thread.is_alive()
    assert sorted(receiver.subjects) == ["1", "1", "2", "2"]


@committed
@real
def test_redirects_are_not_followed(node: Node, receiver: Receiver) -> None:
    other = Receiver()

    def redirect(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(307)
        handler.send_header("Location", other.url)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    receiver.answer = redirect
    identifier, _ = hook(receiver.url)
    happen(1)
    assert webhooks.deliver(identifier) == 0
    assert (len(receiver.got), other.got) == (1, [])
    other.close()


@committed
@real
def test_an_endless_answer_is_not_read(node: Node, receiver: Receiver) -> None:
    sent: list[int] = []

    def flood(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while len(sent) < 1000:
                handler.wfile.write(b"x" * (1 << 20))
                sent.append(1)
        except OSError:
            pass

    receiver.answer = flood
    identifier, _ = hook(receiver.url)
    happen(1)
    assert webhooks.deliver(identifier) == 1
    assert len(sent) < 100


@committed
@real
@pytest.mark.parametrize("drip", [b"", b"H"])
def test_a_receiver_that_stalls_or_drips_loses_its_turn(
    node: Node, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, drip: bytes
) -> None:
    monkeypatch.setattr(deliveries, "DEADLINE_SECONDS", 0.6)
    gone = threading.Event()

    def stall(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        try:
            while not gone.wait(0.1):
                handler.wfile.write(drip)
        except OSError:
            pass

    receiver.answer = stall
    identifier, _ = hook(receiver.url)
    happen(1)
    began = time.monotonic()
    assert webhooks.deliver(identifier) == 0
    assert time.monotonic() - began < 5
    gone.set()
    assert Webhook.objects.get(id=identifier).failures == 1


@committed
@real
def test_nobody_there_is_a_failure(node: Node, receiver: Receiver) -> None:
    identifier, _ = hook(receiver.url)
    receiver.close()
    happen(1)
    assert webhooks.deliver(identifier) == 0
    assert Webhook.objects.get(id=identifier).failures == 1
    receiver.server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    threading.Thread(target=receiver.server.serve_forever, daemon=True).start()


@committed
@real
def test_ended_during_a_turn_nothing_more_is_told(node: Node, receiver: Receiver) -> None:
    identifier, _ = hook(receiver.url)
    happen(1, 2)
    told = deliveries.post

    def end(hook: Webhook, secret: str, event: ledger.LedgerEvent) -> bool:
        webhooks.webhook_end(webhook_id=identifier, actor="test")
        return told(hook, secret, event)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deliveries, "post", end)
        assert webhooks.deliver(identifier) == 1
    assert webhooks.deliver(identifier) == 0
    assert receiver.subjects == ["1"]


@pytest.mark.django_db
def test_the_life_of_a_webhook_over_http(everything: Caller) -> None:
    created = everything.post("/webhooks", {"url": "https://ncb.example/hook", "kinds": ["custody.", "exchange."]})
    assert created.status_code == 201
    secret = created.json()["secret"]
    assert secret.startswith("whsec_")
    path = f"/webhooks/{created.json()['id']}"
    for shown in everything.get(path), everything.get("/webhooks"):
        assert shown.status_code == 200
        assert secret.encode() not in shown.content
        assert b"secret" not in shown.content
    assert everything.get(path).json()["ended_at"] is None
    assert everything.delete(path).status_code == 204
    assert everything.get(path).json()["ended_at"]
    problem(everything.delete(path), 404)
    assert [event.kind for event in ledger.iter_events({"web.webhook.*"})] == [
        "web.webhook.created",
        "web.webhook.ended",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://ncb.example/hook",
        "https://",
        "ftp://127.0.0.1/",
        "https://user:pass@ncb.example/",
        "https://ncb.example:99999/",
        "https://[::1",
        "https://ncb.example/a b",
        "https://ncb.example/\u202e",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://ncb.example/" + "x" * 2000,
        "http://127.0.0.1.evil.example/",
    ],
)
def test_addresses_that_cannot_be_told_are_refused(everything: Caller, url: str) -> None:
    problem(everything.post("/webhooks", {"url": url, "kinds": ["custody."]}), 422)


@pytest.mark.django_db
@pytest.mark.parametrize("kinds", [[], ["accounts."], [""], ["custody"], ["custody." + "x" * 60], ["custody.\n"]])
def test_what_cannot_be_watched_is_refused(everything: Caller, kinds: list[str]) -> None:
    problem(everything.post("/webhooks", {"url": "https://ncb.example/", "kinds": kinds}), 422)


@pytest.mark.django_db
def test_webhooks_are_their_managers(entered: Callable[..., Caller]) -> None:
    caller = entered("officer", "supervisor")
    problem(caller.get("/webhooks"), 403)
    problem(caller.post("/webhooks", {"url": "https://ncb.example/", "kinds": ["custody."]}), 403)
    problem(caller.delete("/webhooks/" + str(UUID(int=1))), 403)
