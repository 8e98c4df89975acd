"""Acts on packages, done on the pages by the real services."""

import hashlib
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from tests.desk.conftest import As
from tests.desk.evidence import samples
from tests.desk.samples import Desk

from jusur.evidence import api as evidence
from jusur.evidence.services import hashing
from jusur.kernel.ids import new_id


def kinds(package_id: UUID) -> list[str]:
    events = evidence.custody_chain(package_id)
    return [event.kind for event in events if event.kind.startswith("custody.")]


def state(package_id: UUID) -> str:
    return str(evidence.package(package_id).state)


def new_package(client: Client, **changes: object) -> UUID:
    given = {
        "to": "NO",
        "case_reference": samples.CASE,
        "purpose": samples.PURPOSE,
        "legal_basis": "Budapest Convention, article 26",
        "purposes": f"{samples.PURPOSE}\nTraining of examiners",
        "forwarding": ["FR"],
        "retention_days": "90",
        "at_end": "return",
        "text": "",
    }
    answer = client.post("/evidence/new", given | changes)
    assert answer.status_code == 302, answer.content.decode()
    return UUID(answer["Location"].split("/")[2])


def collect(client: Client, package_id: UUID, *files: SimpleUploadedFile, **changes: object) -> HttpResponse:
    given = {"method": samples.METHOD, "tool": samples.TOOL, "files": list(files)}
    return client.post(f"/evidence/{package_id}/collect", given | changes)  # type: ignore[return-value] # the client's own


def test_from_a_new_package_to_its_release_by_two_people(desk: Desk, as_role: As) -> None:
    officer, supervisor = as_role("officer"), as_role("supervisor")
    package_id = new_package(officer)
    assert evidence.package(package_id).conditions == {
        "purposes": [samples.PURPOSE, "Training of examiners"],
        "forwarding": ["FR"],
        "retention_days": 90,
        "at_end": "return",
        "text": "",
    }
    content = b"chat\n" * 5000
    assert collect(officer, package_id, SimpleUploadedFile("chat.txt", content)).status_code == 302
    hashing.hash_waiting()
    page = officer.get(f"/evidence/{package_id}").content.decode()
    assert hashlib.sha256(content).hexdigest() in page
    assert samples.METHOD in page
    officer.post(f"/evidence/{package_id}/release/ask")
    assert state(package_id) == "awaiting_release"
    shown = supervisor.get(f"/evidence/{package_id}/release").content.decode()
    for part in ("chat.txt", hashlib.sha256(content).hexdigest(), samples.PURPOSE, "Training of examiners", "NO"):
        assert part in shown
    supervisor.post(f"/evidence/{package_id}/release", {"decision": "release", "reason": "Complete."})
    assert state(package_id) == "sealing"
    assert kinds(package_id) == ["custody.collected", "custody.release_asked", "custody.released"]


def test_nobody_releases_what_they_asked_to_release(desk: Desk, as_role: As) -> None:
    client = as_role()
    package_id = samples.collected(desk, {"a.txt": b"a"})
    client.post(f"/evidence/{package_id}/release/ask")
    assert "another person decides" in client.get(f"/evidence/{package_id}/release").content.decode()
    answer = client.post(f"/evidence/{package_id}/release", {"decision": "release"})
    assert answer.status_code == 200
    assert state(package_id) == "awaiting_release"


def test_declining_takes_a_reason_and_opens_the_package_again(desk: Desk, as_role: As) -> None:
    package_id = samples.release_asked(desk, samples.collected(desk, {"a.txt": b"a"}))
    client = as_role("supervisor")
    assert (
        "Say why you decline"
        in client.post(f"/evidence/{package_id}/release", {"decision": "decline"}).content.decode()
    )
    client.post(f"/evidence/{package_id}/release", {"decision": "decline", "reason": "Two files are not asked for."})
    assert state(package_id) == "collecting"
    assert "Two files are not asked for." in client.get(f"/evidence/{package_id}").content.decode()


def test_a_file_is_taken_out_again(desk: Desk, as_role: As) -> None:
    package_id = samples.collected(desk, {"a.txt": b"a", "b.txt": b"b"})
    paths = [entry.path for entry in evidence.package_files(evidence.package(package_id))]
    as_role("officer").post(f"/evidence/{package_id}/remove", {"path": paths[0]})
    left = [entry.path for entry in evidence.package_files(evidence.package(package_id))]
    assert left == paths[1:]


def test_files_of_the_intake_are_offered_and_taken(desk: Desk, as_role: As) -> None:
    name = samples.put(desk, {"image.dd": bytes(5000)})
    client = as_role("examiner")
    package_id = new_package(as_role("officer"))
    assert name in client.get(f"/evidence/{package_id}/collect").content.decode()
    assert collect(client, package_id, names=[name]).status_code == 302
    assert evidence.package_totals(evidence.package(package_id)).bytes == 5000
    refused = collect(client, package_id, names=["../../keys"])
    assert refused.status_code == 200
    assert evidence.package_totals(evidence.package(package_id)).files == 1


