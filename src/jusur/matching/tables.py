"""The data files of this room: short tables of text, with their sources in their first lines."""

from functools import cache
from importlib.resources import files


@cache
def lines(name: str) -> tuple[str, ...]:
    """The lines of data file ``name`` (a path under ``data/``), without comments and empty lines."""
    text = files("jusur.matching").joinpath("data", *name.split("/")).read_text(encoding="utf-8")
    return tuple(line.rstrip() for line in text.split("\n") if line.strip() and not line.startswith("#"))


@cache
def pairs(name: str) -> dict[str, str]:
    """A table of two columns: what stands before the first space to what stands after it (empty where nothing does)."""
    found: dict[str, str] = {}
    for line in lines(name):
        key, _, value = line.partition(" ")
        found[key] = value.strip()
    return found
