import os
import stat
import subprocess
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from jusur.crypto import certificates, hpke
from jusur.crypto.errors import CertificateError, KeyFormatError
from jusur.kernel.errors import ConflictError
from jusur.node.keyfiles import NODE_USES, USES, KeystoreError
from jusur.node.keystore import Keystore, MissingKeyError

PASSPHRASE = b"correct horse battery staple"
NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "keys"


def keyids(folder: Path, *uses: str) -> dict[str, str]:
    store = Keystore(folder)
    return {use: store.keyid(use) for use in uses or NODE_USES}


def certify(store: Keystore, use: certificates.Purpose) -> str:
    authority = certificates.create_authority(certificates.generate_key("network-ca"), name="Test", at=NOW)
    key = {"tls": store.tls_key, "seal": store.seal_key}[use]
    request = certificates.read_request(certificates.create_request(key, "MA"), address="MA")
    return certificates.to_pem(certificates.issue(authority, request, use, at=NOW))


def test_the_first_key_makes_all_six(folder: Path) -> None:
    assert Keystore(folder).signing.keyid
    names = {path.name for path in folder.iterdir()}
    assert names == {"signing.pem", "sealing.pem", "evidence.txt", "log.pem", "tls.pem", "seal.pem", "complete"}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_keys_are_made_once(folder: Path) -> None:
    first = keyids(folder)
    assert keyids(folder) == first
    assert Keystore(folder).create() == ()
    assert keyids(folder) == first
    assert len(set(first.values())) == 6


def test_properties_name_the_same_keys(folder: Path) -> None:
    store = Keystore(folder)
    assert store.signing.keyid == store.keyid("signing")
    assert store.sealing.keyid == store.keyid("sealing")
    assert store.log.keyid == store.keyid("log")
    assert store.signing is store.signing


def test_secretariat_keys_are_made_on_request_only(folder: Path) -> None:
    store = Keystore(folder)
    for name in ("directory", "recovery", "network_ca", "tsa"):
        with pytest.raises(MissingKeyError, match="missing"):
            getattr(store, name)
    store.create()
    assert store.create("directory", "network-ca") == ("directory", "network-ca")
    assert store.directory.keyid == store.keyid("directory")
    assert isinstance(store.network_ca_key.curve, ec.SECP384R1)
    assert Keystore(folder).create("directory", "tsa", "recovery") == ("tsa", "recovery")


def test_a_lost_key_is_not_replaced(folder: Path) -> None:
    Keystore(folder).create()
    (folder / "signing.pem").unlink()
    for act in (lambda: Keystore(folder).signing, lambda: Keystore(folder).create()):
        with pytest.raises(MissingKeyError, match="signing") as caught:
            act()
        assert "backup" in caught.value.fix
    assert not (folder / "signing.pem").exists()


def test_making_keys_goes_on_where_it_stopped(folder: Path) -> None:
    first = keyids(folder)
    (folder / "complete").unlink()
    (folder / "seal.pem").unlink()
    assert Keystore(folder).create() == ("seal",)
    assert keyids(folder, "signing", "evidence") == {use: first[use] for use in ("signing", "evidence")}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o610])
def test_a_file_open_to_others_is_refused(folder: Path, mode: int) -> None:
    Keystore(folder).create()
    (folder / "log.pem").chmod(mode)
    with pytest.raises(KeystoreError, match=f"mode {mode:o}") as caught:
        _ = Keystore(folder).log
    assert f"chmod 600 {folder / 'log.pem'}" in caught.value.fix


def test_a_folder_open_to_others_is_refused(folder: Path) -> None:
    Keystore(folder).create()
    folder.chmod(0o750)
    store = Keystore(folder)
    for act in (lambda: store.log, store.create, lambda: store.rotate("log")):
        with pytest.raises(KeystoreError) as caught:
            act()
        assert f"chmod 700 {folder}" in caught.value.fix


def test_links_and_other_things_are_refused(folder: Path, tmp_path: Path) -> None:
    Keystore(folder).create()
    (folder / "log.pem").rename(tmp_path / "log.pem")
    (folder / "log.pem").symlink_to(tmp_path / "log.pem")
    with pytest.raises(KeystoreError, match="cannot be read"):
        _ = Keystore(folder).log
    (folder / "signing.pem").unlink()
    os.mkfifo(folder / "signing.pem", 0o600)
    with pytest.raises(KeystoreError, match="not a file"):
        _ = Keystore(folder).signing
    (folder / "seal.pem").write_bytes(bytes(70_000))
    with pytest.raises(KeystoreError, match="too large"):
        _ = Keystore(folder).seal_key


def test_damaged_files_are_refused(folder: Path) -> None:
    Keystore(folder).create()
    tls = (folder / "tls.pem").read_bytes()
    (folder / "tls.pem").write_bytes((folder / "log.pem").read_bytes())
    (folder / "log.pem").write_bytes(tls)
    (folder / "evidence.txt").write_text("AGE-SECRET-KEY-1\n")
    for name in ("log", "tls_key", "evidence_identity"):
        with pytest.raises(Exception, match=r"key|spell|text") as caught:
            getattr(Keystore(folder), name)
        assert hasattr(caught.value, "problem")


def test_rotation_keeps_the_old_key_for_old_messages(folder: Path) -> None:
    store = Keystore(folder)
    old, sealed = store.sealing.keyid, hpke.seal(store.sealing.public, b"before")
    new = store.rotate("sealing")
    assert store.sealing.keyid == new != old
    assert list(store.sealing_keys) == [new, old]
    assert hpke.open(store.sealing_keys[old], sealed) == b"before"
    assert list(Keystore(folder).sealing_keys) == [new, old]
    assert stat.S_IMODE((folder / f"sealing.{old}.pem").stat().st_mode) == 0o600


