"""The stranger's first command, whole: `jusur demo --exit`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.enable_socket, pytest.mark.xdist_group("e2e")]


def test_the_demo_runs_the_fast_track_and_every_judge_accepts(tmp_path: Path) -> None:
    evidence, figures = tmp_path / "seized", tmp_path / "figures.json"
    evidence.mkdir()
    (evidence / "chat رقم 1.txt").write_text("invented\n" * 1000)
    (evidence / "disk.img").write_bytes(b"\0" * 3_000_000)
    command = [sys.executable, "-m", "jusur", "demo", "--exit", "--folder", str(tmp_path / "d")]
    done = subprocess.run(
        [*command, "--evidence", str(evidence), "--json", str(figures)],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(figures.read_text())
    assert found["checks"] == dict.fromkeys(("age", "bagit", "cms", "timestamp", "case", "ledger"), True)
    assert found["package_bytes"] > 3_000_000
    assert 0 < found["request_to_evidence_seconds"] < sum(step["seconds"] for step in found["steps"])
    assert all(step["name"] and step["seconds"] >= 0 for step in found["steps"])
