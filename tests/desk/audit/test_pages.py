"""The trail opens to auditors alone, shows no content, and proves what it shows."""

import csv
import io
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.desk import samples
from tests.desk.audit import samples as rows
from tests.desk.conftest import As

from jusur.kernel.languages import LANGUAGES
from jusur.ledger import api as ledger


@pytest.fixture
def made(desk: samples.Desk) -> dict[str, Any]:
    desk.made["audit"] = rows.make(desk)
    found: dict[str, Any] = desk.made["audit"]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_in_every_language(
    as_role: As, desk: samples.Desk, made: dict[str, Any], language: str
) -> None:
    browser = as_role("auditor", language=language)
    for path in rows.pages(desk):
        response = browser.get(path)
        assert response.status_code == 200, path
        assert "never shown" not in response.content.decode()


@pytest.mark.parametrize("role", ["officer", "supervisor", "legal_adviser", "examiner", "administrator", "delegate"])
def test_the_trail_is_no_business_of(as_role: As, desk: samples.Desk, made: dict[str, Any], role: str) -> None:
    browser = as_role(role)
    for path in [*rows.pages(desk), "/audit/trail.csv", f"/audit/{made['event']}/proof.zip"]:
        assert browser.get(path).status_code == 403, path


def test_an_event_is_proved_step_by_step(as_role: As, made: dict[str, Any]) -> None:
    page = as_role("auditor").get(f"/audit/{made['event']}").content.decode()
    examined = ledger.examine(made["event"])
    assert examined.holds
    assert examined.committed is True
    assert examined.root.hex() in page
    assert all(turn.sibling.hex() in page for turn in examined.turns)


def test_the_bundle_convinces_the_offline_verifier_and_discloses_nothing(
    as_role: As, made: dict[str, Any], tmp_path: Path
) -> None:
    answer = as_role("auditor").get(f"/audit/{made['event']}/proof.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        archive.extractall(tmp_path)
    proof = (tmp_path / "event.custody.json").read_text()
    assert "scam" not in proof
    assert "never shown" not in proof
    command = [sys.executable, "jusur_verify.py", "event.custody.json", "--key", "MA=MA-log.pem"]
    verified = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert verified.returncode == 0, verified.stdout + verified.stderr


def test_no_cell_of_the_export_is_a_formula_and_the_export_is_an_event(as_role: As, made: dict[str, Any]) -> None:
    answer = as_role("auditor").get("/audit/trail.csv?view=all")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    table = list(csv.reader(io.StringIO(text)))
    cells = [cell for row in table for cell in row]
    assert "'=HYPERLINK(1)" in cells
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)
    assert "never shown" not in text
    assert [event.kind for event in ledger.events("ledger.trail", "MA")] == ["ledger.trail.exported"]


def test_filters_narrow_the_trail(as_role: As, desk: samples.Desk, made: dict[str, Any]) -> None:
    browser = as_role("auditor")
    officer, examiner = desk.actor("officer").reference, desk.actor("examiner").reference

    def purposes(query: str) -> set[str]:
        context = browser.get(f"/audit/?{query}").context
        return {one["entry"].purpose for one in context["page"]["items"] if one["entry"].purpose}

    assert purposes(f"actor={officer}") == {"Investigation of a scam centre, case 2026/117"}
    assert purposes(f"actor={examiner}&act=exchange.message.read") == {"=HYPERLINK(1)"}
    assert purposes("purpose=SCAM") == {"Investigation of a scam centre, case 2026/117"}
    assert purposes("since=2020-01-01&until=2020-12-31") == set()
    assert "=HYPERLINK(1)" in purposes("subject=exchange.message:0197a1c0-0000-7000-8000-000000000001&view=all")


def test_a_subject_has_its_trail(as_role: As, made: dict[str, Any]) -> None:
    page = as_role("auditor").get("/audit/of/exchange.message/0197a1c0-0000-7000-8000-000000000001", follow=True)
    assert {one["entry"].subject_id for one in page.context["page"]["items"]} == {
        "0197a1c0-0000-7000-8000-000000000001"
    }


def test_the_alarm_about_a_peers_log_is_shown_with_both_notes(as_role: As, made: dict[str, Any]) -> None:
    page = as_role("auditor").get("/audit/log").content.decode()
    alarm = ledger.alarms()[0]
    assert alarm.kind == "split-view"
    assert alarm.known_note.split("\n")[2].replace("=", "") in page
    assert str(alarm.id) in page
