"""A member that has turned hostile, and strangers: every trick is refused with its reason and the gate goes on."""

import contextlib
import json
import secrets
import ssl
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from tests.e2e.acts import receipted, write
from tests.e2e.gatecaller import Caller
from tests.e2e.network import PURPOSE, Network, until

from jusur.node.keystore import Keystore

EMPTY = b'{"envelopes":[]}'


@pytest.fixture
def hostile(network: Network) -> Caller:
    """Oslo's keys in bad hands, before Rabat's gate."""
    return Caller(own=network["NO"], gate=network["MA"])


@pytest.fixture(autouse=True)
def goes_on(network: Network) -> Any:
    """Whatever was tried, honest messages pass afterwards."""
    yield
    receipted(network["NO"], write(network["NO"], "MA"), seconds=20)


def test_a_recorded_request_does_nothing_twice(hostile: Caller) -> None:
    recorded = hostile.signed(EMPTY)
    first, _ = hostile.send(recorded)
    assert first < 500
    status, said = hostile.send(recorded)
    assert status == 401
    assert b"made before" in said


def test_a_recorded_envelope_is_known(network: Network, hostile: Caller) -> None:
    path = write(network["NO"], "MA")
    receipted(network["NO"], path)
    body = network["NO"].script(_RECORDED, message=path.rpartition("/")[2])["body"].encode()
    answers = [json.loads(hostile.send(hostile.signed(body))[1])["receipts"] for _ in range(2)]
    assert answers[0] == answers[1]
    assert network["MA"].script(_ROWS, message=path.rpartition("/")[2])["states"] == ["processed"]


def test_forged_and_borrowed_signatures_are_refused(hostile: Caller) -> None:
    signed = hostile.signed(EMPTY)
    at = signed.index(b"signature: ") + 30
    forged = signed[:at] + (b"A" if signed[at : at + 1] != b"A" else b"B") + signed[at + 1 :]
    for request in (forged, hostile.signed(EMPTY, sender="GS"), hostile.signed(EMPTY, sender="ZZ")):
        status, said = hostile.send(request)
        assert status == 401, said
        assert json.loads(said)["detail"]
    status, said = hostile.send(hostile.signed(EMPTY, lie=b"another body"))
    assert status in {400, 401}
    assert b"body" in said.lower() or b"digest" in said.lower()
    status, _ = hostile.send(b"POST /exchange/v1/envelopes HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}")
    assert status == 401


def test_a_forged_envelope_is_refused_with_its_reason(network: Network, hostile: Caller) -> None:
    made = network["NO"].script(_FORGED)
    for name, reason in (("signature", "signature-invalid"), ("sender", "unknown-key"), ("sealed", "cannot-open")):
        status, said = hostile.send(hostile.signed(made[name].encode()))
        assert status == 200, said
        [receipt] = json.loads(said)["receipts"]
        refusal = json.loads(_payload(receipt))["refusal"]
        assert refusal["detail"]
        assert refusal["code"] in {reason, "signature-invalid", "cannot-open"}, (name, refusal)


def _payload(receipt: dict[str, str]) -> bytes:
    import base64

    return base64.b64decode(receipt["payload"])


def test_sizes_beyond_reason_are_refused_at_their_announcement(hostile: Caller) -> None:
    status, said = hostile.send(hostile.signed(b"", length=100 * 10**9, lie=b""))
    assert status == 413, said
    for head in (b"x: " + b"a" * 200_000, b"".join(b"x-%d: a\r\n" % at for at in range(20_000))):
        status, _ = hostile.send(b"GET /health HTTP/1.1\r\nhost: x\r\n" + head + b"\r\n\r\n")
        assert status in {0, 400, 431}


def test_a_truncated_body_is_nothing(hostile: Caller) -> None:
    whole = hostile.signed(EMPTY, length=len(EMPTY) + 1000)
    with hostile.connect() as wire:
        wire.sendall(whole)
        time.sleep(0.2)
    status, _ = hostile.send(b"POST /exchange/v1/envelopes HTTP/1.1\r\n")
    assert status in {0, 400, 408}


