"""Measures everything and prints the figures: ``python -m bench [NAME …] [--out FOLDER] [--write]``.

Each measurement is a program of its own that compares Jusur with a peer or a physical limit in the same run.
``--write`` also writes the figures, with machine and date, to FOLDER/figures.md, from which docs/benchmarks.md is kept.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PROGRAMS: dict[str, list[str]] = {
    "sealing": ["bench.sealing"],
    "transfer": ["bench.transfer"],
    "messages": ["bench.messages"],
    "ledger": ["bench.ledger", "--database"],
    "case_check": ["bench.case_check"],
    "start": ["bench.start"],
    "desk": ["bench.desk"],
    "matching": ["bench.matching"],
    "search": ["bench.search"],
    "exact": ["bench.exact"],
    "notices": ["bench.notices"],
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(PROGRAMS))
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "bench")
    parser.add_argument("--write", action="store_true", help="write the figures as a page")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    failed = [name for name in options.names or PROGRAMS if not measure(name, options.out)]
    if options.write:
        (options.out / "figures.md").write_text(page(options.out), encoding="utf-8")
    if failed:
        print(f"below the goal or failed: {', '.join(failed)}")
    sys.exit(1 if failed else 0)


def measure(name: str, out: Path) -> bool:
    print(f"\n== {name}")
    command = [sys.executable, "-m", *PROGRAMS[name], "--json", str(out / f"{name}.json")]
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def page(out: Path) -> str:
    """The page of figures as last measured, each with its date."""
    lines = [
        "# Benchmarks",
        "",
        "What was measured, on which machine and when. Each program compares Jusur with a peer or a physical limit",
        "in the same run, so read the ratios: absolute figures belong to the machine. Repeat it all with `make bench`,",
        "one with `python -m bench NAME`.",
        "",
        f"Machine: {machine()}.",
        "",
    ]
    for name in PROGRAMS:
        file = out / f"{name}.json"
        if not file.exists():
            continue
        when = datetime.fromtimestamp(file.stat().st_mtime, UTC)
        lines += [f"## {name.replace('_', ' ').capitalize()}", "", f"Measured {when:%Y-%m-%d %H:%M} UTC.", ""]
        lines += ["| figure | value |", "|---|---|"]
        lines += [f"| {key} | {value} |" for key, value in flat(json.loads(file.read_text()))]
        lines.append("")
    return "\n".join(lines)


def flat(value: Any, prefix: str = "") -> list[tuple[str, str]]:
    """Nested figures as rows, names joined by dots, numbers to four places."""
    if isinstance(value, dict):
        return [row for key, inner in value.items() for row in flat(inner, f"{prefix}.{key}" if prefix else str(key))]
    if isinstance(value, list):
        return [row for index, inner in enumerate(value) for row in flat(inner, f"{prefix}.{index}")]
    shown = f"{value:,.4g}" if isinstance(value, float) else f"{value:,}" if type(value) is int else str(value)
    return [(prefix.replace("_", " "), shown)]


def machine() -> str:
    """What this was measured on, without saying whose it is."""
    model = next(
        (line.partition(":")[2].strip() for line in cpu_lines() if line.startswith("model name")), platform.machine()
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores ({model}), {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"
    )


def cpu_lines() -> list[str]:
    try:
        return Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return []


if __name__ == "__main__":
    main()
