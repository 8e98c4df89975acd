"""A sealing bureau, a receiving bureau and packages between them."""

import io
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from tests.crypto import pki

from jusur import packages
from jusur.crypto import age, cms, timestamps
from jusur.kernel import canonical

PACKAGE_ID = "019ab3c0-7a5e-7cc2-8f10-0123456789ab"
CONDITIONS = {"purposes": ["investigation"], "forwarding": "with consent of NO"}


@cache
def identity() -> age.AgeIdentity:
    return age.generate_identity()


def trust() -> packages.Trust:
    return packages.Trust(network=[pki.network().certificate], timestamps=[pki.tsa_root().certificate])


def sign(digest: bytes) -> bytes:
    seal = pki.seal()
    return cms.sign_detached(digest, key=seal.key, certificate=seal.certificate, signing_time=datetime.now(UTC))


def seals() -> packages.Seals:
    authority = timestamps.Authority(pki.tsa().key, pki.tsa().certificate)
    return packages.Seals(sign, authority.stamp, network_ca=pki.network().pem, tsa_root=pki.tsa_root().pem)


def case(files: Sequence[packages.FileRecord]) -> Iterable[bytes]:
    yield canonical.encode([{"path": one.path, "sha256": one.sha256, "size": one.size} for one in files])


def contents(**changes: Any) -> packages.Contents:
    fields: dict[str, Any] = {
        "package_id": PACKAGE_ID,
        "request": canonical.encode({"id": "r1"}),
        "legal_basis": canonical.encode({"instrument": "budapest"}),
        "conditions": canonical.encode(CONDITIONS),
        "custody": canonical.encode({"events": []}),
        "verifier": b"print('verified')\n",
        "case": case,
        "info": {"Source-Organization": "NCB Oslo"},
    }
    return packages.Contents(**{**fields, **changes})


def seal(source: Path | Sequence[tuple[Path, str]], **more: Any) -> tuple[packages.SealedPackage, bytes]:
    sink = io.BytesIO()
    more = {"contents": contents(), "seals": seals(), "recipients": [identity().recipient()], **more}
    return packages.seal(source, sink, **more), sink.getvalue()


def verify(sealed: bytes, **more: Any) -> packages.Report:
    return packages.verify(io.BytesIO(sealed), identity(), trust=more.pop("trust", trust()), **more)


def evidence(folder: Path) -> Path:
    """A folder with what evidence folders have: nesting, an empty file, many scripts, odd names."""
    files: dict[str, bytes] = {
        "chat.txt": b"hello\n" * 1000,
        "disk/image.dd": bytes(3_000_000),
        "disk/empty": b"",
        "مراسلات/تقرير.txt": "نص".encode(),
        "a b/c d.txt": b"blanks",
        "100%/50%25.txt": b"percent",
        "deep/" * 10 + "x" * 120 + ".bin": b"long path",
    }
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def reseal(change: Callable[[bytes], bytes], sealed: bytes) -> bytes:
    """Open a sealed package, change its archive, and seal it again: what a hostile sender can do."""
    plain = age.AgeReader(io.BytesIO(sealed), identity()).read()
    return wrap(change(plain))


def wrap(archive: bytes) -> bytes:
    sink = io.BytesIO()
    with age.AgeWriter(sink, [identity().recipient()]) as writer:
        writer.write(archive)
    return sink.getvalue()
