"""The published vectors (docs/vectors/ledger), which a second implementation would be held to."""

import json
from pathlib import Path

import pytest

from jusur.tlog import checkpoint as checkpoints
from jusur.tlog.merkle import leaf_hash, verify_consistency, verify_inclusion
from jusur.tlog.note import NoteVerifier
from jusur.tlog.tree import MemoryTiles, Tree, append
from jusur.tlog.verifier import jusur_verify

FOLDER = Path(__file__).parents[2] / "docs" / "vectors" / "ledger"
TREES = json.loads((FOLDER / "trees.json").read_text())["trees"]


@pytest.mark.parametrize("vector", TREES, ids=lambda vector: str(vector["size"]))
def test_trees_have_the_published_roots_and_proofs(vector: dict[str, object]) -> None:
    size, root = vector["size"], bytes.fromhex(str(vector["root"]))
    assert isinstance(size, int)
    hashes = [leaf_hash(str(number).encode()) for number in range(size)]
    store = MemoryTiles()
    append(store, 0, hashes)
    assert Tree(store, size).root() == root
    inclusion, consistency = vector["inclusion"], vector["consistency"]
    assert isinstance(inclusion, dict)
    assert isinstance(consistency, dict)
    for index, proof in inclusion.items():
        verify_inclusion(int(index), size, hashes[int(index)], [bytes.fromhex(value) for value in proof], root)
    for old, proof in consistency.items():
        before = Tree(store, int(old)).root()
        verify_consistency(int(old), size, before, root, [bytes.fromhex(value) for value in proof])


def test_the_published_documents_verify_under_the_published_key() -> None:
    keys = dict([jusur_verify.parse_key(f"NO={FOLDER / 'no-log.pem'}")])
    verdicts = jusur_verify.verify([FOLDER], {address: [key] for address, key in keys.items()})
    assert {item.status for item in verdicts} == {"VERIFIED"}
    assert [item.check for item in verdicts] == [
        "consistency",
        "checkpoint",
        "event",
        "event",
        "event",
        "whole log",
    ]


def test_the_published_checkpoint_is_read_by_the_library_too() -> None:
    document = json.loads((FOLDER / "custody.json").read_text())
    head = checkpoints.verify(document["checkpoint"], NoteVerifier.parse(document["log_key"]))
    assert (head.origin, head.size) == ("jusur.int/log/NO", 10)
