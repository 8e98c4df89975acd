"""A sealed package moved between two nodes on loopback, against ``openssl s_client`` piping the same bytes into a file.

Both ends digest and verify every chunk; the receiver's vault makes it durable. The baseline does neither.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.nodes import Network, environment, free_port, network

MIB = 1024 * 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=512)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="jusur-bench-") as name, network(Path(name)) as made:
        size = options.mib * MIB
        descriptor = _drive(made.homes["MA"], "offer", str(size))
        fetched = _drive(made.homes["NO"], "fetch", json.dumps(descriptor))
        baseline = _openssl(Path(name), made, size)
        result = {
            "bytes": size,
            "seconds": fetched["seconds"],
            "mib_a_second": options.mib / fetched["seconds"],
            "openssl_mib_a_second": options.mib / baseline,
            "ratio": baseline / fetched["seconds"],
            "peak_mib": made.peaks(),
        }
    print(json.dumps(result, indent=2))
    if options.json:
        options.json.write_text(json.dumps(result, indent=2))


def _drive(home: Path, *arguments: str) -> Any:
    command = [sys.executable, "-m", "bench.transfer_driver", *arguments]
    done = subprocess.run(command, env=environment(home), stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def _openssl(folder: Path, made: Network, size: int) -> float:
    """Seconds that openssl takes to send the same file over TLS 1.3 into a synchronised file."""
    port = free_port()
    (source,) = (made.homes["MA"] / "vault").rglob("measure-1")
    assert source.stat().st_size == size
    tls = made.homes["MA"] / "keys"
    certificate = next(path for path in tls.glob("tls*") if b"BEGIN CERTIFICATE" in path.read_bytes())
    key = next(path for path in tls.glob("tls*") if b"PRIVATE KEY" in path.read_bytes())
    serve = ["openssl", "s_server", "-quiet", "-tls1_3", "-naccept", "1", "-accept", f"127.0.0.1:{port}"]
    with source.open("rb") as content, (folder / "baseline").open("wb") as target:
        server = subprocess.Popen([*serve, "-cert", certificate, "-key", key], stdin=content, stderr=subprocess.DEVNULL)
        time.sleep(1)
        started = time.perf_counter()
        ask = ["openssl", "s_client", "-quiet", "-tls1_3", "-connect", f"127.0.0.1:{port}"]
        subprocess.run(ask, stdin=subprocess.DEVNULL, stdout=target, stderr=subprocess.DEVNULL, check=False)
        subprocess.run(["sync", target.name], check=True)
        took = time.perf_counter() - started
        server.kill()
        server.wait()
    got = (folder / "baseline").stat().st_size
    if got != size:
        raise SystemExit(f"openssl moved {got} of {size} bytes")
    return took


if __name__ == "__main__":
    main()
