import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import http_message_signatures as judge
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jusur.crypto import requests
from jusur.crypto.errors import RequestSignatureError
from jusur.crypto.keys import SigningKey, VerifyKey

VECTORS = json.loads((Path(__file__).parents[2] / "docs/vectors/crypto/requests.json").read_text())
KEY, OTHER = SigningKey.from_seed(bytes([1]) * 32), SigningKey.from_seed(bytes([2]) * 32)
URL = "https://gate.example:8443/blobs/7?part=2"
NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
NONCE = "0123456789abcdef"
DIGEST = hashlib.sha256(b"body").digest()


def find_key(sender: str, keyid: str) -> VerifyKey | None:
    return {("MA", KEY.keyid): KEY.public, ("NO", OTHER.keyid): OTHER.public}.get((sender, keyid))


def signed(**changes: Any) -> dict[str, str]:
    headers = {"jusur-from": "MA"}
    request: dict[str, Any] = {"method": "GET", "url": URL, "headers": headers, "created": NOW, "nonce": NONCE}
    request.update(changes)
    return {**request["headers"], **requests.sign_request(request.pop("key", KEY), **request)}


def verify(headers: requests.Fields, **changes: Any) -> requests.VerifiedRequest:
    request: dict[str, Any] = {"method": "GET", "url": URL, "body_digest": None, "now": NOW}
    return requests.verify_request(find_key, headers=headers, **{**request, **changes})


def respell(headers: dict[str, str], old: str, new: str, name: str = "signature-input") -> dict[str, str]:
    assert old in headers[name]
    return {**headers, name: headers[name].replace(old, new)}


def test_signature_base_of_rfc_9421_b_2_6() -> None:
    vector = VECTORS["rfc9421_b_2_6"]
    base = requests.signature_base([(name, value) for name, value in vector["components"]], vector["parameters"])
    assert base.decode() == vector["base"]
    SigningKey.from_pem(vector["private_pem"]).public.verify(base64.b64decode(vector["signature"]), base)
    assert SigningKey.from_pem(vector["private_pem"]).sign(base) == base64.b64decode(vector["signature"])
    assert SigningKey.from_pem(vector["private_pem"]).public == VerifyKey.from_pem(vector["public_pem"])


@pytest.mark.parametrize("vector", VECTORS["content_digest"], ids=lambda vector: vector["source"])
def test_content_digest_vectors(vector: dict[str, str]) -> None:
    assert requests.content_digest(hashlib.sha256(vector["body"].encode()).digest()) == vector["field"]


@pytest.mark.parametrize("vector", VECTORS["requests"], ids=lambda vector: vector["name"])
def test_request_vectors(vector: dict[str, Any]) -> None:
    key = SigningKey.from_seed(bytes.fromhex(vector["seed"]))
    digest = hashlib.sha256(vector["body"].encode()).digest() if vector["body"] is not None else None
    created = datetime.fromtimestamp(vector["created"], UTC)
    common = {"method": vector["method"], "url": vector["url"]}
    added = requests.sign_request(
        key, headers=vector["headers"], body_digest=digest, created=created, nonce=vector["nonce"], **common
    )
    assert added == vector["added"]
    result = requests.verify_request(
        lambda _sender, _keyid: key.public,
        headers={**vector["headers"], **vector["added"]},
        body_digest=digest,
        now=created,
        **common,
    )
    assert (result.keyid, result.nonce) == (key.keyid, vector["nonce"])


