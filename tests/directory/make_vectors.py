"""Makes acceptance.json: one directory held, and candidates with what a node must do about each. And welcome.json: a
key request and answers to it, with what the joining node must do about each.

Run from the repository: PYTHONPATH=src .venv/bin/python tests/directory/make_vectors.py
"""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from jusur.crypto import certificates, dsse, revocations
from jusur.crypto.age import AgeIdentity
from jusur.crypto.keys import SealingKey, SigningKey
from jusur.directory import document as wire
from jusur.directory import possession, requests
from jusur.directory.keys import keyid_of
from jusur.directory.schema import (
    FORMAT,
    PAYLOAD_TYPE,
    DirectoryKey,
    Document,
    Key,
    Limits,
    Names,
    Organisation,
)
from jusur.kernel import canonical
from jusur.kernel.clock import timestamp

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEY, NEW, STRANGER, MEMBER = (SigningKey.from_seed(bytes([number]) * 32) for number in (1, 2, 3, 4))
NETWORK = certificates.create_authority(certificates.generate_key("network-ca"), name="Vectors", at=NOW)


def listed(key: SigningKey, state: Any = "active") -> DirectoryKey:
    return DirectoryKey(key.keyid, key.public.pem(), state, timestamp(NOW))


def member(*keys: Key) -> Organisation:
    name = Names("المغرب", "Morocco", "Maroc", "Marruecos")
    limits = Limits(("*",), ("*",), ("confidential", "official_use_only", "restricted"))
    return Organisation("MA", "bureau", name, "MA", "africa", "not-joined", limits, (), "", keys)


def signing(state: Any, revoked_at: str | None) -> Key:
    return Key("signing", MEMBER.keyid, MEMBER.public.pem(), state, timestamp(NOW), None, revoked_at)


REVOKED = signing("revoked", timestamp(NOW + HOUR))


def made(version: int, previous: str, at: datetime, *keys: DirectoryKey, key: Key = REVOKED) -> bytes:
    crl = revocations.create_list(NETWORK, [], number=version, at=at)
    return wire.encode(
        Document(
            format=FORMAT,
            version=version,
            previous=previous,
            issued_at=timestamp(at),
            expires_at=timestamp(at + timedelta(days=7)),
            directory_keys=tuple(sorted(keys or (listed(KEY),), key=lambda each: each.keyid)),
            network_ca=certificates.to_pem(NETWORK.certificate),
            crl=certificates.to_pem(crl),
            organisations=(member(key),),
        )
    )


def sealed(payload: bytes, *keys: SigningKey) -> dict[str, Any]:
    return dsse.sign(PAYLOAD_TYPE, payload, keys or (KEY,))


def flipped(envelope: dict[str, Any]) -> dict[str, Any]:
    payload = bytearray(base64.b64decode(envelope["payload"]))
    payload[100] ^= 1
    return {**envelope, "payload": base64.b64encode(payload).decode()}


def cases() -> dict[str, Any]:
    first = made(1, "", NOW)
    second = made(2, wire.digest(first), NOW + HOUR)
    held, later = wire.digest(second), NOW + 2 * HOUR
    both = (listed(KEY), listed(NEW))
    third = made(3, held, later)
    candidates = [
        ("next version", sealed(third), later, "accepted"),
        ("the version held", sealed(second), later, "same"),
        ("one bit flipped", flipped(sealed(third)), later, "directory-forged"),
        ("signed by a stranger", sealed(third, STRANGER), later, "directory-forged"),
        ("lower version", sealed(first), later, "directory-rollback"),
        ("same version, other content", sealed(made(2, wire.digest(first), later)), later, "directory-fork"),
        ("follows another version 2", sealed(made(3, "0" * 64, later)), later, "directory-fork"),
        ("issued before the one held", sealed(made(3, held, NOW)), later, "directory-fork"),
        ("a revoked key made good", sealed(made(3, held, later, key=signing("active", None))), later, "directory-fork"),
        ("a version left out", sealed(made(4, held, later)), later, "directory-gap"),
        ("at its last moment", sealed(third), later + timedelta(days=7, microseconds=-1), "accepted"),
        ("expired", sealed(third), later + timedelta(days=7), "directory-stale"),
        ("five minutes ahead", sealed(third), later - timedelta(minutes=5), "accepted"),
        ("more than five minutes ahead", sealed(third), later - timedelta(minutes=5, seconds=1), "directory-future"),
        ("new directory key, signed by both", sealed(made(3, held, later, *both), KEY, NEW), later, "accepted"),
        ("new directory key that did not sign", sealed(made(3, held, later, *both)), later, "directory-forged"),
        ("not canonical JSON", sealed(third + b" "), later, "invalid-directory"),
        ("unknown member", sealed(b'{"a":1,' + third[1:]), later, "invalid-directory"),
    ]
    names = ("name", "candidate", "now", "outcome")
    rows = [dict(zip(names, (n, c, timestamp(at), o), strict=True)) for n, c, at, o in candidates]
    return {"directory_key": KEY.public.pem(), "held": sealed(second), "held_digest": held, "cases": rows}


SEALING, EVIDENCE = SealingKey.from_seed(bytes([5]) * 32), AgeIdentity(bytes([6]) * 32)
CONTENT = b'{"between":[],"directory":{},"welcome":{}}'


def key_request(act: Any = "replace", number: int = 7) -> requests.KeyRequest:
    sealing, evidence = SEALING.public, EVIDENCE.recipient()
    keys = (
        requests.NewKey("sealing", sealing.keyid, base64.b64encode(sealing.raw()).decode()),
        requests.NewKey("evidence", keyid_of("evidence", str(evidence)), str(evidence)),
    )
    name = f"019a0000-0000-7000-8000-{number:012}"
    return requests.KeyRequest(requests.FORMAT, act, name, "MA", "", timestamp(NOW), (), "", 2, keys)


def changed(sealed: bytes, name: str) -> str:
    paper = json.loads(sealed)
    data = bytearray(base64.b64decode(paper[name]))
    data[-1] ^= 1
    return json.dumps(paper | {name: base64.b64encode(data).decode()})


def answers() -> dict[str, Any]:
    request, other = key_request(), key_request(number=8)
    digest = canonical.sha256_hex(requests.encode(request))
    sealed = possession.seal(CONTENT, request, digest)
    rows = [
        ("to this request", sealed.decode(), "opened"),
        ("sealed under another request's digest", possession.seal(CONTENT, request, "0" * 64).decode(), "refused"),
        ("to another request", possession.seal(CONTENT, other, digest).decode(), "refused"),
        ("not sealed", CONTENT.decode(), "invalid-directory"),
        *(
            (f"one bit of {name} flipped", changed(sealed, name), "refused")
            for name in ("sealing", "evidence", "sealed")
        ),
    ]
    return {
        "request": json.loads(requests.encode(request)),
        "digest": digest,
        "sealing_seed": (bytes([5]) * 32).hex(),
        "evidence_identity": EVIDENCE.text(),
        "content": CONTENT.decode(),
        "cases": [dict(zip(("name", "answer", "outcome"), row, strict=True)) for row in rows],
    }


if __name__ == "__main__":
    folder = Path(__file__).parents[2] / "docs" / "vectors" / "directory"
    for file, content in ("acceptance.json", cases), ("welcome.json", answers):
        (folder / file).write_text(json.dumps(content(), indent=1, ensure_ascii=False) + "\n", "utf-8")