def test_who_talks_slowly_does_not_keep_the_gate(network: Network, hostile: Caller) -> None:
    slow = [hostile.connect() for _ in range(40)]
    try:
        for wire in slow:
            wire.sendall(b"POST /exchange/v1/envelopes HTTP/1.1\r\nhost: x\r\n")
        receipted(network["NO"], write(network["NO"], "MA", priority="emergency"), seconds=10)
        started = time.monotonic()
        slow[0].settimeout(30)
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            slow[0].recv(1000)
        assert time.monotonic() - started < 25
    finally:
        for wire in slow:
            wire.close()


def test_a_stranger_does_not_come_in(hostile: Caller) -> None:
    try:
        status, said = hostile.send(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n", certificate=False)
    except (ssl.SSLError, ConnectionError):
        return
    assert (status, said) == (0, b"")


@pytest.mark.parametrize(("days", "welcome"), [(5, True), (-1, False)])
def test_an_expired_certificate_is_refused_at_the_handshake(
    network: Network, hostile: Caller, tmp_path: Path, days: int, *, welcome: bool
) -> None:
    authority = Keystore(network["GS"].home / "keys").network_ca
    old = x509.load_pem_x509_certificate((network["NO"].home / "keys" / "tls.certificate.pem").read_bytes())
    moment = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder(old.issuer, old.subject, old.public_key(), x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=30))
        .not_valid_after(moment + timedelta(days=days))
    )
    for extension in old.extensions:
        builder = builder.add_extension(extension.value, extension.critical)
    certificate = tmp_path / "certificate.pem"
    made = builder.sign(authority.key, hashes.SHA384())
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    try:
        status, _ = hostile.send(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n", certificate=certificate)
    except (ssl.SSLError, ConnectionError):
        status = 0
    assert status == (200 if welcome else 0)


@pytest.mark.parametrize(
    ("trick", "said"),
    [
        ("traversal", "archive: "),
        ("bomb", "archive: "),
        ("link", "archive: "),
        ("unicode", "archive: "),
        ("noise", ""),
        ("size", "is not the one whose digest"),
        ("digest", "digest"),
        ("statement", "signed statement"),
    ],
)
def test_a_package_made_to_harm_is_rejected(network: Network, trick: str, said: str) -> None:
    oslo, rabat = network["NO"], network["MA"]
    made = oslo.script(_HARMFUL, trick=trick, purpose=PURPOSE, salt=secrets.token_hex(8))
    place = f"/evidence/packages/{made['package']}"
    if trick == "statement":
        until(lambda: oslo.script(_REFUSED, package=made["package"])["refusal"], what="the refusal", step=0.5)
        rabat.call("officer", "GET", place, status=404)
        return
    found = until(
        lambda: next((p for p in [rabat.exists(place)] if p["failure"]), {}), what="the rejection", seconds=90
    )
    assert said in found["failure"]
    assert found["state"] != "verified"
    outside = [p for p in (rabat.home.parent / "harm", rabat.home / "harm", Path("/tmp/harm")) if p.exists()]
    assert outside == []
    rabat.post("officer", f"{place}/exports", {"folder": "x", "purpose": PURPOSE}, status=409)
    if found["state"] == "rejected":
        assert oslo.reaches(place, "rejected")["failure"]


_RECORDED = """
from jusur.exchange.models import Delivery
from jusur.exchange import wire
row = Delivery.objects.get(message_id=given["message"])
told["body"] = wire.batch_of_envelopes([((), bytes(row.envelope))]).decode()
"""
_ROWS = """
from jusur.exchange.models import InboundMessage
told["states"] = [row.state for row in InboundMessage.objects.filter(message_id=given["message"])]
"""
_FORGED = """
import base64, json
from django.db import transaction
from jusur.crypto import dsse
from jusur.crypto.keys import SigningKey
from jusur.exchange import api as exchange, wire
from jusur.exchange.models import Delivery
from jusur.node import context
TYPE = "application/vnd.jusur.envelope+json"
class Done(Exception): pass
try:
    with transaction.atomic():
        body = {"subject": "x", "text": "x", "language": "en", "topic": "message"}
        sent = exchange.send("message.text", to=["MA"], body=body, handling=exchange.for_recipients(["MA"]),
            purpose="x", legal_basis="x")
        raw = json.loads(bytes(Delivery.objects.get(message_id=sent.id).envelope))
        raise Done
except Done:
    pass
payload = json.loads(base64.b64decode(raw["payload"]))
def pack(value): return wire.batch_of_envelopes([((), json.dumps(value, separators=(",", ":")).encode())]).decode()
def b64(value): return base64.b64encode(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).decode()
told["signature"] = pack({**raw, "payload": b64({**payload, "priority": "emergency"})})
stranger = SigningKey.generate()
told["sender"] = pack(dsse.sign(TYPE, base64.b64decode(raw["payload"]), [stranger]))
sealed = bytearray(base64.b64decode(payload["sealed"])); sealed[-1] ^= 1
spoiled = base64.b64decode(b64({**payload, "sealed": base64.b64encode(bytes(sealed)).decode()}))
told["sealed"] = pack(dsse.sign(TYPE, spoiled, [context.current().keys.signing]))
"""
_REFUSED = """
from jusur.exchange.models import Delivery
rows = Delivery.objects.filter(message__conversation=given["package"])
told["refusal"] = [row.refusal for row in rows if row.refusal]
"""
_HARMFUL = """
import dataclasses, hashlib, io, tarfile, random
from blake3 import blake3
from jusur.crypto.age import AgeWriter
from jusur.directory import api as directory
from jusur.evidence.models import EvidencePackage
from jusur.evidence.services import sealing
from jusur.kernel import clock
from jusur.kernel.ids import new_id
from jusur.node import context
from jusur.packages import SealedPackage
from jusur.rows.claims import claim
number, trick = new_id(), given["trick"]
package = EvidencePackage.objects.create(id=number, bag_id=number, direction="outgoing", state="awaiting_release",
    counterpart="MA", originator="NO", case_reference="X", purpose=given["purpose"], legal_basis="x",
    conditions={"purposes": [given["purpose"]], "forwarding": [], "retention_days": 30, "at_end": "destroy",
    "text": ""}, completes=True, created_at=clock.now())
plain = io.BytesIO()
with tarfile.open(fileobj=plain, mode="w") as tar:
    def add(name, data=b"x", **more):
        info = tarfile.TarInfo(name)
        info.size = len(data)
        for key, value in more.items():
            setattr(info, key, value)
        tar.addfile(info, io.BytesIO(data))
    add(f"{number}/bagit.txt", b"BagIt-Version: 1.0\\nTag-File-Character-Encoding: UTF-8\\n")
    if trick == "traversal":
        add(f"{number}/data/../../../../harm", b"harm")
    if trick == "link":
        add(f"{number}/data/link", b"", type=tarfile.SYMTYPE, linkname="/etc/passwd")
    if trick == "unicode":
        add(f"{number}/data/\\u202egnp.exe", b"harm")
    if trick == "bomb":
        for at in range(120_000):
            add(f"{number}/data/{at}", b"")
data = plain.getvalue() if trick != "noise" else random.Random(1).randbytes(100_000)
if trick == "bomb":  # and a member that claims more than there will ever be
    head = tarfile.TarInfo(f"{number}/data/huge"); head.size = 8 * 2**30 - 1
    data = data[: -tarfile.RECORDSIZE] + head.tobuf()
out = io.BytesIO()
if trick == "noise":
    out.write(data)
else:
    with AgeWriter(out, [directory.age_recipient("MA")]) as writer:
        writer.write(data)
sealed = out.getvalue()
name = sealing.blob_name(package)
with context.current().vault.create(name) as writer:
    writer.write(sealed)
    writer.commit()
size = 65536 * 128
chunks = [sealed[at:at + size] for at in range(0, len(sealed), size)]
stated = SealedPackage(package_id=str(number), size=len(sealed), sha256=hashlib.sha256(sealed).hexdigest(),
    chunk_size=size, chunk_digests=tuple(blake3(c).hexdigest() for c in chunks),
    tagmanifest_sha256="0" * 64, files=(), payload_bytes=1, sealed_at=clock.now())
if trick == "digest":
    stated = dataclasses.replace(stated, sha256=hashlib.sha256(b"lie").hexdigest())
real = sealing.exchange.offer_blob
if trick == "size":
    other = blake3(sealed[:-1] + b"!").hexdigest()
    stated = dataclasses.replace(stated, chunk_digests=(*stated.chunk_digests[:-1], other))
if trick == "statement":
    told_sign = sealing.statements.sign
    sealing.statements.sign = lambda p, s: told_sign(p, dataclasses.replace(s, sha256="1" * 64))
with claim("evidence.seal", number) as ours:
    EvidencePackage.objects.filter(id=number).update(state="sealing")
    sealing.finish(package, name, stated)
told["package"] = str(number)
"""
