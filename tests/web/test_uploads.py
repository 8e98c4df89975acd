import errno
import hashlib
import os
import random
import resource
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.web.conftest import Caller, problem

from jusur.evidence import intake, uploads
from jusur.kernel import clock
from jusur.ledger.models import Event
from jusur.node.context import Node, current

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.frame_urls")]
UPLOADS = "/evidence/uploads"


def begin(caller: Caller, size: int, name: str = "disk.img", sha256: str = "") -> str:
    response = caller.post(UPLOADS, {"name": name, "size": size, "sha256": sha256})
    assert response.status_code == 201, response.content
    view: dict[str, Any] = response.json()
    assert (view["offset"], view["complete"], view["name"]) == (0, False, name)
    return f"{UPLOADS}/{view['id']}"


def place(start: int, part: bytes, total: int) -> str:
    return f"bytes {start}-{start + len(part) - 1}/{total}"


def arrived(node: Node, view: dict[str, Any]) -> Path:
    found = intake.find(node.settings.intake_dir, view["intake_name"])
    assert [entry.path for entry in found] == [view["name"]]
    return found[0].source


def test_a_file_arrives_in_parts_and_can_be_collected(everything: Caller, node: Node) -> None:
    content = random.Random(1).randbytes(3_000_001)
    digest = hashlib.sha256(content).hexdigest()
    path = begin(everything, len(content), sha256=digest)
    for start in range(0, len(content), 700_000):
        part = content[start : start + 700_000]
        view = everything.put(path, part, place(start, part, len(content))).json()
        assert view["offset"] == start + len(part)
    assert view["complete"]
    assert arrived(node, view).read_bytes() == content
    assert everything.get(path).json() == view
    assert not uploads._staged()
    event = Event.objects.get(kind="evidence.upload.arrived")
    assert event.data == {"size": len(content), "sha256": digest}
    assert event.subject_id == view["id"]


def test_after_an_interruption_one_asks_and_goes_on(everything: Caller, node: Node) -> None:
    content = os.urandom(1000)
    path = begin(everything, 1000)
    everything.put(path, content[:400], place(0, content[:400], 1000))
    uploads._digests._known.clear()  # as after a restart
    probe = everything.http.head(f"/v1{path}")
    assert (probe.status_code, probe["Upload-Offset"], probe["Upload-Length"]) == (200, "400", "1000")
    refused = everything.put(path, content[500:], place(500, content[500:], 1000))
    problem(refused, 409, "upload-offset")
    view = everything.put(path, content[300:], place(300, content[300:], 1000)).json()
    assert view["complete"]
    assert arrived(node, view).read_bytes() == content
    assert everything.put(path, content[300:], place(300, content[300:], 1000)).json() == view


def test_what_was_not_promised_is_written_anew(everything: Caller, node: Node) -> None:
    """A process killed within a part leaves bytes behind its offset; they are not taken for received."""
    content = os.urandom(1000)
    path = begin(everything, 1000)
    everything.put(path, content[:400], place(0, content[:400], 1000))
    with (uploads._staged()[0] / "data").open("ab") as file:
        file.write(b"half a part")
    assert everything.get(path).json()["offset"] == 400
    view = everything.put(path, content[400:], place(400, content[400:], 1000)).json()
    assert arrived(node, view).read_bytes() == content


def test_a_sender_that_vanishes_keeps_what_came(everything: Caller, node: Node) -> None:
    path = begin(everything, 1000)

    class Cut:
        def __init__(self) -> None:
            self.blocks = [b"x" * 300, b""]

        def read(self, size: int, /) -> bytes:
            return self.blocks.pop(0)

    upload_id = uploads._staged()[0].name
    actor = _actor(everything)
    view = uploads.upload_part(upload_id=UUID(upload_id), part=uploads.Part(0, 1000, 1000), source=Cut(), actor=actor)
    assert (view.offset, view.complete) == (300, False)
    assert everything.get(path).json()["offset"] == 300


