"""Tiles in PostgreSQL."""

from collections.abc import Iterable, Mapping

from jusur.ledger.db import run
from jusur.ledger.models import Tile
from jusur.tlog.merkle import HASH_SIZE
from jusur.tlog.tiles import TileId

_READ = """
    SELECT t.level, t.index, t.data FROM ledger_tile t
    JOIN unnest(%s::smallint[], %s::bigint[]) AS wanted(level, index)
      ON t.level = wanted.level AND t.index = wanted.index
"""
_WRITE = """
    INSERT INTO ledger_tile (level, index, width, data)
    SELECT * FROM unnest(%s::smallint[], %s::bigint[], %s::smallint[], %b::bytea[])
    ON CONFLICT (level, index) DO UPDATE SET width = excluded.width, data = excluded.data
    WHERE ledger_tile.width < excluded.width
"""


class DatabaseTiles:
    """The tiles of this node's log; a store for ``jusur.tlog.tree``. Tiles only ever widen."""

    def __init__(self) -> None:
        self._read: dict[TileId, bytes] = {}

    def get(self, tiles: Iterable[TileId]) -> dict[TileId, bytes]:
        """The bytes of those of ``tiles`` that exist; what this object has read or written is not read again."""
        wanted = set(tiles)
        missing = sorted(wanted - self._read.keys())
        if missing:
            found = run(_READ, [[tile.level for tile in missing], [tile.number for tile in missing]]).fetchall()
            self._read.update({TileId(level, number): bytes(data) for level, number, data in found})
        return {tile: self._read[tile] for tile in wanted if tile in self._read}

    def put(self, tiles: Mapping[TileId, bytes]) -> None:
        """Write ``tiles`` within the caller's transaction."""
        if not tiles:
            return
        order = sorted(tiles)
        run(
            _WRITE,
            [
                [tile.level for tile in order],
                [tile.number for tile in order],
                [len(tiles[tile]) // HASH_SIZE for tile in order],
                [tiles[tile] for tile in order],
            ],
        )
        self._read.update(tiles)


def read_tile(tile: TileId) -> bytes | None:
    """The tile at its present width, or None."""
    data = Tile.objects.filter(level=tile.level, index=tile.number).values_list("data", flat=True).first()
    return None if data is None else bytes(data)
