"""Exact identifiers: lookups in the mapped index at 1, 16 and 128 million document numbers (made up), and its building.

    python -m bench.exact [--sizes N,N,…] [--peers N] [--folder FOLDER] [--json FILE]

Peers, at ``--peers`` numbers in the same run: a Python dictionary of the same keys, and PostgreSQL with a b-tree
(``= any`` with 10,000 numbers a statement), each asked the same half-present numbers. 128 million numbers need 12 GB of
disk while they are built.
"""

import argparse
import json
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psycopg

from jusur.matching.exact import ExactIndex
from jusur.matching.exact_build import TAG_INTEGER, Builder
from jusur.node.postgres import temporary_postgres

GOAL = 500_000
STEP = 1 << 20
BATCH = 10_000
ASKED = 1_000_000
RATE = "lookups a second, batches of 10,000"
COUNTRIES = np.frombuffer(b"MANOETFRESDZTNEGSNCI", np.uint8).reshape(-1, 2)
HEAD = np.frombuffer(b"passport:", np.uint8)
KEY = len(HEAD) + 2 + 1 + 9


def number(index: np.ndarray) -> np.ndarray:
    """A number's place among two letters and seven digits: a fixed shuffle, so that neighbours lie apart."""
    return index * 2_654_435_761 % 6_760_000_000


def keys(index: np.ndarray) -> np.ndarray:
    """Keys ``passport:MA:AB1234567`` with a zero byte behind each, as rows of bytes."""
    rest = number(index)
    rows = np.zeros((len(index), KEY + 1), np.uint8)
    rows[:, : len(HEAD)] = HEAD
    rows[:, len(HEAD) : len(HEAD) + 2] = COUNTRIES[index % len(COUNTRIES)]
    rows[:, len(HEAD) + 2] = ord(":")
    for place in range(KEY - 1, KEY - 8, -1):
        rows[:, place] = ord("0") + rest % 10
        rest //= 10
    rows[:, KEY - 8] = ord("A") + rest % 26
    rows[:, KEY - 9] = ord("A") + rest // 26
    return rows


def texts(index: np.ndarray) -> list[str]:
    return keys(index).tobytes().decode().split("\0")[:-1]


def build(size: int, folder: Path) -> dict[str, float]:
    """Build an index of ``size`` numbers, generated as they go in."""
    generating = 0.0
    start, spent = time.perf_counter(), time.process_time()
    with Builder(folder) as builder:
        for first in range(0, size, STEP):
            count = min(STEP, size - first)
            begun = time.process_time()
            rows = keys(np.arange(first, first + count))
            values = np.zeros((count, 9), np.uint8)
            values[:, 0] = TAG_INTEGER
            values[:, 1:] = np.arange(first, first + count, dtype="<u8").view(np.uint8).reshape(-1, 8)
            generating += time.process_time() - begun
            starts = np.arange(0, (count + 1) * (KEY + 1), KEY + 1)
            builder.add_buffers(rows.ravel()[:-1], starts, values.ravel(), np.arange(0, 9 * count + 1, 9))
        builder.finish()
    taken = time.perf_counter() - start - generating
    return {"seconds": taken, "CPU seconds": time.process_time() - spent - generating, "entries a second": size / taken}


def asked(size: int, count: int) -> list[str]:
    """Numbers at random places, every second one beyond what was built."""
    places = np.random.default_rng(7).integers(0, size, count)
    places[1::2] += size
    return texts(places)


def rate(lookup: Any, wanted: list[str], batch: int, clock: Callable[[], float] = time.perf_counter) -> float:
    start = clock()
    for first in range(0, len(wanted), batch):
        lookup(wanted[first : first + batch])
    return len(wanted) / (clock() - start)


