"""The formats that lists come in, and who reads them (``jusur.standards.lists``)."""

from collections.abc import Iterator
from typing import BinaryIO, Final

from jusur.kernel.errors import InvalidInputError
from jusur.standards.lists import READERS, Outcome, mapped

MAPPED: Final = "csv"
"""The format that takes a mapping (TOML): which column is what."""
NAMES: Final = (*READERS, MAPPED)
"""Every format."""
LINES: Final = "ftm"
"""FollowTheMoney entities as JSON, one a line."""


def check(name: str, mapping: str | None) -> None:
    """See that ``name`` is a format, and that a mapping comes with the one that takes it, and with no other.

    Raises:
        InvalidInputError: it is not, or the mapping is not one.
    """
    if name not in NAMES:
        raise InvalidInputError(f"No format is called {name[:20]!r}.", fix=f"Use one of {', '.join(NAMES)}.")
    if (mapping is not None) != (name == MAPPED):
        raise InvalidInputError(
            "A CSV file takes a mapping, and no other format does.", fix="Give --mapping FILE with --format csv."
        )
    if mapping is not None:
        mapped.Mapping.parse(mapping.encode())


def read(name: str, stream: BinaryIO, mapping: str | None) -> Iterator[Outcome]:
    """The entries of a file: ``standards.ftm.Entity``, or ``Refused`` with the line, the identifier and the reason.

    Raises:
        JusurError: where the file breaks off or is not of the format.
    """
    if mapping is not None:
        return mapped.read(stream, mapped.Mapping.parse(mapping.encode()))
    return READERS[name](stream)
