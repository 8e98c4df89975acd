import random
import string

from hypothesis import given, settings
from hypothesis import strategies as st

from jusur.databases.budgets_patterns import ALPHABET, LIKENESS, SEQUENCE, Watchman


def test_numbers_in_a_row_are_a_sequence() -> None:
    watchman = Watchman()
    shown = [watchman.number("passport", f"passport:MA:AB{number:06}") for number in range(100, 100 + SEQUENCE)]
    assert shown == [""] * (SEQUENCE - 1) + ["sequence"]


def test_a_walk_with_gaps_backwards_or_shuffled_is_a_sequence_too() -> None:
    for step in (-1, 3, 10):
        watchman = Watchman()
        numbers = [500_000 + step * place for place in range(SEQUENCE)]
        random.Random(step).shuffle(numbers)
        assert [watchman.number("plate", f"plate:FR:{n}") for n in numbers][-1] == "sequence"


def test_the_same_number_again_and_scattered_numbers_are_honest() -> None:
    watchman, draw = Watchman(), random.Random(7)
    assert not any(watchman.number("passport", "passport:MA:AB000123") for _ in range(500))
    scattered = draw.sample(range(10**7), 500)
    assert not any(watchman.number("passport", f"passport:NO:{number:08}") for number in scattered)


def test_a_family_holds_numbers_in_a_row() -> None:
    watchman = Watchman()
    for family in range(0, 10**6, 10**4):
        assert not any(watchman.number("passport", f"passport:NO:{family + child:08}") for child in range(8))


def test_names_that_walk_the_alphabet_are_told_from_a_sorted_list() -> None:
    names = [f"{first}{second}{third}" for first in "abc" for second in string.ascii_lowercase for third in "amz"]
    walk, crew = Watchman(), Watchman()
    assert "alphabet" in [walk.name(name) for name in names[: 2 * ALPHABET]]
    assert "alphabet" not in [crew.name(name, sorted_lists=True) for name in names[: 2 * ALPHABET]]


def test_many_spellings_of_one_name_are_a_pattern_and_a_few_are_not() -> None:
    watchman = Watchman()
    spellings = [f"mohammed benali{extra}" for extra in string.ascii_lowercase]
    shown = [watchman.name(spelling) for spelling in spellings]
    assert not any(shown[:LIKENESS])
    assert "likeness" in shown


def test_a_repeated_search_is_never_a_pattern() -> None:
    watchman = Watchman()
    assert not any(watchman.name("Mohammed Benali") for _ in range(200))


@settings(max_examples=50)
@given(st.lists(st.text(max_size=40), max_size=80))
def test_any_text_is_taken(texts: list[str]) -> None:
    watchman = Watchman()
    for text in texts:
        assert watchman.name(text) in {"", "alphabet", "likeness"}
        assert watchman.number("url", text) in {"", "sequence"}


def test_who_reads_out_may_still_search_for_something_else() -> None:
    watchman = Watchman()
    numbers = [watchman.number("passport", f"passport:MA:{number:07}") for number in range(3 * SEQUENCE)]
    assert all(numbers[SEQUENCE:])
    assert watchman.number("passport", "passport:MA:7654321") == ""
    assert watchman.number("passport", f"passport:MA:{3 * SEQUENCE:07}") == "sequence"
