# ruff: noqa: RUF001 - names in the scripts they are written in
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jusur.kernel import text
from jusur.kernel.text import TextError

NAMES = [
    "Mohammed Dkhissi",
    "محمد الدخيسي",
    "مُحَمَّدٌ",
    "عبد\u200cالله",  # Persian style: ZWNJ between Arabic letters
    "Hüseyin Öz",
    "François d'Aÿ–Œuvre",
    "Ньютон",
    "渡邊\U000e0100",  # an ideographic variant, as Japanese registers write names
    "ශ්\u200dරී ලංකා",  # Sinhala conjunct: ZWJ after virama
    "क्\u200cष",
    "Nguyễn Thị Ánh",
    "Gonçalves & Søn (2026) #3 – 50 %",
]
HIDDEN = [
    "\u202e",
    "\u202a",
    "\u2066",
    "\u2069",
    "\u200b",
    "\ufeff",
    "\u2060",
    "\x00",
    "\x1b",
    "\x85",
    "\u2028",
    "\ud800",
    "\ufdd0",
    "\ufffe",
    "\uffff",
    "\U0001fffe",
    "\U0010ffff",
    "\U000e0041",
    "\U000e0001",
    "\ue000",
    "\U000f0000",
    "\u3164",
    "\u115f",
    "\u00ad",
    "\u034f",
    "\u206a",
    "\ufffd",
    "\ufff9",
    "\u180e",
    "\u2800",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_the_world_are_accepted(name: str) -> None:
    assert text.line(name, max_length=80, field="name") == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize("character", HIDDEN)
@pytest.mark.parametrize("check", [text.line, text.paragraph, text.file_name])
def test_what_cannot_be_seen_is_refused_by_its_number(check: object, character: str) -> None:
    with pytest.raises(TextError, match=f"U\\+{ord(character):04X} .* at character 4") as caught:
        check(f"abc{character}def", max_length=80, field="name")  # type: ignore[operator]
    assert "abc" not in caught.value.detail


def test_direction_marks_and_line_breaks_are_for_paragraphs() -> None:
    written = "سطر\u200f (١)\r\n\tثان\u061c\rثالث"
    assert text.paragraph(written, max_length=80, field="facts") == "سطر\u200f (١)\n\tثان\u061c\nثالث"
    for character in "\u200e\u200f\u061c\n\t":
        with pytest.raises(TextError):
            text.line(f"a{character}b", max_length=80, field="name")


@pytest.mark.parametrize(
    "hidden",
    [
        "pay\u200cpal",
        "pay\u200dpal",
        "a\ufe0fb",
        "1\ufe0f\ufe0f",
        "\u200dx",
        "س\u200c",
        "x \ufe0f",
        "渡\U000e0100\U000e0101",
        "س\u200cpal",
    ],
)
def test_joiners_and_selectors_without_work_to_do_are_refused(hidden: str) -> None:
    with pytest.raises(TextError):
        text.line(hidden, max_length=80, field="name")


def test_emoji_sequences_are_accepted() -> None:
    for emoji in ("👨\u200d👩\u200d👧", "❤\ufe0f\u200d🔥", "1\ufe0f\u20e3", "🧑🏽\u200d🚀"):
        assert text.line(emoji, max_length=20, field="text") == emoji


def test_length_is_counted_in_characters_after_normalisation() -> None:
    decomposed = unicodedata.normalize("NFD", "é" * 10)
    assert text.line(decomposed, max_length=10, field="name") == "é" * 10
    assert text.line("𝔸" * 10, max_length=10, field="name") == "𝔸" * 10
    for value in ("é" * 11, "e" * 41, "x" * 1_000_000):
        with pytest.raises(TextError, match="longer than 10 characters"):
            text.line(value, max_length=10, field="name")


def test_empty_is_refused_unless_optional() -> None:
    for value in ("", "   ", "\u3000"):
        with pytest.raises(TextError, match="name is empty"):
            text.line(value, max_length=10, field="name")
        assert text.line(value, max_length=10, field="name", required=False) == ""
    assert text.line("  a b ", max_length=10, field="name") == "a b"


@pytest.mark.parametrize("value", [None, 7, b"bytes", ["a"]])
def test_only_text_is_text(value: object) -> None:
    with pytest.raises(TextError, match="is not text"):
        text.line(value, max_length=10, field="name")


def test_piles_of_marks_are_refused() -> None:
    assert text.line("x" + "\u0323" * 8, max_length=80, field="name")
    with pytest.raises(TextError, match="more than 8 combining marks"):
        text.line("x" + "\u0323" * 9, max_length=80, field="name")
    with pytest.raises(TextError, match="starts with a combining mark"):
        text.line("\u0323x", max_length=80, field="name")


@pytest.mark.parametrize("name", ["report.pdf", "تقرير نهائي.pdf", "Screenshot at 9.41\u202fPM.png", ".profile", "-x"])
def test_file_names_are_kept(name: str) -> None:
    assert text.file_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "a/b",
        "a\\b",
        ".",
        "..",
        "x.",
        " x",
        "x ",
        "CON",
        "nul.txt",
        "LPT1.log",
        "com¹",
        "a:b",
        "a*",
        "évidence" * 40,
        "ي" * 128,
        "",
        "a\nb",
        "invoice\u202egpj.exe",
    ],
)
def test_file_names_that_mislead_or_escape_are_refused(name: str) -> None:
    with pytest.raises(TextError):
        text.file_name(name)


def test_isolation_survives_hostile_content() -> None:
    assert text.isolate("PDI\u2069 RLO\u202e") == "\u2068PDI RLO\u2069"


def test_hostile_text_is_shown_escaped_and_cut() -> None:
    assert text.shown("a\u202eb\x1b[31m") == "a\\u{202E}b\\u{001B}[31m"
    assert len(text.shown("x" * 500)) == 80


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_accepting_is_idempotent_and_leaves_nothing_hidden(value: str) -> None:
    for check in (text.line, text.paragraph):
        try:
            accepted = check(value, max_length=60, field="text", required=False)
        except TextError:
            continue
        assert check(accepted, max_length=60, field="text", required=False) == accepted
        assert unicodedata.is_normalized("NFC", accepted)
        allowed = {"\n", "\t", "\u200e", "\u200f", "\u061c"} if check is text.paragraph else set()
        for character in accepted:
            assert unicodedata.category(character) not in {"Cc", "Cs", "Co", "Zl", "Zp"} or character in allowed
