"""The formats that lists come in, and who reads them (``jusur.standards.lists``)."""

import importlib
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

from jusur.kernel.errors import InvalidInputError

_READERS: Final = {
    "un-xml": "un",
    "ofac-csv": "ofac_csv",
    "ofac-xml": "ofac_xml",
    "eu-xml": "eu",
    "ftm-json": "ftm_json",
    "notices-json": "notices",
    "csv": "csv_mapping",
    "mrz": "mrz_lines",
}
NAMES: Final = tuple(_READERS)
"""Every format."""
MAPPED: Final = "csv"
"""The format that takes a mapping: which column is what."""


def check(name: str, mapping: Mapping[str, Any] | None) -> None:
    """See that ``name`` is a format, and that a mapping comes with the one that takes it, and with no other.

    Raises:
        InvalidInputError: it is not.
    """
    if name not in _READERS:
        raise InvalidInputError(f"No format is called {name[:20]!r}.", fix=f"Use one of {', '.join(NAMES)}.")
    if (mapping is not None) != (name == MAPPED):
        raise InvalidInputError(
            "A CSV file takes a mapping, and no other format does.", fix="Give --mapping FILE with --format csv."
        )


def read(name: str, stream: BinaryIO, mapping: Mapping[str, Any] | None) -> Iterator[Any]:
    """The entries of a file: ``standards.ftm.Entity``, or ``Refused`` with the line, the identifier and the reason.

    Raises:
        JusurError: where the file breaks off or is not of the format.
    """
    reader = importlib.import_module(f"jusur.standards.lists.{_READERS[name]}")
    entries: Iterator[Any] = reader.read(stream) if mapping is None else reader.read(stream, mapping)
    return entries
