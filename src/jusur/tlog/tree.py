"""A Merkle tree kept in tiles: append in batches, prove by reading only the tiles a proof needs.

A tree is its size and a :class:`TileStore`. Appending n leaves hashes O(n) nodes and rewrites at most one partial
tile a level.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from jusur.tlog.errors import ProofError, TileError
from jusur.tlog.merkle import EMPTY_ROOT, HASH_SIZE, node_hash
from jusur.tlog.tiles import FULL_TILE_BYTES, TILE_HEIGHT, TILE_WIDTH, TileId


class TileStore(Protocol):
    """Where tiles are kept. A tile may be returned wider than asked for: a narrower one is its prefix."""

    def get(self, tiles: Iterable[TileId]) -> Mapping[TileId, bytes]:
        """The bytes of those of ``tiles`` that exist."""

    def put(self, tiles: Mapping[TileId, bytes]) -> None:
        """Keep ``tiles``; each replaces a narrower version of itself."""


class MemoryTiles:
    """Tiles in memory."""

    def __init__(self) -> None:
        self._tiles: dict[TileId, bytes] = {}

    def get(self, tiles: Iterable[TileId]) -> dict[TileId, bytes]:
        """The bytes of those of ``tiles`` that exist."""
        return {tile: self._tiles[tile] for tile in tiles if tile in self._tiles}

    def put(self, tiles: Mapping[TileId, bytes]) -> None:
        """Keep ``tiles``; each replaces a narrower version of itself."""
        self._tiles.update(tiles)


class Node(NamedTuple):
    """Root of the full subtree of ``2**height`` leaves that starts at leaf ``number * 2**height``."""

    height: int
    number: int

    @property
    def tile(self) -> TileId:
        """The tile whose hashes give this node."""
        level, within = divmod(self.height, TILE_HEIGHT)
        return TileId(level, (self.number << within) // TILE_WIDTH)


def append(store: TileStore, size: int, leaf_hashes: Sequence[bytes]) -> int:
    """Add ``leaf_hashes`` to the tree of ``size`` leaves in ``store``; the new size.

    Raises:
        TileError: the store lacks a partial tile of the tree, or holds it narrower than the tree.
    """
    edge = _edge(store, size)
    changed: dict[TileId, bytes] = {}
    fresh, level, count = b"".join(leaf_hashes), 0, size
    while fresh:
        index, width = divmod(count, TILE_WIDTH)
        data = edge.get(TileId(level, index), b"")[: width * HASH_SIZE] + fresh
        roots = []
        for offset in range(0, len(data), FULL_TILE_BYTES):
            tile = data[offset : offset + FULL_TILE_BYTES]
            changed[TileId(level, index + offset // FULL_TILE_BYTES)] = tile
            if len(tile) == FULL_TILE_BYTES:
                roots.append(_tile_rows(tile)[TILE_HEIGHT][0])
        fresh, level, count = b"".join(roots), level + 1, index
    store.put(changed)
    return size + len(leaf_hashes)


class Tree:
    """The tree of ``size`` leaves in ``store``, read for its root and proofs.

    Tiles read and the nodes computed from them are kept for the life of the object: use one for many proofs.
    """

    def __init__(self, store: TileStore, size: int) -> None:
        self.size = size
        self._store = store
        self._height = max(0, size - 1).bit_length()
        self._rows: dict[tuple[int, int], list[list[bytes]]] = {}
        self._edges: dict[int, bytes] = {}

    def root(self) -> bytes:
        """The Merkle tree hash (RFC 9162, section 2.1.1)."""
        if self.size == 0:
            return EMPTY_ROOT
        return self._hashes([_cover(0, self.size)])[0]

    def leaf(self, index: int) -> bytes:
        """Hash of leaf ``index``.

        Raises:
            ProofError: no such leaf.
        """
        self._check_index(index)
        return self._hashes([[Node(0, index)]])[0]

    def inclusion(self, index: int) -> list[bytes]:
        """The inclusion proof of leaf ``index`` (RFC 9162, section 2.1.3.1).

        Raises:
            ProofError: no such leaf.
            TileError: the store lacks a tile.
        """
        return self.inclusions([index])[0]

    def inclusions(self, indexes: Sequence[int]) -> list[list[bytes]]:
        """The inclusion proofs of many leaves, reading their tiles at once."""
        wanted: set[TileId] = set()
        for index in indexes:
            self._check_index(index)
        for level in range(self._height // TILE_HEIGHT + 1):
            shift = TILE_HEIGHT * (level + 1)
            wanted.update(TileId(level, number) for number in {index >> shift for index in indexes})
            wanted.add(TileId(level, self.size >> shift))
        self._load(wanted)
        return [self._path(index) for index in indexes]

    def consistency(self, old_size: int) -> list[bytes]:
        """The consistency proof from the first ``old_size`` leaves (RFC 9162, section 2.1.4.1).

        Raises:
            ProofError: the tree is smaller than ``old_size``.
            TileError: the store lacks a tile.
        """
        if not 0 <= old_size <= self.size:
            raise ProofError(f"The log has {self.size} entries; it cannot be compared with {old_size}.")
        if old_size in (0, self.size):
            return []
        return self._hashes(_consistency_covers(old_size, self.size))

    def _check_index(self, index: int) -> None:
        if not 0 <= index < self.size:
            raise ProofError(f"The log has {self.size} entries and none at position {index}.")

    def _hashes(self, covers: Sequence[Sequence[Node]]) -> list[bytes]:
        self._load({node.tile for cover in covers for node in cover})
        return [self._fold(cover) for cover in covers]

    def _load(self, tiles: set[TileId]) -> None:
        """Read those of ``tiles`` that the tree has and that were not read before."""
        widths = {tile: (self.size >> (TILE_HEIGHT * tile.level)) - tile.number * TILE_WIDTH for tile in tiles}
        missing = {
            tile: min(TILE_WIDTH, width) for tile, width in widths.items() if width > 0 and tile not in self._rows
        }
        if not missing:
            return
        found = self._store.get(missing)
        for tile, width in missing.items():
            data = found.get(tile, b"")
            if len(data) < width * HASH_SIZE:
                raise TileError(f"Tile {tile.number} of level {tile.level} is missing or too narrow.")
            self._rows[tile] = _tile_rows(data[: width * HASH_SIZE])

    def _path(self, index: int) -> list[bytes]:
        path = []
        for height in range(self._height):
            sibling = (index >> height) ^ 1
            if (sibling + 1) << height <= self.size:
                path.append(self._node(height, sibling))
            elif sibling << height < self.size:
                path.append(self._edge_hash(sibling << height))
        return path

    def _edge_hash(self, start: int) -> bytes:
        """Hash of the incomplete subtree from ``start`` to the end of the tree; every proof crosses the same few."""
        if start not in self._edges:
            self._edges[start] = self._fold(_cover(start, self.size))
        return self._edges[start]

    def _node(self, height: int, number: int) -> bytes:
        level, within = divmod(height, TILE_HEIGHT)
        shift = TILE_HEIGHT - within
        return self._rows[level, number >> shift][within][number & ((1 << shift) - 1)]

    def _fold(self, cover: Sequence[Node]) -> bytes:
        result = self._node(*cover[-1])
        for node in reversed(cover[:-1]):
            result = node_hash(self._node(*node), result)
        return result


def _tile_rows(tile: bytes) -> list[list[bytes]]:
    """Every complete node of a tile, row by row from its hashes up."""
    row = [tile[offset : offset + HASH_SIZE] for offset in range(0, len(tile), HASH_SIZE)]
    rows = [row]
    for _ in range(TILE_HEIGHT):
        row = [node_hash(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
        rows.append(row)
    return rows


def _edge(store: TileStore, size: int) -> Mapping[TileId, bytes]:
    """The partial tiles at the right edge of a tree of ``size`` leaves."""
    widths, count, level = {}, size, 0
    while count:
        count, width = divmod(count, TILE_WIDTH)
        if width:
            widths[TileId(level, count)] = width
        level += 1
    found = store.get(widths) if widths else {}
    for tile, width in widths.items():
        if len(found.get(tile, b"")) < width * HASH_SIZE:
            raise TileError(f"The log has {size} entries, but tile {tile.number} of level {tile.level} has not.")
    return found


def _cover(start: int, end: int) -> list[Node]:
    """The full subtrees that make up leaves ``start`` to ``end``, largest first; ``start`` is aligned to them."""
    nodes = []
    while start < end:
        height = (end - start).bit_length() - 1
        nodes.append(Node(height, start >> height))
        start += 1 << height
    return nodes


def _split(size: int) -> int:
    """The largest power of two smaller than ``size`` (RFC 9162: k < n <= 2k)."""
    return 1 << ((size - 1).bit_length() - 1)


def _consistency_covers(old_size: int, size: int) -> list[list[Node]]:
    start, end = 0, size
    covers = []
    while end != old_size:
        middle = start + _split(end - start)
        if old_size <= middle:
            covers.append(_cover(middle, end))
            end = middle
        else:
            covers.append(_cover(start, middle))
            start = middle
    if start:
        covers.append(_cover(start, end))
    return covers[::-1]
