from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jusur.indicators.rules import Spans, quantile, steps, summarise


def spans_of(*pairs: tuple[float, bool]) -> Spans:
    return Spans.of(
        np.array([seconds for seconds, _observed in pairs], dtype=float),
        np.array([observed for _seconds, observed in pairs], dtype=bool),
    )


def observed(*seconds: float) -> list[tuple[float, bool]]:
    return [(value, True) for value in seconds]


def test_without_open_cases_it_is_the_ordinary_median() -> None:
    assert quantile(spans_of(*observed(1, 2, 3, 4, 5)), 0.5) == 3
    assert quantile(spans_of(*observed(*range(1, 11))), 0.9) == 9


def test_the_remission_times_of_the_textbook() -> None:
    # Freireich et al. (1963), 6-MP arm, as in D. G. Kleinbaum, M. Klein, Survival Analysis: median 23 weeks.
    times = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    spans = observed(*times) + [(week, False) for week in censored]
    assert quantile(spans_of(*spans), 0.5) == 23


def test_too_many_open_cases_leave_the_median_unreached() -> None:
    assert quantile(spans_of((1, True), (5, False), (6, False)), 0.5) is None


def test_no_cases_no_figures() -> None:
    summary = summarise(spans_of())
    assert (summary.count, summary.open, summary.median_seconds, summary.p90_seconds) == (0, 0, None, None)


_spans = st.lists(st.tuples(st.floats(0, 1e9), st.booleans()), max_size=40)


@given(_spans)
def test_the_ninetieth_percentile_is_never_before_the_median(spans: list[tuple[float, bool]]) -> None:
    summary = summarise(spans_of(*spans))
    if summary.p90_seconds is not None:
        assert summary.median_seconds is not None
        assert summary.median_seconds <= summary.p90_seconds


@given(_spans)
def test_leaving_a_case_open_longer_never_makes_us_look_faster(spans: list[tuple[float, bool]]) -> None:
    before = quantile(spans_of(*spans), 0.5)
    after = quantile(spans_of(*spans, (2e9, False)), 0.5)
    if after is not None:
        assert before is not None
        assert before <= after


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_one_case_is_every_quantile(share: float) -> None:
    assert quantile(spans_of(*observed(7)), share) == 7


@given(st.lists(st.tuples(st.integers(0, 9).map(float), st.booleans()), max_size=40))
def test_it_is_the_product_of_the_shares_that_stayed_open(spans: list[tuple[float, bool]]) -> None:
    # The estimate as it is defined, one time after another.
    expected, at_risk, surviving = [], len(spans), 1.0
    for seconds, group in groupby(sorted(spans), key=lambda pair: pair[0]):
        ended = [observed for _seconds, observed in group]
        surviving *= 1 - sum(ended) / at_risk
        if any(ended):
            expected.append((seconds, pytest.approx(1 - surviving)))
        at_risk -= len(ended)
    times, shares = steps(spans_of(*spans))
    assert list(zip(times.tolist(), shares.tolist(), strict=True)) == expected
