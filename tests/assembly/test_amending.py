import pytest

from jusur.assembly.rules.amending import Amendment, Paragraph, after_parts, amended, fallen, voting_order
from jusur.kernel.errors import InvalidInputError


def paragraph(key: str, *, operative: bool = True) -> Paragraph:
    return Paragraph(key, operative, {"ar": key, "en": key, "fr": key, "es": key})


TEXT = (paragraph("p1", operative=False), paragraph("o1"), paragraph("o2"))
DELETE = Amendment("delete", "o1", "delete", distance=9, place=3)
SOFTEN = Amendment("soften", "o1", "replace", distance=2, place=1, paragraph=paragraph("o1-soft"))
ADD = Amendment("add", "o2", "insert_after", distance=2, place=2, paragraph=paragraph("o3"))
ALL = (SOFTEN, ADD, DELETE)


def test_the_furthest_is_put_first_and_equals_as_they_came() -> None:
    assert [each.id for each in voting_order(ALL)] == ["delete", "soften", "add"]


@pytest.mark.parametrize(
    ("adopted", "falls"),
    [({"delete"}, {"soften"}), ({"soften"}, {"delete"}), ({"add"}, set()), (set(), set())],
)
def test_what_the_adopted_one_excludes_is_not_put(adopted: set[str], falls: set[str]) -> None:
    assert fallen(ALL, adopted) == falls


def test_an_amendment_may_name_what_it_excludes() -> None:
    broad = Amendment("broad", "p1", "insert_after", 5, 0, paragraph("p2"), frozenset({"add"}))
    assert fallen((*ALL, broad), {"broad"}) == {"add"}


def test_the_text_takes_in_what_was_adopted() -> None:
    assert [each.key for each in amended(TEXT, [ADD, DELETE])] == ["p1", "o2", "o3"]
    assert [each.key for each in amended(TEXT, [SOFTEN])] == ["p1", "o1-soft", "o2"]
    assert amended(TEXT, []) == TEXT


def test_an_amendment_to_nothing_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="no paragraph 'o9'"):
        amended(TEXT, [Amendment("x", "o9", "delete", 1, 1)])
    with pytest.raises(InvalidInputError, match="brings its paragraph"):
        amended(TEXT, [Amendment("x", "o1", "replace", 1, 1)])


def test_a_text_without_operative_paragraphs_fell_as_a_whole() -> None:
    kept = after_parts(TEXT, {"o1"})
    assert kept is not None
    assert [each.key for each in kept] == ["p1", "o2"]
    assert after_parts(TEXT, {"o1", "o2"}) is None
