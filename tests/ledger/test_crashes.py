"""The log after crashes: simulated at every statement in one process, and real kill -9 of real processes."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from itertools import pairwise
from typing import Any
from unittest import mock
from urllib.parse import quote, urlencode
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from jusur.ledger import api
from jusur.ledger.models import Checkpoint, Event
from jusur.ledger.selectors import entries
from jusur.tlog import checkpoint as checkpoints
from jusur.tlog.merkle import leaf_hash, verify_consistency, verify_inclusion
from jusur.tlog.note import NoteSigner
from jusur.tlog.tree import MemoryTiles, Tree, append

WORKER = """
import json, os, signal, sys
from unittest import mock
import django
import psycopg
django.setup()
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction
from jusur.ledger import api
from jusur.tlog.note import NoteSigner

key = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
api.configure(lambda: NoteSigner("jusur.int/log/NO", key, key.public_key().public_bytes_raw()))
turns, statement = int(sys.argv[1]), int(sys.argv[2])
count = 0


execute = psycopg.Cursor.execute


def count_down(*arguments, **options):
    global count
    count += 1
    if count == statement:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(*arguments, **options)


connection.ensure_connection()
with mock.patch.object(psycopg.Cursor, "execute", count_down):
    for turn in range(turns):
        with transaction.atomic():
            events = [api.record("a.b", subject_type="s", subject_id="1", actor="node", data={}) for _ in range(3)]
        proven = api.integrate_and_prove([event.id for event in events])
        places = {str(event.id): proven.proofs[event.id].leaf_index for event in events}
        print(json.dumps({"note": proven.checkpoint.text, "places": places}), flush=True)
"""


def check_whole_log(signer: NoteSigner) -> None:
    """Places are dense, tiles are those of the entries, every checkpoint is of the one log."""
    size = Event.objects.filter(leaf_index__isnull=False).count()
    heads = [checkpoints.verify(row.note, signer.verifier) for row in Checkpoint.objects.order_by("size")]
    leaves = entries(0, size + 1)
    assert len(leaves) == size
    assert size == (heads[-1].size if heads else 0)
    store = MemoryTiles()
    append(store, 0, [leaf_hash(leaf) for leaf in leaves])
    for head in heads:
        assert head.root == Tree(store, head.size).root()
    for old, new in pairwise(heads):
        verify_consistency(old.size, new.size, old.root, new.root, api.consistency(old.size, new.size).hashes)


class CrashError(Exception):
    pass


def crash_at(statement: int) -> Any:
    count, execute = 0, psycopg.Cursor.execute

    def wrapper(*arguments: Any, **options: Any) -> Any:
        nonlocal count
        count += 1
        if count == statement:
            raise CrashError
        return execute(*arguments, **options)

    return mock.patch.object(psycopg.Cursor, "execute", wrapper)


class LogMachine(RuleBasedStateMachine):
    """Records, crashes, integrations and forgettings in any order."""

    signer: NoteSigner

    @initialize()
    def open(self) -> None:
        self.savepoint = transaction.savepoint()
        self.committed: set[UUID] = set()
        self.known: list[api.Checkpoint] = []
        self.places: dict[UUID, int] = {}

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.savepoint)

    @rule(count=st.integers(1, 300))
    def record(self, count: int) -> None:
        new = [
            api.NewEvent(kind="a.b", subject_type="s", subject_id=str(number), actor="node", data={})
            for number in range(count)
        ]
        self.committed.update(event.id for event in api.record_many(new))

    @rule()
    def record_and_undo(self) -> None:
        with transaction.atomic():
            api.record("a.b", subject_type="s", subject_id="undone", actor="node", data={})
            transaction.set_rollback(True)

    @rule()
    def integrate(self) -> None:
        head = api.integrate()
        if self.known:
            old = self.known[-1]
            proof = api.consistency(old.size, head.size).hashes
            verify_consistency(old.size, head.size, old.root, head.root, proof)
        self.known.append(head)
        assert head.size == len(self.committed)

    @rule(statement=st.integers(1, 12))
    def integrate_and_crash(self, statement: int) -> None:
        with contextlib.suppress(CrashError), crash_at(statement):
            api.integrate()

    @rule(data=st.data())
    def prove(self, data: st.DataObject) -> None:
        if not self.committed:
            return
        chosen = data.draw(st.sampled_from(sorted(self.committed)))
        proof = api.integrate_and_prove([chosen]).proofs[chosen]
        head = proof.checkpoint
        verify_inclusion(proof.leaf_index, head.size, leaf_hash(proof.leaf), proof.hashes, head.root)
        assert self.places.setdefault(chosen, proof.leaf_index) == proof.leaf_index

    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        if not self.committed:
            return
        try:
            self.committed.add(api.forget(data.draw(st.sampled_from(sorted(self.committed)))).id)
        except api.EventForgottenError:
            return

    @invariant()
    def nothing_accepted_is_lost_and_nothing_undone_is_kept(self) -> None:
        if hasattr(self, "committed"):
            assert set(Event.objects.values_list("id", flat=True)) == self.committed
            check_whole_log(self.signer)


@pytest.mark.django_db
def test_the_log_stays_whole_over_any_history_with_crashes(signer: NoteSigner) -> None:
    LogMachine.signer = signer
    run_state_machine_as_test(LogMachine, settings=settings(max_examples=12, stateful_step_count=15, deadline=None))


def worker(turns: int, statement: int) -> subprocess.Popen[str]:
    parts = connection.settings_dict
    query = urlencode({"host": parts["HOST"], "user": parts["USER"]}, quote_via=quote)
    environment = {
        **os.environ,
        "JUSUR_DATABASE_URL": f"postgresql:///{parts['NAME']}?{query}",
        "DJANGO_SETTINGS_MODULE": "jusur.config.settings",
    }
    command = [sys.executable, "-c", WORKER, str(turns), str(statement)]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def check_acknowledged(output: str, signer: NoteSigner) -> int:
    """What a process was told before it died still holds; how many times it was told."""
    told = [json.loads(line) for line in output.splitlines() if line.endswith("}")]
    final = api.integrate()
    for item in told:
        head = checkpoints.verify(item["note"], signer.verifier)
        proof = api.consistency(head.size, final.size).hashes
        verify_consistency(head.size, final.size, head.root, final.root, proof)
        for event_id, place in item["places"].items():
            assert Event.objects.get(id=event_id).leaf_index == place
    return len(told)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("statement", [2, 5, 7, 8, 9, 10, 18])
def test_killed_at_any_statement_the_log_stays_whole(statement: int, signer: NoteSigner) -> None:
    process = worker(5, statement)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, errors
    check_acknowledged(output, signer)
    check_whole_log(signer)
    assert not Event.objects.filter(leaf_index__isnull=True).exists()


@pytest.mark.django_db(transaction=True)
def test_many_processes_killed_at_random_leave_one_whole_log(signer: NoteSigner) -> None:
    rng = random.Random(2026)
    processes = [worker(100_000, 0) for _ in range(3)]
    deadline = time.monotonic() + 60
    while Checkpoint.objects.count() < 20 and time.monotonic() < deadline:
        time.sleep(0.05)
    told = 0
    for process in processes:
        time.sleep(rng.uniform(0, 0.2))
        process.kill()
    for process in processes:
        output, errors = process.communicate(timeout=60)
        assert not errors
        told += check_acknowledged(output, signer)
    assert told >= 15
    check_whole_log(signer)
