import contextlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.vault.contract import VaultContract, store

from jusur import vault as vaults
from jusur.kernel.errors import InvalidInputError
from jusur.vault import Vault, VaultError
from jusur.vault.s3 import S3Vault

WEED = shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which("weed")
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "jusur", "AWS_SECRET_ACCESS_KEY": "secret-key"}
pytestmark = [
    pytest.mark.skipif(WEED is None, reason="needs SeaweedFS"),
    pytest.mark.enable_socket,
    pytest.mark.xdist_group("seaweedfs"),
]


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        found = []
        for _ in range(count):
            listener = stack.enter_context(socket.socket())
            listener.bind(("127.0.0.1", 0))
            found.append(listener.getsockname()[1])
        return found


@pytest.fixture(scope="module")
def endpoint(request: pytest.FixtureRequest) -> Iterator[str]:
    """SeaweedFS on loopback; starts in about two seconds."""
    from pytest_socket import enable_socket

    enable_socket()
    folder = tempfile.mkdtemp(prefix="jusur-weed-")
    server, url = _started(folder)
    try:
        yield url
    finally:
        _end(server)
        shutil.rmtree(folder, ignore_errors=True)


def _started(folder: str, tries: int = 4) -> tuple[subprocess.Popen[bytes], str]:
    """A running server; another process may take one of the free ports first, and then others are tried."""
    assert WEED is not None
    names: tuple[str, ...] = ("master.port", "volume.port", "filer.port", "s3.port", "webdav.port", "admin.port")
    names += ("master.port.grpc", "volume.port.grpc", "filer.port.grpc", "s3.port.grpc", "admin.port.grpc")
    ports = dict(zip(names, _free_ports(len(names)), strict=True))
    options = [f"-{name}={port}" for name, port in ports.items()]
    server = subprocess.Popen(
        [WEED, "mini", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "HOME": folder, "S3_BUCKET": "evidence", **CREDENTIALS},
        cwd=folder,
    )
    url = f"http://127.0.0.1:{ports['s3.port']}"
    try:
        _wait(url, server)
    except AssertionError:
        _end(server)
        if tries == 1:
            raise
        return _started(folder, tries - 1)
    return server, url


def _end(server: subprocess.Popen[bytes]) -> None:
    server.send_signal(signal.SIGKILL)
    server.wait()


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "jusur")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret-key")
        while True:
            assert server.poll() is None
            with contextlib.suppress(VaultError), tempfile.TemporaryDirectory() as staging:
                store(S3Vault(f"s3://evidence/ready?endpoint={url}", Path(staging)), f"probe{time.monotonic_ns()}")
                return
            assert time.monotonic() < deadline
            time.sleep(0.2)


@pytest.fixture
def address(endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "jusur")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret-key")
    return f"s3://evidence/{tmp_path.name.replace('_', '-')}?endpoint={endpoint}&staging={tmp_path}"


@pytest.fixture
def vault(address: str) -> Vault:
    return vaults.open(address)


class TestS3Vault(VaultContract):
    pass


def test_a_large_object_goes_up_in_parts(vault: Vault) -> None:
    data = bytes(range(256)) * (100_000)  # 25.6 MB: four parts
    with vault.create_sized("big", len(data), chunk_size=8 << 20) as writer:
        for index in writer.missing():
            writer.write_at(index << 23, data[index << 23 : (index + 1) << 23])
        writer.commit()
    assert vault.read_range("big", (8 << 20) - 5, 10) == data[(8 << 20) - 5 : (8 << 20) + 5]
    with vault.open("big") as file:
        assert file.read() == data


def test_two_vaults_on_one_bucket_see_each_others_objects(vault: Vault, address: str, tmp_path: Path) -> None:
    store(vault, "shared")
    assert vaults.open(address, staging=tmp_path / "other").size("shared") == vault.size("shared")


def test_staging_is_empty_afterwards(vault: Vault, tmp_path: Path) -> None:
    store(vault)
    assert not list(tmp_path.iterdir())


def test_a_staging_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/tmp")
    with pytest.raises(VaultError, match="somebody else"):
        S3Vault("s3://evidence", tmp_path / "link")


def test_a_store_that_does_not_answer_is_told_without_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "jusur")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret")
    (port,) = _free_ports(1)
    monkeypatch.setattr("jusur.vault.s3.RETRY_SECONDS", 0)
    vault = S3Vault(f"s3://evidence?endpoint=http://127.0.0.1:{port}", tmp_path)
    with pytest.raises(VaultError) as caught:
        vault.exists("one")
    assert "very-secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["s3://", "s3://user:pass@bucket/x", "s3://bucket/x?secret=1", "http://bucket"])
def test_other_urls_are_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError):
        S3Vault(url, tmp_path)