def measure(size: int, folder: Path, wanted: int) -> dict[str, Any]:
    building = build(size, folder / str(size))
    index = ExactIndex.open(folder / str(size))
    sizes = {
        path.name: path.stat().st_size / size for path in (folder / str(size)).iterdir() if path.stem != "manifest"
    }
    sample = asked(size, wanted)
    found = index.lookup_many(sample)
    assert all(found[0::2]), "a number that is there was not found"
    assert not any(found[1::2]), "a number that is not there was found"
    single = sample[:20_000]
    start = time.perf_counter()
    for key in single:
        index.lookup(key)
    microseconds = (time.perf_counter() - start) / len(single) * 1e6
    return {
        "build": building,
        "bytes a key on disk": sum(sizes.values()),
        "bytes a key touched by a miss": sizes["rests"] + sizes["firsts"],
        RATE: rate(index.lookup_many, sample, BATCH),
        "lookups a CPU second, batches of 10,000": rate(index.lookup_many, sample, BATCH, time.process_time),
        "single lookup, microseconds": microseconds,
        "change seen after, milliseconds": change(index),
    }


def change(index: ExactIndex) -> float:
    """From a put until a lookup sees it, with the journal on the disk."""
    start = time.perf_counter()
    index.put([("passport:MA:CHANGED1", 1)])
    assert index.lookup("passport:MA:CHANGED1") == (1,)
    return (time.perf_counter() - start) * 1e3


def peers(index: ExactIndex, size: int) -> dict[str, Any]:
    """The best of three rounds of each, taken in turns, so that what else the machine does meets all of them."""
    table: dict[str, list[int]] = {}
    for first in range(0, size, STEP):
        for at, key in enumerate(texts(np.arange(first, min(first + STEP, size))), first):
            table.setdefault(key, []).append(at)
    wanted = asked(size, 20 * BATCH)
    with temporary_postgres() as server, psycopg.connect(server.url(), autocommit=True) as connection:
        fill(connection, size)
        query = "select key, record from documents where key = any(%s)"
        contenders: dict[str, Callable[[list[str]], Any]] = {
            "index": index.lookup_many,
            "dictionary": lambda batch: [table.get(key, ()) for key in batch],
            "postgresql b-tree": lambda batch: connection.execute(query, (batch,)).fetchall(),
        }
        best = dict.fromkeys(contenders, 0.0)
        for _ in range(3):
            for name, lookup in contenders.items():
                best[name] = max(best[name], rate(lookup, wanted, BATCH))
    return {
        "numbers": size,
        "lookups a second": best,
        "index to dictionary": best["index"] / best["dictionary"],
        "index to postgresql": best["index"] / best["postgresql b-tree"],
    }


def fill(connection: psycopg.Connection[Any], size: int) -> None:
    connection.execute('create table documents (key text collate "C", record bigint)')
    with connection.cursor().copy("copy documents from stdin") as copy:
        for first in range(0, size, STEP):
            rows = texts(np.arange(first, min(first + STEP, size)))
            copy.write("".join(f"{key}\t{at}\n" for at, key in enumerate(rows, first)))
    connection.execute("create index on documents (key)")
    connection.execute("analyze documents")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="1000000,16000000,128000000")
    parser.add_argument("--peers", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    folder = Path(tempfile.mkdtemp(dir=options.folder))
    try:
        results: dict[str, Any] = {"goal, lookups a second": GOAL}
        build(1000, folder / "warm")  # compiles
        ExactIndex.open(folder / "warm").lookup_many(texts(np.arange(2)))
        for size in map(int, options.sizes.split(",")):
            results[f"{size:,} numbers"] = measure(size, folder, min(ASKED, size))
            shutil.rmtree(folder / str(size))
        build(options.peers, folder / "peers")
        results["peers"] = peers(ExactIndex.open(folder / "peers"), options.peers)
        results["peak memory, GiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    finally:
        shutil.rmtree(folder)
    print(json.dumps(results, indent=2))
    if options.json:
        options.json.write_text(json.dumps(results))
    slowest = min(found[RATE] for name, found in results.items() if name.endswith("numbers"))
    sys.exit(slowest < GOAL)


if __name__ == "__main__":
    main()
