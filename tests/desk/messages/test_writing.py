"""Writing: what is kept, files in parts that resume, and what is refused."""

import base64
import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.desk import samples
from tests.desk.conftest import As

from jusur.evidence import api as evidence
from jusur.exchange import api as exchange
from jusur.exchange.models import OutboundMessage, Unsent
from jusur.kernel import clock
from jusur.kernel.ids import new_id
from jusur.node.context import current

JSON = {"accept": "application/json"}
FIELDS: dict[str, Any] = {
    "to": ["NO", "FR"],
    "subject": "Vehicle",
    "text": "Please check the vehicle.",
    "language": "en",
    "topic": "assistance",
    "priority": "urgent",
    "purpose": "Investigation",
    "legal_basis": "Article 2",
    "classification": "restricted",
    "handling_code": "H1",
    "source": "B",
    "accuracy": "2",
    "retention_days": "30",
}
WARNING: dict[str, Any] = {
    "form": "warning",
    "scope": "regions",
    "regions": ["europe"],
    "subject": "Drones",
    "text": "Two modified drones were found.",
    "language": "en",
    "threat": "drones",
    "severity": "imminent",
    "purpose": "Protection",
    "legal_basis": "Article 2",
}


def begin(browser: Client, unsent: UUID, name: str, size: int) -> Any:
    return browser.post(f"/messages/unsent/{unsent}/files", {"name": name, "size": str(size)}, headers=JSON)


def put(browser: Client, address: str, part: bytes, start: int, total: int, digest: bytes | None = None) -> Any:
    told = base64.b64encode(hashlib.sha256(part).digest() if digest is None else digest).decode()
    place = f"bytes {start}-{start + len(part) - 1}/{total}"
    headers = {**JSON, "content-range": place, "content-digest": f"sha-256=:{told}:"}
    return browser.put(address, part, content_type="application/octet-stream", headers=headers)


def test_a_message_goes_with_its_terms_and_its_files(as_role: As, desk: samples.Desk) -> None:
    browser, unsent = as_role("officer"), new_id()
    content = bytes(range(256)) * 40
    upload = begin(browser, unsent, "ملف.bin", len(content)).json()
    assert put(browser, upload["put"], content[:6000], 0, len(content)).json()["offset"] == 6000
    gap = put(browser, upload["put"], content[7000:], 7000, len(content))
    assert (gap.status_code, gap.json()["offset"]) == (409, 6000)
    damaged = put(browser, upload["put"], content[6000:], 6000, len(content), digest=b"x" * 32)
    assert (damaged.status_code, damaged.json()["offset"]) == (409, 6000)
    assert browser.get(upload["put"]).json()["offset"] == 6000
    assert put(browser, upload["put"], content[6000:], 6000, len(content)).json()["complete"] is True
    assert browser.post(f"/messages/unsent/{unsent}", {**FIELDS, "act": "send"}).status_code == 302
    sent = OutboundMessage.objects.get()
    assert (sent.recipients, sent.priority) == (["NO", "FR"], 1)
    assert sent.handling["source_evaluation"] == "B2"
    assert sent.handling["allowed_recipients"] == ["FR", "NO"]
    [file] = sent.attachments
    assert (file["name"], file["sha256"]) == ("ملف.bin", hashlib.sha256(content).hexdigest())
    assert not Unsent.objects.exists()
    assert not [path for path in current().settings.intake_dir.rglob("*") if path.is_file()]


def test_a_file_comes_with_the_form_where_there_is_no_script(as_role: As) -> None:
    browser, unsent = as_role("officer"), new_id()
    file = SimpleUploadedFile("report.svg", b"<svg onload=alert(1)>")
    answer = browser.post(f"/messages/unsent/{unsent}/files", {**FIELDS, "file": file}, headers={"accept": "text/html"})
    assert answer.status_code == 302
    page = browser.get(f"/messages/unsent/{unsent}")
    assert page.context["files"][0]["complete"] is True
    assert page.context["form"].initial["subject"] == "Vehicle"


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b.txt", "..", "", "nul\x00.txt", "x\u202efdp.exe", "a" * 300])
def test_a_name_that_is_no_file_name_is_refused(as_role: As, name: str) -> None:
    answer = begin(as_role("officer"), new_id(), name, 3)
    assert answer.status_code == 422
    assert not Unsent.objects.exists()
    assert not list(current().settings.intake_dir.rglob("upload.json"))


