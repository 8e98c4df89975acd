"""FollowTheMoney entities as JSON lines (OpenSanctions' ``entities.ftm.json``), also its nested form."""

from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from jusur.kernel import canonical
from jusur.kernel.errors import JusurError
from jusur.standards.ftm import Entity
from jusur.standards.ftm.values import is_id
from jusur.standards.lists.outcome import InvalidListError, Outcome, Refused, unique

MAX_LINE: Final = 4_000_000
"""Most bytes of one line."""
_MAX_DEPTH: Final = 12


def read(stream: BinaryIO) -> Iterator[Outcome]:
    """Every line as an entity; what is nested in it follows as entities of their own.

    Raises:
        InvalidListError: the last line breaks off, or the first lines are no JSON objects.
    """
    return unique(_outcomes(stream))


def _outcomes(stream: BinaryIO) -> Iterator[tuple[int, Outcome]]:
    number = taken = 0
    while line := stream.readline(MAX_LINE + 1):
        number += 1
        if not line.strip():
            continue
        ends = line.endswith(b"\n")
        if len(line) > MAX_LINE:
            yield number, Refused(number, "", f"The line is longer than {MAX_LINE:,} bytes.")
            _skip(stream, line)
            continue
        try:
            value = canonical.decode(line, max_bytes=MAX_LINE, max_depth=_MAX_DEPTH)
        except JusurError as error:
            if not ends or not taken:
                raise InvalidListError(
                    f"Line {number} is not JSON: the file breaks off or is of another kind.", fix="Get the list again."
                ) from None
            yield number, Refused(number, "", str(error))
            continue
        taken += 1
        yield from ((number, outcome) for outcome in _entities(number, value))


def _skip(stream: BinaryIO, line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = stream.readline(MAX_LINE)


def _entities(number: int, value: Any) -> Iterator[Outcome]:
    try:
        yield Entity.parse(value)
    except JusurError as error:
        id_ = value.get("id") if isinstance(value, dict) else ""
        yield Refused(number, id_ if isinstance(id_, str) and is_id(id_) else "", str(error))
        return
    for values in value.get("properties", {}).values():
        for inner in values:
            if isinstance(inner, dict):
                yield from _entities(number, {"target": False, **inner})
