"""The web process as it is served: a real granian, real sockets, a real kill."""

import hashlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.db import connection
from tests.web.conftest import ALL_ROLES, enter

from jusur.node.context import Node

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.enable_socket]
MIB = 1 << 20


class Web:
    """The web process of a node, on a port of its own, with the test's database."""

    def __init__(self, node: Node) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        database = connection.settings_dict
        self.environment = os.environ | {
            "JUSUR_HOME": str(node.home.path),
            "JUSUR_WEB_PORT": str(self.port),
            "JUSUR_DATABASE_URL": f"postgresql://{database['USER']}@/{database['NAME']}?host={database['HOST']}",
        }
        self.log = (node.home.path / "logs" / "web.test.log").open("ab")
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-m", "jusur.config.web"]
        self.process = subprocess.Popen(command, env=self.environment, stdout=self.log, stderr=self.log)
        deadline = time.monotonic() + 30
        while True:
            try:
                if httpx.get(f"{self.base}/health", trust_env=False).status_code == 200:
                    return
            except httpx.HTTPError:
                assert time.monotonic() < deadline, Path(self.log.name).read_text()
                assert self.process.poll() is None, Path(self.log.name).read_text()
                time.sleep(0.1)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def members(self) -> list[int]:
        """The process and its children."""
        listed = subprocess.run(
            ["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, check=False, text=True
        )
        return [self.process.pid, *map(int, listed.stdout.split())]

    def resident(self) -> int:
        """Bytes that the process and its children ever held, together."""
        peaks = []
        for pid in self.members():
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
            peaks += [int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")]
        return sum(peaks)

    def kill(self) -> None:
        for pid in self.members():
            os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.kill()
        self.log.close()


@pytest.fixture
def web(node: Node) -> Iterator[Web]:
    server = Web(node)
    yield server
    server.stop()


def send(web: Web, secret: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {secret}"}
    return httpx.Client(base_url=f"{web.base}/v1", headers=headers, trust_env=False, timeout=60)


def put(caller: httpx.Client, path: str, content: bytes, start: int, total: int) -> dict[str, Any]:
    place = f"bytes {start}-{start + len(content) - 1}/{total}"
    headers = {"Content-Type": "application/octet-stream", "Content-Range": place}
    answer = caller.put(path, content=content, headers=headers)
    assert answer.status_code == 200, answer.text
    view: dict[str, Any] = answer.json()
    return view


def test_an_upload_survives_a_kill_in_constant_memory(web: Web, node: Node) -> None:
    source = random.Random(2)
    content = b"".join(source.randbytes(MIB) for _ in range(256)) + b"the last part"
    total, step = len(content), 64 * MIB
    with send(web, enter(*ALL_ROLES).secret) as caller:
        opened = caller.post("/evidence/uploads", json={"name": "disk.img", "size": total}).json()
        path = f"/evidence/uploads/{opened['id']}"
        put(caller, path, content[:step], 0, total)
        head = (
            f"PUT /v1{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {caller.headers['Authorization']}\r\n"
            f"Content-Type: application/octet-stream\r\nContent-Length: {step}\r\n"
            f"Content-Range: bytes {step}-{2 * step - 1}/{total}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", web.port)) as wire:
            wire.sendall(head.encode() + content[step : step + 10 * MIB])
            time.sleep(0.5)
            web.kill()
        web.start()
        before = web.resident()
        at = caller.get(path).json()["offset"]
        assert step <= at <= step + 10 * MIB
        while at < total:
            at = put(caller, path, content[at : at + step], at, total)["offset"]
        view = caller.get(path).json()
    assert view["complete"]
    with (node.settings.intake_dir / view["intake_name"]).open("rb") as file:
        assert hashlib.file_digest(file, "sha256").digest() == hashlib.sha256(content).digest()
    grown = web.resident() - before
    assert grown < 128 * MIB, f"{grown / MIB:.0f} MiB"


def raw(web: Web, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", web.port), timeout=10) as wire:
        wire.sendall(request)
        received = b""
        try:
            while block := wire.recv(65536):
                received += block
        except TimeoutError:
            pass
    return received


def test_a_chunked_body_is_refused_explained(web: Web) -> None:
    secret = enter(*ALL_ROLES).secret
    answer = raw(
        web,
        b"POST /v1/officers HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\n"
        b"Authorization: Bearer " + secret.encode() + b"\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    )
    assert b" 411 " in answer.splitlines()[0]
    assert b"application/problem+json" in answer


@pytest.mark.parametrize(
    "request_line",
    [b"GET /v1/officers/\xff\xfe HTTP/1.1", b"GET /v1/officers?cursor=%ff%00 HTTP/1.1", b"BREW /v1/officers HTTP/1.1"],
)
def test_hostile_requests_get_no_5xx(web: Web, request_line: bytes) -> None:
    answer = raw(web, request_line + b"\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    assert b" 5" not in answer.splitlines()[0][:14] if answer else True
    assert web.process.poll() is None
    assert httpx.get(f"{web.base}/health", trust_env=False).status_code == 200


def test_the_log_of_the_process_names_no_query(web: Web) -> None:
    with send(web, enter(*ALL_ROLES).secret) as caller:
        assert caller.get("/officers", params={"cursor": "hidden-query"}).status_code == 422
    written = Path(web.log.name).read_text() + "".join(
        file.read_text() for file in Path(web.log.name).parent.iterdir() if file.is_file()
    )
    assert "hidden-query" not in written
    assert "web.request" in written
