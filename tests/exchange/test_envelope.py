"""The protocol between two pure ends, and its published vectors."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.exchange.conftest import BODY, Book, log_signer, new_uuid, own_keys

from jusur.exchange import envelope as envelopes
from jusur.exchange import handling, wire
from jusur.exchange.envelope import DirectoryState, Header
from jusur.exchange.errors import EnvelopeRefusedError, Reason, ReceiptRefusedError
from jusur.exchange.message import Message, moments
from jusur.exchange.receipt import Proof, make, verify
from jusur.kernel import canonical
from jusur.kernel.clock import parse_timestamp
from jusur.tlog import checkpoint as checkpoints
from jusur.tlog.merkle import leaf_hash

NOW = datetime(2026, 11, 21, 20, 5, 6, tzinfo=UTC)
VECTORS = Path(__file__).resolve().parents[2] / "docs" / "vectors" / "exchange"


def message(**changes: Any) -> Message:
    values: dict[str, Any] = {
        "v": 1,
        "id": str(new_uuid(1)),
        "kind": "message.text",
        "sender": "MA",
        "to": ["NO"],
        "conversation": str(new_uuid(2)),
        "sequence": 1,
        "handling": handling.for_recipients(["NO"]),
        "purpose": "investigation",
        "legal_basis": "agreement",
        "body": BODY,
        **moments(NOW, NOW + timedelta(days=1)),
        **changes,
    }
    return Message(**values)


def header(**changes: Any) -> Header:
    values: dict[str, Any] = {
        "protocol": "1.0",
        "id": str(new_uuid(3)),
        "sender": "MA",
        "to": "NO",
        "priority": "routine",
        "directory": DirectoryState(version=7, digest="ab" * 32),
        **moments(NOW, NOW + timedelta(days=1)),
        **changes,
    }
    return Header(**values)


def sealed(inner: Message | None = None, outer: Header | None = None) -> bytes:
    oslo = own_keys("NO").sealing[0].public
    return envelopes.seal(inner or message(), outer or header(), own_keys("MA"), oslo)[0]


def refusal(raw: bytes, *, now: datetime = NOW) -> Reason:
    with pytest.raises(EnvelopeRefusedError) as caught:
        envelopes.open_envelope(raw, own_keys("NO"), Book(), now=now)
    return caught.value.reason


def test_what_is_sealed_opens_to_the_same_message() -> None:
    opened = envelopes.open_envelope(sealed(), own_keys("NO"), Book(), now=NOW)
    assert opened.message == message()
    assert opened.header == header()


@pytest.mark.parametrize(
    ("inner", "outer", "reason"),
    [
        ({"sender": "SE"}, {}, Reason.MISMATCH),
        ({"to": ["SE"]}, {}, Reason.MISMATCH),
        ({"expires_at": "2026-11-23T00:00:00Z"}, {}, Reason.MISMATCH),
        ({}, {"protocol": "2.0"}, Reason.PROTOCOL),
        ({}, {"to": "SE"}, Reason.NOT_FOR_ME),
        ({}, {"expires_at": "2027-11-23T00:00:00Z"}, Reason.LIFETIME),
        ({"kind": "Not A Kind"}, {}, Reason.MALFORMED),
        ({"sequence": 0}, {}, Reason.MALFORMED),
    ],
)
def test_what_does_not_fit_is_refused(inner: dict[str, Any], outer: dict[str, Any], reason: Reason) -> None:
    assert refusal(sealed(message(**inner), header(**outer))) == reason


def test_a_message_cannot_be_moved_into_another_envelope() -> None:
    first, second = json.loads(sealed()), json.loads(sealed(None, header(id=str(new_uuid(9)))))
    one, two = (json.loads(base64.b64decode(each["payload"])) for each in (first, second))
    from jusur.crypto import dsse

    forged = dsse.sign(
        envelopes.PAYLOAD_TYPE, canonical.encode({**one, "sealed": two["sealed"]}), [own_keys("MA").signing]
    )
    assert refusal(json.dumps(forged).encode()) == Reason.CANNOT_OPEN


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_changed_bit_is_refused_and_never_crashes(data: st.DataObject) -> None:
    raw = bytearray(sealed())
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] ^= 1 << data.draw(st.integers(0, 7))
    try:
        opened = envelopes.open_envelope(bytes(raw), own_keys("NO"), Book(), now=NOW)
    except EnvelopeRefusedError:
        return
    assert opened.message == message()  # JSON white space is the only thing that may have changed


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_refused_with_a_reason(raw: bytes) -> None:
    assert refusal(raw) in set(Reason)


def _receipt(**changes: Any) -> bytes:
    leaf = b'{"kind":"exchange.message.received"}'
    head = checkpoints.make(1, leaf_hash(leaf), log_signer("NO"))
    values: dict[str, Any] = {
        "by": "NO",
        "envelope": str(new_uuid(3)),
        "sender": "MA",
        "digest": "cd" * 32,
        "status": "accepted",
        "received_at": NOW,
        "proof": Proof(head.text, leaf, 0, ()),
        **changes,
    }
    return make(own_keys("NO").signing, **values)


def test_a_receipt_holds_only_with_its_whole_proof() -> None:
    keys, log = Book().signing_keys("NO"), Book().log_verifier("NO")
    assert verify(_receipt(), keys, log, digest="cd" * 32, by="NO").status == "accepted"
    foreign = checkpoints.make(1, leaf_hash(b"other"), log_signer("NO"))
    other_kind = b'{"kind":"exchange.message.refused"}'
    refused_leaf = checkpoints.make(1, leaf_hash(other_kind), log_signer("NO"))
    for changes in (
        {"proof": None},
        {"digest": "00" * 32},
        {"status": "refused"},
        {"proof": Proof(foreign.text, b'{"kind":"exchange.message.received"}', 0, ())},
        {"proof": Proof(refused_leaf.text, other_kind, 0, ())},
        {"proof": Proof(checkpoints.make(1, leaf_hash(other_kind), log_signer("SE")).text, other_kind, 0, ())},
    ):
        with pytest.raises(ReceiptRefusedError):
            verify(_receipt(**changes), keys, log, digest="cd" * 32, by="NO")
    with pytest.raises(ReceiptRefusedError):
        verify(_receipt(), Book().signing_keys("SE"), log, digest="cd" * 32, by="NO")


@pytest.mark.parametrize(
    ("theirs", "common"),
    [(["1.0"], "1.0"), (["1.3", "2.0"], "1.0"), (["2.0"], None), ([], None), (["x", "1", "1.0.0"], None)],
)
def test_versions_are_negotiated(theirs: list[str], common: str | None) -> None:
    assert wire.common_protocol(theirs) == common


def vectors() -> dict[str, Any]:
    raw = sealed()
    document = json.loads(raw)
    return {
        "keys": {
            address: {
                "signing_public_pem": own_keys(address).signing.public.pem(),
                "signing_keyid": own_keys(address).signing.keyid,
                "seed_rule": "SHA-256 of '<ADDRESS>/signing', '<ADDRESS>/sealing', '<ADDRESS>/log'",
                "log_verifier": str(log_signer(address).verifier),
            }
            for address in ("MA", "NO")
        },
        "now": "2026-11-21T20:05:06Z",
        "message": msgspec.to_builtins(message()),
        "header": msgspec.to_builtins(header()),
        "associated_data": envelopes.header_aad(header()).decode(),
        "envelope": document,
        "digest": envelopes.peek(raw).digest,
        "receipt": json.loads(_receipt(digest=envelopes.peek(raw).digest)),
    }


def test_the_published_vector_opens() -> None:
    published = json.loads((VECTORS / "envelope.json").read_text())
    now = parse_timestamp(published["now"])
    raw = json.dumps(published["envelope"]).encode()
    opened = envelopes.open_envelope(raw, own_keys("NO"), Book(), now=now)
    assert msgspec.to_builtins(opened.message) == published["message"]
    assert envelopes.header_aad(opened.header).decode() == published["associated_data"]
    assert opened.digest == published["digest"]
    keys, log = Book().signing_keys("NO"), Book().log_verifier("NO")
    receipt = json.dumps(published["receipt"]).encode()
    assert verify(receipt, keys, log, digest=published["digest"], by="NO").envelope == published["header"]["id"]
    assert published["keys"] == vectors()["keys"]
