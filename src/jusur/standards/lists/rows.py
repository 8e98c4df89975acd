"""Comma-separated rows from outside: bounded lines and fields, and a file that ends in the middle is noticed."""

import csv
from collections.abc import Iterator
from typing import BinaryIO, Final

from jusur.standards.lists.outcome import InvalidListError

MAX_LINE: Final = 1_000_000
"""Most bytes of one line."""
MAX_FIELD: Final = 131_072
_END_OF_FILE: Final = b"\x1a"


def lines(stream: BinaryIO, *, encoding: str = "utf-8") -> Iterator[str]:
    """The lines of ``stream``, one at a time; the old end-of-file mark (0x1A) ends it.

    Raises:
        InvalidListError: a line longer than `MAX_LINE`, bytes that are not in ``encoding``, or an unknown encoding.
    """
    number = 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        if len(line) > MAX_LINE:
            raise InvalidListError(f"Line {number} is longer than {MAX_LINE:,} bytes.", fix="Get the list again.")
        if line.strip() == _END_OF_FILE:
            return
        try:
            yield line.decode("utf-8-sig" if number == 1 and encoding.lower() == "utf-8" else encoding)
        except (UnicodeDecodeError, LookupError):
            raise InvalidListError(
                f"Line {number} is not text in {encoding}.", fix="Say in the mapping which encoding the file has."
            ) from None


def read(stream: BinaryIO, *, delimiter: str = ",", encoding: str = "utf-8") -> Iterator[tuple[int, list[str]]]:
    """The rows of ``stream`` with the number of the line where each ends.

    Raises:
        InvalidListError: as `lines`; or a field that is too long, or quotes that are never closed.
    """
    reader = csv.reader(lines(stream, encoding=encoding), delimiter=delimiter, strict=True)
    csv.field_size_limit(MAX_FIELD)
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise InvalidListError(
                f"The rows break off or are faulty at line {reader.line_num}: {error}.", fix="Get the whole list again."
            ) from None
        if row is None:
            return
        if row:
            yield reader.line_num, row
