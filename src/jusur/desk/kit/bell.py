"""How many notifications wait for an officer: counted by the area that keeps them, shown on every page."""

from collections.abc import Callable
from uuid import UUID

_counters: list[Callable[[UUID], int]] = []


def register(count: Callable[[UUID], int]) -> None:
    """Count by ``count(officer's id)``; called in an area's ``frame.py``."""
    _counters.append(count)


def waiting(officer: UUID) -> int:
    """The notifications that ``officer`` has not seen."""
    return sum(count(officer) for count in _counters)
