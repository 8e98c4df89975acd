"""Packages at every stage: collected and released here, sealed at Oslo and received here, by the rooms' services."""

import base64
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from unittest import mock
from uuid import UUID

import msgspec
from cryptography import x509
from tests.crypto import pki
from tests.desk.samples import PEER, Desk, network

from jusur import packages as sealed_packages
from jusur.crypto import cms, dsse, timestamps
from jusur.directory import api as directory
from jusur.evidence import api as evidence
from jusur.evidence import messages, opening
from jusur.evidence.content import Conditions
from jusur.evidence.models import EvidencePackage
from jusur.evidence.services import hashing, receiving, sealing, verifying
from jusur.exchange import api as exchange
from jusur.exchange.models import Transfer
from jusur.kernel import canonical, clock
from jusur.kernel.ids import new_id
from jusur.ledger import leaves
from jusur.node import context as node
from jusur.packages.statements import statement
from jusur.standards import case
from jusur.tlog import checkpoint
from jusur.tlog.merkle import leaf_hash
from jusur.tlog.note import NoteSigner

PURPOSE: Final = "Investigation of organised fraud by a scam centre; evidence for the criminal court."
CASE: Final = "MA-2026-0093"
METHOD: Final = "Logical copy, read-only"
TOOL: Final = "FTK Imager 4.7.1"
CONDITIONS: Final[dict[str, Any]] = {
    "purposes": [PURPOSE],
    "forwarding": ["FR"],
    "retention_days": 1826,
    "at_end": "destroy",
    "text": "Not to be shown to the defence of another case without our consent.",
}
FILES: Final = {
    "chats/group-17.json": b'{"messages": []}\n' * 400,
    "accounts.csv": b"account;holder\nMA64 0115;N. N.\n" * 900,
    "logs/access-2026-09.log": b"2026-09-03T11:20:41Z login ok\n" * 5000,
    "\u0635\u0648\u0631 \u0627\u0644\u062e\u0627\u062f\u0645/\u0635\u0648\u0631\u0629 1.png": bytes(range(256)) * 700,
}


@dataclass(frozen=True, slots=True)
class Made:
    """The sample packages by what became of them."""

    collecting: UUID
    asked: UUID
    sealing: UUID
    offered: UUID
    verified: UUID
    countersigned: UUID
    announced: UUID
    rejected: UUID


def make(desk: Desk) -> Made:
    """A package of every stage."""
    trust_stamps(desk)
    collecting = collected(
        desk,
        {"mailbox.mbox": b"From: \n" * 2000, "notes/\u0645\u0644\u0627\u062d\u0638\u0627\u062a.txt": b"notes\n" * 90},
    )
    asked = release_asked(desk, collected(desk, {"server-93.img": bytes(200_000)}))
    with stamping():
        offered = released(desk, collected(desk, {"logs/login.csv": b"time;address\n" * 4000}))
        sealing.seal_waiting()
    waiting = released(desk, collected(desk, {"wallet.json": b"{}" * 9000}))
    verified = received(FILES)
    countersigned = received({"statement.pdf": b"%PDF-1.7\n" * 3000}, reference="MA-2026-0071")
    evidence.package_countersign(package_id=countersigned, actor=desk.actor("supervisor"))
    rejected = received({"ledger.xlsx": b"PK" * 9000}, reference="MA-2026-0088", damage=True)
    announced = announce(FILES, reference="MA-2026-0101").package_id
    Transfer.objects.filter(name=f"{announced}.tar.age").update(state="running", bytes_done=150_000)
    return Made(collecting, asked, waiting, offered, verified, countersigned, announced, rejected)


def pages(desk: Desk) -> list[str]:
    """Every kind of page, at the stages where it differs."""
    made: Made = desk.made["evidence"]
    return [
        "/evidence/",
        "/evidence/new",
        f"/evidence/{made.verified}",
        f"/evidence/{made.collecting}",
        f"/evidence/{made.announced}",
        f"/evidence/{made.offered}",
        f"/evidence/{made.collecting}/collect",
        f"/evidence/{made.asked}/release",
        f"/evidence/{made.verified}/verification",
        f"/evidence/{made.rejected}/verification",
        f"/evidence/{made.verified}/export",
        f"/evidence/{made.verified}/files/0",
        f"/evidence/{made.verified}/forward",
        f"/evidence/{made.verified}/return",
        f"/evidence/{made.countersigned}/destroy",
    ]