def test_a_large_body_is_refused_before_it_is_read(as_role: As) -> None:
    answer = as_role("officer").post(
        f"/messages/unsent/{new_id()}/files",
        {"name": "x"},
        headers={"accept": "text/html", "content-length": str(1 << 40)},
    )
    assert answer.status_code == 413


def test_files_take_the_token_against_forgery(as_role: As) -> None:
    browser = as_role("officer", csrf=True)
    assert begin(browser, new_id(), "a.txt", 3).status_code == 403


def test_what_is_not_sent_is_its_writers_alone(as_role: As) -> None:
    mine, unsent = as_role("officer"), new_id()
    upload = begin(mine, unsent, "a.txt", 3).json()
    mine.post(f"/messages/unsent/{unsent}/kept", FIELDS)
    other = as_role("supervisor")
    assert other.get(f"/messages/unsent/{unsent}").status_code == 404
    assert other.get(upload["put"]).status_code == 404
    assert put(other, upload["put"], b"abc", 0, 3).status_code == 404
    assert other.post(upload["drop"]).status_code == 404
    assert other.post(f"/messages/unsent/{unsent}/kept", {"subject": "mine now"}).status_code == 404
    assert other.post(f"/messages/unsent/{unsent}/discard").status_code == 404
    assert Unsent.objects.get().fields["subject"] == "Vehicle"


def test_what_nobody_sent_goes_after_thirty_days_with_its_files(as_role: As) -> None:
    browser, old, young = as_role("officer"), new_id(), new_id()
    for unsent in (old, young):
        upload = begin(browser, unsent, "a.txt", 3).json()
        assert put(browser, upload["put"], b"abc", 0, 3).json()["complete"] is True
    half = begin(browser, old, "b.txt", 9).json()
    Unsent.objects.filter(id=old).update(changed_at=clock.now() - timedelta(days=31))
    assert evidence.forget_abandoned() == 2
    assert [row.id for row in Unsent.objects.all()] == [young]
    assert browser.get(half["put"]).status_code == 404
    assert [path.name for path in current().settings.intake_dir.rglob("*.txt")] == ["a.txt"]
    assert evidence.forget_abandoned() == 0


def test_a_message_without_its_conditions_is_not_sent(as_role: As) -> None:
    answer = as_role("officer").post(f"/messages/unsent/{new_id()}", {**FIELDS, "handling_code": "H3", "act": "send"})
    assert answer.status_code == 200
    assert answer.context["form"].errors.keys() == {"conditions"}
    assert not OutboundMessage.objects.exists()


def test_a_warning_is_looked_over_before_it_goes(as_role: As, desk: samples.Desk) -> None:
    browser, unsent = as_role("officer"), new_id()
    review = browser.post(f"/messages/warn/{unsent}", {**WARNING, "act": "review"}, follow=True)
    assert review.context["count"] == 4 - sum(address == "MA" for address in samples.MEMBERS) + 1
    assert not OutboundMessage.objects.exists()
    assert browser.post(f"/messages/warn/{unsent}/review").status_code == 302
    sent = OutboundMessage.objects.get()
    assert (sorted(sent.recipients), sent.priority, sent.kind) == (["ES", "FR", "NO", "SE"], 0, "message.warning")


def test_a_warning_may_wait_for_a_second_officer(as_role: As) -> None:
    browser, unsent = as_role("officer"), new_id()
    browser.post(f"/messages/warn/{unsent}", {**WARNING, "second": "on", "act": "review"})
    browser.post(f"/messages/warn/{unsent}/review")
    sent = OutboundMessage.objects.get()
    assert set(sent.deliveries.values_list("state", flat=True)) == {"drafted"}
    assert exchange.drafts_waiting() == 1