def test_without_method_and_tool_nothing_is_taken_in(desk: Desk, as_role: As) -> None:
    client = as_role("officer")
    package_id = new_package(client)
    answer = collect(client, package_id, SimpleUploadedFile("a.txt", b"a"), method="", tool="")
    assert answer.status_code == 200
    assert evidence.package_totals(evidence.package(package_id)).files == 0


def upload(client: Client, name: str, content: bytes, part: int = 4000) -> str:
    """Bring ``content`` as the page's script does; its name in the intake."""
    opened = client.post("/evidence/uploads", {"name": name, "size": len(content)})
    assert opened.status_code == 201, opened.content
    told = opened.json()
    while not told["complete"]:
        start = told["offset"]
        piece = content[start : start + part]
        told = put(client, told["id"], piece, start, len(content)).json()
    return str(told["intake_name"])


def put(client: Client, upload_id: str, piece: bytes, start: int, total: int) -> Any:
    place = f"bytes {start}-{start + len(piece) - 1}/{total}" if piece else f"bytes */{total}"
    return client.put(
        f"/evidence/uploads/{upload_id}",
        piece,
        content_type="application/octet-stream",
        headers={"content-range": place},
    )


def test_the_page_s_script_brings_a_file_in_parts_and_goes_on_after_an_interruption(desk: Desk, as_role: As) -> None:
    client = as_role("officer")
    content = bytes(range(256)) * 60
    told = client.post("/evidence/uploads", {"name": "phone.img", "size": len(content)}).json()
    put(client, told["id"], content[:5000], 0, len(content))
    assert client.get(f"/evidence/uploads/{told['id']}").json()["offset"] == 5000
    gap = put(client, told["id"], content[6000:7000], 6000, len(content))
    assert gap.status_code == 409
    told = put(client, told["id"], content[5000:], 5000, len(content)).json()
    assert told["complete"]
    package_id = new_package(client)
    assert collect(client, package_id, arrived=[told["intake_name"]]).status_code == 302
    hashing.hash_waiting()
    [entry] = evidence.package_files(evidence.package(package_id))
    assert (entry.path, entry.sha256) == ("phone.img", hashlib.sha256(content).hexdigest())


def test_an_upload_is_its_owner_s_alone(desk: Desk, as_role: As) -> None:
    told = as_role("officer").post("/evidence/uploads", {"name": "a.img", "size": 10}).json()
    other = as_role("examiner")
    assert other.get(f"/evidence/uploads/{told['id']}").status_code == 404
    assert put(other, told["id"], b"0123456789", 0, 10).status_code == 404


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "\u202egnp.exe", "a\x00b", "", ".", "x" * 300])
def test_an_upload_with_a_hostile_name_is_refused(desk: Desk, as_role: As, name: str) -> None:
    answer = as_role("officer").post("/evidence/uploads", {"name": name, "size": 10})
    assert answer.status_code in {400, 422}
    assert answer.json()["detail"]


@pytest.mark.parametrize("size", ["", "-1", "1e9", "9" * 30, "٣"])
def test_an_upload_without_a_size_is_refused(desk: Desk, as_role: As, size: str) -> None:
    assert as_role("officer").post("/evidence/uploads", {"name": "a", "size": size}).status_code in {400, 422}


def test_uploads_need_the_page_s_token_and_the_act(desk: Desk, as_role: As) -> None:
    assert as_role("officer", csrf=True).post("/evidence/uploads", {"name": "a", "size": 1}).status_code == 403
    assert as_role("legal_adviser").post("/evidence/uploads", {"name": "a", "size": 1}).status_code == 403
    assert as_role("administrator").post("/evidence/uploads", {"name": "a", "size": 1}).status_code == 403


def test_countersigning_gives_the_sender_a_signed_word(desk: Desk, as_role: As) -> None:
    samples.trust_stamps(desk)
    package_id = samples.received({"a.txt": b"a" * 900})
    assert as_role("officer").post(f"/evidence/{package_id}/countersign").status_code == 403
    as_role("supervisor").post(f"/evidence/{package_id}/countersign")
    assert state(package_id) == "countersigned"
    assert kinds(package_id)[-1] == "custody.countersigned"


def test_a_file_is_copied_only_for_an_allowed_purpose_and_only_as_an_attachment(desk: Desk, as_role: As) -> None:
    samples.trust_stamps(desk)
    content = b"<script>alert(1)</script>" * 90_000
    package_id = samples.received({"page.html": content, "later.txt": b"later"})
    client, path = as_role("officer"), f"/evidence/{package_id}/files/0"
    assert client.get(path).status_code == 200
    refused = client.post(path, {"purpose": "Curiosity"})
    assert refused["Content-Type"].startswith("text/html")
    assert "custody.exported" not in kinds(package_id)
    answer = client.post(path, {"purpose": samples.PURPOSE})
    assert b"".join(answer.streaming_content) == content  # type: ignore[attr-defined] # it streams
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="page.html"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert kinds(package_id)[-1] == "custody.exported"
    event = evidence.custody_chain(package_id)[-1]
    assert (event.purpose, event.actor) == (samples.PURPOSE, desk.actor("officer").reference)
    assert client.get(f"/evidence/{package_id}/files/2").status_code == 404


