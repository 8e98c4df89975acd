import base64
import hashlib
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from jusur.crypto.keys import SigningKey
from jusur.exchange import receipt as receipts
from jusur.kernel import canonical
from jusur.ledger import api
from jusur.tlog.note import NoteSigner
from jusur.tlog.verifier import jusur_verify

PROGRAM = Path(jusur_verify.__file__)
pytestmark = pytest.mark.django_db


def seal(subject: str = "p-1", **data: Any) -> api.LedgerEvent:
    return api.record(
        "custody.package.sealed",
        subject_type="evidence.package",
        subject_id=subject,
        actor="officer-1",
        purpose="case 12",
        data=data,
    )


@pytest.fixture
def keys(signer: NoteSigner) -> jusur_verify.Keys:
    return {"NO": [signer.verifier.public_bytes]}


@pytest.fixture
def pem(tmp_path: Path, signer: NoteSigner) -> Path:
    file = tmp_path / "no.pem"
    public = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32).public_key()
    file.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return file


@pytest.fixture
def custody(tmp_path: Path) -> Path:
    for number in range(20):
        seal(f"other-{number}")
    seal(digest="00ff", rate=0.5, name="الأدلة")
    forgotten = seal(person="Åse")
    api.forget(forgotten.id)
    api.integrate()
    seal(later=True)
    api.integrate()
    file = tmp_path / "custody.json"
    file.write_bytes(api.custody_document("evidence.package", "p-1"))
    return file


def run(*arguments: object) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, str(PROGRAM), *map(str, arguments), "--json"],
        capture_output=True,
        check=False,
        cwd="/",
        env={"PYTHONPATH": ""},
    )
    return done.returncode, json.loads(done.stdout) if done.stdout else {}


def statuses(place: Path, keys: jusur_verify.Keys) -> set[str]:
    return {item.status for item in jusur_verify.verify([place], keys)}


def test_the_program_stands_alone_and_is_short() -> None:
    text = PROGRAM.read_text()
    assert len(text.splitlines()) < 500
    assert "jusur.tlog" not in text
    assert "from jusur" not in text


def test_a_custody_file_verifies_under_the_organisations_key(custody: Path, pem: Path) -> None:
    status, told = run(custody, "--key", f"NO={pem}")
    assert (status, told["result"]) == (0, "verified")
    assert [item["check"] for item in told["verdicts"]] == ["checkpoint", "event", "event", "event"]
    assert "by officer-1" in told["verdicts"][1]["detail"]
    assert "forgotten" in told["verdicts"][2]["detail"]


def test_the_verdicts_are_told_to_people_too(custody: Path, pem: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(PROGRAM), str(custody), "--key", f"NO={pem}"], capture_output=True, check=True, text=True
    )
    assert done.stdout.count("VERIFIED") == 4
    assert done.stdout.endswith("Result: verified\n")


def test_without_the_key_nothing_is_called_verified(custody: Path) -> None:
    status, told = run(custody)
    assert (status, told["result"]) == (2, "incomplete")
    assert told["verdicts"][0]["status"] == "UNKNOWN"


def test_another_key_for_the_address_is_refused(custody: Path) -> None:
    assert "FALSE" in statuses(custody, {"NO": [b"\x07" * 32]})


def test_every_flipped_byte_of_a_custody_file_is_refused(custody: Path, keys: jusur_verify.Keys) -> None:
    data = custody.read_bytes()
    for place in range(0, len(data), 7):
        for change in (1 << (place % 8), 0x20, 0xFF):
            custody.write_bytes(data[:place] + bytes([data[place] ^ change]) + data[place + 1 :])
            assert "FALSE" in statuses(custody, keys), (place, change)


def test_the_program_refuses_a_flipped_byte(custody: Path, pem: Path) -> None:
    data = custody.read_bytes()
    for place in (data.index(b'"payload"') + 40, data.index(b"custody.package"), data.index(b'"inclusion":["') + 20):
        custody.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        assert run(custody, "--key", f"NO={pem}")[0] == 1


@pytest.mark.parametrize("cut", [0, 1, 100, -1])
def test_a_file_cut_short_is_refused(custody: Path, pem: Path, cut: int) -> None:
    custody.write_bytes(custody.read_bytes()[:cut])
    assert run(custody, "--key", f"NO={pem}")[0] == 1