def test_rotating_evidence_keeps_the_old_identity(folder: Path) -> None:
    store = Keystore(folder)
    old, name = store.evidence_identity, store.keyid("evidence")
    store.rotate("evidence")
    assert store.evidence_identities == (store.evidence_identity, old)
    assert store.evidence_identity != old
    assert (folder / f"evidence.{name}.txt").exists()


@pytest.mark.parametrize("use", ["signing", "log", "seal", "tls", "evidence"])
def test_rotation_never_overwrites(folder: Path, use: str) -> None:
    store, before = Keystore(folder), keyids(folder)
    ids = [before[use], store.rotate(use), store.rotate(use)]
    assert len(set(ids)) == 3
    suffix = "txt" if use == "evidence" else "pem"
    assert all((folder / f"{use}.{old}.{suffix}").exists() for old in ids[:2])
    assert {key: value for key, value in keyids(folder).items() if key != use} == {
        key: value for key, value in before.items() if key != use
    }


def test_rotation_after_a_crash_halfway(folder: Path) -> None:
    store = Keystore(folder)
    old = store.keyid("signing")
    (folder / f"signing.{old}.pem").hardlink_to(folder / "signing.pem")
    assert store.rotate("signing") != old
    assert (folder / f"signing.{old}.pem").exists()


def test_what_cannot_be_rotated(folder: Path) -> None:
    store = Keystore(folder)
    store.create("network-ca")
    with pytest.raises(ConflictError, match="not rotated"):
        store.rotate("network-ca")
    with pytest.raises(MissingKeyError):
        store.rotate("directory")
    with pytest.raises(KeystoreError, match="no key for"):
        store.rotate("../signing")


def test_a_passphrase_encrypts_every_key(folder: Path) -> None:
    store = Keystore(folder, PASSPHRASE)
    store.create(*USES)
    for path in [*folder.glob("*.pem"), folder / "evidence.txt"]:
        assert b"ENCRYPTED PRIVATE KEY" in path.read_bytes()
        assert b"BEGIN PRIVATE KEY" not in path.read_bytes()
    again = Keystore(folder, PASSPHRASE)
    assert again.signing.keyid == store.signing.keyid
    assert again.evidence_identity == store.evidence_identity
    for wrong in (None, b"wrong"):
        for name in ("signing", "sealing", "tls_key", "evidence_identity"):
            with pytest.raises(KeyFormatError, match=r"passphrase|encrypted"):
                getattr(Keystore(folder, wrong), name)


def test_a_short_passphrase_is_refused(folder: Path) -> None:
    with pytest.raises(KeystoreError, match="fewer than 16 bytes"):
        Keystore(folder, b"secret").create()
    assert not list(folder.iterdir())


def test_a_passphrase_may_come_later(folder: Path) -> None:
    before = keyids(folder)
    store = Keystore(folder, PASSPHRASE)
    assert store.keyid("signing") == before["signing"]
    store.rotate("sealing")
    assert b"ENCRYPTED" in (folder / "sealing.pem").read_bytes()
    assert len(store.sealing_keys) == 2


def test_certificates_are_installed_for_their_key(folder: Path) -> None:
    store = Keystore(folder)
    with pytest.raises(MissingKeyError, match="no seal certificate yet"):
        _ = store.seal
    with pytest.raises(MissingKeyError, match="no tls certificate yet"):
        _ = store.tls_paths
    for use in ("tls", "seal"):
        store.install_certificate(use, certify(store, use))
    assert store.seal.certificate.public_key() == store.seal.key.public_key()
    assert store.tls_paths == (folder / "tls.pem", folder / "tls.certificate.pem")
    assert stat.S_IMODE((folder / "tls.certificate.pem").stat().st_mode) == 0o600
    with pytest.raises(ConflictError, match="not for this node's tls key"):
        store.install_certificate("tls", certify(store, "seal"))
    with pytest.raises(CertificateError):
        store.install_certificate("tls", "")
    with pytest.raises(KeystoreError, match="no certificate"):
        store.install_certificate("signing", certify(store, "seal"))


def test_a_rotated_key_keeps_its_certificate_beside_it(folder: Path) -> None:
    store = Keystore(folder)
    store.install_certificate("seal", certify(store, "seal"))
    old = store.keyid("seal")
    store.rotate("seal")
    assert (folder / f"seal.{old}.certificate.pem").exists()
    with pytest.raises(MissingKeyError, match="no seal certificate yet"):
        _ = store.seal


def test_the_network_authority(folder: Path) -> None:
    store = Keystore(folder)
    store.create("network-ca")
    authority = certificates.create_authority(store.network_ca_key, name="Jusur", at=NOW)
    store.install_certificate("network-ca", certificates.to_pem(authority.certificate))
    assert Keystore(folder).network_ca.certificate == authority.certificate


def test_many_at_once_make_one_set(folder: Path) -> None:
    seen: list[str] = []
    threads = [threading.Thread(target=lambda: seen.append(Keystore(folder).signing.keyid)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert len(set(seen)) == 1


def test_age_reads_the_evidence_key(folder: Path, tmp_path: Path) -> None:
    store = Keystore(folder)
    sealed = tmp_path / "sealed.age"
    seal = ["age", "-r", str(store.evidence_identity.recipient()), "-o", str(sealed)]
    subprocess.run(seal, input=b"evidence", check=True)
    opened = subprocess.run(
        ["age", "-d", "-i", str(folder / "evidence.txt"), str(sealed)], capture_output=True, check=True
    )
    assert opened.stdout == b"evidence"


def test_a_folder_that_cannot_be_made_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeystoreError, match="cannot be used"):
        Keystore(tmp_path / "file" / "keys").create()
