"""Messages between two nodes: round trips a second, durable and receipted at both ends, and their time.

A round trip is: Rabat's transaction commits the message; Oslo stores and logs it and signs a receipt; Rabat has
checked and stored the receipt. Also the time of a reconciliation that finds nothing, over a million envelopes.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.nodes import environment, network


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--rate", type=float, default=50.0, help="Messages a second of the latency run.")
    parser.add_argument("--objects", type=int, default=1_000_000)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jusur-bench-") as folder, network(Path(folder)) as made:
        result = {
            "latency": _drive(made.homes["MA"], "paced", options.seconds, options.rate),
            "throughput": _drive(made.homes["MA"], "flood", options.seconds, 0.0),
        }
        for home, peer, outgoing in ((made.homes["MA"], "NO", 1), (made.homes["NO"], "MA", 0)):
            _drive(home, "fill", float(options.objects), float(outgoing), peer)
        result["reconcile"] = _drive(made.homes["MA"], "reconcile", 0.0, 0.0)
    print(json.dumps(result, indent=2))
    if options.json:
        options.json.write_text(json.dumps(result, indent=2))


def _drive(home: Path, what: str, seconds: float, rate: float, peer: str = "NO") -> Any:
    command = [sys.executable, "-m", "bench.messages_driver", what, str(seconds), str(rate), peer]
    started = time.perf_counter()
    done = subprocess.run(command, env=environment(home), stdout=subprocess.PIPE, check=True)
    print(f"{what}: {time.perf_counter() - started:.1f} s", file=sys.stderr)
    return json.loads(done.stdout)


def percentiles(times: list[float]) -> dict[str, float]:
    """Median, 99th percentile and maximum in milliseconds."""
    cut = statistics.quantiles(times, n=100)
    return {"median_ms": cut[49] * 1000, "p99_ms": cut[98] * 1000, "max_ms": max(times) * 1000}


if __name__ == "__main__":
    main()
