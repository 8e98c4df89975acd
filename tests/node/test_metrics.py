import os
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Histogram

from jusur.node import metrics

_WORKERS = """
import os, sys
from pathlib import Path
from jusur.node import metrics
metrics.share(Path(sys.argv[1]))
from prometheus_client import Counter
counter = Counter("jusur_envelopes", "Envelopes accepted.")
children = []
for _ in range(2):
    child = os.fork()
    if child == 0:
        counter.inc(3)
        os._exit(0)
    children.append(child)
for child in children:
    os.waitpid(child, 0)
    metrics.worker_ended(child)
sys.stdout.buffer.write(metrics.exposition())
"""


def test_workers_that_share_answer_for_all(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "counter_1.db").write_bytes(b"of an earlier life")
    done = subprocess.run(
        [sys.executable, "-c", _WORKERS, str(tmp_path / "m")], check=True, capture_output=True, cwd="/"
    )
    assert b"jusur_envelopes_total 6.0" in done.stdout


@pytest.mark.skipif(metrics.SHARED_VARIABLE in os.environ, reason="this run shares its metrics")
def test_one_process_answers_for_itself() -> None:
    assert b"python_info" in metrics.exposition()


def test_a_block_is_timed_even_when_it_fails() -> None:
    registry = CollectorRegistry()
    seconds = Histogram("seconds", "x", ["kind"], registry=registry, buckets=metrics.LATENCY_BUCKETS)
    with metrics.timed(seconds, "ok"):
        pass
    with pytest.raises(ValueError), metrics.timed(seconds, "failed"):
        raise ValueError
    for kind in ("ok", "failed"):
        assert registry.get_sample_value("seconds_count", {"kind": kind}) == 1