@dataclass
class Message:
    """A request as the outside judge takes it."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


class Resolver(judge.HTTPSignatureKeyResolver):
    def resolve_public_key(self, key_id: str) -> Any:
        assert key_id == KEY.keyid
        return KEY.public._key

    def resolve_private_key(self, key_id: str) -> Any:
        return KEY._key


COVERED = ("@query", "@path", "jusur-from", "@authority", "@method", "content-digest")


@pytest.mark.parametrize(
    "url", [URL, "https://GATE.example:443", "http://gate.example:80/a%20b?", "https://[::1]:8443/a"]
)
def test_another_implementation_verifies_ours(url: str) -> None:
    headers = signed(url=url, body_digest=DIGEST, created=datetime.now(UTC))
    verifier = judge.HTTPMessageVerifier(signature_algorithm=judge.algorithms.ED25519, key_resolver=Resolver())
    results = verifier.verify(Message("GET", url, headers), max_age=timedelta(minutes=5))
    assert results[0].parameters["nonce"] == NONCE
    assert set(COVERED) <= {name.strip('"') for name in results[0].covered_components}


@pytest.mark.parametrize(
    "url", [URL, "https://GATE.example:443", "http://gate.example:80/a%20b?", "https://[::1]:8443/a"]
)
def test_ours_verifies_another_implementation(url: str) -> None:
    signer = judge.HTTPMessageSigner(signature_algorithm=judge.algorithms.ED25519, key_resolver=Resolver())
    message = Message("POST", url, {"Jusur-From": "MA", "Content-Digest": requests.content_digest(DIGEST)})
    signer.sign(
        message,
        key_id=KEY.keyid,
        created=NOW,
        expires=NOW + timedelta(seconds=60),
        nonce=NONCE,
        label="jusur",
        covered_component_ids=COVERED,
        use_existing_digest=True,
    )
    assert verify(message.headers, method="POST", url=url, body_digest=DIGEST).keyid == KEY.keyid


def test_the_result_names_the_signer() -> None:
    result = verify(signed())
    assert result == ("MA", KEY.keyid, NONCE, NOW, NOW + timedelta(seconds=300), None)


def test_pairs_and_mixed_case_are_understood() -> None:
    pairs = [(name.title(), f" {value} ") for name, value in signed().items()]
    assert verify([("Accept", "a"), ("accept", "b"), *pairs]).sender == "MA"


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "DELETE"},
        {"url": URL.replace("gate", "gato")},
        {"url": URL.replace("8443", "8444")},
        {"url": URL.replace("/7", "/8")},
        {"url": URL.replace("part", "port")},
        {"url": URL.partition("?")[0]},
    ],
)
def test_another_request_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(RequestSignatureError, match="does not fit"):
        verify(signed(), **changes)


@given(st.sampled_from(["signature", "signature-input", "content-digest", "jusur-from"]), st.data())
def test_any_altered_character_is_refused(name: str, data: st.DataObject) -> None:
    headers = signed(body_digest=DIGEST)
    place = data.draw(st.integers(0, len(headers[name]) - 1))
    letter = data.draw(st.characters(max_codepoint=300).filter(lambda c: c != headers[name][place]))
    headers[name] = headers[name][:place] + letter + headers[name][place + 1 :]
    with pytest.raises(RequestSignatureError):
        verify(headers, body_digest=DIGEST)


@pytest.mark.parametrize("name", ["signature", "signature-input", "jusur-from"])
def test_every_part_is_needed_and_once(name: str) -> None:
    headers = signed()
    with pytest.raises(RequestSignatureError):
        verify({key: value for key, value in headers.items() if key != name})
    with pytest.raises(RequestSignatureError, match="twice"):
        verify([*headers.items(), (name, headers[name])])


@pytest.mark.parametrize(("seconds", "words"), [(-301, "in the future"), (301, "expired 1 seconds ago")])
def test_outside_the_window_is_refused(seconds: int, words: str) -> None:
    with pytest.raises(RequestSignatureError, match=words) as caught:
        verify(signed(), now=NOW + timedelta(seconds=seconds))
    assert "NTP" in caught.value.fix


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_inside_the_window_is_accepted(seconds: int) -> None:
    assert verify(signed(), now=NOW + timedelta(seconds=seconds)).nonce == NONCE


def test_unknown_signers_are_refused() -> None:
    with pytest.raises(RequestSignatureError, match="not one of MA's"):
        verify(signed(key=OTHER))
    with pytest.raises(RequestSignatureError, match="not one of SE's"):
        verify(signed(headers={"jusur-from": "SE"}))


def test_nobody_signs_in_anothers_name() -> None:
    with pytest.raises(RequestSignatureError, match="not one of NO's"):
        verify({**signed(), "jusur-from": "NO"})


def test_bodies_are_bound() -> None:
    headers = signed(body_digest=DIGEST)
    assert verify(headers, body_digest=DIGEST).digest == DIGEST
    for digest in (None, hashlib.sha256(b"other").digest()):
        with pytest.raises(RequestSignatureError, match="not the one that was signed"):
            verify(headers, body_digest=digest)
    with pytest.raises(RequestSignatureError, match="covers no content-digest"):
        verify(signed(), body_digest=DIGEST)


def test_a_digest_beside_the_signature_does_not_count() -> None:
    with pytest.raises(RequestSignatureError, match="not covered"):
        verify({**signed(), "content-digest": requests.content_digest(DIGEST)}, body_digest=DIGEST)


def test_further_fields_can_be_signed() -> None:
    headers = signed(headers={"Jusur-From": "MA", "Range": "bytes=0-9"})
    assert verify(headers).sender == "MA"
    with pytest.raises(RequestSignatureError, match="does not fit"):
        verify({**headers, "Range": "bytes=0-99"})
    with pytest.raises(RequestSignatureError, match="covers range"):
        verify({name: value for name, value in headers.items() if name != "Range"})


@pytest.mark.parametrize("name", ["@method", "@authority", "@path", "@query", "jusur-from"])
def test_each_required_component_is_covered(name: str) -> None:
    with pytest.raises(RequestSignatureError, match=f"does not cover {name}"):
        verify(respell(signed(), f'"{name}"', '"accept"'))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (";alg=", ";arg="),
        ('"ed25519"', '"hmac-sha256"'),
        (';alg="ed25519"', ""),
        (";created", ";expires"),
        (f'"{NONCE}"', '"short"'),
        ("jusur=", "sig1="),
        ('"@method"', '"@method";req'),
        ('"@method" ', '"@method"  '),
        ('("@method"', '("@path" "@method"'),
        ('("@method"', '("signature" "@method"'),
        ("expires=1", "expires=2"),
        (";nonce=", ";tag=jusur;nonce="),
    ],
)
def test_other_spellings_are_refused(old: str, new: str) -> None:
    with pytest.raises(RequestSignatureError):
        verify(respell(signed(), old, new))


def test_long_fields_are_refused_quickly() -> None:
    headers = signed()
    for text in ("jusur=(" + '"a" ' * 100_000, "jusur=(" + '"a" ' * 400 + ")" + ";created=1" * 50, ";" * 100_000):
        with pytest.raises(RequestSignatureError, match="not of the form"):
            verify({**headers, "signature-input": text})


@pytest.mark.parametrize(
    "url",
    [
        "",
        "gate.example",
        "ftp://gate.example/",
        "https://user@gate.example/",
        "https://gate.example/#part",
        "https://gate.example/ö",
        "https://gate.example/ b",
        "https://gate.example/\n",
        "https://gate.example/" + "a" * 9000,
    ],
)
def test_urls_without_a_signable_form_are_refused(url: str) -> None:
    with pytest.raises(RequestSignatureError, match="no form"):
        signed(url=url)
    with pytest.raises(RequestSignatureError, match="no form"):
        verify(signed(), url=url)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"jusur-from": "ma"},
        {"jusur-from": "MA", "signature": "x"},
        {"jusur-from": "MA", "x\ny": "1"},
        {"jusur-from": "MA", "x": "1\n2"},
        {"jusur-from": "MA", "x": "جسور"},
        {"jusur-from": "MA", **{f"x-{n}": "1" for n in range(16)}},
    ],
)
def test_fields_without_a_signable_form_are_refused(headers: dict[str, str]) -> None:
    with pytest.raises(RequestSignatureError):
        signed(headers=headers)


def test_nonces_are_fresh() -> None:
    assert verify(signed(nonce=None)).nonce != verify(signed(nonce=None)).nonce
    with pytest.raises(RequestSignatureError, match="nonce"):
        signed(nonce="short")