def test_a_copy_of_other_bytes_than_were_verified_breaks_off(desk: Desk, as_role: As) -> None:
    samples.trust_stamps(desk)
    package_id = samples.received({"a.bin": bytes(3_000_000)})
    package = evidence.package(package_id)
    [listed] = package.verification["files"]  # type: ignore[index] # it was verified
    listed[2] = "0" * 64
    package.save(update_fields=["verification"])
    answer = as_role("officer").post(f"/evidence/{package_id}/files/0", {"purpose": samples.PURPOSE})
    with pytest.raises(Exception, match="not the one that was verified"):
        b"".join(answer.streaming_content)  # type: ignore[attr-defined] # it streams


def test_an_export_is_asked_for_with_its_purpose(desk: Desk, as_role: As) -> None:
    samples.trust_stamps(desk)
    package_id = samples.received({"a.txt": b"a"})
    client = as_role("examiner")
    client.post(f"/evidence/{package_id}/export", {"purpose": samples.PURPOSE, "folder": "case-93"})
    [asked] = evidence.package_exports(package_id)
    assert (asked.folder, asked.purpose, asked.state) == ("case-93", samples.PURPOSE, "waiting")
    assert kinds(package_id)[-1] == "custody.accessed"
    assert (
        client.post(f"/evidence/{package_id}/export", {"purpose": samples.PURPOSE, "folder": "../x"}).status_code == 200
    )
    assert len(evidence.package_exports(package_id)) == 1


def test_passing_on_needs_the_originator_s_grant(desk: Desk, as_role: As) -> None:
    samples.trust_stamps(desk)
    closed = samples.received({"a.txt": b"a"}, conditions=samples.CONDITIONS | {"forwarding": []})
    client = as_role("officer")
    assert "does not allow passing it on" in client.get(f"/evidence/{closed}/forward").content.decode()
    client.post(f"/evidence/{closed}/forward", {"to": "FR", "purpose": samples.PURPOSE})
    assert "custody.forwarded" not in kinds(closed)
    granted = samples.received({"b.txt": b"b"})
    client.post(f"/evidence/{granted}/forward", {"to": "ES", "purpose": samples.PURPOSE})
    assert "custody.forwarded" not in kinds(granted)
    answer = client.post(f"/evidence/{granted}/forward", {"to": "FR", "purpose": samples.PURPOSE})
    assert answer.status_code == 302
    copy = evidence.package(UUID(answer["Location"].rpartition("/")[2]))
    assert (copy.counterpart, copy.state, copy.originator) == ("FR", "awaiting_release", "NO")


def test_giving_back_and_destroying_say_why(desk: Desk, as_role: As) -> None:
    samples.trust_stamps(desk)
    package_id = samples.received({"a.txt": b"a"})
    assert as_role("officer").post(f"/evidence/{package_id}/return", {"purpose": ""}).status_code == 200
    assert (
        as_role("officer").post(f"/evidence/{package_id}/return", {"purpose": "The case is closed."}).status_code == 302
    )
    assert as_role("officer").post(f"/evidence/{package_id}/destroy", {"purpose": "x"}).status_code == 403
    assert as_role("supervisor").post(f"/evidence/{package_id}/destroy", {"purpose": ""}).status_code == 200
    as_role("supervisor").post(f"/evidence/{package_id}/destroy", {"purpose": "The case is closed."})
    assert state(package_id) == "destroyed"
    assert kinds(package_id)[-2:] == ["custody.returned", "custody.destroyed"]


def test_the_dossier_is_made_in_the_language_asked_for_and_recorded(desk: Desk, as_role: As) -> None:
    samples.trust_stamps(desk)
    package_id = samples.received({"a.txt": b"a"})
    client = as_role("legal_adviser")
    answer = client.post(f"/evidence/{package_id}/dossier", {"language": "ar"})
    assert answer.content.startswith(b"%PDF-")
    assert kinds(package_id)[-1] == "custody.accessed"
    assert client.post(f"/evidence/{package_id}/dossier", {"language": "xx"}).status_code in {400, 422}
    assert client.get(f"/evidence/{package_id}/dossier").status_code == 405


def test_the_custody_file_holds_proofs(desk: Desk, as_role: As) -> None:
    package_id = samples.collected(desk, {"a.txt": b"a"})
    told = as_role("officer").get(f"/evidence/{package_id}/custody.json").json()
    assert told["subject"] == {"type": "evidence.package", "id": str(package_id)}
    assert [event["leaf_index"] for event in told["events"]]


def test_no_package_of_another_name_is_shown(desk: Desk, as_role: As) -> None:
    client = as_role()
    for page in ("", "/collect", "/release", "/verification", "/export", "/files/0", "/forward", "/return", "/destroy"):
        assert client.get(f"/evidence/{new_id()}{page}").status_code == 404
