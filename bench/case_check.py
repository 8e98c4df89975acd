"""CASE check: our checker on many files against ``case_validate`` on a sample of the same files.

``case_validate`` pools all files of one call into one graph, which gives one verdict for all of them; a verdict a file
takes a call a file. It is therefore measured twice: as its command line (a process a file), and as its function
called in this process (no start-up), which is the comparison that is kinder to it. Its time for all files is the
sample's mean times their number, and is reported as an extrapolation.
"""

import argparse
import json
import logging
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from case_utils.case_validate import validate  # noqa: E402
from tests.standards.case_corpus import document, mutated  # noqa: E402

from jusur.standards.case import check, conforms  # noqa: E402


def corpus(folder: Path, count: int) -> list[Path]:
    """``count`` files: half of them valid, half of them spoilt."""
    paths = []
    for seed in range(count):
        path = folder / f"{seed:05}.jsonld"
        value = document(seed, files=4) if seed % 2 == 0 else mutated(seed)
        path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
        paths.append(path)
    return paths


def judged(path: Path) -> bool:
    try:
        return bool(validate(str(path)).conforms)
    except Exception:  # noqa: BLE001 - what the judge stumbles over does not conform
        return False


def measure(count: int, sample: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as name:
        paths = corpus(Path(name), count)
        start = time.perf_counter()
        verdicts = {path: conforms(check(path.read_bytes())) for path in paths}
        ours = time.perf_counter() - start

        chosen = paths[:: max(1, count // sample)][:sample]
        if sample > 1:  # both halves of the corpus
            chosen[1::2] = [paths[paths.index(path) ^ 1] for path in chosen[1::2]]
        start = time.perf_counter()
        in_process = {path: judged(path) for path in chosen}
        per_call = (time.perf_counter() - start) / len(chosen)

        judge = Path(sys.executable).with_name("case_validate")
        start = time.perf_counter()
        for path in chosen[:3]:
            subprocess.run([judge, path], check=False, capture_output=True)
        per_process = (time.perf_counter() - start) / len(chosen[:3])
    return {
        "files": count,
        "conforming": sum(verdicts.values()),
        "seconds": round(ours, 3),
        "milliseconds_per_file": round(1000 * ours / count, 3),
        "case_validate_sample": len(chosen),
        "case_validate_seconds_per_call": round(per_call, 3),
        "case_validate_seconds_per_process": round(per_process, 3),
        "case_validate_seconds_extrapolated": round(per_call * count, 1),
        "times_faster_than_calls": round(per_call * count / ours, 1),
        "times_faster_than_processes": round(per_process * count / ours, 1),
        "same_verdicts": f"{sum(verdicts[path] is verdict for path, verdict in in_process.items())}/{len(chosen)}",
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--sample", type=int, default=6)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    result = measure(options.files, options.sample)
    for key, value in result.items():
        print(f"{key:38} {value}")
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    agreed, _, asked = result["same_verdicts"].partition("/")
    return 0 if agreed == asked and result["times_faster_than_calls"] >= 100 else 1


if __name__ == "__main__":
    sys.exit(main())
