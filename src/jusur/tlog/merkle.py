"""Merkle tree hashing and proof verification: RFC 9162, section 2.1, with SHA-256.

Hashes are 32 bytes, proofs are sequences of hashes in the order of the RFC, indexes start at 0.
"""

import hashlib
import hmac
from collections.abc import Sequence

from jusur.tlog.errors import ProofError

HASH_SIZE = 32
"""Bytes of a SHA-256 digest."""

MAX_PROOF = 64
"""The most hashes a proof can need: a tree holds fewer than 2**64 leaves."""

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""Root of the tree without leaves (RFC 9162, section 2.1.1)."""

_sha256 = hashlib.sha256


def leaf_hash(leaf: bytes) -> bytes:
    """Hash of one leaf: SHA-256(0x00 || leaf)."""
    return _sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node: SHA-256(0x01 || left || right)."""
    return _sha256(b"\x01" + left + right).digest()


def root_from_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """The root that ``proof`` leads to from the hash ``leaf`` at ``index`` of a tree of ``size`` leaves.

    RFC 9162, section 2.1.3.2, steps 1 to 4 and the length check of step 5.

    Raises:
        ProofError: the index is outside the tree, a hash is not 32 bytes, or the proof has another length than the
            position needs.
    """
    _check_hashes(proof, leaf)
    if not 0 <= index < size:
        raise ProofError(f"The proof names leaf {index} of a tree of {size} leaves.")
    node, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofError("The inclusion proof is too long.")
        if node & 1 or node == last:
            result = node_hash(sibling, result)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            result = node_hash(result, sibling)
        node >>= 1
        last >>= 1
    if last != 0:
        raise ProofError("The inclusion proof is too short.")
    return result


def verify_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf hash ``leaf`` is number ``index`` of the tree of ``size`` leaves under ``root``.

    Raises:
        ProofError: it is not shown to be (RFC 9162, section 2.1.3.2).
    """
    if not hmac.compare_digest(root_from_inclusion(index, size, leaf, proof), root):
        raise ProofError("The inclusion proof leads to another root than the checkpoint's.")


def verify_consistency(old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree under ``new_root`` begins with the whole tree under ``old_root``.

    RFC 9162, section 2.1.4.2. The RFC defines proofs for 0 < old < new; between equal sizes, and from the empty tree,
    the proof is empty.

    Raises:
        ProofError: it is not shown to be.
    """
    _check_hashes(proof, old_root, new_root)
    if not 0 <= old_size <= new_size:
        raise ProofError(f"A tree of {old_size} leaves cannot have grown into one of {new_size}.")
    if old_size in (0, new_size):
        _verify_trivial(old_size, new_size, old_root, new_root, proof)
        return
    old, new = _consistency_roots(old_size, new_size, old_root, proof)
    if not (hmac.compare_digest(old, old_root) and hmac.compare_digest(new, new_root)):
        raise ProofError("The consistency proof leads to other roots than the checkpoints'.")


def _verify_trivial(old_size: int, new_size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> None:
    if proof:
        raise ProofError("This consistency proof must be empty.")
    if old_size == 0 and old_root != EMPTY_ROOT:
        raise ProofError("The empty tree has another root.")
    if old_size == new_size and old_root != new_root:
        raise ProofError("Two trees of one size have different roots.")


def _consistency_roots(old_size: int, new_size: int, old_root: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    path = [old_root, *proof] if old_size & (old_size - 1) == 0 else list(proof)
    if not path:
        raise ProofError("The consistency proof is too short.")
    node, last = old_size - 1, new_size - 1
    while node & 1:
        node >>= 1
        last >>= 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofError("The consistency proof is too long.")
        if node & 1 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            new = node_hash(new, sibling)
        node >>= 1
        last >>= 1
    if last != 0:
        raise ProofError("The consistency proof is too short.")
    return old, new


def _check_hashes(proof: Sequence[bytes], *others: bytes) -> None:
    if len(proof) > MAX_PROOF:
        raise ProofError(f"A proof has at most {MAX_PROOF} hashes; this one has {len(proof)}.")
    if any(len(value) != HASH_SIZE for value in (*proof, *others)):
        raise ProofError("A hash in the proof is not 32 bytes long.")
