"""Makes docs/vectors/package anew: ``python -m tests.packages.vectors`` (needed only when the format changes)."""

import json
import tempfile
from pathlib import Path

from tests.crypto import pki
from tests.packages import samples

from jusur import packages
from jusur.kernel import canonical

FOLDER = Path(__file__).parents[2] / "docs" / "vectors" / "package"


def make() -> None:
    with tempfile.TemporaryDirectory() as name:
        source = Path(name)
        (source / "chat.txt").write_bytes(b"hello\n")
        (source / "50%.txt").write_bytes(b"a name that had to change\n")
        (source / "تقرير.txt").write_bytes("نص\n".encode())
        package, sealed = samples.seal(source)
    statement = packages.statement(package, request="r1", sender="NO", receivers=["MA"], conditions=samples.CONDITIONS)
    altered = bytearray(sealed)
    altered[len(sealed) // 2] ^= 0x01
    files = [{"path": one.path, "size": one.size, "sha256": one.sha256} for one in package.files]
    expected = {"statement": statement, "files": files, "chunk_digests_blake3": list(package.chunk_digests)}
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "package.tar.age").write_bytes(sealed)
    (FOLDER / "altered.tar.age").write_bytes(altered)
    (FOLDER / "key.txt").write_text(f"# for this test vector only\n{samples.identity().text()}\n")
    (FOLDER / "network-ca.pem").write_bytes(pki.network().pem)
    (FOLDER / "tsa-root.pem").write_bytes(pki.tsa_root().pem)
    (FOLDER / "expected.json").write_text(json.dumps(expected, indent=2, ensure_ascii=False) + "\n")
    (FOLDER / "statement.json").write_bytes(canonical.encode(statement))


if __name__ == "__main__":
    make()
