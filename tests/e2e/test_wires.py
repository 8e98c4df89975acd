"""Wires that cut, hang, slow, damage and end what passes: evidence and messages arrive whole all the same."""

import os
import subprocess
from pathlib import Path

import pytest
from tests.e2e.acts import events, receipted, spontaneous, tidy, write
from tests.e2e.network import Network, until

MIB = 1024 * 1024
_FETCHED = """
from jusur.exchange.models import Transfer
row = Transfer.objects.get(name__startswith=given["package"])
told.update(state=row.state, chunks=row.chunks_fetched, attempts=row.attempts, error=row.last_error)
"""


@pytest.mark.parametrize(
    "faults",
    [
        {"corrupt_at": 3 * MIB, "times": 2},
        {"truncate_at": 5 * MIB, "times": 2},
        {"corrupt_at": 9 * MIB, "truncate_at": 2 * MIB, "times": 3},
        {"repeat": True},
    ],
    ids=["corrupt", "truncate", "both", "repeated"],
)
def test_a_package_crosses_a_bad_wire_whole(network: Network, faults: dict[str, int]) -> None:
    oslo, rabat = network["NO"], network["MA"]
    assert oslo.wire
    before = oslo.wire.order(**faults)
    place = spontaneous(network, size=20 * MIB)
    oslo.reaches(place, "offered")
    if "times" in faults:
        until(lambda: oslo.wire and oslo.wire.counts()["done"] > before["done"], what="the fault")
    rabat.exists(place)

    def verified() -> bool:
        rabat.retry_now()
        return bool(rabat.get(place)["state"] == "verified")

    until(verified, what="verification", step=0.5)
    assert rabat.get(place)["sealed_sha256"] == oslo.get(place)["sealed_sha256"]
    assert events(rabat, place) == ["custody.announced", "custody.received", "custody.verified"]
    tidy(network, place)


def test_a_cut_transfer_goes_on_where_it_was(network: Network) -> None:
    oslo, rabat = network["NO"], network["MA"]
    assert oslo.wire
    before = oslo.wire.order(delay=0.02)["down"]
    place = spontaneous(network, size=72 * MIB)
    until(lambda: oslo.wire and oslo.wire.counts()["down"] - before > 40 * MIB, what="the transfer", step=0.05)
    oslo.wire.cut(refuse=True)
    until(lambda: rabat.script(_FETCHED, package=place[-36:])["error"], what="the pause", step=0.5)
    oslo.wire.order()
    rabat.retry_now()
    rabat.reaches(place, "verified")
    assert oslo.wire.counts()["down"] - before < 72 * MIB + 4 * 8 * MIB + MIB
    tidy(network, place)


def test_a_wire_that_hangs_does_not_stop_the_other_way(network: Network) -> None:
    oslo, rabat = network["NO"], network["MA"]
    assert oslo.wire
    oslo.wire.order(hang=True)
    late = write(rabat, "NO", priority="emergency")
    receipted(oslo, write(oslo, "MA"))
    assert rabat.get(late)["state"] in {"queued", "delivered"}
    oslo.wire.cut()
    rabat.retry_now()
    receipted(rabat, late)
    network["NO"].reaches(late, "processed")


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting a small file system takes root")
def test_a_full_disk_pauses_with_an_alarm_and_goes_on_with_space(network: Network) -> None:
    rabat, folder = network["MA"], network.folder / "small"
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=755", "none", str(folder)], check=True)
    try:
        rabat.restart(JUSUR_VAULT_URL=folder.as_uri())
        place = spontaneous(network, size=40 * MIB)
        rabat.exists(place)
        until(lambda: [a for a in rabat.alarms() if a["kind"] == "vault-full"], what="the alarm")
        assert rabat.script(_FETCHED, package=place[-36:])["state"] == "paused"
        assert rabat.get(place)["state"] == "announced"
        receipted(network["NO"], write(network["NO"], "MA"))
        subprocess.run(["mount", "-o", "remount,size=200m", str(folder)], check=True)
        rabat.retry_now()
        rabat.reaches(place, "verified")
        assert not [a for a in rabat.alarms() if a["kind"] == "vault-full"]
        rabat.post("supervisor", f"{place}/destruction", {"purpose": "The test is over."})
        assert not list(Path(folder).rglob(f"{place[-36:]}*.tar.age"))
    finally:
        rabat.restart()
        subprocess.run(["umount", "-l", str(folder)], check=True)
