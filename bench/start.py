"""How long a node takes to be made, to start, and to come back after every process was killed."""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from jusur.cli.rehearsal.nodes import free_ports

GOAL_SECONDS = 5.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jusur-bench-") as folder:
        result = measure(Path(folder) / "gs")
    print(json.dumps(result, indent=2))
    if options.json:
        options.json.write_text(json.dumps(result, indent=2) + "\n")
    sys.exit(0 if result["start_seconds"] <= GOAL_SECONDS else 1)


def measure(home: Path) -> dict[str, float]:
    gate, web, worker = map(str, free_ports(3))
    ports = ["--gate-port", gate, "--web-port", web, "--worker-port", worker]
    made = timed(home, "init", "--role", "secretariat", "--name", "General Secretariat", "--demo", *ports)
    try:
        started = timed(home, "serve", "--detach")
        stopped = timed(home, "stop")
        timed(home, "serve", "--detach")
        kill_everything(home)
        returned = timed(home, "serve", "--detach")
    finally:
        timed(home, "stop")
    # A bare interpreter that imports nothing, five times one after another: what five processes cost at least.
    begin = time.perf_counter()
    for _ in range(5):
        subprocess.run([sys.executable, "-c", "pass"], check=True)
    return {
        "init_seconds": made,
        "start_seconds": started,
        "stop_seconds": stopped,
        "start_after_kill_seconds": returned,
        "five_bare_interpreters_seconds": time.perf_counter() - begin,
        "goal_start_seconds": GOAL_SECONDS,
    }


def timed(home: Path, *arguments: str) -> float:
    begin = time.perf_counter()
    subprocess.run([sys.executable, "-m", "jusur", "--home", str(home), *arguments], check=True, capture_output=True)
    return time.perf_counter() - begin


def kill_everything(home: Path) -> None:
    status = json.loads((home / "run" / "status.json").read_text())
    for pid in [status["pid"], *(process["pid"] for process in status["processes"])]:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()
