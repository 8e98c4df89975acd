"""Evidence that has crossed: its conditions bind, it is passed on only where allowed, and outsiders can judge it."""

import json
import subprocess
import sys
from pathlib import Path

from tests.e2e.acts import collected, delivered, events, released, spontaneous
from tests.e2e.network import CASE, PURPOSE, Network, Node, until

from jusur.cli.rehearsal import judges
from jusur.tlog.verifier import jusur_verify

_AGE = """
from datetime import timedelta
from jusur.evidence.models import EvidencePackage
from jusur.kernel import clock
from jusur.evidence import api
row = EvidencePackage.objects.get(id=given["package"])
row.received_at = clock.now() - timedelta(days=given["days"])
row.save(update_fields=["received_at"])
told["destroyed"] = api.retention_purge()
"""


def log_keys(network: Network, folder: Path) -> dict[str, Path]:
    """The public log keys as the directory names them, in files."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = {}
    for address in network.nodes:
        shown = network["GS"].run_json("directory", "show", address)
        keys[address] = folder / f"log-{address}.pem"
        keys[address].write_text(next(key["public"] for key in shown["keys"] if key["use"] == "log"))
    return keys


def opened(node: Node, package: str, folder: Path) -> Path:
    """The bag of ``package`` as Debian's age and tar open it with the node's own identity."""
    sealed = judges.fetch_sealed(node, package, folder)
    verdict = judges.open_sealed(sealed, node.home / "keys" / "evidence.txt", folder)
    assert verdict.accepted, verdict.said
    return next(path for path in folder.iterdir() if path.is_dir())


def checked_offline(proof: Path, keys: dict[str, Path]) -> subprocess.CompletedProcess[str]:
    """What the single-file verifier says of ``proof``."""
    named = [part for address, path in keys.items() for part in ("--key", f"{address}={path}")]
    command = [sys.executable, jusur_verify.__file__, str(proof), *named]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_outsiders_accept_the_package_and_custody_is_whole(network: Network, tmp_path: Path) -> None:
    place = spontaneous(network, size=200_000)
    delivered(network, place)
    package = place.rpartition("/")[2]
    bag = opened(network["MA"], package, tmp_path / "court")
    verdicts = judges.judge(bag, log_keys(network, tmp_path / "keys"))
    assert {verdict.name: verdict.accepted for verdict in verdicts} == dict.fromkeys(
        ("bagit", "cms", "timestamp", "case", "ledger"), True
    ), [verdict.said for verdict in verdicts]
    network["MA"].post("supervisor", f"{place}/countersignature")
    network["NO"].reaches(place, "countersigned")
    assert events(network["MA"], place) == [
        "custody.announced",
        "custody.received",
        "custody.verified",
        "custody.countersigned",
    ]
    assert events(network["NO"], place)[-3:] == ["custody.sealed", "custody.offered", "custody.countersigned"]


def test_whoever_asked_does_not_release(network: Network) -> None:
    oslo = network["NO"]
    told = {"to": "MA", "case_reference": CASE, "purpose": PURPOSE, "legal_basis": "Article 26"}
    place = collected(oslo, 3000, **told)
    oslo.post("supervisor", f"{place}/release", status=403)
    oslo.post("examiner", f"{place}/release")
    oslo.post("examiner", f"{place}/release-decision", {}, status=403)
    oslo.post("officer", f"{place}/release-decision", {}, status=403)
    oslo.post("supervisor", f"{place}/release-decision", {"granted": False, "reason": "One file too many."})
    assert oslo.get(place)["state"] == "collecting"
    assert "custody.release_denied" in events(oslo, place)


def test_evidence_changed_after_its_release_is_not_sent(network: Network) -> None:
    oslo = network["NO"]
    told = {"to": "MA", "case_reference": CASE, "purpose": PURPOSE, "legal_basis": "Article 26"}
    place = collected(oslo, 3000, **told)
    name = oslo.get(place)["items"][0]["path"].rpartition("/")[2]
    (oslo.home / "intake" / name).write_bytes(b"something else")
    released(oslo, place)
    found = until(lambda: oslo.get(place) if oslo.get(place)["failure"] else None, what="the refusal to seal")
    assert found is not None
    assert "changed" in found["failure"]
    network["MA"].call("officer", "GET", place, status=404)


def test_conditions_bind_export_and_destruction_is_told(network: Network) -> None:
    place = spontaneous(network)
    delivered(network, place)
    rabat = network["MA"]
    body = {"folder": place[-12:], "purpose": "Tax inspection"}
    assert PURPOSE in rabat.post("officer", f"{place}/exports", body, status=403)["fix"]
    rabat.post("officer", f"{place}/exports", {**body, "purpose": PURPOSE}, status=202)
    asked = f"{place}/exports"
    until(lambda: rabat.get(asked)["items"][-1]["state"] == "done", what="the export")
    found = rabat.get(asked)["items"][-1]
    assert found["files"] == 1
    assert next(Path(found["folder"]).rglob("evidence-*.bin")).stat().st_size == 3000
    until(lambda: "custody.exported" in events(network["NO"], place), what="word of the export")
    rabat.post("officer", f"{place}/destruction", {"purpose": "The case is closed."}, status=403)
    rabat.post("supervisor", f"{place}/destruction", {"purpose": "The case is closed."})
    assert not list((rabat.home / "vault").rglob(f"{place.rpartition('/')[2]}*.tar.age"))
    until(lambda: "custody.destroyed" in events(network["NO"], place), what="word of the destruction")
    rabat.post("officer", f"{place}/exports", {**body, "purpose": PURPOSE}, status=409)


def test_retention_ends_the_copy_and_not_the_proof(network: Network) -> None:
    place = spontaneous(network, retention_days=30)
    delivered(network, place)
    rabat, package = network["MA"], place.rpartition("/")[2]
    assert rabat.script(_AGE, package=package, days=29)["destroyed"] == 0
    assert rabat.script(_AGE, package=package, days=31)["destroyed"] == 1
    assert rabat.get(place)["state"] == "destroyed"
    assert not list((rabat.home / "vault").rglob(f"{package}*.tar.age"))
    assert events(rabat, place)[-1] == "custody.destroyed"
    assert rabat.get(f"{place}/custody-proof")


def test_the_dossier_is_in_four_languages_and_the_proof_verifies(network: Network, tmp_path: Path) -> None:
    place = spontaneous(network)
    delivered(network, place)
    rabat = network["MA"]
    for language in ("ar", "en", "fr", "es"):
        pdf = rabat.raw(f"{place}/dossier", language=language)
        assert pdf.startswith(b"%PDF-1.7")
        assert pdf.rstrip().endswith(b"%%EOF")
        assert len(pdf) > 10_000
    proof = tmp_path / "custody.json"
    proof.write_bytes(rabat.raw(f"{place}/custody-proof"))
    keys = log_keys(network, tmp_path)
    assert checked_offline(proof, keys).returncode == 0
    told = json.loads(proof.read_bytes())
    told["events"][0]["payload"], told["events"][1]["payload"] = (
        told["events"][1]["payload"],
        told["events"][0]["payload"],
    )
    proof.write_text(json.dumps(told))
    assert checked_offline(proof, keys).returncode != 0
