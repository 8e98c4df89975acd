"""Sealing against Debian's ``age`` on the same generated file.

Sealing hashes, lists, archives, encrypts, digests the result and writes it into a vault, durably; ``age`` only
encrypts and writes, and leaves it to the system to bring that to the disk. Both write to the same file system; each
pair runs back to back, and the ratio of the best times is what counts.

    python bench/sealing.py [--size 1GiB] [--repeat 3] [--folder DIR] [--json FILE]
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests.packages import samples  # noqa: E402

from jusur import packages  # noqa: E402
from jusur.vault.folder import FolderVault  # noqa: E402

GOAL = 0.9
MEMORY_MIB = 128
_UNITS = {"MiB": 2**20, "GiB": 2**30}


def parse_size(text: str) -> int:
    found = re.fullmatch(r"(\d+)(MiB|GiB)", text)
    if not found:
        raise argparse.ArgumentTypeError("write a size as 512MiB or 20GiB")
    return int(found[1]) * _UNITS[found[2]]


def generate(path: Path, size: int) -> None:
    """Bytes that do not repeat within a block, written until the disk has them."""
    with path.open("wb") as file:
        left = size
        while left:
            left -= file.write(os.urandom(min(left, 2**20)))
        file.flush()
        os.fsync(file.fileno())


def time_age(source: Path, target: Path, recipient: str) -> float:
    start = time.perf_counter()
    subprocess.run(["age", "-r", recipient, "-o", target, source], check=True)
    return time.perf_counter() - start


def time_seal(source: Path, vault: Path) -> float:
    start = time.perf_counter()
    with FolderVault(vault).create("package.tar.age") as sink:
        packages.seal(
            source,
            sink,
            recipients=[samples.identity().recipient()],
            contents=samples.contents(),
            seals=samples.seals(),
        )
        sink.commit()
    return time.perf_counter() - start


def time_verify(vault: Path) -> float:
    start = time.perf_counter()
    with FolderVault(vault).open("package.tar.age") as source:
        report = packages.verify(source, samples.identity(), trust=samples.trust())
    assert report.ok, report.failures()
    return time.perf_counter() - start


def peak_mib() -> float:
    """The most memory this process ever held (VmHWM, which unlike ru_maxrss does not count a parent's)."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) / 1024


def run(size: int, repeat: int, folder: Path) -> dict[str, object]:
    times: dict[str, list[float]] = {"age": [], "seal": [], "verify": []}
    recipient = str(samples.identity().recipient())
    with tempfile.TemporaryDirectory(dir=folder) as name:
        source, target, vault = (Path(name) / part for part in ("evidence.bin", "evidence.age", "vault"))
        generate(source, size)
        for _ in range(repeat):
            times["age"].append(time_age(source, target, recipient))
            target.unlink()
            times["seal"].append(time_seal(source, vault))
            times["verify"].append(time_verify(vault))
            shutil.rmtree(vault)
    best = {name: min(values) for name, values in times.items()}
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "size_bytes": size,
        "repeat": repeat,
        "mib_per_second": {name: round(size / 2**20 / seconds, 1) for name, seconds in best.items()},
        "seal_to_age": round(best["age"] / best["seal"], 3),
        "verify_to_age": round(best["age"] / best["verify"], 3),
        "peak_mib": round(peak_mib(), 1),
        "goal": GOAL,
        "ok": best["age"] / best["seal"] >= GOAL and peak_mib() <= MEMORY_MIB,
    }


def show(result: dict[str, object]) -> None:
    speeds = result["mib_per_second"]
    assert isinstance(speeds, dict)
    print(f"{'':8} {'MiB/s':>8}  against age")
    for name, ratio in (("age", 1.0), ("seal", result["seal_to_age"]), ("verify", result["verify_to_age"])):
        print(f"{name:8} {speeds[name]:8.1f}  {ratio:.2f}")
    print(f"peak memory of sealing and verifying: {result['peak_mib']} MiB (at most {MEMORY_MIB})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--size", type=parse_size, default=2**30, help="size of the evidence (1GiB)")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=None, help="where to write (the temporary folder)")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    options = parser.parse_args()
    result = run(options.size, options.repeat, options.folder)
    show(result)
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n")
    sys.exit(0 if result["ok"] else 1)


if __name__ == "__main__":
    main()
