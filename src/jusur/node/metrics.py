"""Prometheus metrics of one node's process.

Each process keeps its own registry and shows it at its own ``/metrics``; Prometheus scrapes all three and adds up. A
process that runs several workers of one kind (granian) shares them through files: call ``share`` before the first
import of ``prometheus_client``, and every worker then answers for all.
"""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, Self

SHARED_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
LATENCY_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds; 0.15 is the target of the exchange."""


class Timed(Protocol):
    """What ``timed`` needs of a histogram."""

    def labels(self, *values: str) -> Self:
        """The child for these label values."""
        ...

    def observe(self, amount: float) -> None:
        """Count one observation."""
        ...


def share(folder: Path) -> None:
    """Let the workers of this process share their numbers in ``folder``, emptied first.

    Raises:
        OSError: the folder cannot be made.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    os.environ[SHARED_VARIABLE] = str(folder)


def exposition() -> bytes:
    """The metrics of this process (or of all its workers) as Prometheus's text format."""
    from prometheus_client import REGISTRY, CollectorRegistry, generate_latest, multiprocess

    if SHARED_VARIABLE not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def worker_ended(pid: int) -> None:
    """Forget the gauges of a worker that ended, where workers share numbers."""
    from prometheus_client import multiprocess

    if SHARED_VARIABLE in os.environ:
        multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]


@contextmanager
def timed(metric: Timed, *labels: str) -> Iterator[None]:
    """Observe in ``metric`` (a histogram of seconds) how long the block took, however it ends."""
    began = time.perf_counter()
    try:
        yield
    finally:
        (metric.labels(*labels) if labels else metric).observe(time.perf_counter() - began)
