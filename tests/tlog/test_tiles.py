import pytest
from hypothesis import given
from hypothesis import strategies as st

from jusur.tlog import tiles
from jusur.tlog.errors import TileError
from jusur.tlog.tiles import Resource, TileId


def test_paths_are_those_of_the_specification() -> None:
    assert tiles.tile_path(TileId(0, 1234067), 8) == "tile/0/x001/x234/067.p/8"
    assert tiles.tile_path(TileId(2, 0)) == "tile/2/000"
    assert tiles.entries_path(1000) == "tile/entries/x001/000"
    assert tiles.parse_path("tile/entries/x001/000.p/255") == Resource(None, 1000, 255)


@given(st.integers(0, 63), st.integers(0, 2**55), st.integers(1, 256))
def test_paths_come_back(level: int, number: int, width: int) -> None:
    assert tiles.parse_path(tiles.tile_path(TileId(level, number), width)) == Resource(level, number, width)
    assert tiles.parse_path(tiles.entries_path(number, width)) == Resource(None, number, width)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "checkpoint",
        "tile/0/0",
        "tile/0/000/",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/01/000",
        "tile/64/000",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/../000",
        "tile/-1/000",
        "tile/0/\u0660\u0660\u0660",
        "tile/0/000\n",
        "tile/0/" + "x001/" * 9 + "000",
    ],
)
def test_other_spellings_are_refused(path: str) -> None:
    with pytest.raises(TileError):
        tiles.parse_path(path)


@given(st.text(max_size=40))
def test_any_text_is_refused_or_the_one_spelling(path: str) -> None:
    try:
        level, number, width = tiles.parse_path(path)
    except TileError:
        return
    assert path == (
        tiles.entries_path(number, width) if level is None else tiles.tile_path(TileId(level, number), width)
    )


@given(st.lists(st.binary(max_size=300), max_size=256))
def test_entries_come_back(entries: list[bytes]) -> None:
    assert tiles.decode_entries(tiles.encode_entries(entries)) == entries


def test_bundles_that_are_too_long_or_cut_are_refused() -> None:
    with pytest.raises(TileError):
        tiles.encode_entries([bytes(65_536)])
    assert len(tiles.encode_entries([bytes(65_535)])) == 65_537
    bundle = tiles.encode_entries([b"abc", b"de"])
    for cut in (1, 2, 4, 6, 8):
        with pytest.raises(TileError):
            tiles.decode_entries(bundle[:cut])
    with pytest.raises(TileError):
        tiles.decode_entries(tiles.encode_entries([b""]) * 257)
