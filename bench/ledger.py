"""Ledger: a million entries appended in batches, ten thousand proofs made and verified; and the same in PostgreSQL.

    python bench/ledger.py [--entries N] [--proofs N] [--batch N] [--database] [--json FILE]

Ratios are to limits measured in the same run: the bare SHA-256 of as many blocks, and the naive recomputation of the
whole tree at every batch. ``--database`` (with ``JUSUR_DATABASE_URL`` and migrated tables in it) also measures the
Django app: batches of 50 events recorded, integrated, signed and proved.
"""

import argparse
import hashlib
import json
import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from jusur.kernel.ids import new_id
from jusur.tlog import checkpoint as checkpoints
from jusur.tlog.merkle import leaf_hash, node_hash, verify_consistency, verify_inclusion
from jusur.tlog.note import NoteSigner
from jusur.tlog.tree import MemoryTiles, Tree, append

LIMIT_SECONDS = 60.0
ORIGIN = "jusur.int/log/XX"


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = act()
    return time.perf_counter() - start, result


def leaves(count: int) -> Iterator[bytes]:
    moment = datetime(2026, 11, 21, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    for _ in range(count):
        commitment = random.randbytes(32).hex()
        yield (
            f'{{"commitment":"{commitment}","id":"{new_id()}","kind":"evidence.request.sent",'
            f'"occurred_at":"{moment}","v":1}}'
        ).encode()


def signer() -> NoteSigner:
    key = Ed25519PrivateKey.generate()
    return NoteSigner(ORIGIN, key, key.public_key().public_bytes_raw())


def naive_root(row: list[bytes]) -> bytes:
    while len(row) > 1:
        row = [node_hash(row[i], row[i + 1]) if i + 1 < len(row) else row[i] for i in range(0, len(row), 2)]
    return row[0]


def grow(store: MemoryTiles, entries: list[bytes], batch: int, log: NoteSigner) -> list[checkpoints.Checkpoint]:
    size, heads = 0, []
    for start in range(0, len(entries), batch):
        size = append(store, size, [leaf_hash(entry) for entry in entries[start : start + batch]])
        heads.append(checkpoints.make(size, Tree(store, size).root(), log))
    return heads


def verify_all(
    entries: list[bytes], indexes: list[int], proofs: list[list[bytes]], head: checkpoints.Checkpoint, log: NoteSigner
) -> None:
    checkpoints.verify(head.text, log.verifier)
    for index, proof in zip(indexes, proofs, strict=True):
        verify_inclusion(index, head.size, leaf_hash(entries[index]), proof, head.root)


def measure_tree(count: int, proofs: int, batch: int) -> dict[str, Any]:
    store, log = MemoryTiles(), signer()
    entries = list(leaves(count))
    appending, heads = timed(lambda: grow(store, entries, batch, log))
    hashing, _ = timed(lambda: [hashlib.sha256(entry).digest() for entry in entries])
    naive, root = timed(lambda: naive_root([leaf_hash(entry) for entry in entries]))
    assert root == heads[-1].root
    indexes = random.sample(range(count), min(proofs, count))
    proving, made = timed(lambda: Tree(store, count).inclusions(indexes))
    verifying, _ = timed(lambda: verify_all(entries, indexes, made, heads[-1], log))
    alone, _ = timed(lambda: [Tree(store, count).inclusion(index) for index in indexes[:200]])
    old = heads[len(heads) // 2]
    growth, proof = timed(lambda: Tree(store, count).consistency(old.size))
    verify_consistency(old.size, count, old.root, heads[-1].root, proof)
    total = appending + proving + verifying
    return {
        "entries": count,
        "checkpoints": len(heads),
        "proofs": len(indexes),
        "append_seconds": appending,
        "appends_per_second": count / appending,
        "prove_seconds": proving,
        "verify_seconds": verifying,
        "single_proof_microseconds": alone / min(200, len(indexes)) * 1e6,
        "consistency_microseconds": growth * 1e6,
        "total_seconds": total,
        "within_limit": total < LIMIT_SECONDS,
        "append_to_bare_sha256": appending / hashing,
        "append_to_one_recomputation": appending / naive,
        "faster_than_recomputing_at_every_checkpoint": naive * len(heads) / 2 / appending,
    }


def measure_database(rounds: int) -> dict[str, Any]:
    import django

    django.setup()
    from django.db import transaction

    from jusur.ledger import api

    log = signer()
    api.configure(lambda: log)
    recording, integrating = [], []
    for _ in range(rounds):
        with transaction.atomic():
            start = time.perf_counter()
            ids = [
                api.record("bench.event", subject_type="bench", subject_id="1", actor="node", data={"n": n}).id
                for n in range(50)
            ]
            recording.append(time.perf_counter() - start)
        seconds, _ = timed(partial(api.integrate_and_prove, ids))
        integrating.append(seconds)
    return {
        "rounds": rounds,
        "record_one_milliseconds": statistics.median(recording) / 50 * 1e3,
        "integrate_and_prove_50_milliseconds": statistics.median(integrating) * 1e3,
        "integrate_and_prove_50_p99_milliseconds": sorted(integrating)[int(rounds * 0.99)] * 1e3,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--proofs", type=int, default=10_000)
    parser.add_argument("--batch", type=int, default=1_000)
    parser.add_argument("--database", action="store_true")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    options = parser.parse_args()
    random.seed(2026)
    results = measure_tree(options.entries, options.proofs, options.batch)
    if options.database:
        results["database"] = measure_database(200)
    if options.json:
        options.json.write_text(json.dumps(results, indent=2) + "\n")
    for name, value in results.items():
        print(f"{name:<45} {value}")


if __name__ == "__main__":
    main()