def test_an_event_of_another_subject_is_refused(custody: Path, keys: jusur_verify.Keys) -> None:
    document = json.loads(custody.read_bytes())
    other = json.loads(api.custody_document("evidence.package", "other-3"))
    document["events"] += other["events"]
    custody.write_bytes(canonical.encode(document))
    assert [item.status for item in jusur_verify.verify([custody], keys)] == ["VERIFIED"] * 4 + ["FALSE"]


def test_consistency_between_checkpoints_is_checked(tmp_path: Path, keys: jusur_verify.Keys) -> None:
    heads = [api.integrate()]
    for count in (1, 6, 8):
        for _ in range(count):
            seal()
        heads.append(api.integrate())
    file = tmp_path / "consistency.json"
    for old in heads:
        for new in heads:
            if old.size > new.size:
                continue
            file.write_bytes(api.consistency_document(old, new))
            assert statuses(file, keys) == {"VERIFIED"}
    data = api.consistency_document(heads[2], heads[3])
    for place in range(0, len(data), 2):
        file.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        assert statuses(file, keys) == {"FALSE"}, place
    document = json.loads(data)
    document["old"], document["new"] = document["new"], document["old"]
    file.write_bytes(canonical.encode(document))
    assert statuses(file, keys) == {"FALSE"}


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    api.record_many(
        [api.NewEvent(kind="a.b", subject_type="s", subject_id=str(n), actor="node", data={"n": n}) for n in range(300)]
    )
    event = next(api.iter_events())
    api.integrate()
    api.forget(event.id)
    api.integrate()
    api.record("a.later", subject_type="s", subject_id="x", actor="node", data={})
    api.export(tmp_path / "ledger")
    return tmp_path / "ledger"


def test_a_whole_export_verifies_as_folder_and_zip(exported: Path, pem: Path, tmp_path: Path) -> None:
    status, told = run(exported, "--key", f"NO={pem}")
    assert status == 0
    assert told["verdicts"][0]["detail"] == "all 301 entries of jusur.int/log/NO, 300 of them disclosed"
    api.export(tmp_path / "ledger.zip")
    assert run(tmp_path / "ledger.zip", "--key", f"NO={pem}")[0] == 0
    assert run(exported)[0] == 2
    with pytest.raises(FileExistsError):
        api.export(exported)


