"""``jusur public-api`` as a process, read by an existing client (de-interpol) unchanged."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

pytestmark = pytest.mark.enable_socket
SMALL, WHOLE = 500, 7000
REACH = 160


@contextmanager
def served(count: int) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "jusur", "public-api", "--sample", str(count), "--port", str(port)]
    running = subprocess.Popen(command)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(url, running)
        yield url
    finally:
        running.terminate()
        assert running.wait(20) in {0, -15, 143}


def _wait(url: str, running: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until:
        assert running.poll() is None
        try:
            with urlopen(f"{url}/health", timeout=5) as answer:  # noqa: S310 - our own process
                assert answer.status == 200
                return
        except (URLError, OSError):
            time.sleep(0.2)
    raise AssertionError("the process did not answer")


class Halving:
    """Finds every red notice through the published client."""

    def __init__(self, api: Any) -> None:
        self._api, self.found = api, set[str]()

    def ask(self, **query: Any) -> int:
        answer = self._api.notices_v1_red_get(result_per_page=REACH, _check_return_type=False, **query)
        self.found |= {each["entity_id"] for each in answer["embedded"]["notices"]}
        total: int = answer["total"]
        return total

    def ages(self, low: int, high: int) -> None:
        if self.ask(age_min=low, age_max=high) <= REACH:
            return
        if low == high:
            self.names("^", age_min=low, age_max=high)
            return
        middle = (low + high) // 2
        self.ages(low, middle)
        self.ages(middle + 1, high)

    def names(self, prefix: str, **query: Any) -> None:
        for letters in ("A-D", "E-H", "I-L", "M-P", "Q-T", "U-X", "YZ"):
            if self.ask(name=f"{prefix}[{letters}]", **query) > REACH:
                for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if len(prefix) < 4 else "":
                    self.names(f"{prefix}{letter}", **query)
                return


@pytest.mark.parametrize("count", [SMALL, pytest.param(WHOLE, marks=pytest.mark.slow)])
def test_an_existing_client_finds_every_notice(count: int) -> None:
    interpol = pytest.importorskip("deutschland.interpol")
    from deutschland.interpol.api import default_api

    with served(count) as base, interpol.ApiClient(interpol.Configuration(host=base)) as connection:
        api = default_api.DefaultApi(connection)
        halving = Halving(api)
        total = halving.ask()
        halving.ages(0, 120)
        if len(halving.found) < total:  # those whose age nobody knows
            halving.names("^")
        assert len(halving.found) == total > count // 2
        entity = min(halving.found).replace("/", "-")
        detail = api.notices_v1_red_notice_id_get(entity, _check_return_type=False)
        assert detail["arrest_warrants"][0]["charge"]
        images = api.notices_v1_red_notice_id_images_get(entity, _check_return_type=False)
        assert "images" in images["embedded"]
