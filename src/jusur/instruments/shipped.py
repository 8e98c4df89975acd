"""The instruments that come with the software, read from the package's own files; no database."""

from functools import cache
from importlib.resources import files

from jusur.instruments.schema import Instrument, parse


@cache
def documents() -> dict[str, bytes]:
    """Each shipped instrument's document by its id."""
    folder = files("jusur.instruments").joinpath("data", "instruments")
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".json")), key=lambda entry: entry.name)
    return {entry.name.removesuffix(".json"): entry.read_bytes() for entry in found}


@cache
def instruments() -> tuple[Instrument, ...]:
    """Every shipped instrument, by id.

    Raises:
        InvalidInstrumentError: a shipped document is damaged.
    """
    return tuple(parse(document) for document in documents().values())
