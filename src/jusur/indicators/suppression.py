"""Counts too small to publish, and the others that must be held back so that totals do not give them back.

A figure of 1 to 4 says something of persons who could be known: it is held back (primary suppression). A reader who
knows the totals can often work it out again; further figures are held back (complementary suppression) until the range
in which it must lie, given everything published, is at least as wide as that of 1 to 4 itself. Zero is published:
it counts nobody. A figure that nobody reported is no figure and is left out; it is never a zero.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from jusur.indicators.bounds import extent
from jusur.kernel.errors import InvalidInputError

THRESHOLD: Final = 5
"""Counts below this, zero excepted, are not published."""
TOTAL: Final = "*"
Key = tuple[str, ...]
"""A place in a table: one value a dimension, or ``*`` for all of them."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that would be published: its place, its value, and the finest cells that it is the sum of."""

    key: Key
    value: int
    cells: frozenset[Key]


def figures(cells: Mapping[Key, int]) -> list[Figure]:
    """Every cell of a table and every total over one or more of its dimensions.

    Args:
        cells: the finest counts by their place; what is not there was not reported.

    Raises:
        InvalidInputError: the cells have different dimensions, name ``*``, or count below zero.
    """
    if not cells:
        return []
    sizes = {len(key) for key in cells}
    if len(sizes) != 1 or any(TOTAL in key or not key for key in cells) or min(cells.values()) < 0:
        raise InvalidInputError("The cells of a table have the same dimensions and counts from zero on.")
    parts: dict[Key, set[Key]] = {}
    for key in cells:
        for mask in product((False, True), repeat=len(key)):
            place = tuple(TOTAL if hidden else part for part, hidden in zip(key, mask, strict=True))
            parts.setdefault(place, set()).add(key)
    return [Figure(key, sum(map(cells.__getitem__, found)), frozenset(found)) for key, found in sorted(parts.items())]


def publish(wanted: Sequence[Figure], *, threshold: int = THRESHOLD) -> dict[Key, int | None]:
    """The figures that may be published; ``None`` stands for one that is held back, whichever the reason.

    Raises:
        InvalidInputError: a place is named twice, or a cell that others are the sum of is not among the figures.
    """
    _check(wanted)
    primary = [each for each in wanted if 0 < each.value < threshold]
    held = {each.key for each in primary}
    while (exposed := next((each for each in primary if is_exposed(each, wanted, held, threshold)), None)) is not None:
        held.add(_complement(exposed, wanted, held))
    return {each.key: None if each.key in held else each.value for each in wanted}


def is_exposed(figure: Figure, wanted: Iterable[Figure], held: set[Key], threshold: int = THRESHOLD) -> bool:
    """Whether what is not ``held`` back tells more of ``figure`` than that it is below ``threshold``.

    A reader is taken to know the rule: that each cell held back counts somebody.
    """
    shown, hidden = _split(wanted, held)
    if not figure.cells & hidden:
        return True
    linked = _linked(figure, shown, hidden)
    unknown = sorted(linked)
    known = [
        ([int(cell in each.cells) for cell in unknown], each.value - _published(each, wanted, hidden))
        for each in shown
        if each.cells & linked
    ]
    low, high = extent(known, [int(cell in figure.cells) for cell in unknown], least=1)
    return high is not None and high - low < threshold - 2


def _split(wanted: Iterable[Figure], held: set[Key]) -> tuple[list[Figure], set[Key]]:
    """The figures that are shown, and the finest cells that are held back."""
    listed = list(wanted)
    shown = [each for each in listed if each.key not in held]
    return shown, {each.key for each in listed if each.key in held and each.cells == {each.key}}


def _published(total: Figure, wanted: Iterable[Figure], hidden: set[Key]) -> int:
    """What of a total is published cell by cell."""
    open_cells = total.cells - hidden
    return sum(each.value for each in wanted if each.key in open_cells and each.cells == {each.key})


def _linked(figure: Figure, shown: Sequence[Figure], hidden: set[Key]) -> set[Key]:
    """The hidden cells that some chain of published totals ties to the figure's own."""
    linked = set(figure.cells & hidden)
    while True:
        grown = linked.union(*(each.cells & hidden for each in shown if each.cells & linked))
        if grown == linked:
            return linked
        linked = grown


def _complement(figure: Figure, wanted: Sequence[Figure], held: set[Key]) -> Key:
    """What to hold back besides: the smallest published count that a published total ties to the figure.

    Cells are preferred to totals; a total goes where no cell is left.
    """
    shown, hidden = _split(wanted, held)
    linked = _linked(figure, shown, hidden) or set(figure.cells)
    tied = [each for each in shown if each.cells & linked]
    near: set[Key] = set().union(*(each.cells for each in tied))
    cells = [each for each in shown if each.key in near and each.cells == {each.key} and each.value > 0]
    return min(cells or tied, key=lambda each: (len(each.cells), each.value, each.key)).key


def _check(wanted: Sequence[Figure]) -> None:
    keys = {each.key for each in wanted}
    if len(keys) != len(wanted) or any(each.cells - keys for each in wanted):
        raise InvalidInputError("Each figure is named once, and every cell is a figure itself.")
