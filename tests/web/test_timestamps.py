import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.test import Client
from tests.web.conftest import make_home, problem

from jusur.crypto import timestamps
from jusur.kernel import clock
from jusur.node.context import current

pytestmark = [pytest.mark.urls("tests.web.frame_urls")]


def certify(folder: Path, public: ec.EllipticCurvePublicKey) -> str:
    """A demonstration's time-stamp certificate under a root written to ``root.pem``."""
    root = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Root of a demonstration")])
    now = clock.now()
    frame = (
        x509.CertificateBuilder()
        .issuer_name(name)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=30))
    )
    own = (
        frame.subject_name(name)
        .public_key(root.public_key())
        .serial_number(1)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(root, hashes.SHA256())
    )
    (folder / "root.pem").write_bytes(own.public_bytes(serialization.Encoding.PEM))
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, timestamps.MARK)])
    leaf = (
        frame.subject_name(subject)
        .public_key(public)
        .serial_number(2)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(root, hashes.SHA256())
    )
    return leaf.public_bytes(serialization.Encoding.PEM).decode()


def start(folder: Path, monkeypatch: pytest.MonkeyPatch, **values: object) -> None:
    home = make_home(folder / "gs", address="GS", country="", name="General Secretariat", **values)
    monkeypatch.setenv("JUSUR_HOME", str(home.path))
    current.cache_clear()


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    start(tmp_path, monkeypatch, role="secretariat", demo=True)
    keys = current().keys
    keys.create("tsa")
    keys.install_certificate("tsa", certify(tmp_path, keys.tsa_key.public_key()))
    yield Client(raise_request_exception=False, enforce_csrf_checks=True)  # it answers machines
    current.cache_clear()


def openssl(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["openssl", "ts", *arguments], cwd=folder, check=False, capture_output=True)


def test_openssl_asks_and_verifies(client: Client, tmp_path: Path) -> None:
    (tmp_path / "evidence").write_bytes(b"evidence")
    (tmp_path / "other").write_bytes(b"evidencf")
    assert openssl(tmp_path, "-query", "-data", "evidence", "-sha256", "-cert", "-out", "query.tsq").returncode == 0
    reply = client.post("/timestamp", (tmp_path / "query.tsq").read_bytes(), content_type="application/timestamp-query")
    assert (reply.status_code, reply["Content-Type"]) == (200, "application/timestamp-reply")
    (tmp_path / "reply.tsr").write_bytes(reply.content)
    right = openssl(tmp_path, "-verify", "-queryfile", "query.tsq", "-in", "reply.tsr", "-CAfile", "root.pem")
    assert right.returncode == 0, right.stderr
    wrong = openssl(tmp_path, "-verify", "-data", "other", "-in", "reply.tsr", "-CAfile", "root.pem")
    assert wrong.returncode != 0
    shown = openssl(tmp_path, "-reply", "-in", "reply.tsr", "-text").stdout
    assert b"Granted" in shown
    assert b"DEMONSTRATION" in shown


def test_rubbish_is_rejected_in_the_protocols_form(client: Client, tmp_path: Path) -> None:
    reply = client.post("/timestamp", b"rubbish", content_type="application/timestamp-query")
    assert reply.status_code == 200
    (tmp_path / "reply.tsr").write_bytes(reply.content)
    assert b"Rejected" in openssl(tmp_path, "-reply", "-in", "reply.tsr", "-text").stdout


def test_other_requests_are_refused(client: Client) -> None:
    problem(client.get("/timestamp"), 405)
    problem(client.post("/timestamp", b"{}", content_type="application/json"), 415)
    problem(client.post("/timestamp", b"x" * 4097, content_type="application/timestamp-query"), 413)


@pytest.mark.parametrize(
    ("role", "demo"), [("secretariat", False), ("regional", True), ("partner", True), ("partner", False)]
)
def test_no_other_node_stamps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: str, demo: bool) -> None:
    start(tmp_path, monkeypatch, role=role, demo=demo)
    reply = Client().post("/timestamp", b"", content_type="application/timestamp-query")
    problem(reply, 404)
    current.cache_clear()
