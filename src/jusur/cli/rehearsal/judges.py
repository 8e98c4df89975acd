"""The outside judges: programs nobody here wrote say whether the package that crossed is sound."""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from jusur.cli.rehearsal.nodes import RehearsalError, RehearsalNode


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one program said: its check's name, whether it accepted, and the command as typed (in ``folder``)."""

    name: str
    accepted: bool
    command: str
    folder: Path
    said: str


def open_sealed(sealed: Path, identity: Path, folder: Path) -> Verdict:
    """Let Debian's ``age`` open the sealed file and ``tar`` unpack it into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    command = f"age -d -i {identity} {sealed} | tar -x -C {folder}"
    age = [_program("age"), "-d", "-i", str(identity), str(sealed)]
    with subprocess.Popen(age, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as opener:
        unpacked = subprocess.run(
            [_program("tar"), "-x", "-C", str(folder)], stdin=opener.stdout, capture_output=True, check=False
        )
        if opener.stdout:
            opener.stdout.close()
        errors = opener.stderr.read() if opener.stderr else b""
        accepted = opener.wait() == 0 and unpacked.returncode == 0
    said = (errors + unpacked.stderr).decode(errors="replace").strip()
    return Verdict("age", accepted, command, Path.cwd(), said)


def judge(bag: Path, keys: dict[str, Path]) -> list[Verdict]:
    """What bagit, OpenSSL, case_validate and the offline verifier say of the opened package in ``bag``.

    Args:
        bag: the package's folder.
        keys: public log keys by address, as the organisations themselves gave them.
    """
    beside = Path(sys.executable).parent
    named = [part for address, path in keys.items() for part in ("--key", f"{address}={path}")]
    openssl = _program("openssl")
    return [
        _run("bagit", [sys.executable, str(beside / "bagit.py"), "--validate", bag.name], bag.parent),
        _run(
            "cms",
            [
                *(openssl, "cms", "-verify", "-binary", "-inform", "DER", "-in", "signature.p7s"),
                *("-content", "tagmanifest-sha256.txt", "-CAfile", "network-ca.pem", "-out", "/dev/null"),
            ],
            bag,
        ),
        _run(
            "timestamp",
            [
                *(openssl, "ts", "-verify", "-in", "timestamp.tst", "-token_in"),
                *("-data", "signature.p7s", "-CAfile", "tsa-root.pem"),
            ],
            bag,
        ),
        _run("case", [str(beside / "case_validate"), "metadata/case.jsonld"], bag),
        _run("ledger", [sys.executable, "verify/jusur_verify.py", "metadata/custody.json", *named], bag),
    ]


def fetch_sealed(node: RehearsalNode, package: str, folder: Path) -> Path:
    """The sealed file as it lies in the node's vault, as ``folder``/<package>.tar.age (a link where possible).

    Raises:
        RehearsalError: it is not there.
    """
    found = list((node.home / "vault").rglob(f"{package}*.tar.age"))
    if len(found) != 1:
        raise RehearsalError(f"The vault of {node.address} does not hold the sealed package.")
    target = folder / f"{package}.tar.age"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        target.hardlink_to(found[0])
    except OSError:
        shutil.copyfile(found[0], target)
    return target


def _run(name: str, command: list[str], folder: Path) -> Verdict:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    said = (done.stdout + done.stderr).strip()
    return Verdict(name, done.returncode == 0, " ".join(command), folder, said[-2000:])


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise RehearsalError(f"The program {name} is not installed.", fix=f"apt-get install {name}")
    return found
