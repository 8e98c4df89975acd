import pytest
from hypothesis import given
from hypothesis import strategies as st

from jusur.indicators.rules import Span, quantile, summarise


def observed(*seconds: float) -> list[Span]:
    return [Span(value, observed=True) for value in seconds]


def test_without_open_cases_it_is_the_ordinary_median() -> None:
    assert quantile(observed(1, 2, 3, 4, 5), 0.5) == 3
    assert quantile(observed(*range(1, 11)), 0.9) == 9


def test_the_remission_times_of_the_textbook() -> None:
    # Freireich et al. (1963), 6-MP arm, as in D. G. Kleinbaum, M. Klein, Survival Analysis: median 23 weeks.
    times = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    spans = observed(*times) + [Span(week, observed=False) for week in censored]
    assert quantile(spans, 0.5) == 23


def test_too_many_open_cases_leave_the_median_unreached() -> None:
    assert quantile([*observed(1), Span(5, observed=False), Span(6, observed=False)], 0.5) is None


def test_no_cases_no_figures() -> None:
    summary = summarise([])
    assert (summary.count, summary.open, summary.median_seconds, summary.p90_seconds) == (0, 0, None, None)


_spans = st.lists(st.builds(Span, st.floats(0, 1e9), st.booleans()), max_size=40)


@given(_spans)
def test_the_ninetieth_percentile_is_never_before_the_median(spans: list[Span]) -> None:
    summary = summarise(spans)
    if summary.p90_seconds is not None:
        assert summary.median_seconds is not None
        assert summary.median_seconds <= summary.p90_seconds


@given(_spans)
def test_leaving_a_case_open_longer_never_makes_us_look_faster(spans: list[Span]) -> None:
    before = quantile(spans, 0.5)
    after = quantile([*spans, Span(2e9, observed=False)], 0.5)
    if after is not None:
        assert before is not None
        assert before <= after


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_one_case_is_every_quantile(share: float) -> None:
    assert quantile(observed(7), share) == 7