def trust_stamps(desk: Desk) -> None:
    """Let the node trust the test authority's time-stamps."""
    roots = desk.node.settings.timestamp_roots
    roots.parent.mkdir(parents=True, exist_ok=True)
    roots.write_bytes(pki.tsa_root().pem)


@contextmanager
def stamping() -> Iterator[None]:
    """Time-stamps from the test authority, without asking one over the network."""
    authority = timestamps.Authority(pki.tsa().key, pki.tsa().certificate)

    def stamp(digest: bytes) -> bytes:
        return timestamps.token_of(authority.respond(timestamps.request(digest, timestamps.new_nonce())))

    with mock.patch("jusur.evidence.stamping.stamp", stamp):
        yield


def put(desk: Desk, files: dict[str, bytes]) -> str:
    """A folder of the intake with ``files``; its name."""
    root = desk.node.settings.intake_dir
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=root, prefix="acquisition-"))
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return folder.name


def collected(desk: Desk, files: dict[str, bytes], **changes: Any) -> UUID:
    """A package for Oslo into which ``files`` were taken and hashed."""
    actor = desk.actor("officer")
    given = {
        "to": PEER,
        "case_reference": CASE,
        "purpose": PURPOSE,
        "legal_basis": "Budapest Convention, article 26",
        "conditions": CONDITIONS,
    }
    package = evidence.package_open(actor=actor, **(given | changes))
    evidence.items_collect(package_id=package.id, name=put(desk, files), method=METHOD, tool=TOOL, actor=actor)
    while hashing.hash_waiting():
        pass
    return package.id


def release_asked(desk: Desk, package_id: UUID) -> UUID:
    """The package, for which an officer has asked a second person."""
    evidence.release_ask(package_id=package_id, actor=desk.actor("officer"))
    return package_id


def released(desk: Desk, package_id: UUID) -> UUID:
    """The package, released by two people."""
    release_asked(desk, package_id)
    evidence.release_decide(
        package_id=package_id, reason="Complete and within the request.", actor=desk.actor("supervisor")
    )
    return package_id


@dataclass(frozen=True, slots=True)
class Announced:
    """A package sealed at Oslo, and its bytes."""

    package_id: UUID
    data: bytes


