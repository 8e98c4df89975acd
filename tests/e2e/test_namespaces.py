"""Two bureaus in network namespaces of their own: a real link between them that loses, doubles and goes down."""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.network import Network, until

pytestmark = [
    pytest.mark.network,
    pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("ip"), reason="network namespaces take root and iproute2"),
]
NETEM = ("netem", "delay", "20ms", "10ms", "loss", "3%", "duplicate", "2%", "reorder", "10%", "corrupt", "0.5%")


def ip(*arguments: str, check: bool = True) -> bool:
    done = subprocess.run(["ip", *arguments], check=False, capture_output=True, text=True)
    assert not check or done.returncode == 0, done.stderr
    return done.returncode == 0


@pytest.fixture(scope="module")
def apart() -> Iterator[Network]:
    """GS and MA in one namespace each, with one wire between them."""
    mark = secrets.token_hex(2)
    spaces = {address: f"j{address.lower()}{mark}" for address in ("GS", "MA")}
    folder = Path(tempfile.mkdtemp(prefix="jn-", dir="/tmp"))
    folder.chmod(0o755)
    network = Network(folder)
    try:
        for address, space in spaces.items():
            ip("netns", "add", space)
            host = f"10.83.{int(mark[:2], 16)}.{1 if address == 'GS' else 2}"
            network.hosts[address] = (host, ("ip", "netns", "exec", space))
        ip(
            "link",
            "add",
            f"v{mark}a",
            "netns",
            spaces["GS"],
            "type",
            "veth",
            "peer",
            f"v{mark}b",
            "netns",
            spaces["MA"],
        )
        for (address, space), end in zip(spaces.items(), "ab", strict=True):
            ip("-n", space, "addr", "add", f"{network.hosts[address][0]}/24", "dev", f"v{mark}{end}")
            for device in ("lo", f"v{mark}{end}"):
                ip("-n", space, "link", "set", device, "up")
        network.make("GS", "MA", wired=False)
        network.start("GS")
        network.join(network["MA"])
        network.start("MA")
        network.link = (spaces["MA"], f"v{mark}b")
        yield network
    finally:
        for node in network.nodes.values():
            node.run("stop")
        for space in spaces.values():
            ip("netns", "del", space, check=False)
        shutil.rmtree(folder, ignore_errors=True)


_SEND = """
from django.db import transaction
from jusur.exchange import api as exchange
told["ids"] = []
for number in range(given["count"]):
    with transaction.atomic():
        body = {"subject": f"Letter {number}", "text": "x" * 3000, "language": "en", "topic": "information"}
        sent = exchange.send("message.text", to=[given["to"]], body=body,
            handling=exchange.for_recipients([given["to"]]), purpose="Test", legal_basis="ICPO", priority="urgent")
    told["ids"].append(str(sent.id))
"""
_HERE = """
from jusur.exchange.models import InboundMessage
rows = InboundMessage.objects.filter(message_id__in=given["ids"]).exclude(state="duplicate")
told["states"] = [row.state for row in rows]
"""


def _all_arrive(network: Network, ids: list[str]) -> None:
    def arrived() -> bool:
        network["MA"].retry_now()
        return bool(network["GS"].script(_HERE, ids=ids)["states"] == ["processed"] * len(ids))

    until(arrived, seconds=120, step=1, what="every message once")


def test_a_link_that_goes_down_and_comes_back_loses_nothing(apart: Network) -> None:
    space, device = apart.link
    first = apart["MA"].script(_SEND, to="GS", count=20)["ids"]
    ip("-n", space, "link", "set", device, "down")
    second = apart["MA"].script(_SEND, to="GS", count=20)["ids"]
    ip("-n", space, "link", "set", device, "up")
    _all_arrive(apart, first + second)


def test_a_link_that_loses_delays_doubles_and_reorders_loses_nothing(apart: Network) -> None:
    space, device = apart.link
    if subprocess.run(["tc", "-n", space, "qdisc", "add", "dev", device, "root", *NETEM], check=False).returncode:
        pytest.skip("this kernel has no netem")
    try:
        _all_arrive(apart, apart["MA"].script(_SEND, to="GS", count=60)["ids"])
    finally:
        subprocess.run(["tc", "-n", space, "qdisc", "del", "dev", device, "root"], check=True)
