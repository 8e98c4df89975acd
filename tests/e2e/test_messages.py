"""Messages between running bureaus: attachments, warnings, emergencies, drafts, relays, webhooks."""

import json
import secrets
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from tests.e2e.acts import receipted, write
from tests.e2e.network import PURPOSE, Network, until

_SAVE = """
from pathlib import Path
from uuid import UUID
from jusur.exchange import attachments
told["path"] = str(attachments.save(UUID(given["message"]), 0, Path(given["folder"]), actor="officer:test"))
"""


def test_a_message_arrives_with_its_attachments_and_is_acknowledged(network: Network, tmp_path: Path) -> None:
    rabat, oslo, data = network["MA"], network["NO"], secrets.token_bytes(300_000)
    name = rabat.put(f"photo-{secrets.token_hex(4)}.jpg", data)
    path = write(rabat, "NO", text="صورة السيارة — voyez la photo", attachments=[name], priority="urgent")
    receipted(rabat, path)
    oslo.reaches(path, "processed")
    arrived = until(
        lambda: [item for item in oslo.get(path)["attachments"] if item["state"] == "completed"], what="the photo"
    )
    assert arrived[0]["size"] == len(data)
    saved = oslo.script(_SAVE, message=path.rpartition("/")[2], folder=str(tmp_path))["path"]
    assert Path(saved).read_bytes() == data
    assert oslo.get(path)["body"]["text"].startswith("صورة")
    oslo.post("officer", f"{path}/acknowledgement")
    until(lambda: rabat.get(path)["deliveries"][0]["acknowledged_at"], what="the acknowledgement")


def test_a_draft_is_sent_by_a_second_officer_only(network: Network) -> None:
    rabat = network["MA"]
    path = write(rabat, "NO", draft=True)
    assert rabat.get(path)["state"] == "drafted"
    refused = rabat.post("officer", f"{path}/approval", status=409)
    assert "author" in refused["detail"]
    rabat.post("supervisor", f"{path}/approval")
    receipted(rabat, path)
    rabat.post("second", f"{path}/approval", status=409)


def test_a_warning_reaches_every_bureau_and_each_says_so(network: Network) -> None:
    rabat = network["MA"]
    body = {
        "subject": "Drones seen at a port",
        "text": "Two drones with payloads were seen.",
        "threat": "drones",
        "severity": "imminent",
        "purpose": PURPOSE,
        "legal_basis": "ICPO Constitution, article 31",
    }
    sent = rabat.post("officer", "/exchange/warnings", body)
    assert sent["priority"] == "emergency"
    assert "NO" in sent["to"]
    assert "GS" not in sent["to"]
    path = f"/exchange/messages/{sent['id']}"
    network["NO"].reaches(path, "processed")
    network["NO"].post("officer", f"{path}/acknowledgement")

    def oslo() -> dict[str, Any]:
        deliveries: list[dict[str, Any]] = rabat.get(path)["deliveries"]
        return next(each for each in deliveries if each["recipient"] == "NO")

    until(lambda: oslo()["acknowledged_at"], what="the word back")
    assert oslo()["state"] == "receipted"
    assert {each["recipient"] for each in rabat.get(path)["deliveries"]} == set(sent["to"])


def test_an_emergency_does_not_wait_behind_bulk(network: Network) -> None:
    rabat, oslo = network["MA"], network["NO"]
    assert oslo.wire
    oslo.wire.cut(refuse=True)
    bulk = rabat.script(_BULK, count=600)["ids"]
    oslo.wire.order(delay=0.05)
    urgent = write(rabat, "NO", priority="emergency")
    receipted(rabat, urgent, seconds=20)
    states = [rabat.get(f"/exchange/messages/{number}")["state"] for number in bulk[-5:]]
    assert states == ["queued"] * 5
    oslo.wire.order()
    rabat.retry_now()
    until(lambda: rabat.script(_LEFT, ids=bulk)["left"] == 0, what="the bulk", step=1)
    assert oslo.script(_ARRIVED, ids=bulk)["processed"] == 600


_BULK = """
from django.db import transaction
from jusur.exchange import api as exchange
told["ids"] = []
with transaction.atomic():
    for number in range(given["count"]):
        body = {"subject": f"Bulk {number}", "text": "x" * 2000, "language": "en", "topic": "information"}
        sent = exchange.send("message.text", to=["NO"], body=body, handling=exchange.for_recipients(["NO"]),
            purpose="Test of bulk", legal_basis="ICPO", priority="bulk")
        told["ids"].append(str(sent.id))
"""
_LEFT = """
from jusur.exchange.models import Delivery
told["left"] = Delivery.objects.filter(message_id__in=given["ids"]).exclude(state="receipted").count()
"""
_ARRIVED = """
import time
from jusur.exchange.models import InboundMessage
for _ in range(300):
    told["processed"] = InboundMessage.objects.filter(message_id__in=given["ids"], state="processed").count()
    if told["processed"] == len(given["ids"]):
        break
    time.sleep(0.1)
"""


def test_a_hostile_name_or_text_is_refused(network: Network) -> None:
    rabat = network["MA"]
    body = {"to": ["NO"], "subject": "a\u202eb", "text": "x", "purpose": PURPOSE, "legal_basis": "ICPO"}
    rabat.post("officer", "/exchange/messages", body, status=422)
    for name in ("../keys/signing.pem", "a\u0000b", "..", "keys/../../x", "a\u202egpj.exe"):
        refused = {**body, "subject": "a", "attachments": [name]}
        assert rabat.post("officer", "/exchange/messages", refused, status=422)["detail"]
    (rabat.home / "intake" / "link.pem").unlink(missing_ok=True)
    (rabat.home / "intake" / "link.pem").symlink_to(rabat.home / "keys" / "signing.pem")
    rabat.post("officer", "/exchange/messages", {**body, "subject": "a", "attachments": ["link.pem"]}, status=404)


def test_a_webhook_is_told_what_arrives(network: Network) -> None:
    heard: list[tuple[dict[str, str], dict[str, Any]]] = []

    class Listener(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.append((dict(self.headers.items()), json.loads(body)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    oslo = network["NO"]
    hook = oslo.post(
        "admin",
        "/webhooks",
        {"url": f"http://127.0.0.1:{server.server_port}/hook", "kinds": ["exchange.message.received"]},
    )
    try:
        receipted(network["MA"], write(network["MA"], "NO"))
        until(lambda: heard, what="the webhook")
    finally:
        oslo.call("admin", "DELETE", f"/webhooks/{hook['id']}")
        server.shutdown()
        server.server_close()
    assert "exchange.message.received" in json.dumps(heard[0][1])
    assert any("signature" in name.lower() for name in heard[0][0])


def test_the_same_key_does_an_act_once(network: Network) -> None:
    rabat, key = network["MA"], secrets.token_hex(8)
    body = {"to": ["NO"], "subject": "Once", "text": "Once.", "purpose": PURPOSE, "legal_basis": "ICPO"}
    first, second = (rabat.call("officer", "POST", "/exchange/messages", body, key=key) for _ in range(2))
    assert first["id"] == second["id"]