def received(files: dict[str, bytes], *, damage: bool = False, **changes: Any) -> UUID:
    """A package from Oslo with ``files`` that has arrived here and was verified (or, damaged, rejected)."""
    told = announce(files, **changes)
    package = EvidencePackage.objects.get(id=told.package_id)
    data = bytearray(told.data)
    if damage:
        data[len(data) // 2] ^= 1
    vault, name = node.current().vault, opening.vault_name(package)
    with vault.create(name) as writer:
        writer.write(bytes(data))
        writer.commit()
    Transfer.objects.filter(name=package.blob, sender=PEER).update(state="completed", bytes_done=len(data))
    verifying.receive_arrived()
    verifying.verify_waiting()
    return told.package_id


def announce(
    files: dict[str, bytes],
    *,
    reference: str = CASE,
    conditions: dict[str, Any] | None = None,
    sender: str = PEER,
) -> Announced:
    """Announce a package that ``sender`` sealed, as its message does."""
    package_id, terms = new_id(), CONDITIONS if conditions is None else conditions
    sealed, data = seal(package_id, files, terms, reference, sender)
    digests = base64.b64encode(b"".join(map(bytes.fromhex, sealed.chunk_digests))).decode()
    said = statement(sealed, request="", sender=sender, receivers=["MA"], conditions=terms)
    keys = network().peers[sender]
    assert keys.signing is not None
    body = messages.PackageBody(
        package=str(package_id),
        bag=str(package_id),
        request=None,
        before=None,
        completes=True,
        originator=sender,
        case_reference=reference,
        conditions=msgspec.convert(terms, Conditions),
        statement=dsse.sign(sealed_packages.STATEMENT_TYPE, canonical.encode(said), [keys.signing]),
        blob=exchange.BlobDescriptor(
            name=f"{package_id}.tar.age",
            size=sealed.size,
            chunk_size=sealed.chunk_size,
            chunk_digests_blake3=digests,
            sha256=sealed.sha256,
            expires_at=clock.timestamp(clock.now() + timedelta(days=60)),
        ),
        actor=f"officer:{new_id()}",
    )
    receiving.receive_package(message(body, sender))
    return Announced(package_id, data)


def message(body: Any, sender: str) -> exchange.ReceivedMessage:
    """``body`` as the exchange hands it to its handler."""
    return exchange.ReceivedMessage(
        id=new_id(),
        envelope_id=new_id(),
        kind="evidence.package",
        sender=sender,
        recipients=("MA",),
        conversation=new_id(),
        sequence=1,
        priority="routine",
        created_at=clock.now(),
        received_at=clock.now(),
        handling=exchange.Handling(
            classification="restricted",
            handling_code="H1",
            source_evaluation="A1",
            allowed_recipients=["MA"],
            forwarding=[],
            retention_days=1826,
        ),
        purpose=PURPOSE,
        legal_basis="Budapest Convention, article 26",
        body=body,
        attachments=(),
    )


def seal(
    package_id: UUID, files: dict[str, bytes], conditions: dict[str, Any], reference: str, sender: str
) -> tuple[sealed_packages.SealedPackage, bytes]:
    """What ``sender`` seals to Rabat: real bytes under real signatures."""
    keys = network().peers[sender]
    key = keys.seal
    assert key is not None
    certificate = x509.load_pem_x509_certificate(directory.seal_certificates(sender)[0].encode())
    authority = timestamps.Authority(pki.tsa().key, pki.tsa().certificate)
    seals = sealed_packages.Seals(
        lambda digest: cms.sign_detached(digest, key=key, certificate=certificate, signing_time=clock.now()),
        lambda digest: timestamps.token_of(authority.respond(timestamps.request(digest, timestamps.new_nonce()))),
        network_ca=directory.tls_ca().encode(),
        tsa_root=pki.tsa_root().pem,
    )
    contents = sealed_packages.Contents(
        package_id=str(package_id),
        request=canonical.encode({"request": None, "case_reference": reference, "purpose": PURPOSE}),
        legal_basis=canonical.encode({"legal_basis": "Budapest Convention, article 26"}),
        conditions=canonical.encode(conditions),
        custody=custody(package_id, sender),
        verifier=b"print('verified')\n",
        case=lambda records: _case(package_id, reference, records),
        info={"Source-Organization": sender},
    )
    with tempfile.TemporaryDirectory() as folder:
        sources = [
            (_write(Path(folder), number, content), path) for number, (path, content) in enumerate(files.items())
        ]
        sink = io.BytesIO()
        recipients = [directory.age_recipient("MA")]
        sealed = sealed_packages.seal(sources, sink, contents=contents, seals=seals, recipients=recipients)
    return sealed, sink.getvalue()


def _write(folder: Path, number: int, content: bytes) -> Path:
    place = folder / str(number)
    place.write_bytes(content)
    moment = datetime(2026, 9, 21, 9, 30, tzinfo=UTC).timestamp()
    os.utime(place, (moment, moment))
    return place


def custody(package_id: UUID, sender: str) -> bytes:
    """The sender's custody file: one event, in a log of one entry."""
    key = network().peers[sender].log
    assert key is not None
    content = leaves.payload(
        subject_type="evidence.package", subject_id=str(package_id), actor="node", purpose=PURPOSE, data={"size": "1"}
    )
    salt = os.urandom(32)
    leaf = leaves.leaf(new_id(), "custody.collected", clock.now(), leaves.commitment(salt, content))
    signer = NoteSigner(checkpoint.origin(sender), key, key.public.raw())
    head = checkpoint.make(1, leaf_hash(leaf), signer)
    event = {"leaf": leaf.decode(), "leaf_index": 0, "inclusion": [], "salt": salt.hex(), "payload": content.decode()}
    return canonical.encode(
        {
            "v": 1,
            "subject": {"type": "evidence.package", "id": str(package_id)},
            "events": [event],
            "checkpoint": head.text,
            "log_key": str(signer.verifier),
        }
    )


def _case(package_id: UUID, reference: str, records: Any) -> Iterator[bytes]:
    document = case.case_document(
        case.Package(
            package_id=package_id,
            investigation=case.Investigation(reference, PURPOSE, ("Organised fraud",)),
            authorization=case.Authorization(
                kind="spontaneous information", identifiers=(str(package_id),), instrument="Budapest Convention"
            ),
            acquisition=case.Acquisition(
                agent=case.Agent("Oslo", "organization", "NO"),
                tools=(case.Tool(TOOL, ""),),
                method=METHOD,
                started_at=clock.now(),
                ended_at=clock.now(),
            ),
            files=tuple(case.FileRecord(one.path, one.size, one.sha256, None) for one in records),
            created_at=clock.now(),
            events=(),
            conditions=(),
        )
    )
    yield case.encode(document)
