"""The network's directory between running nodes: who is in, who is out, whose keys count."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.acts import delivered, events, receipted, spontaneous, write
from tests.e2e.network import PURPOSE, Network, Node, until
from tests.e2e.test_packages import log_keys, opened

from jusur.cli.rehearsal import judges


@pytest.fixture(scope="module")
def paris(running: Network) -> Iterator[Node]:
    """A third bureau, which these tests may spoil."""
    yield from _bureau(running, "FR")


@pytest.fixture
def tunis(network: Network) -> Iterator[Node]:
    """A bureau that nobody but the secretariat reaches."""
    yield from _bureau(network, "TN", relay="GS")


def _bureau(network: Network, address: str, *, relay: str = "") -> Iterator[Node]:
    network.make(address)
    node = network[address]
    try:
        network.join(node, relay=relay)
        network.refresh()
        network.start(address)
        node.appoint_all()
        yield node
    finally:
        node.stop()
        if node.wire:
            node.wire.close()
        del network.nodes[address]


def test_a_suspended_bureau_exchanges_nothing_until_it_is_restored(network: Network, paris: Node) -> None:
    receipted(paris, write(paris, "MA"))
    network["GS"].run("directory", "suspend", "FR", "--reason", "Test of a suspension.")
    network.refresh("MA")
    late = write(paris, "MA")
    found = until(lambda: paris.get(late)["deliveries"][0]["last_error"] or paris.get(late)["deliveries"][0]["refusal"])
    assert found
    body = {"to": ["FR"], "subject": "x", "text": "x", "purpose": "x", "legal_basis": "x"}
    assert network["MA"].post("officer", "/exchange/messages", body, status=403)["detail"] == "FR is suspended."
    assert network["MA"].call("officer", "GET", late, status=404)
    network["GS"].run("directory", "restore", "FR", "--reason", "The test is over.")
    network.refresh("MA", "FR")
    paris.retry_now()
    if paris.get(late)["state"] != "refused":
        receipted(paris, late)
    receipted(paris, write(paris, "MA"))
    receipted(network["MA"], write(network["MA"], "FR"))


def test_evidence_is_passed_on_only_where_its_originator_allows(network: Network, paris: Node, tmp_path: Path) -> None:
    rabat = network["MA"]
    kept, shared = spontaneous(network), spontaneous(network, forwarding=["FR"])
    for place in (kept, shared):
        delivered(network, place)
    body = {"to": "FR", "purpose": PURPOSE}
    assert "NO" in rabat.post("officer", f"{kept}/forwarding", body, status=403)["detail"]
    copy = rabat.post("officer", f"{shared}/forwarding", body)["id"]
    place = f"/evidence/packages/{copy}"
    rabat.post("officer", f"{place}/release-decision", {}, status=403)
    rabat.post("supervisor", f"{place}/release-decision", {"reason": "Allowed by Oslo."})
    got = delivered(network, place, to="FR")
    assert got["originator"] == "NO"
    assert all(check["ok"] for check in got["verification"]["checks"])
    bag = opened(paris, copy, tmp_path / "court")
    verdicts = judges.judge(bag, log_keys(network, tmp_path / "keys"))
    assert all(verdict.accepted for verdict in verdicts), [verdict.said for verdict in verdicts]
    assert "custody.forwarded" in events(rabat, shared)
    assert paris.post("officer", f"{place}/forwarding", {"to": "MA", "purpose": PURPOSE}, status=403)


def test_rotated_keys_go_on_working(network: Network, paris: Node, tmp_path: Path) -> None:
    before = spontaneous(network, to="FR")
    delivered(network, before, to="FR")
    asked, granted = str(tmp_path / "asked.json"), str(tmp_path / "granted.json")
    paris.run("directory", "rotate", "request", "--output", asked)
    network["GS"].run("directory", "rotate", "grant", asked, "--output", granted)
    paris.run("directory", "rotate", "install", granted)
    paris.restart()
    network.refresh()
    receipted(paris, write(paris, "NO"))
    receipted(network["NO"], write(network["NO"], "FR"))
    after = spontaneous(network, to="FR")
    delivered(network, after, to="FR")
    paris.post("officer", f"{before}/exports", {"folder": "old", "purpose": paris.get(before)["purpose"]}, status=202)
    until(lambda: paris.get(f"{before}/exports")["items"][0]["state"] == "done", what="opening with the old identity")


def test_a_revoked_certificate_is_refused_at_the_handshake(network: Network, paris: Node, tmp_path: Path) -> None:
    receipted(paris, write(paris, "NO"))
    shown = network["GS"].run_json("directory", "show", "FR")
    tls = next(key for key in shown["keys"] if key["use"] == "tls" and key["state"] == "active")
    assert _handshakes(network["NO"], paris)
    network["GS"].run("directory", "revoke", tls["keyid"], "--reason", "The server was stolen.")
    network.refresh("NO", "MA")
    until(lambda: not _handshakes(network["NO"], paris), what="the refusal of the revoked certificate")
    late = write(paris, "NO")
    until(lambda: paris.get(late)["deliveries"][0]["last_error"], what="the trouble at the sender")
    asked, granted = str(tmp_path / "asked.json"), str(tmp_path / "granted.json")
    told = paris.run_json("directory", "rotate", "request", "--emergency", "--output", asked)
    words = ("--emergency", "--fingerprint", told["fingerprint"], "--reason", "The server was stolen.")
    network["GS"].run("directory", "rotate", "grant", asked, *words, "--output", granted)
    # Its old certificate opens no gate any more: the versions between come by hand, as the answer does.
    held, newest = (node.run_json("directory", "show")["version"] for node in (paris, network["GS"]))
    for version in range(held + 1, newest):
        file = str(tmp_path / f"directory-{version}.json")
        network["GS"].run("directory", "export", "--version", str(version), "--output", file)
        paris.run("directory", "accept", file)
    paris.run("directory", "rotate", "install", granted)
    paris.restart()
    network.refresh()

    def arrived() -> bool:
        paris.retry_now()
        return bool(paris.get(late)["state"] == "receipted")

    # Signed with a key that no longer counts, it is signed anew.
    until(arrived, seconds=90, step=1, what="the message that waited")


def test_a_bureau_without_a_gate_is_reached_through_the_secretariat_that_cannot_read(
    network: Network, tunis: Node
) -> None:
    secret = "The witness lives in Sfax."
    path = write(network["MA"], "TN", text=secret)
    receipted(network["MA"], path)
    tunis.reaches(path, "processed")
    back = write(tunis, "MA", text=secret)
    receipted(tunis, back)
    read = network["GS"].script(_READ, text=secret)
    assert read["tables"] > 10
    assert read["found"] == []


def _handshakes(server: Node, client: Node) -> bool:
    """Whether the gate of ``server`` takes the certificate of ``client``."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.load_cert_chain(client.home / "keys" / "tls.certificate.pem", client.home / "keys" / "tls.pem")
    with socket.create_connection(("127.0.0.1", server.ports[0]), timeout=10) as plain:
        try:
            with context.wrap_socket(plain) as wrapped:
                wrapped.sendall(b"GET /health HTTP/1.1\r\nHost: gate\r\nConnection: close\r\n\r\n")
                return bool(wrapped.recv(100))
        except (ssl.SSLError, ConnectionError):
            return False


_READ = """
from django.db import connection
told["found"], told["tables"] = [], 0
with connection.cursor() as cursor:
    cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
    for (table,) in cursor.fetchall():
        cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE %s', (f"%{given['text']}%",))
        told["tables"] += 1
        if cursor.fetchone()[0]:
            told["found"].append(table)
"""
