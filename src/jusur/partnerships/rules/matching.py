"""Bipartite matching, and Hall's reason where there is none.

A set of tasks can all be done at different times exactly if no part of them has fewer times than tasks (P. Hall,
J. London Math. Soc. 10 (1935) 26-30). Where augmenting paths (H. W. Kuhn, Naval Res. Logist. Quart. 2 (1955) 83-97)
find no place for a task, the tasks they visited are such a part: a proof that anybody can check by counting.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Place = TypeVar("Place", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Shortage(Generic[Place]):
    """Tasks that have fewer places between them than they are."""

    tasks: tuple[str, ...]
    places: tuple[Place, ...]


def match(choices: Mapping[str, Sequence[Place]]) -> dict[str, Place] | Shortage[Place]:
    """A different place for each task among its ``choices``, earlier choices preferred, or why there is none.

    Tasks with the fewest choices are placed first; the same input gives the same answer.
    """
    held: dict[Place, str] = {}
    for task in sorted(choices, key=lambda name: (len(choices[name]), name)):
        reached = _augment(task, choices, held)
        if reached is not None:
            return reached
    return {task: place for place, task in held.items()}


def _augment(task: str, choices: Mapping[str, Sequence[Place]], held: dict[Place, str]) -> Shortage[Place] | None:
    """Give ``task`` a place, moving others; what was reached in vain where that is not possible."""
    came: dict[Place, str] = {}
    queue = [task]
    for current in queue:
        for place in choices[current]:
            if place in came:
                continue
            came[place] = current
            if place not in held:
                _move(place, task, came, held)
                return None
            queue.append(held[place])
    return Shortage(tuple(sorted(queue)), tuple(came))


def _move(place: Place, task: str, came: Mapping[Place, str], held: dict[Place, str]) -> None:
    """Follow the path back to ``task``: each task on it takes the place it was reached from, and gives up its own."""
    before = {mover: kept for kept, mover in held.items()}
    free = place
    while True:
        mover = came[free]
        held[free] = mover
        if mover == task:
            return
        free = before[mover]
