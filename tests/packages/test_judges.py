"""Programs nobody here wrote open and accept a sealed package, and refuse a changed one."""

import random
import subprocess
import sys
from pathlib import Path

import pytest
from tests.crypto import judges
from tests.packages import samples

from jusur.packages import layout
from jusur.standards import bagit

BAGIT = [sys.executable, "-W", "ignore", Path(sys.executable).with_name("bagit.py"), "--quiet", "--validate"]


@pytest.fixture(scope="module")
def bag(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("court")
    _, sealed = samples.seal(samples.evidence(folder / "evidence"))
    (folder / "package.tar.age").write_bytes(sealed)
    (folder / "key.txt").write_text(samples.identity().text())
    opened = subprocess.run(
        ["age", "-d", "-i", folder / "key.txt", folder / "package.tar.age"], capture_output=True, check=True
    ).stdout
    subprocess.run(["tar", "-x", "-C", folder], input=opened, check=True)
    return folder / samples.PACKAGE_ID


def verdicts(bag: Path) -> dict[str, bool]:
    digests = ["sha256sum", "--quiet", "--strict", "-c", bagit.MANIFEST, bagit.TAG_MANIFEST, layout.SEALS]
    tagmanifest, signature = bag / bagit.TAG_MANIFEST, bag / layout.SIGNATURE
    return {
        "bagit": judges.accepts([*BAGIT, bag]),
        "sha256sum": judges.accepts(digests, cwd=bag),
        "cms": judges.cms(signature, tagmanifest, bag / layout.NETWORK_CA),
        "timestamp": judges.ts(bag / layout.TIMESTAMP, signature, bag / layout.TSA_ROOT),
    }


def test_every_judge_accepts(bag: Path) -> None:
    assert verdicts(bag) == {"bagit": True, "sha256sum": True, "cms": True, "timestamp": True}


@pytest.mark.parametrize("path", ["data/chat.txt", "metadata/case.jsonld", "manifest-sha256.txt", "bag-info.txt"])
def test_bagit_and_sha256sum_refuse_changed_bytes_of_the_bag(bag: Path, path: str) -> None:
    original = (bag / path).read_bytes()
    for position in random.Random(path).sample(range(len(original)), 3):
        altered = bytearray(original)
        altered[position] ^= 0x01
        (bag / path).write_bytes(altered)
        found = verdicts(bag)
        (bag / path).write_bytes(original)
        assert not found["bagit"]
        assert not found["sha256sum"]


def test_changed_bytes_of_what_seals_the_bag_are_refused(bag: Path) -> None:
    """Any byte at all, the fields that openssl does not look at included: sha256sum and the other seal see those."""
    for path, by in (
        (bagit.TAG_MANIFEST, {"cms"}),
        (layout.SIGNATURE, {"timestamp", "sha256sum"}),
        (layout.TIMESTAMP, {"sha256sum"}),
        (layout.SEALS, {"sha256sum"}),
    ):
        original = (bag / path).read_bytes()
        for position in random.Random(path).sample(range(len(original)), 8):
            altered = bytearray(original)
            altered[position] ^= 0x01
            (bag / path).write_bytes(altered)
            found = verdicts(bag)
            (bag / path).write_bytes(original)
            assert not any(found[judge] for judge in by), f"{path} byte {position}"


def test_age_refuses_changed_bytes_of_the_sealed_file(bag: Path, tmp_path: Path) -> None:
    sealed = (bag.parent / "package.tar.age").read_bytes()
    for position in [0, 30, 80, 150, 190, *random.Random(1).sample(range(len(sealed)), 10), len(sealed) - 1]:
        altered = bytearray(sealed)
        altered[position] ^= 0x10
        (tmp_path / "altered").write_bytes(altered)
        assert not judges.accepts(["age", "-d", "-i", bag.parent / "key.txt", "-o", "/dev/null", tmp_path / "altered"])


def test_the_readme_gives_the_commands_in_four_languages(bag: Path) -> None:
    text = (bag / layout.README).read_text()
    for heading in ("English", "Français", "Español", "العربية"):
        assert heading in text
    commands = {line.strip() for line in text.splitlines() if line.startswith("    ")}
    inside = [command for command in commands if not command.startswith(("age ", "bagit.py", "python3"))]
    assert len(inside) == 3
    for command in inside:
        assert judges.accepts(["sh", "-c", command], cwd=bag), command
