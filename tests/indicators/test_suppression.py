"""Suppressed counts and attacks on them: linear algebra, and trying every table that agrees with what is shown."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jusur.indicators.bounds import extent
from jusur.indicators.suppression import TOTAL, Figure, Key, figures, publish
from jusur.kernel.errors import InvalidInputError

Shown = dict[Key, int | None]
REGIONS, CRIMES = ("africa", "americas", "asia", "europe"), ("fraud", "drugs", "arms", "persons", "cyber")
REAL: dict[Key, int] = {
    (region, crime): count
    for region, row in zip(
        REGIONS, ((12, 3, 0, 8, 21), (7, 19, 4, 6, 30), (1, 11, 9, 2, 17), (25, 14, 6, 5, 40)), strict=True
    )
    for crime, count in zip(CRIMES, row, strict=True)
}


def solved(wanted: list[Figure], shown: Shown) -> set[Key]:
    """What an attacker works out: the held-back figures that are combinations of published ones."""
    cells = sorted({cell for each in wanted for cell in each.cells})
    rows = np.array([[float(cell in each.cells) for cell in cells] for each in wanted if shown[each.key] is not None])
    found = set()
    for each in wanted:
        if shown[each.key] is None and len(rows):
            target = np.array([float(cell in each.cells) for cell in cells])
            weights = np.linalg.lstsq(rows.T, target, rcond=None)[0]
            if np.abs(rows.T @ weights - target).max() < 1e-8:
                found.add(each.key)
    return found


def naive(wanted: list[Figure]) -> Shown:
    """Only the small counts held back, no others."""
    return {each.key: None if 0 < each.value < 5 else each.value for each in wanted}


def small(wanted: list[Figure]) -> set[Key]:
    return {each.key for each in wanted if 0 < each.value < 5}


def test_the_attack_succeeds_where_only_small_counts_are_held_back() -> None:
    wanted = figures(REAL)
    assert solved(wanted, naive(wanted)) & small(wanted)


def test_the_attack_fails_on_what_is_published() -> None:
    wanted = figures(REAL)
    shown = publish(wanted)
    assert not solved(wanted, shown) & small(wanted)
    assert {key for key, value in shown.items() if value is None} >= small(wanted)
    assert shown[(TOTAL, TOTAL)] == sum(REAL.values())
    assert all(shown[each.key] in {None, each.value} for each in wanted)
    assert shown[("africa", "arms")] == 0


def test_more_than_half_of_the_table_stays() -> None:
    shown = publish(figures(REAL))
    assert sum(value is not None for value in shown.values()) > len(shown) // 2


def test_one_small_count_among_great_ones_takes_company_in_its_row_and_column() -> None:
    cells: dict[Key, int] = dict.fromkeys(product("ab", "xy"), 50)
    cells["a", "x"] = 3
    shown = publish(figures(cells))
    assert [key for key, value in shown.items() if value is None] == [("a", "x"), ("a", "y"), ("b", "x"), ("b", "y")]


def test_two_ones_that_their_total_would_give_away_take_more() -> None:
    """1 + 1 = 2: whoever knows that zeros are shown would know both."""
    cells: dict[Key, int] = {("a",): 1, ("b",): 1, ("c",): 90, ("d",): 70}
    shown = publish(figures(cells))
    assert [shown[("a",)], shown[("b",)], shown[("d",)], shown[("c",)]] == [None, None, None, 90]
    assert shown[(TOTAL,)] == 162


def test_a_table_of_one_small_count_is_not_published() -> None:
    assert publish(figures({("a",): 2})) == {("a",): None, (TOTAL,): None}
    assert publish(figures({("a",): 2, ("b",): 0})) == {("a",): None, ("b",): 0, (TOTAL,): None}


def test_nothing_is_held_back_where_nothing_is_small() -> None:
    cells: dict[Key, int] = {("a", "x"): 5, ("a", "y"): 0, ("b", "x"): 17}
    shown = publish(figures(cells))
    assert None not in shown.values()
    assert ("b", "y") not in shown  # not reported is not zero


TABLES = st.lists(st.integers(0, 12), min_size=12, max_size=12).map(
    lambda values: dict(zip(product(("r1", "r2", "r3"), ("c1", "c2", "c3", "c4")), values, strict=True))
)


@settings(max_examples=25, deadline=None)
@given(TABLES)
def test_no_linear_system_gives_a_small_count_back(cells: dict[Key, int]) -> None:
    wanted = figures(cells)
    assert not solved(wanted, publish(wanted)) & small(wanted)


MOST = 10
SMALL_TABLES = st.lists(st.integers(0, 8), min_size=6, max_size=6).map(
    lambda values: dict(zip(product(("r1", "r2"), ("c1", "c2", "c3")), values, strict=True))
)


@settings(max_examples=15, deadline=None)
@given(SMALL_TABLES)
def test_every_small_count_could_be_one_of_several(cells: dict[Key, int]) -> None:
    """By trying every table that agrees with what is published, up to ``MOST`` a cell."""
    wanted = figures(cells)
    shown = publish(wanted)
    hidden = [key for key in cells if shown[key] is None]
    every = np.indices((MOST,) * len(hidden)).reshape(len(hidden), -1) + 1 if hidden else np.empty((0, 1))
    value = {key: every[hidden.index(key)] if key in hidden else np.array(cells[key]) for key in cells}
    agree = np.ones(every.shape[1], dtype=bool)
    for each in wanted:
        if shown[each.key] is not None:
            agree &= np.sum([np.broadcast_to(value[cell], agree.shape) for cell in each.cells], axis=0) == each.value
    for key in small(wanted) & cells.keys():
        assert len(np.unique(value[key][agree])) >= 4


def test_three_dimensions_and_several_tables_at_once() -> None:
    cells: dict[Key, int] = {key: (sum(map(ord, "".join(key))) * 7) % 23 for key in product("ab", "xyz", "mn")}
    wanted = figures(cells)
    assert small(wanted)
    assert not solved(wanted, publish(wanted)) & small(wanted)


@pytest.mark.parametrize("cells", [{("a",): 1, ("a", "b"): 2}, {("a", TOTAL): 3}, {("a",): -1}, {(): 4}])
def test_what_is_no_table_is_refused(cells: dict[Key, int]) -> None:
    with pytest.raises(InvalidInputError, match="same dimensions"):
        figures(cells)


def test_figures_without_their_cells_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="every cell"):
        publish([Figure((TOTAL,), 9, frozenset({("a",)}))])


def test_an_empty_table_has_no_figures() -> None:
    assert publish(figures({})) == {}


@pytest.mark.parametrize(
    ("known", "wanted", "least", "found"),
    [
        ([([1, 1], 10)], [1, 0], 0, (0, 10)),
        ([([1, 1], 10)], [1, 0], 1, (1, 9)),
        ([([1, 1], 2)], [1, 0], 1, (1, 1)),
        ([([1, 1], 10), ([1, 1], 10)], [1, 1], 0, (10, 10)),
        ([([1, 1, 0], 4), ([0, 1, 1], 6)], [1, 0, 1], 0, (2, 10)),
        ([], [1], 1, (1, None)),
        ([([1, -1], 0)], [1, 1], 0, (0, None)),
    ],
)
def test_extents(
    known: list[tuple[list[int], int]], wanted: list[int], least: int, found: tuple[int, int | None]
) -> None:
    low, high = extent(known, wanted, least=least)
    assert (int(low), None if high is None else int(high)) == found


def test_what_contradicts_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="agree"):
        extent([([1], 3), ([1], 4)], [1])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 1), min_size=3, max_size=3), min_size=1, max_size=3),
    st.lists(st.integers(0, 4), min_size=3, max_size=3),
    st.lists(st.integers(0, 1), min_size=3, max_size=3),
)
def test_extents_hold_every_whole_solution(rows: list[list[int]], truth: list[int], wanted: list[int]) -> None:
    def total(row: list[int], values: tuple[int, ...] | list[int]) -> int:
        return sum(a * b for a, b in zip(row, values, strict=True))

    known = [(row, total(row, truth)) for row in rows]
    low, high = extent(known, wanted)
    for values in product(range(9), repeat=3):
        if all(total(row, values) == sum_ for row, sum_ in known):
            assert low <= total(wanted, values)
            assert high is None or Fraction(total(wanted, values)) <= high
