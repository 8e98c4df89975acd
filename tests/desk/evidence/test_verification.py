"""A package examined before the officer's eyes: every check, its verdict, its command."""

import pytest
from django.test import Client
from tests.desk.conftest import As
from tests.desk.evidence import samples
from tests.desk.samples import Desk

from jusur.evidence import api as evidence
from jusur.exchange import api as exchange
from jusur.node.context import current


def run(client: Client, package_id: object) -> str:
    answer = client.post(f"/evidence/{package_id}/verification")
    return b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined] # it streams


@pytest.fixture
def stamped(desk: Desk) -> Desk:
    samples.trust_stamps(desk)
    return desk


def test_every_check_is_made_again_and_told_with_its_command(stamped: Desk, as_role: As) -> None:
    package_id = samples.received(samples.FILES)
    page = run(as_role("officer"), package_id)
    assert page.count('class="check good"') == len(evidence.CHECKS)
    assert 'class="check danger"' not in page
    assert "Every check passed" in page
    for command in ("age -d -i", "bagit.py --validate", "openssl cms -verify", "openssl ts -verify", "case_validate"):
        assert command in page
    assert page.rstrip().endswith("</html>")
    last = evidence.custody_chain(package_id)[-1]
    assert (last.kind, last.actor) == ("custody.verified", stamped.actor("officer").reference)


def test_a_changed_byte_in_the_vault_is_found_and_raises_an_alarm(stamped: Desk, as_role: As) -> None:
    package_id = samples.received({"a.bin": bytes(400_000)})
    package = evidence.package(package_id)
    [file] = current().home.path.rglob(f"*{package.blob}")
    data = bytearray(file.read_bytes())
    data[-2000] ^= 1
    file.chmod(0o600)
    file.write_bytes(data)
    page = run(as_role("officer"), package_id)
    assert "A check failed" in page
    assert 'class="check danger"' in page
    assert [alarm for alarm in exchange.open_alarms() if alarm["kind"] == "evidence-damaged"]
    assert [event.kind for event in evidence.custody_chain(package_id)].count("custody.verified") == 1


def test_what_is_not_held_cannot_be_examined(stamped: Desk, as_role: As) -> None:
    package_id = samples.collected(stamped, {"a.txt": b"a"})
    page = run(as_role("officer"), package_id)
    assert 'class="notice danger"' in page
    assert "custody.verified" not in [event.kind for event in evidence.custody_chain(package_id)]


def test_a_rejected_package_shows_which_check_failed(stamped: Desk, as_role: As) -> None:
    package_id = samples.received({"a.txt": b"a" * 5000}, damage=True)
    page = as_role("officer").get(f"/evidence/{package_id}/verification").content.decode()
    assert 'class="check danger"' in page
