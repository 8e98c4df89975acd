"""One flipped byte anywhere in what crossed, and a program that nobody here wrote refuses it."""

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.e2e.acts import delivered, spontaneous
from tests.e2e.network import Network
from tests.e2e.test_packages import log_keys, opened

from jusur.cli.rehearsal import judges

FEW, MANY = 12, 400
Bag = tuple[Path, Path, dict[str, Path], Path]


@pytest.fixture(scope="module")
def crossed(running: Network, tmp_path_factory: pytest.TempPathFactory) -> Bag:
    """A package that crossed: its sealed file, its bag, the log keys, and the identity that opens it."""
    running.heal()
    place, folder = spontaneous(running, size=50_000), tmp_path_factory.mktemp("court")
    delivered(running, place)
    package = place.rpartition("/")[2]
    bag = opened(running["MA"], package, folder / "open")
    sealed = folder / "sealed.tar.age"
    shutil.copyfile(judges.fetch_sealed(running["MA"], package, folder / "sealed"), sealed)
    return sealed, bag, log_keys(running, folder / "keys"), running["MA"].home / "keys" / "evidence.txt"


def flip(path: Path, at: int, bit: int) -> bytes:
    """Flip one bit of the file; what it held before."""
    whole = path.read_bytes()
    path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << bit)]) + whole[at + 1 :])
    return whole


def accepts(bag: Path, *command: str) -> bool:
    return subprocess.run(command, cwd=bag, capture_output=True, check=False).returncode == 0


def age_refuses(sealed: Path, identity: Path, draw: random.Random) -> None:
    before = flip(sealed, draw.randrange(sealed.stat().st_size), draw.randrange(8))
    try:
        assert not accepts(sealed.parent, "age", "-d", "-i", str(identity), "-o", "/dev/null", str(sealed))
    finally:
        sealed.write_bytes(before)


def bag_refuses(bag: Path, path: Path, draw: random.Random) -> None:
    """A payload or tag file is refused by the bag's manifests, what seals the bag by the seals' own list.

    The tag manifest is what the signature is over: ``sha256sum`` takes its digests in capitals too, OpenSSL does not.
    """
    name = path.relative_to(bag).as_posix()
    before = flip(path, draw.randrange(path.stat().st_size), draw.randrange(8))
    try:
        manifests = ("manifest-sha256.txt", "tagmanifest-sha256.txt", "seals-sha256.txt")
        said = [accepts(bag, "sha256sum", "--strict", "--quiet", "-c", manifest) for manifest in manifests]
        if path.name == "tagmanifest-sha256.txt":
            said += [verdict.accepted for verdict in judges.judge(bag, {}) if verdict.name == "cms"]
        assert not all(said), name
    finally:
        path.write_bytes(before)


def members(bag: Path) -> list[Path]:
    """The bag's files but the list of its seals, whose every entry OpenSSL judges better."""
    found = (path for path in bag.rglob("*") if path.is_file() and path.stat().st_size)
    return sorted(path for path in found if path.name != "seals-sha256.txt")


def test_age_refuses_any_flipped_byte_of_the_sealed_file(crossed: Bag) -> None:
    draw = random.Random(1)
    for _ in range(FEW):
        age_refuses(crossed[0], crossed[3], draw)


def test_every_file_of_the_bag_is_guarded(crossed: Bag) -> None:
    draw = random.Random(2)
    for path in members(crossed[1]):
        bag_refuses(crossed[1], path, draw)


def test_bagit_refuses_what_sha256sum_refuses(crossed: Bag) -> None:
    bag, draw = crossed[1], random.Random(3)
    tool = str(Path(sys.executable).parent / "bagit.py")
    chosen = [bag / "metadata" / "case.jsonld", bag / "bag-info.txt", next((bag / "data").rglob("evidence-*"))]
    for path in chosen:
        before = flip(path, draw.randrange(path.stat().st_size), 0)
        try:
            assert not accepts(bag.parent, sys.executable, tool, "--validate", bag.name), path
        finally:
            path.write_bytes(before)
    assert accepts(bag.parent, sys.executable, tool, "--validate", bag.name)


def seals_refuse(bag: Path, draw: random.Random, times: int) -> None:
    """Flips in the signature and the time-stamp: OpenSSL or the list of seals refuses each."""
    for name in ("signature.p7s", "timestamp.tst"):
        for _ in range(times):
            before = flip(bag / name, draw.randrange((bag / name).stat().st_size), draw.randrange(8))
            try:
                verdicts = [verdict for verdict in judges.judge(bag, {}) if verdict.name in {"cms", "timestamp"}]
                listed = accepts(bag, "sha256sum", "--strict", "--quiet", "-c", "seals-sha256.txt")
                assert not (listed and all(verdict.accepted for verdict in verdicts)), name
            finally:
                (bag / name).write_bytes(before)


def test_the_offline_verifier_refuses_flipped_custody(crossed: Bag) -> None:
    custody_refused(crossed, random.Random(4), FEW)


def custody_refused(crossed: Bag, draw: random.Random, times: int) -> None:
    bag, keys = crossed[1], crossed[2]
    path = bag / "metadata" / "custody.json"
    named = [part for address, key in keys.items() for part in ("--key", f"{address}={key}")]
    command = (sys.executable, "verify/jusur_verify.py", "metadata/custody.json", *named)
    assert accepts(bag, *command)
    for _ in range(times):
        at = draw.randrange(path.stat().st_size)
        before = flip(path, at, draw.randrange(8))
        try:
            assert not accepts(bag, *command), (at, before[at - 40 : at + 40])
        finally:
            path.write_bytes(before)


def test_case_validate_refuses_a_broken_structure(crossed: Bag) -> None:
    path = crossed[1] / "metadata" / "case.jsonld"
    tool = str(Path(sys.executable).parent / "case_validate")
    whole = path.read_bytes()
    for old, new in ((b'"@type"', b'"@tyqe"'), (b"xsd:dateTime", b"xsd:datfTime"), (b"}", b"|")):
        assert old in whole
        path.write_bytes(whole.replace(old, new, 1))
        try:
            refused = not accepts(crossed[1], tool, "metadata/case.jsonld")
            guarded = not accepts(crossed[1], "sha256sum", "--strict", "--quiet", "-c", "tagmanifest-sha256.txt")
            assert guarded
            assert refused or old != b"}"
        finally:
            path.write_bytes(whole)


@pytest.mark.slow
def test_many_flips_everywhere(crossed: Bag) -> None:
    draw = random.Random(5)
    for _ in range(MANY):
        age_refuses(crossed[0], crossed[3], draw)
        bag_refuses(crossed[1], draw.choice(members(crossed[1])), draw)
    custody_refused(crossed, draw, MANY // 4)
    seals_refuse(crossed[1], draw, MANY // 40)
