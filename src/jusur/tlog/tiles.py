"""Tiles: where the hashes and entries of a log are kept and served (C2SP tlog-tiles, tile height 8).

A tile holds up to 256 consecutive hashes of one tile level. Level 0 holds leaf hashes; a hash of level L+1 is the root
of a full tile of level L. A narrower tile is a prefix of every wider version of itself.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from jusur.tlog.errors import TileError
from jusur.tlog.merkle import HASH_SIZE

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
FULL_TILE_BYTES = TILE_WIDTH * HASH_SIZE
MAX_LEVEL = 63
MAX_ENTRY_BYTES = 0xFFFF
"""Entries are preceded by their length in two bytes."""

_INDEX = r"(?P<index>(?:x\d{3}/){0,6}\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?"
_TILE_PATH = re.compile(rf"tile/(?P<level>0|[1-9]\d?|entries)/{_INDEX}")


class TileId(NamedTuple):
    """Position of a tile: tile level (0 to 63) and number within the level."""

    level: int
    number: int


class Resource(NamedTuple):
    """What a tile path names: a tile of hashes, or (``level`` None) a bundle of entries; ``width`` 1 to 256."""

    level: int | None
    number: int
    width: int


def tile_path(tile: TileId, width: int = TILE_WIDTH) -> str:
    """Path of a tile of hashes, such as ``tile/0/x001/x234/067.p/8``."""
    return f"tile/{tile.level}/{_index_path(tile.number)}{_suffix(width)}"


def entries_path(index: int, width: int = TILE_WIDTH) -> str:
    """Path of a bundle of entries, such as ``tile/entries/003``."""
    return f"tile/entries/{_index_path(index)}{_suffix(width)}"


def parse_path(path: str) -> Resource:
    """What ``path`` names.

    Raises:
        TileError: not the one spelling of a tile's path.
    """
    match = _TILE_PATH.fullmatch(path) if path.isascii() else None
    if match is None:
        raise TileError("This is not the path of a tile.", fix="Ask as C2SP tlog-tiles says: tile/<L>/<N>[.p/<W>].")
    level = None if match["level"] == "entries" else int(match["level"])
    index = int(match["index"].replace("x", "").replace("/", ""))
    width = int(match["width"] or TILE_WIDTH)
    resource = Resource(level, index, width)
    spelled = entries_path(index, width) if level is None else tile_path(TileId(level, index), width)
    if spelled != path or width > TILE_WIDTH or (level or 0) > MAX_LEVEL:
        raise TileError("This is not the canonical path of a tile.")
    return resource


def tiles_of(size: int) -> Iterator[tuple[TileId, int]]:
    """Every tile of a tree of ``size`` leaves with its width, level by level; each full tile once."""
    count, level = size, 0
    while count:
        full, rest = divmod(count, TILE_WIDTH)
        for index in range(full):
            yield TileId(level, index), TILE_WIDTH
        if rest:
            yield TileId(level, full), rest
        count, level = full, level + 1


def encode_entries(entries: Iterable[bytes]) -> bytes:
    """Entries as a bundle: each preceded by its length in two big-endian bytes.

    Raises:
        TileError: an entry is longer than 65,535 bytes.
    """
    parts = []
    for entry in entries:
        if len(entry) > MAX_ENTRY_BYTES:
            raise TileError(f"A log entry has {len(entry)} bytes; at most {MAX_ENTRY_BYTES} fit a bundle.")
        parts += [len(entry).to_bytes(2), entry]
    return b"".join(parts)


def decode_entries(bundle: bytes) -> list[bytes]:
    """The entries of a bundle.

    Raises:
        TileError: the bundle ends within an entry or holds more than 256.
    """
    entries: list[bytes] = []
    position = 0
    while position < len(bundle):
        start = position + 2
        position = start + int.from_bytes(bundle[position:start])
        if position > len(bundle) or len(entries) == TILE_WIDTH:
            raise TileError("The bundle of entries is cut short or holds too many.")
        entries.append(bundle[start:position])
    return entries


def _index_path(index: int) -> str:
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.append(f"x{index % 1000:03}")
    return "/".join(reversed(groups))


def _suffix(width: int) -> str:
    return "" if width == TILE_WIDTH else f".p/{width}"
