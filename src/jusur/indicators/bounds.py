"""Between which values an unknown sum must lie, given sums that are known: a small exact linear programme.

The simplex method in fractions (G. B. Dantzig), with the rule of R. G. Bland (Math. Oper. Res. 2 (1977) 103-107) that
keeps it from going round in circles. Made for tables of a report: tens of unknowns, not thousands.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

Row = list[Fraction]
_ZERO: Final = Fraction(0)


def extent(
    known: Sequence[tuple[Sequence[int], int]], wanted: Sequence[int], *, least: int = 0
) -> tuple[Fraction, Fraction | None]:
    """The smallest and the greatest value of ``wanted`` over all unknowns that agree with what is known.

    Args:
        known: equations: a coefficient for each unknown, and their sum.
        wanted: a coefficient for each unknown.
        least: what every unknown is at least.

    Returns:
        Both ends; the greatest is ``None`` where nothing bounds it.

    Raises:
        ValueError: no unknowns agree with what is known.
    """
    moved = [(list(map(Fraction, row)), Fraction(total - least * sum(row))) for row, total in known]
    shift = least * sum(wanted)
    low = _least(moved, [Fraction(value) for value in wanted])
    high = _least(moved, [Fraction(-value) for value in wanted])
    if low is None:
        raise ValueError("unknowns that are bounded below have sums that are")
    return low + shift, None if high is None else shift - high


def _least(equations: Sequence[tuple[Row, Fraction]], costs: Row) -> Fraction | None:
    """The least of ``costs`` times the unknowns, all at least zero; ``None`` where there is no least."""
    tableau, basis = _start(equations, len(costs))
    _run(tableau, basis, [_ZERO] * len(costs) + [Fraction(1)] * len(equations), len(costs) + len(equations))
    if any(place >= len(costs) and row[-1] != 0 for place, row in zip(basis, tableau, strict=True)):
        raise ValueError("no unknowns agree with the equations")
    _leave_helpers(tableau, basis, len(costs))
    full = costs + [_ZERO] * len(equations)
    if not _run(tableau, basis, full, len(costs)):
        return None
    return sum((full[place] * row[-1] for place, row in zip(basis, tableau, strict=True)), _ZERO)


def _start(equations: Sequence[tuple[Row, Fraction]], unknowns: int) -> tuple[list[Row], list[int]]:
    """The equations with one helper unknown each, which make a first solution."""
    tableau = []
    for number, (row, total) in enumerate(equations):
        sign = -1 if total < 0 else 1
        helpers = [Fraction(int(other == number)) for other in range(len(equations))]
        tableau.append([sign * value for value in row] + helpers + [sign * total])
    return tableau, [unknowns + number for number in range(len(equations))]


def _run(tableau: list[Row], basis: list[int], costs: Row, columns: int) -> bool:
    """Improve until nothing improves; false where it could go on for ever."""
    while True:
        entering = next((place for place in range(columns) if _reduced(tableau, basis, costs, place) < 0), None)
        if entering is None:
            return True
        leaving = min(
            (
                (row[-1] / row[entering], basis[number], number)
                for number, row in enumerate(tableau)
                if row[entering] > 0
            ),
            default=None,
        )
        if leaving is None:
            return False
        _pivot(tableau, basis, leaving[2], entering)


def _reduced(tableau: list[Row], basis: list[int], costs: Row, place: int) -> Fraction:
    if place in basis:
        return _ZERO
    return costs[place] - sum((costs[at] * row[place] for at, row in zip(basis, tableau, strict=True)), _ZERO)


def _pivot(tableau: list[Row], basis: list[int], number: int, entering: int) -> None:
    pivot = tableau[number][entering]
    tableau[number] = [value / pivot for value in tableau[number]]
    for other, row in enumerate(tableau):
        if other != number and (factor := row[entering]) != 0:
            tableau[other] = [value - factor * own for value, own in zip(row, tableau[number], strict=True)]
    basis[number] = entering


def _leave_helpers(tableau: list[Row], basis: list[int], unknowns: int) -> None:
    """Take helpers (all zero by now) out of the basis; an equation that follows from others goes."""
    for number in reversed(range(len(tableau))):
        if basis[number] >= unknowns:
            entering = next((place for place in range(unknowns) if tableau[number][place] != 0), None)
            if entering is None:
                del tableau[number], basis[number]
            else:
                _pivot(tableau, basis, number, entering)
