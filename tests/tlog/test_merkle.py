import hashlib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jusur.tlog import merkle
from jusur.tlog.errors import ProofError
from jusur.tlog.merkle import leaf_hash, node_hash, verify_consistency, verify_inclusion
from jusur.tlog.tree import MemoryTiles, Tree, append

# The tree of the Certificate Transparency reference implementation (RFC 6962): eight leaves and their known roots.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


def naive_root(hashes: list[bytes]) -> bytes:
    """RFC 9162, section 2.1.1, word for word."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return hashlib.sha256(b"\x01" + naive_root(hashes[:k]) + naive_root(hashes[k:])).digest()


def naive_path(index: int, hashes: list[bytes]) -> list[bytes]:
    """RFC 9162, section 2.1.3.1, word for word."""
    if len(hashes) == 1:
        return []
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    if index < k:
        return [*naive_path(index, hashes[:k]), naive_root(hashes[k:])]
    return [*naive_path(index - k, hashes[k:]), naive_root(hashes[:k])]


def naive_subproof(m: int, hashes: list[bytes], complete: bool) -> list[bytes]:
    """RFC 9162, section 2.1.4.1, word for word."""
    if m == len(hashes):
        return [] if complete else [naive_root(hashes)]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    if m <= k:
        return [*naive_subproof(m, hashes[:k], complete), naive_root(hashes[k:])]
    return [*naive_subproof(m - k, hashes[k:], False), naive_root(hashes[:k])]


def hashes_of(size: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(size)]


def tree_of(hashes: list[bytes]) -> Tree:
    store = MemoryTiles()
    return Tree(store, append(store, 0, hashes))


def test_hashes_of_leaf_node_and_empty_tree_are_domain_separated() -> None:
    assert leaf_hash(b"").hex() == ROOTS[0]
    assert merkle.EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert node_hash(b"a" * 32, b"b" * 32) != leaf_hash(b"a" * 32 + b"b" * 32)


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_the_reference_implementation(size: int) -> None:
    assert tree_of([leaf_hash(leaf) for leaf in LEAVES[:size]]).root().hex() == ROOTS[size - 1]


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion_proofs_are_those_of_the_reference_implementation(index: int, size: int) -> None:
    tree = tree_of([leaf_hash(leaf) for leaf in LEAVES[:size]])
    assert [value.hex() for value in tree.inclusion(index)] == INCLUSION[index, size]


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_consistency_proofs_are_those_of_the_reference_implementation(old: int, new: int) -> None:
    tree = tree_of([leaf_hash(leaf) for leaf in LEAVES[:new]])
    assert [value.hex() for value in tree.consistency(old)] == CONSISTENCY[old, new]


@given(st.integers(1, 70), st.data())
def test_every_proof_of_a_small_tree_is_the_definitions(size: int, data: st.DataObject) -> None:
    hashes = hashes_of(size)
    tree = tree_of(hashes)
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    assert tree.root() == naive_root(hashes)
    assert tree.inclusion(index) == naive_path(index, hashes)
    assert tree.consistency(old) == naive_subproof(old, hashes, complete=True)
    verify_inclusion(index, size, hashes[index], tree.inclusion(index), tree.root())
    verify_consistency(old, size, naive_root(hashes[:old]), tree.root(), tree.consistency(old))


def flip(value: bytes, bit: int) -> bytes:
    return (int.from_bytes(value) ^ (1 << bit)).to_bytes(len(value))


@given(st.integers(1, 60), st.integers(0, 255), st.data())
def test_any_flipped_bit_of_an_inclusion_proof_is_refused(size: int, bit: int, data: st.DataObject) -> None:
    hashes = hashes_of(size)
    tree, index = tree_of(hashes), data.draw(st.integers(0, size - 1))
    parts = [hashes[index], tree.root(), *tree.inclusion(index)]
    part = data.draw(st.integers(0, len(parts) - 1))
    parts[part] = flip(parts[part], bit)
    with pytest.raises(ProofError):
        verify_inclusion(index, size, parts[0], parts[2:], parts[1])


@given(st.integers(2, 60), st.integers(0, 255), st.data())
def test_any_flipped_bit_of_a_consistency_proof_is_refused(size: int, bit: int, data: st.DataObject) -> None:
    hashes = hashes_of(size)
    tree, old = tree_of(hashes), data.draw(st.integers(1, size - 1))
    parts = [naive_root(hashes[:old]), tree.root(), *tree.consistency(old)]
    part = data.draw(st.integers(0, len(parts) - 1))
    parts[part] = flip(parts[part], bit)
    with pytest.raises(ProofError):
        verify_consistency(old, size, parts[0], parts[1], parts[2:])


@given(st.integers(2, 40), st.data())
def test_under_one_checkpoint_a_proof_holds_for_no_other_position(size: int, data: st.DataObject) -> None:
    hashes = hashes_of(size)
    tree, index = tree_of(hashes), data.draw(st.integers(0, size - 1))
    claimed = data.draw(st.integers(-1, size + 1).filter(lambda other: other != index))
    with pytest.raises(ProofError):
        verify_inclusion(claimed, size, hashes[index], tree.inclusion(index), tree.root())


@given(st.integers(1, 40), st.data())
def test_a_proof_cut_or_lengthened_is_refused(size: int, data: st.DataObject) -> None:
    hashes = hashes_of(size)
    tree, index = tree_of(hashes), data.draw(st.integers(0, size - 1))
    proof = tree.inclusion(index)
    wrong = [[*proof, bytes(32)], [bytes(32), *proof], [*proof, b"short"]] + ([proof[:-1], proof[1:]] if proof else [])
    for candidate in wrong:
        with pytest.raises(ProofError):
            verify_inclusion(index, size, hashes[index], candidate, tree.root())


def test_a_rewritten_history_has_no_consistency_proof() -> None:
    honest, forged = hashes_of(20), [*hashes_of(5), leaf_hash(b"other"), *hashes_of(20)[6:]]
    for old in range(6, 21):
        with pytest.raises(ProofError):
            verify_consistency(old, 20, naive_root(honest[:old]), naive_root(forged), tree_of(forged).consistency(old))


def test_the_trivial_proofs_are_empty() -> None:
    root = naive_root(hashes_of(3))
    verify_consistency(0, 3, merkle.EMPTY_ROOT, root, [])
    verify_consistency(3, 3, root, root, [])
    for old, first, proof in ((0, root, []), (0, merkle.EMPTY_ROOT, [root]), (3, merkle.EMPTY_ROOT, []), (4, root, [])):
        with pytest.raises(ProofError):
            verify_consistency(old, 3, first, root, proof)


def test_a_tree_cannot_shrink_and_a_proof_is_bounded() -> None:
    for old, new in pairwise([5, 4, -1]):
        with pytest.raises(ProofError):
            verify_consistency(old, new, bytes(32), bytes(32), [])
    with pytest.raises(ProofError):
        verify_inclusion(0, 2**63, bytes(32), [bytes(32)] * 65, bytes(32))
