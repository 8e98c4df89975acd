from collections.abc import Iterable, Mapping
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jusur.tlog.errors import ProofError, TileError
from jusur.tlog.merkle import leaf_hash, verify_consistency, verify_inclusion
from jusur.tlog.tiles import TileId, tiles_of
from jusur.tlog.tree import MemoryTiles, Tree, append


class CountingTiles(MemoryTiles):
    reads = 0
    written = 0

    def get(self, tiles: Iterable[TileId]) -> dict[TileId, bytes]:
        self.reads += 1
        return super().get(tiles)

    def put(self, tiles: Mapping[TileId, bytes]) -> None:
        self.written += sum(map(len, tiles.values()))
        super().put(tiles)


def hashes_of(start: int, end: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(start, end)]


@given(st.lists(st.integers(0, 700), min_size=1, max_size=5))
@settings(max_examples=25)
def test_batches_of_any_size_give_the_tree_of_one_batch(batches: list[int]) -> None:
    store, size = MemoryTiles(), 0
    sizes = [0]
    roots = [Tree(store, 0).root()]
    for batch in batches:
        size = append(store, size, hashes_of(size, size + batch))
        sizes.append(size)
        roots.append(Tree(store, size).root())
    whole = MemoryTiles()
    append(whole, 0, hashes_of(0, size))
    expected = whole.get([tile for tile, _ in tiles_of(size)])
    assert store.get(expected) == expected
    assert all(len(expected[tile]) == 32 * width for tile, width in tiles_of(size))
    tree = Tree(store, size)
    for (old, old_root), (new, new_root) in pairwise(zip(sizes, roots, strict=True)):
        verify_consistency(old, new, old_root, new_root, Tree(store, new).consistency(old))
        verify_consistency(old, size, old_root, tree.root(), tree.consistency(old))


@pytest.mark.parametrize("size", [255, 256, 257, 511, 65_535, 65_536, 65_537, 70_000])
def test_proofs_hold_around_the_edges_of_tiles(size: int) -> None:
    store = MemoryTiles()
    hashes = hashes_of(0, size)
    append(store, 0, hashes)
    tree = Tree(store, size)
    indexes = sorted({0, 1, 254, size - 1, size - 2, size // 2, min(256, size - 1)})
    for index, proof in zip(indexes, tree.inclusions(indexes), strict=True):
        verify_inclusion(index, size, hashes[index], proof, tree.root())
        assert tree.leaf(index) == hashes[index]
    for old in (1, 255, 256 if size > 255 else 1, size - 1):
        verify_consistency(old, size, Tree(store, old).root(), tree.root(), tree.consistency(old))


@given(st.integers(257, 3000), st.data())
@settings(max_examples=30)
def test_any_leaf_of_a_tree_over_several_tiles_is_proved(size: int, data: st.DataObject) -> None:
    store = MemoryTiles()
    hashes = hashes_of(0, size)
    append(store, 0, hashes)
    index = data.draw(
        st.integers(0, size - 1) | st.integers(0, size // 256).map(lambda tile: min(tile * 256, size - 1))
    )
    verify_inclusion(index, size, hashes[index], Tree(store, size).inclusion(index), Tree(store, size).root())


def test_an_older_tree_is_read_from_the_tiles_of_a_newer_one() -> None:
    store = MemoryTiles()
    append(store, 0, hashes_of(0, 300))
    before = Tree(store, 300).root()
    append(store, 300, hashes_of(300, 1000))
    assert Tree(store, 300).root() == before


def test_the_example_of_the_specification_has_its_tiles() -> None:
    tiles = dict(tiles_of(70_000))
    assert sum(tile.level == 0 and width == 256 for tile, width in tiles.items()) == 273
    assert tiles[TileId(0, 273)] == 112
    assert (tiles[TileId(1, 0)], tiles[TileId(1, 1)], tiles[TileId(2, 0)]) == (256, 17, 1)
    assert dict(tiles_of(256)) == {TileId(0, 0): 256, TileId(1, 0): 1}
    assert not dict(tiles_of(0))


def test_appending_writes_what_is_new_and_one_partial_tile_a_level() -> None:
    store = CountingTiles()
    append(store, 0, hashes_of(0, 100_000))
    store.reads = store.written = 0
    append(store, 100_000, hashes_of(100_000, 100_050))
    assert (store.reads, store.written) == (1, 32 * (100_050 % 256))


def test_many_proofs_take_one_read() -> None:
    store = CountingTiles()
    append(store, 0, hashes_of(0, 5000))
    store.reads = 0
    Tree(store, 5000).inclusions(range(0, 5000, 100))
    assert store.reads == 1


def test_a_lost_or_short_tile_is_told() -> None:
    store = MemoryTiles()
    append(store, 0, hashes_of(0, 300))
    store.put({TileId(0, 1): bytes(32)})
    with pytest.raises(TileError):
        append(store, 300, hashes_of(300, 301))
    with pytest.raises(TileError):
        Tree(store, 300).root()


def test_what_the_log_does_not_have_cannot_be_proved() -> None:
    store = MemoryTiles()
    tree = Tree(store, append(store, 0, hashes_of(0, 3)))
    for index in (-1, 3):
        with pytest.raises(ProofError):
            tree.inclusion(index)
        with pytest.raises(ProofError):
            tree.leaf(index)
    for size in (-1, 4):
        with pytest.raises(ProofError):
            tree.consistency(size)
