"""Tiles in PostgreSQL."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from jusur.ledger.db import run
from jusur.ledger.models import Tile
from jusur.tlog.merkle import HASH_SIZE
from jusur.tlog.tiles import TILE_HEIGHT, TileId

_READ = """
    SELECT t.level, t.index, t.data FROM ledger_tile t
    JOIN unnest(%s::smallint[], %s::bigint[]) AS wanted(level, index)
      ON t.level = wanted.level AND t.index = wanted.index
"""
WRITE_TILES = """
    INSERT INTO ledger_tile (level, index, width, data)
    SELECT * FROM unnest(%s::smallint[], %s::bigint[], %s::smallint[], %b::bytea[])
    ON CONFLICT (level, index) DO UPDATE SET width = excluded.width, data = excluded.data
    WHERE ledger_tile.width < excluded.width
"""


class DatabaseTiles:
    """The tiles of this node's log; a store for ``jusur.tlog.tree``. Tiles only ever widen."""

    def __init__(self, known: Mapping[TileId, bytes] = MappingProxyType({})) -> None:
        self._read: dict[TileId, bytes] = dict(known)
        self._put: dict[TileId, bytes] = {}

    def get(self, tiles: Iterable[TileId]) -> dict[TileId, bytes]:
        """The bytes of those of ``tiles`` that exist; what this object has read or written is not read again."""
        wanted = set(tiles)
        missing = sorted(wanted - self._read.keys())
        if missing:
            found = run(_READ, [[tile.level for tile in missing], [tile.number for tile in missing]]).fetchall()
            self._read.update({TileId(level, number): bytes(data) for level, number, data in found})
        return {tile: self._read[tile] for tile in wanted if tile in self._read}

    def put(self, tiles: Mapping[TileId, bytes]) -> None:
        """Take ``tiles`` to be written with `to_write`."""
        self._put.update(tiles)
        self._read.update(tiles)

    def to_write(self) -> tuple[list[int], list[int], list[int], list[bytes]]:
        """What was put, as the parameters of `WRITE_TILES`: levels, numbers, widths, data."""
        order = sorted(self._put)
        return (
            [tile.level for tile in order],
            [tile.number for tile in order],
            [len(self._put[tile]) // HASH_SIZE for tile in order],
            [self._put[tile] for tile in order],
        )

    def edge(self, size: int) -> dict[TileId, bytes]:
        """Of what was read and put, the last tile of each level in a tree of ``size`` leaves."""
        return {
            tile: data for tile, data in self._read.items() if tile.number == size >> TILE_HEIGHT * (tile.level + 1)
        }


def read_tile(tile: TileId) -> bytes | None:
    """The tile at its present width, or None."""
    data = Tile.objects.filter(level=tile.level, index=tile.number).values_list("data", flat=True).first()
    return None if data is None else bytes(data)
