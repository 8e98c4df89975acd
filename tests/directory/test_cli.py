import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.directory.network import Nodes

from jusur.cli import founding
from jusur.cli.directory import directory, join
from jusur.directory import api, ceremony
from jusur.directory.errors import ForgedDirectoryError, MissingVersionsError
from jusur.kernel.errors import JusurError
from jusur.ledger import api as ledger
from jusur.node import context, settings
from jusur.node.context import Node
from jusur.node.home import NodeHome, write_private
from jusur.node.keystore import Keystore

Run = Callable[..., Any]
AUTHORITY_OF = founding.authority_of


@pytest.fixture
def run(nodes: Nodes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command as the node named first; the rows of all nodes share one database."""
    homes = {"GS": _secretariat(nodes, tmp_path / "gs"), "MA": _bureau(tmp_path / "ma")}
    monkeypatch.setattr("jusur.config.bootstrap.setup", lambda home: None)
    monkeypatch.setattr("jusur.cli.founding.authority_of", lambda keys: nodes.authority)

    def command(name: str, *arguments: object) -> Any:
        if nodes.present != name:
            nodes.turn_to(name)
        for module in ("jusur.node.context", "jusur.directory.services.papers"):
            monkeypatch.setattr(f"{module}.current", lambda: homes[name])
        group = join if arguments[0] in {"request", "complete"} else directory
        result = CliRunner().invoke(group, [*map(str, arguments), "--json"], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return json.loads(result.output)

    return command


def _bureau(home: Path) -> Node:
    place = NodeHome(home).create()
    given = {"address": "MA", "role": "bureau", "country": "MA", "name": "NCB Rabat", "gate_port": 9444}
    settings.save(settings.make(home, given))
    Keystore(place.keys).create()
    return Node(place)


def _secretariat(nodes: Nodes, home: Path) -> Node:
    place = NodeHome(home).create()
    settings.save(settings.make(home, {"address": "GS", "role": "secretariat", "name": "General Secretariat"}))
    return Node(place)


def test_joining_rotating_and_replacing_by_files(run: Run, tmp_path: Path) -> None:
    paper, request, welcome, usb = (tmp_path / name for name in ("inv", "req", "wel", "recovery.pem"))
    run("GS", "invite", "ma", "--output", paper)
    assert paper.stat().st_mode & 0o077 == 0
    made = run("MA", "request", paper, "--recovery-key", usb, "--output", request)
    admitted = run("GS", "admit", request, "--fingerprint", made["fingerprint"], "--output", welcome)
    done = run("MA", "complete", welcome, "--fingerprint", admitted["directory_key"])
    assert (done["version"], done["digest"]) == (admitted["version"], admitted["digest"])
    assert "MA" in [row["address"] for row in run("MA", "members", "--status", "active")]

    before = context.current().keys.signing.keyid
    run("MA", "rotate", "request", "--use", "signing", "--use", "tls", "--output", tmp_path / "rot")
    run("GS", "rotate", "grant", tmp_path / "rot", "--output", tmp_path / "ans")
    assert run("MA", "rotate", "install", tmp_path / "ans")["installed"] == ["signing", "tls"]
    now = Keystore(context.current().home.keys)
    assert now.signing.keyid != before
    assert {before, now.signing.keyid} == set(api.verify_keys("MA"))
    assert now.certificate("tls").public_key() == now.tls_key.public_key()

    run("MA", "rotate", "request", "--emergency", "--recovery", usb, "--output", tmp_path / "emg")
    missed = [run("GS", "publish")["version"] for _ in range(3)]
    grant = ("rotate", "grant", tmp_path / "emg", "--emergency", "--reason", "Burglary", "--output", tmp_path / "new")
    run("GS", *grant)
    run("MA", "rotate", "install", tmp_path / "new")
    assert run("MA", "show")["version"] == missed[-1] + 1
    assert set(api.verify_keys("MA")) == {Keystore(now.folder).signing.keyid}


def joined(run: Run, tmp_path: Path) -> None:
    paper, request, welcome = (tmp_path / name for name in ("inv", "req", "wel"))
    run("GS", "invite", "MA", "--output", paper)
    made = run("MA", "request", paper, "--output", request)
    admitted = run("GS", "admit", request, "--fingerprint", made["fingerprint"], "--output", welcome)
    run("MA", "complete", welcome, "--fingerprint", admitted["directory_key"])


def test_an_answer_brings_no_more_versions_than_its_bound(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    joined(run, tmp_path)
    run("MA", "rotate", "request", "--use", "signing", "--output", tmp_path / "rot")
    held = run("MA", "show")["version"]
    for _ in range(4):
        run("GS", "publish")
    monkeypatch.setattr(ceremony, "MAX_VERSIONS", 2)
    run("GS", "rotate", "grant", tmp_path / "rot", "--output", tmp_path / "ans")
    with pytest.raises(MissingVersionsError):
        run("MA", "rotate", "install", tmp_path / "ans")
    assert run("MA", "show")["version"] == held + 2
    for version in (held + 3, held + 4):
        run("GS", "export", "--version", version, "--output", tmp_path / "d.json")
        run("MA", "accept", tmp_path / "d.json")
    assert run("MA", "rotate", "install", tmp_path / "ans")["installed"] == ["signing"]


def test_versions_in_an_answer_must_follow_each_other(run: Run, tmp_path: Path) -> None:
    joined(run, tmp_path)
    run("MA", "rotate", "request", "--use", "signing", "--output", tmp_path / "rot")
    held = run("MA", "show")["version"]
    for _ in range(2):
        run("GS", "publish")
    run("GS", "rotate", "grant", tmp_path / "rot", "--output", tmp_path / "ans")
    answer = json.loads((tmp_path / "ans").read_bytes())
    signature = answer["between"][1]["signatures"][0]
    signature["sig"] = answer["between"][0]["signatures"][0]["sig"]
    (tmp_path / "ans").write_text(json.dumps(answer))
    with pytest.raises(ForgedDirectoryError):
        run("MA", "rotate", "install", tmp_path / "ans")
    assert run("MA", "show")["version"] == held + 1
    assert [alarm["kind"] for alarm in run("MA", "alarms")] == ["forged"]


def test_the_secretariats_decisions_reach_the_bureau_as_a_file(run: Run, tmp_path: Path) -> None:
    paper, request, welcome = (tmp_path / name for name in ("inv", "req", "wel"))
    run("GS", "invite", "MA", "--output", paper)
    made = run("MA", "request", paper, "--output", request)
    admitted = run("GS", "admit", request, "--fingerprint", made["fingerprint"], "--output", welcome)
    run("MA", "complete", welcome, "--fingerprint", admitted["directory_key"])
    run("GS", "suspend", "MA", "--reason", "Article 131")
    run("GS", "export", "--output", tmp_path / "d.json")
    assert run("MA", "accept", tmp_path / "d.json")["new"]
    assert run("MA", "show", "MA")["status"] == "suspended"
    assert run("MA", "alarms") == []


def test_a_wrong_fingerprint_is_told(run: Run, tmp_path: Path) -> None:
    run("GS", "invite", "MA", "--output", tmp_path / "inv")
    run("MA", "request", tmp_path / "inv", "--output", tmp_path / "req")
    with pytest.raises(JusurError, match="not this request's fingerprint"):
        run("GS", "admit", tmp_path / "req", "--fingerprint", "acid acorn", "--output", tmp_path / "wel")
    assert len(run("GS", "requests")) == 1
    assert run("GS", "refuse", tmp_path / "req", "--reason", "Not theirs")["state"] == "refused"


@pytest.fixture
def own_authority(run: Run, nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Keystore]:
    """The secretariat's keys in its own files; opens its keystore anew, as a restarted process would."""
    run("GS", "show")
    store = context.current().keys
    store.create()
    write_private(store.folder / "directory.pem", nodes.authority.directory_keys[0].pem())
    monkeypatch.setattr(Keystore, "network_ca", nodes.authority.network)
    monkeypatch.setattr(founding, "authority_of", AUTHORITY_OF)
    return lambda: Keystore(store.folder)


def test_the_directory_key_is_announced_and_retired(
    run: Run, own_authority: Callable[[], Keystore], tmp_path: Path
) -> None:
    old = own_authority().directory.keyid
    with pytest.raises(JusurError, match="no other directory key"):
        run("GS", "key", "retire")
    new = run("GS", "key", "announce")["keyid"]
    assert {row["keyid"]: row["here"] for row in run("GS", "key", "list")} == {
        old: "directory",
        new: "directory-next",
    }
    assert signers() == {old, new}
    run("GS", "publish")
    assert signers() == {old, new}
    with pytest.raises(JusurError, match="announced already"):
        run("GS", "key", "announce")
    assert run("GS", "key", "retire")["signs"] == new
    assert own_authority().directory.keyid == new
    assert {row["keyid"]: row["state"] for row in run("GS", "key", "list")} == {old: "retired", new: "active"}
    run("GS", "publish")
    assert signers() == {new}
    kinds = [event.kind for event in ledger.iter_events() if event.subject_type == "directory.key"]
    assert kinds == ["directory.key.announced", "directory.key.retired"]


def test_an_announced_directory_key_is_taken_back(run: Run, own_authority: Callable[[], Keystore]) -> None:
    old = own_authority().directory.keyid
    new = run("GS", "key", "announce")["keyid"]
    assert run("GS", "key", "retire", new, "--revoke")["signs"] == old
    assert not own_authority().has("directory-next")
    states = {row["keyid"]: row["state"] for row in run("GS", "key", "list")}
    assert states == {old: "active", new: "revoked"}
    with pytest.raises(JusurError):
        run("GS", "key", "retire", "00" * 16)


def test_a_crash_between_publishing_and_files_is_made_good(
    run: Run, own_authority: Callable[[], Keystore], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = own_authority()
    store.create("directory-next")  # made, but never announced
    new = run("GS", "key", "announce")["keyid"]
    assert new == store.directory_next.keyid
    with monkeypatch.context() as patched:
        patched.setattr(Keystore, "succeed_directory", lambda self: (_ for _ in ()).throw(OSError("power cut")))
        with pytest.raises(OSError, match="power cut"):
            run("GS", "key", "retire")
    run("GS", "publish")
    assert signers() == {new}
    assert run("GS", "key", "retire")["signs"] == new
    assert own_authority().directory.keyid == new


def signers() -> set[str]:
    held = api.envelope()
    assert held is not None
    return {entry["keyid"] for entry in json.loads(held[1])["signatures"]}
