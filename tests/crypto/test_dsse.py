import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jusur.crypto import dsse
from jusur.crypto.errors import SignatureError
from jusur.crypto.keys import SigningKey, VerifyKey

VECTORS = json.loads((Path(__file__).parents[2] / "docs/vectors/crypto/dsse.json").read_text())
KIND = "application/vnd.jusur.message+json"
FIRST, SECOND, STRANGER = (SigningKey.from_seed(bytes([n]) * 32) for n in (1, 2, 3))
KEYS = {key.keyid: key.public for key in (FIRST, SECOND)}


def verify(envelope: Any, keys: dict[str, VerifyKey] = KEYS, kind: str = KIND) -> dsse.Verified:
    return dsse.verify(envelope, keys, payload_type=kind, max_bytes=1000)


def test_pae_of_the_specification() -> None:
    vector = VECTORS["pae"]
    assert dsse.pae(vector["payload_type"], vector["payload"].encode()).decode() == vector["pae"]


@pytest.mark.parametrize("vector", VECTORS["envelopes"], ids=lambda vector: vector["name"])
def test_envelope_vectors(vector: dict[str, Any]) -> None:
    signers = [SigningKey.from_seed(bytes.fromhex(seed)) for seed in vector["seeds"]]
    payload = bytes.fromhex(vector["payload"])
    assert dsse.sign(vector["payload_type"], payload, signers) == vector["envelope"]
    keys = {key.keyid: key.public for key in signers}
    assert verify(vector["envelope"], keys, vector["payload_type"]).payload == payload


def test_length_is_counted_in_bytes() -> None:
    assert dsse.pae("ج", b"") == "DSSEv1 2 ج 0 ".encode()


@given(st.binary(max_size=1000))
def test_what_was_signed_verifies(payload: bytes) -> None:
    envelope = json.loads(json.dumps(dsse.sign(KIND, payload, [FIRST, SECOND])))
    assert verify(envelope) == (payload, (FIRST.keyid, SECOND.keyid))


@given(st.binary(min_size=1, max_size=100), st.data())
def test_any_altered_byte_is_refused(payload: bytes, data: st.DataObject) -> None:
    envelope = dsse.sign(KIND, payload, [FIRST])
    name = data.draw(st.sampled_from(["payload", "sig", "keyid"]))
    holder = envelope if name == "payload" else envelope["signatures"][0]
    place = data.draw(st.integers(0, len(holder[name]) - 1))
    letter = data.draw(st.characters(min_codepoint=1, max_codepoint=300).filter(lambda c: c != holder[name][place]))
    holder[name] = holder[name][:place] + letter + holder[name][place + 1 :]
    with pytest.raises(SignatureError):
        verify(envelope)


def test_a_known_type_does_not_count_as_another() -> None:
    envelope = dsse.sign(KIND, b"{}", [FIRST])
    with pytest.raises(SignatureError, match="does not carry"):
        verify(envelope, kind="application/vnd.jusur.receipt+json")
    envelope["payloadType"] = "application/vnd.jusur.receipt+json"
    with pytest.raises(SignatureError, match="does not fit"):
        verify(envelope, kind="application/vnd.jusur.receipt+json")


@pytest.mark.parametrize("signers", [[STRANGER], [FIRST, STRANGER], [STRANGER, FIRST]])
def test_an_unknown_signer_is_refused(signers: list[SigningKey]) -> None:
    with pytest.raises(SignatureError, match="not known"):
        verify(dsse.sign(KIND, b"{}", signers))


def test_a_stranger_under_a_known_name_is_refused() -> None:
    envelope = dsse.sign(KIND, b"{}", [STRANGER])
    envelope["signatures"][0]["keyid"] = FIRST.keyid
    with pytest.raises(SignatureError, match="does not fit"):
        verify(envelope)


def test_a_key_kept_under_a_wrong_name_is_refused() -> None:
    with pytest.raises(SignatureError, match="not known"):
        verify(dsse.sign(KIND, b"{}", [STRANGER]), {STRANGER.keyid: FIRST.public})


def test_one_key_signs_once() -> None:
    envelope = dsse.sign(KIND, b"{}", [FIRST])
    envelope["signatures"] *= 2
    with pytest.raises(SignatureError, match="two signatures"):
        verify(envelope)
    with pytest.raises(SignatureError, match="different keys"):
        dsse.sign(KIND, b"{}", [FIRST, FIRST])


def test_somebody_signs() -> None:
    with pytest.raises(SignatureError, match="1 to 16"):
        dsse.sign(KIND, b"{}", [])
    with pytest.raises(SignatureError, match="1 to 16"):
        verify({**dsse.sign(KIND, b"{}", [FIRST]), "signatures": []})


def test_too_many_signatures_are_refused() -> None:
    envelope = dsse.sign(KIND, b"{}", [FIRST])
    envelope["signatures"] *= 17
    with pytest.raises(SignatureError, match="1 to 16"):
        verify(envelope)


def test_payloads_are_bounded() -> None:
    assert verify(dsse.sign(KIND, bytes(1000), [FIRST])).payload == bytes(1000)
    for size in (1001, 1002, 1003, 5000):
        with pytest.raises(SignatureError, match="1000 bytes"):
            verify(dsse.sign(KIND, bytes(size), [FIRST]))


GOOD = dsse.sign(KIND, b"{}", [FIRST])
SIGNATURE = GOOD["signatures"][0]


@pytest.mark.parametrize(
    "envelope",
    [
        None,
        [],
        "text",
        {},
        {**GOOD, "more": 1},
        {"payload": GOOD["payload"], "payloadType": KIND},
        {**GOOD, "payload": None},
        {**GOOD, "payload": 7},
        {**GOOD, "payload": ["e30="]},
        {**GOOD, "payload": "e30"},
        {**GOOD, "payload": "e31="},
        {**GOOD, "payload": "e3 0="},
        {**GOOD, "payload": "جسور"},
        {**GOOD, "payloadType": None},
        {**GOOD, "payloadType": [KIND]},
        {**GOOD, "signatures": {}},
        {**GOOD, "signatures": None},
        {**GOOD, "signatures": [None]},
        {**GOOD, "signatures": ["x"]},
        {**GOOD, "signatures": [{"sig": SIGNATURE["sig"]}]},
        {**GOOD, "signatures": [{**SIGNATURE, "cert": ""}]},
        {**GOOD, "signatures": [{**SIGNATURE, "keyid": None}]},
        {**GOOD, "signatures": [{**SIGNATURE, "keyid": ""}]},
        {**GOOD, "signatures": [{**SIGNATURE, "keyid": "a" * 1000}]},
        {**GOOD, "signatures": [{**SIGNATURE, "sig": ""}]},
        {**GOOD, "signatures": [{**SIGNATURE, "sig": 1}]},
        {**GOOD, "signatures": [{**SIGNATURE, "sig": base64.b64encode(bytes(63)).decode()}]},
        {**GOOD, "signatures": [{**SIGNATURE, "sig": SIGNATURE["sig"] * 1000}]},
    ],
)
def test_other_shapes_are_refused(envelope: Any) -> None:
    with pytest.raises(SignatureError):
        verify(envelope)
