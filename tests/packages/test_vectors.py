"""The published test vector still opens and verifies, and its altered twin does not."""

import io
import json
from typing import Any

import pytest
from blake3 import blake3
from cryptography import x509
from tests.packages.vectors import FOLDER

from jusur import packages
from jusur.crypto.age import AgeIdentity
from jusur.kernel import canonical


@pytest.fixture
def expected() -> Any:
    return json.loads((FOLDER / "expected.json").read_bytes())


def verify(name: str) -> packages.Report:
    network, stamps = (
        x509.load_pem_x509_certificate((FOLDER / file).read_bytes()) for file in ("network-ca.pem", "tsa-root.pem")
    )
    return packages.verify(
        io.BytesIO((FOLDER / name).read_bytes()),
        AgeIdentity.parse((FOLDER / "key.txt").read_text()),
        trust=packages.Trust(network=[network], timestamps=[stamps]),
    )


def test_the_vector_verifies_as_expected(expected: Any) -> None:
    report = verify("package.tar.age")
    assert report.ok, report.failures()
    assert [{"path": path, "size": size, "sha256": digest} for path, size, digest in report.files] == expected["files"]
    packages.check_statement(expected["statement"], report)
    assert (FOLDER / "statement.json").read_bytes() == canonical.encode(expected["statement"])


def test_the_vector_s_chunks_are_stated_in_blake3(expected: Any) -> None:
    (digest,) = expected["chunk_digests_blake3"]
    assert digest == blake3((FOLDER / "package.tar.age").read_bytes()).hexdigest()
    assert expected["statement"]["sealed"]["chunks_blake3"] == blake3(bytes.fromhex(digest)).hexdigest()


def test_its_altered_twin_does_not() -> None:
    assert not verify("altered.tar.age").ok
