import pytest

from jusur.documents import labels


@pytest.mark.parametrize("rows", [labels._ROWS, labels.EVENTS, labels.CHECKS])
def test_every_word_is_there_in_every_language(rows: dict[str, tuple[str, str, str, str]]) -> None:
    for row in rows.values():
        assert all(word.strip() == word and word for word in row)
        assert any("\u0600" <= letter <= "\u06ff" for letter in row[0])
        assert not any("\u064b" <= letter <= "\u0652" for letter in row[0]), "vowel signs do not copy out"


def test_the_chain_of_custody_has_the_field_s_names() -> None:
    assert [labels.labels(language)["custody"] for language in labels.LANGUAGES] == [
        "سلسلة الحيازة",
        "Chain of custody",
        "Chaîne de possession",
        "Cadena de custodia",
    ]


def test_an_unknown_language_is_an_error_and_an_unknown_event_its_own_name() -> None:
    with pytest.raises(KeyError):
        labels.labels("de")
    assert labels.event("weighed", "en") == "weighed"
    assert labels.check("md5", "fr") == "md5"