def _actor(caller: Caller) -> Any:
    from jusur.accounts import api as accounts

    return accounts.actor_by_token(caller.secret)


def test_an_empty_file_ends_without_a_part(everything: Caller, node: Node) -> None:
    path = begin(everything, 0)
    view = everything.put(path, b"", "bytes */0").json()
    assert view["complete"]
    assert arrived(node, view).read_bytes() == b""


def test_an_end_asked_for_too_early_is_refused(everything: Caller) -> None:
    path = begin(everything, 10)
    problem(everything.put(path, b"", "bytes */10"), 409)


def test_another_digest_begins_the_upload_anew(everything: Caller, node: Node) -> None:
    path = begin(everything, 4, sha256=hashlib.sha256(b"good").hexdigest())
    problem(everything.put(path, b"evil", "bytes 0-3/4"), 422)
    assert everything.get(path).json()["offset"] == 0
    view = everything.put(path, b"good", "bytes 0-3/4").json()
    assert arrived(node, view).read_bytes() == b"good"


def test_a_crash_before_the_end_is_made_good(everything: Caller, node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process dies after the file was linked and recorded, before the staging was removed."""
    path = begin(everything, 4)
    with monkeypatch.context() as patch:
        patch.setattr(uploads, "_remove", lambda _folder: (_ for _ in ()).throw(RuntimeError("killed")))
        assert everything.put(path, b"good", "bytes 0-3/4").status_code == 500
    view = everything.get(path).json()
    assert (view["offset"], view["complete"]) == (4, False)
    view = everything.put(path, b"", "bytes */4").json()
    assert view["complete"]
    assert arrived(node, view).read_bytes() == b"good"
    assert Event.objects.filter(kind="evidence.upload.arrived").count() == 1


def test_nothing_is_overwritten(everything: Caller, node: Node) -> None:
    path = begin(everything, 4)
    target = uploads._arrived(UUID(path.rpartition("/")[2]))
    target.mkdir()
    (target / "disk.img").write_bytes(b"mine")
    everything.put(path, b"good", "bytes 0-3/4")
    assert (target / "disk.img").read_bytes() == b"mine"


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "a/b",
        "../x",
        "a\\b",
        "CON",
        "a\u202eb",
        "a\u200b",
        "a\nb",
        " a",
        "x" * 256,
        "a.",
        "é" * 200,
        "a:b",
    ],
)
def test_names_that_are_no_file_names_are_refused(everything: Caller, name: str) -> None:
    problem(everything.post(UPLOADS, {"name": name, "size": 1}), 422)
    assert not uploads._staged()


@pytest.mark.parametrize("name", ["صورة القرص.img", ".hidden", "photo 1.jpg"])
def test_names_of_any_script_are_taken(everything: Caller, node: Node, name: str) -> None:
    view = everything.put(begin(everything, 1, name=name), b"x", "bytes 0-0/1").json()
    assert arrived(node, view).name == name


@pytest.mark.parametrize(
    ("header", "body"),
    [
        ("", b"x"),
        ("bytes 0-1/10", b"x"),
        ("bytes 5-4/10", b""),
        ("bytes 0-9/10", b"x"),
        ("bytes 9-10/10", b"xx"),
        ("bytes 0-0/1" + "0" * 20, b"x"),
        ("bytes -1-0/10", b"x"),
        ("items 0-0/10", b"x"),
        ("bytes 0-0/*", b"x"),
        ("bytes 0-0/10, bytes 1-1/10", b"x"),
        ("bytes */10", b"x"),
    ],
)
def test_a_place_that_does_not_fit_is_refused(everything: Caller, header: str, body: bytes) -> None:
    path = begin(everything, 10)
    problem(everything.put(path, body, header), 422)
    assert everything.get(path).json()["offset"] == 0


def test_another_total_is_refused(everything: Caller) -> None:
    problem(everything.put(begin(everything, 10), b"x", "bytes 0-0/11"), 409)


def test_an_upload_is_its_owners_alone(entered: Callable[..., Caller]) -> None:
    owner, other, reader = entered("officer"), entered("examiner"), entered("supervisor")
    path = begin(owner, 4)
    problem(other.get(path), 404)
    problem(other.put(path, b"evil", "bytes 0-3/4"), 404)
    problem(reader.get(path), 403)
    problem(reader.post(UPLOADS, {"name": "a", "size": 1}), 403)


def test_too_large_and_too_many_are_refused(everything: Caller, node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    problem(everything.post(UPLOADS, {"name": "a", "size": node.settings.max_upload_bytes + 1}), 422)
    problem(everything.post(UPLOADS, {"name": "a", "size": -1}), 422)
    problem(everything.post(UPLOADS, {"name": "a", "size": 10**30}), 422)
    monkeypatch.setattr(uploads, "MAX_OPEN", 2)
    for _ in range(2):
        begin(everything, 1)
    problem(everything.post(UPLOADS, {"name": "a", "size": 1}), 403)


def test_a_full_disk_is_told_and_keeps_what_was_received(everything: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    path = begin(everything, 10)
    everything.put(path, b"0123", "bytes 0-3/10")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        problem(everything.put(path, b"456789", "bytes 4-9/10"), 507, "disk-full")
    with monkeypatch.context() as patch:
        patch.setattr(uploads, "RESERVE", 1 << 60)
        problem(everything.put(path, b"456789", "bytes 4-9/10"), 507, "disk-full")
        problem(everything.post(UPLOADS, {"name": "a", "size": 1}), 507, "disk-full")
    assert everything.get(path).json()["offset"] == 4
    assert everything.put(path, b"456789", "bytes 4-9/10").json()["complete"]


def test_one_part_at_a_time(everything: Caller) -> None:
    begin(everything, 10)
    upload_id = UUID(uploads._staged()[0].name)
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with uploads._locked(upload_id):
            entered.set()
            leave.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    entered.wait(20)
    problem(everything.put(f"{UPLOADS}/{upload_id}", b"x", "bytes 0-0/10"), 409)
    leave.set()
    thread.join()
    assert everything.put(f"{UPLOADS}/{upload_id}", b"x", "bytes 0-0/10").status_code == 200


def test_abandoned_uploads_are_removed(everything: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    kept, gone = begin(everything, 10), begin(everything, 10)
    done = begin(everything, 1)
    everything.put(done, b"x", "bytes 0-0/1")
    old = (clock.now() - timedelta(days=8)).timestamp()
    folder = uploads._folder(UUID(gone.rpartition("/")[2]))
    for file in (*folder.iterdir(), folder):
        os.utime(file, (old, old))
    (uploads._root(intake.STAGING) / ".half").mkdir()
    os.utime(uploads._root(intake.STAGING) / ".half", (old, old))
    assert uploads.forget_abandoned() == 2
    problem(everything.get(gone), 404)
    assert everything.get(kept).status_code == 200
    assert everything.get(done).json()["complete"]
    assert uploads.forget_abandoned() == 0


def test_memory_stays_constant(everything: Caller, node: Node) -> None:
    """256 MiB in parts of 64 MiB from a source that makes them as they are read."""

    class Zeros:
        def read(self, size: int, /) -> bytes:
            return bytes(size)

    total, actor = 256 << 20, _actor(everything)
    path = begin(everything, total)
    upload_id = UUID(path.rpartition("/")[2])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for start in range(0, total, uploads.MAX_PART):
        part = uploads.Part(start, start + uploads.MAX_PART, total)
        done = uploads.upload_part(upload_id=upload_id, part=part, source=Zeros(), actor=actor)
    assert done.complete
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16 << 10
    assert (current().settings.intake_dir / done.intake_name).stat().st_size == total