def test_every_file_of_an_export_counts(exported: Path, keys: jusur_verify.Keys) -> None:
    files = sorted(file for file in exported.rglob("*") if file.is_file())
    assert len(files) == 9
    for file in files:
        data = file.read_bytes()
        for place in range(0, len(data), max(1, len(data) // 8)):
            file.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
            assert statuses(exported, keys) == {"FALSE"}, (file, place)
        file.unlink()
        assert statuses(exported, keys) == ({"FALSE"} if file.name != "ledger.json" else set()), file
        file.write_bytes(data)
    assert statuses(exported, keys) == {"VERIFIED"}


def test_a_damaged_zip_is_refused(exported: Path, tmp_path: Path, keys: jusur_verify.Keys) -> None:
    file = tmp_path / "ledger.zip"
    api.export(file)
    with zipfile.ZipFile(file) as archive:
        place = archive.getinfo("tile/0/000").header_offset + 200
    data = file.read_bytes()
    file.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
    assert statuses(file, keys) == {"FALSE"}


def envelope(key: Ed25519PrivateKey, kind: str, payload: bytes) -> dict[str, Any]:
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    message = b"DSSEv1 %d %b %d %b" % (len(kind), kind.encode(), len(payload), payload)
    return {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": kind,
        "signatures": [
            {"keyid": hashlib.sha256(spki).hexdigest()[:32], "sig": base64.b64encode(key.sign(message)).decode()}
        ],
    }


def test_statements_and_receipts_are_checked(tmp_path: Path, signer: NoteSigner, keys: jusur_verify.Keys) -> None:
    signing = Ed25519PrivateKey.generate()
    event = seal()
    proof = api.integrate_and_prove([event.id]).proofs[event.id]
    receipt = {
        "checkpoint": proof.checkpoint.text,
        "inclusion": [value.hex() for value in proof.hashes],
        "leaf": proof.leaf.decode(),
        "leaf_index": proof.leaf_index,
        "log_key": api.log_key(),
    }
    file = tmp_path / "receipt.dsse.json"
    kind = "application/vnd.jusur.receipt+json"
    file.write_text(json.dumps(envelope(signing, kind, canonical.encode(receipt)), indent=1))
    keys["NO"].append(signing.public_key().public_bytes_raw())
    assert [item.check for item in jusur_verify.verify([file], keys)] == ["signature", "receipt in log"]
    assert statuses(tmp_path, keys) == {"VERIFIED"}
    assert statuses(file, {"NO": keys["NO"][:1]}) == {"UNKNOWN", "VERIFIED"}
    data = file.read_bytes()
    for place in range(0, len(data), 5):
        file.write_bytes(data[:place] + bytes([data[place] ^ 2]) + data[place + 1 :])
        assert statuses(file, keys) & {"FALSE", "UNKNOWN"}, place
    receipt["leaf_index"] = 1
    file.write_text(json.dumps(envelope(signing, kind, canonical.encode(receipt))))
    assert statuses(file, keys) == {"FALSE", "VERIFIED"}


def test_a_receipt_as_nodes_give_it_is_checked_with_the_log_key_given(
    tmp_path: Path, signer: NoteSigner, pem: Path
) -> None:
    signing, event = SigningKey.generate(), seal()
    proof = api.integrate_and_prove([event.id]).proofs[event.id]
    logged = receipts.Proof(proof.checkpoint.text, proof.leaf, proof.leaf_index, proof.hashes)

    def write(by: str, proof: receipts.Proof | None) -> Path:
        file = tmp_path / "receipt.json"
        file.write_bytes(
            receipts.make(
                signing,
                by=by,
                envelope=str(event.id),
                sender="MA",
                digest="ab" * 32,
                status="accepted",
                received_at=event.occurred_at,
                proof=proof,
            )
        )
        return file

    (tmp_path / "signing.pem").write_text(signing.public.pem())
    mine = ("--key", f"NO={tmp_path / 'signing.pem'}")
    status, told = run(write("NO", logged), *mine, "--key", f"NO={pem}")
    assert (status, [item["check"] for item in told["verdicts"]]) == (0, ["signature", "receipt in log"])
    status, told = run(write("NO", logged), *mine)
    assert (status, told["verdicts"][1]["status"]) == (2, "UNKNOWN")
    assert "give that of jusur.int/log/NO" in told["verdicts"][1]["detail"]
    status, told = run(write("SE", logged), *mine, "--key", f"NO={pem}")
    assert (status, told["verdicts"][1]["status"]) == (1, "FALSE")
    status, told = run(write("NO", None), *mine, "--key", f"NO={pem}")
    assert (status, told["verdicts"][1]["status"]) == (2, "UNKNOWN")
    forged = json.loads(base64.b64decode(json.loads(write("NO", logged).read_bytes())["payload"]))
    forged["leaf_index"] += 1
    file = tmp_path / "forged.dsse.json"
    key = Ed25519PrivateKey.generate()
    file.write_text(json.dumps(envelope(key, receipts.PAYLOAD_TYPE, canonical.encode(forged))))
    assert run(file, "--key", f"NO={pem}")[0] == 1


def test_a_package_folder_is_searched(custody: Path, exported: Path, tmp_path: Path, pem: Path) -> None:
    folder = tmp_path / "package"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "case.json").write_text('{"@graph": []}')
    (folder / "data" / "broken.json").write_text("{")
    assert run(folder, "--key", f"NO={pem}") == (2, {"result": "incomplete", "verdicts": []})
    shutil.copy(custody, folder / "custody.json")
    shutil.copytree(exported, folder / "ledger")
    status, told = run(folder, "--key", f"NO={pem}")
    assert status == 0
    assert len(told["verdicts"]) == 5
    (folder / "custody.json").write_text("{")
    assert run(folder, "--key", f"NO={pem}")[0] == 1


def test_wrong_use_is_told(tmp_path: Path) -> None:
    file = tmp_path / "x.txt"
    file.write_text("hello")
    assert run(file)[0] == 2
    assert run(tmp_path / "absent.json")[0] == 1
    assert run(file, "--key", f"NO={file}") == (2, {})
    assert run() == (2, {})


def test_a_subject_without_proved_events_has_no_custody_file() -> None:
    with pytest.raises(api.EventNotFoundError):
        api.custody_document("evidence.package", "p-1")
    with pytest.raises(api.EventNotFoundError):
        api.export(Path("/nowhere/ledger"))
    seal()
    with pytest.raises(api.EventNotFoundError):
        api.custody_document("evidence.package", "p-1")
