import json

import pytest

from jusur.assembly.rules import rulebook
from jusur.kernel.errors import InvalidInputError, NotFoundError
from jusur.kernel.languages import LANGUAGES


@pytest.mark.parametrize("profile", sorted(rulebook.shipped()))
def test_every_rule_has_a_source_and_names_in_four_languages(profile: str) -> None:
    book = rulebook.of_profile(profile)
    assert book.id == profile
    named = [
        *((rule.source, rule.names) for rule in book.decisions),
        *((rule.source, rule.names) for rule in book.periods),
    ]
    for source, names in named:
        assert source
        assert len({names.of(language) for language in LANGUAGES}) >= 2
    assert all(rule.source for rule in (book, book.quorum, book.versions, book.arrears, book.numbering, book.voting))


def test_what_was_only_recalled_is_not_said_to_be_verified() -> None:
    book = rulebook.of_profile("2025-practice")
    assert book.quorum.verified_on is None
    assert book.decision("president").verified_on is None
    assert rulebook.of_profile("pre-2021").decision("president").verified_on is not None


def test_the_digest_is_of_the_content_not_of_its_spelling() -> None:
    document = rulebook.shipped()["pre-2021"]
    assert rulebook.digest(document) == rulebook.digest(json.dumps(json.loads(document), indent=7).encode())
    assert rulebook.digest(document) != rulebook.digest(rulebook.shipped()["2025-practice"])


def _changed(**changes: object) -> bytes:
    return json.dumps(json.loads(rulebook.shipped()["pre-2021"]) | changes).encode()


def _decisions(**changes: object) -> list[dict[str, object]]:
    found = json.loads(rulebook.shipped()["pre-2021"])["decisions"]
    found[0] |= changes
    return list(found)


MORE_THAN_ALL = {"numerator": 3, "denominator": 2, "strict": False}


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b"{}", "not valid"),
        (_changed(surprise=1), "surprise"),
        (_changed(periods=[]), "unknown periods: arrears_appeal"),
        (_changed(decisions=_decisions() + _decisions()[:1]), "decisions twice"),
        (_changed(decisions=_decisions(notice="never")), "unknown periods: never"),
        (_changed(decisions=_decisions(rounds=[{"from_ballot": 2, "majority": MORE_THAN_ALL}])), "from the first on"),
        (_changed(decisions=_decisions(rounds=[{"from_ballot": 1, "majority": MORE_THAN_ALL}])), "more than the whole"),
    ],
)
def test_a_wrong_rulebook_is_refused(document: bytes, why: str) -> None:
    with pytest.raises(InvalidInputError, match=why):
        rulebook.parse(document)


def test_what_is_not_there_is_said() -> None:
    with pytest.raises(NotFoundError, match="no rules of the profile"):
        rulebook.of_profile("1956")
    book = rulebook.of_profile("pre-2021")
    with pytest.raises(NotFoundError, match="no decision"):
        book.decision("coronation")
    with pytest.raises(NotFoundError, match="no period"):
        book.period("eternity")
