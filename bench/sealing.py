"""Sealing against Debian's ``age`` on the same generated file.

Sealing hashes, lists, archives, encrypts, digests the result and writes it into a vault, durably; ``age`` only
encrypts and writes, and leaves it to the system to bring that to the disk: so it is measured alone, which is the goal's
peer, and with a ``sync`` of its file, which is the same promise. All write to the same file system and run back to
back, and the ratio of the best times is what counts. Where other work shares the machine, times say
little: the processor's seconds, which it hardly changes, stand beside them. At most twice the size is on the disk.

    python bench/sealing.py [--size 1GiB] [--repeat 3] [--folder DIR] [--piped] [--json FILE]

``--piped`` measures memory alone, at sizes for which there is no disk: a sparse file is sealed into a pipe, from which
another process verifies.
"""

import argparse
import io
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
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


def timed(work: Callable[[], None]) -> tuple[float, float]:
    """Seconds that ``work`` took, and seconds of processors for it, its children's included."""
    start, before = time.perf_counter(), _processor()
    work()
    return time.perf_counter() - start, _processor() - before


def _processor() -> float:
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def run_age(source: Path, target: Path, recipient: str) -> None:
    subprocess.run(["age", "-r", recipient, "-o", target, source], check=True)


def run_age_durably(source: Path, target: Path, recipient: str) -> None:
    run_age(source, target, recipient)
    subprocess.run(["sync", target], check=True)


def run_seal(source: Path, vault: Path) -> None:
    with FolderVault(vault).create("package.tar.age") as sink:
        packages.seal(
            source,
            sink,
            recipients=[samples.identity().recipient()],
            contents=samples.contents(),
            seals=samples.seals(),
        )
        sink.commit()


def run_verify(vault: Path) -> None:
    with FolderVault(vault).open("package.tar.age") as source:
        report = packages.verify(source, samples.identity(), trust=samples.trust())
    assert report.ok, report.failures()


def peak_mib() -> float:
    """The most memory this process ever held (VmHWM, which unlike ru_maxrss does not count a parent's)."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) / 1024


def run(size: int, repeat: int, folder: Path) -> dict[str, object]:
    samples.seals()
    times: dict[str, list[tuple[float, float]]] = {"age": [], "age_durable": [], "seal": [], "verify": []}
    load = [os.getloadavg()[0]]
    recipient = str(samples.identity().recipient())
    with tempfile.TemporaryDirectory(dir=folder) as name:
        source, target, vault = (Path(name) / part for part in ("evidence.bin", "evidence.age", "vault"))
        generate(source, size)
        for _ in range(repeat):
            times["age"].append(timed(lambda: run_age(source, target, recipient)))
            target.unlink()
            times["age_durable"].append(timed(lambda: run_age_durably(source, target, recipient)))
            target.unlink()
            times["seal"].append(timed(lambda: run_seal(source, vault)))
            times["verify"].append(timed(lambda: run_verify(vault)))
            shutil.rmtree(vault)
    load.append(os.getloadavg()[0])
    best = {name: min(wall for wall, _ in values) for name, values in times.items()}
    processor = {name: min(seconds for _, seconds in values) for name, values in times.items()}
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "size_bytes": size,
        "repeat": repeat,
        "mib_per_second": {name: round(size / 2**20 / seconds, 1) for name, seconds in best.items()},
        "processor_seconds_per_gib": {name: round(took * 2**30 / size, 2) for name, took in processor.items()},
        "load_before_and_after": [round(one, 1) for one in load],
        "seal_to_age": round(best["age"] / best["seal"], 3),
        "seal_to_age_durable": round(best["age_durable"] / best["seal"], 3),
        "verify_to_age": round(best["age"] / best["verify"], 3),
        "peak_mib": round(peak_mib(), 1),
        "goal": GOAL,
        "ok": best["age"] / best["seal"] >= GOAL and peak_mib() <= MEMORY_MIB,
    }


def run_piped(size: int, folder: Path) -> dict[str, object]:
    reading, writing = os.pipe()
    samples.seals()
    identity, start = samples.identity(), time.perf_counter()
    child = os.fork()
    if child == 0:
        os.close(writing)
        with os.fdopen(reading, "rb") as source:
            report = packages.verify(source, identity, trust=samples.trust())
        (folder / "verifier").write_text(f"{peak_mib()}")
        os._exit(0 if report.ok and report.payload_bytes == size else 1)
    os.close(reading)
    (folder / "evidence.bin").touch()
    os.truncate(folder / "evidence.bin", size)
    with os.fdopen(writing, "wb", buffering=0) as sink:
        packages.seal(
            folder / "evidence.bin",
            _Whole(sink),
            recipients=[identity.recipient()],
            contents=samples.contents(),
            seals=samples.seals(),
        )
    if os.waitpid(child, 0)[1]:
        raise SystemExit("the package did not verify")
    peaks = {"seal": round(peak_mib(), 1), "verify": round(float((folder / "verifier").read_text()), 1)}
    seconds = round(time.perf_counter() - start, 1)
    return {"size_bytes": size, "seconds": seconds, "peak_mib": peaks, "ok": max(peaks.values()) <= MEMORY_MIB}


class _Whole:
    """A pipe takes what it has room for; a sink takes everything."""

    def __init__(self, pipe: io.FileIO) -> None:
        self._pipe = pipe

    def write(self, data: memoryview) -> None:
        done = 0
        while done < len(data):
            done += self._pipe.write(data[done:]) or 0


def show(result: dict[str, object]) -> None:
    speeds, processor = result["mib_per_second"], result["processor_seconds_per_gib"]
    assert isinstance(speeds, dict)
    assert isinstance(processor, dict)
    print(f"{'':12} {'MiB/s':>8}  against age  processor seconds a GiB")
    for name in ("age", "age_durable", "seal", "verify"):
        print(f"{name:12} {speeds[name]:8.1f}  {speeds[name] / speeds['age']:<11.2f}  {processor[name]:.2f}")
    print(f"sealing against age that brings its file to the disk too: {result['seal_to_age_durable']}")
    print(f"load average before and after: {result['load_before_and_after']}")
    print(f"peak memory of sealing and verifying: {result['peak_mib']} MiB (at most {MEMORY_MIB})")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--size", type=parse_size, default=2**30, help="size of the evidence (1GiB)")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=None, help="where to write (the temporary folder)")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    parser.add_argument("--piped", action="store_true", help="memory alone, without a disk")
    options = parser.parse_args()
    if options.piped:
        with tempfile.TemporaryDirectory(dir=options.folder) as name:
            result = run_piped(options.size, Path(name))
        print(json.dumps(result))
    else:
        result = run(options.size, options.repeat, options.folder)
        show(result)
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n")
    sys.exit(0 if result["ok"] else 1)


if __name__ == "__main__":
    main()
