import contextlib
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from jusur.kernel.errors import UnavailableError
from jusur.node import doctor, settings
from jusur.node.doctor import Finding
from jusur.node.home import NodeHome
from jusur.node.postgres import EmbeddedPostgres
from jusur.node.processes import OwnerLock

pytestmark = pytest.mark.enable_socket


@pytest.fixture(autouse=True)
def own_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUSUR_DATABASE_URL", raising=False)


@pytest.fixture
def home() -> Iterator[NodeHome]:
    folder = Path(tempfile.mkdtemp(prefix="jusur-test-"))
    folder.chmod(0o711)
    place = NodeHome(folder / "node").create()
    configure(place)
    yield place
    shutil.rmtree(folder)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def configure(home: NodeHome, **more: object) -> None:
    base = {"address": "MA", "role": "bureau", "name": "NCB Rabat", "country": "MA"}
    ports = {"gate_port": _free_port(), "web_port": _free_port()}
    settings.save(settings.make(home.path, {**base, **ports, **more}))


def found(home: NodeHome, name: str) -> Finding:
    (finding,) = [item for item in doctor.examine(home) if item.name == name]
    return finding


def test_a_new_node_is_well(home: NodeHome) -> None:
    findings = doctor.examine(home)
    assert doctor.healthy(findings), [item for item in findings if not item.ok]
    assert {"settings", "python", "openssl", "age", "clock", "disk", "database", "keys", "vault"} <= {
        item.name for item in findings
    }
    assert all(item.fix for item in findings if item.warning or not item.ok)
    assert not list((home.vault / "objects").iterdir())


def test_a_folder_without_a_node_is_told(tmp_path: Path) -> None:
    findings = doctor.examine(NodeHome(tmp_path))
    assert not doctor.healthy(findings)
    assert "jusur init" in findings[-1].fix


def test_a_running_database_answers(home: NodeHome) -> None:
    with EmbeddedPostgres(home).running():
        assert "answers" in found(home, "database").detail


def test_a_database_that_does_not_answer_is_told_without_its_password(home: NodeHome) -> None:
    configure(home, database_url="postgresql://u:hunter2@/x?host=/none")
    finding = found(home, "database")
    assert not finding.ok
    assert "hunter2" not in str(finding)


def test_keys_that_others_can_read_are_told(home: NodeHome) -> None:
    (home.keys / "signing.pem").write_text("key")
    (home.keys / "signing.pem").chmod(0o644)
    finding = found(home, "keys")
    assert not finding.ok
    assert "keys/signing.pem" in finding.detail


def _certificate(path: Path, days: int) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
    end = datetime.now(UTC) + timedelta(days=days)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, end - timedelta(days=400), end)
    path.write_bytes(builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    path.chmod(0o600)


@pytest.mark.parametrize(("days", "ok", "warning"), [(90, True, False), (10, True, True), (-1, False, True)])
def test_a_certificates_end_is_foreseen(home: NodeHome, days: int, ok: bool, warning: bool) -> None:
    _certificate(home.keys / "tls.certificate.pem", days)
    finding = found(home, "certificate")
    assert (finding.ok, finding.warning) == (ok, warning)


def test_a_certificate_that_cannot_be_read_is_a_finding(home: NodeHome) -> None:
    (home.keys / "tls.certificate.pem").write_bytes(b"nonsense")
    assert not found(home, "certificates").ok


def test_a_port_in_use_is_told_unless_the_node_runs(home: NodeHome) -> None:
    with contextlib.closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        configure(home, gate_port=listener.getsockname()[1])
        assert "another program" in found(home, "port-gate").detail
        assert not found(home, "port-gate").ok
        lock = OwnerLock(home.run / "node.pid")
        lock.acquire(what="This node")
        assert found(home, "ports").ok
        lock.release()


def test_a_vault_that_cannot_be_used_is_told(home: NodeHome) -> None:
    (home.path / "file").write_text("")
    configure(home, vault_url=f"file://{home.path}/file/vault")
    assert not found(home, "vault").ok


def test_little_room_is_told(home: NodeHome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LOW_DISK_BYTES", 1 << 60)
    assert all(item.warning and item.ok for item in doctor.examine(home) if item.name == "disk")
    monkeypatch.setattr(doctor, "NO_DISK_BYTES", 1 << 60)
    assert not doctor.healthy(doctor.examine(home))


def test_a_shifted_clock_is_told(home: NodeHome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUSUR_CLOCK_OFFSET_SECONDS", "60")
    assert found(home, "clock").warning


def test_missing_roots_are_told(home: NodeHome) -> None:
    configure(home, timestamp_url="https://tsa.example/")
    assert not found(home, "time-stamps").ok
    (home.keys / "timestamp-roots.pem").write_text("x")
    (home.keys / "timestamp-roots.pem").chmod(0o600)
    assert found(home, "time-stamps").ok


def test_rooms_above_add_checks_and_their_failures_are_findings(home: NodeHome) -> None:
    def old() -> list[Finding]:
        return [Finding("directory", ok=False, detail="It is 9 days old.", fix="Fetch it.")]

    def explained() -> list[Finding]:
        raise UnavailableError("The ledger is closed.", fix="Open it.")

    def broken() -> list[Finding]:
        raise RuntimeError("secret detail")

    findings = doctor.examine(home, extra=[old, explained, broken])[-3:]
    assert [item.ok for item in findings] == [False, False, False]
    assert findings[0].name == "directory"
    assert findings[1].fix == "Open it."
    assert "secret" not in findings[2].detail
    assert findings[0].as_dict()["detail"] == "It is 9 days old."


@pytest.mark.skipif(os.geteuid() != 0, reason="root can give files away")
def test_keys_of_another_user_are_told(home: NodeHome) -> None:
    (home.keys / "a.pem").write_text("x")
    (home.keys / "a.pem").chmod(0o600)
    os.chown(home.keys / "a.pem", 65534, 65534)
    assert not found(home, "keys").ok
