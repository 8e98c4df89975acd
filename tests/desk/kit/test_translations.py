"""The desk speaks four languages: no sentence lacks one, none is guessed, none is hard-coded."""

import gettext
import re
import shutil
from pathlib import Path

import pytest
from babel import Locale
from django.utils import translation
from django.utils.translation import ngettext
from tests.desk.kit import catalogues
from tests.desk.kit.catalogues import AREAS, DESK, LANGUAGES, messages, sources, strings

from jusur.desk.kit import words

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|(?<!%)%[sd]|\{(\w*)\}")
TAG = re.compile(
    r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}|\{%\s*blocktrans.*?endblocktrans(?:late)?\s*%\}", re.DOTALL
)
REST = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
both = pytest.mark.parametrize(("area", "language"), [(area, code) for area in AREAS for code in LANGUAGES])


@both
def test_every_sentence_is_translated_and_none_is_guessed(area: str, language: str) -> None:
    lacking = [message.id for message in messages(area, language) if message.fuzzy or not all(strings(message))]
    assert not lacking


@both
def test_plurals_have_as_many_forms_as_the_language(area: str, language: str) -> None:
    count = {"ar": 6, "fr": 2, "es": 2}[language]
    wrong = [m.id for m in messages(area, language) if m.pluralizable and len(strings(m)) != count]
    assert not wrong
    place = DESK / area / "locale" / language / "LC_MESSAGES" / "django.po"
    if place.exists():
        assert f"nplurals={count};" in place.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_rule_of_plurals_is_unicode_s(language: str) -> None:
    rule = gettext.c2py(catalogues.tool().PLURALS[language].partition("plural=")[2].rstrip(";"))
    forms = {"ar": ["zero", "one", "two", "few", "many", "other"], "fr": ["one", "other"], "es": ["one", "other"]}
    unicode_s = Locale(language).plural_form
    assert all(forms[language][rule(n)] == unicode_s(n) for n in range(500))


@both
def test_placeholders_are_those_of_the_sentence(area: str, language: str) -> None:
    wrong = []
    for message in messages(area, language):
        wanted = {found for source in sources(message) for found in _placeholders(source)}
        for form in strings(message):
            extra = set(_placeholders(form)) - wanted
            lost = set() if message.pluralizable else wanted - set(_placeholders(form))
            if extra or lost:
                wrong.append((sources(message)[0], form))
    assert not wrong


def _placeholders(text: str) -> list[str]:
    return [match.group() for match in PLACEHOLDER.finditer(text)]


@pytest.mark.parametrize("area", AREAS)
def test_catalogues_hold_what_the_sources_say(area: str, tmp_path: Path) -> None:
    shutil.copytree(DESK / area, tmp_path / area, ignore=shutil.ignore_patterns("*.mo", "__pycache__", "fonts"))
    catalogues.tool().extract(tmp_path / area)
    for language in LANGUAGES:
        fresh = {(m.context, sources(m)) for m in messages(area, language, tmp_path)}
        held = {(m.context, sources(m)) for m in messages(area, language)}
        assert fresh == held, f"run tools/messages {area}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_sentence_is_translated_the_same_everywhere(language: str) -> None:
    seen: dict[tuple[object, ...], dict[tuple[str, ...], list[str]]] = {}
    for area in AREAS:
        for message in messages(area, language):
            seen.setdefault((message.context, *sources(message)), {}).setdefault(strings(message), []).append(area)
    differing = {key[1:]: forms for key, forms in seen.items() if len(forms) > 1}
    assert not differing


@pytest.mark.parametrize("area", AREAS)
def test_no_template_says_anything_that_no_catalogue_holds(area: str) -> None:
    found = {}
    for place in (DESK / area).rglob("templates/**/*.html"):
        text = REST.sub("", TAG.sub("", place.read_text(encoding="utf-8")))
        parser = catalogues.Words()
        parser.feed(text)
        if parser.found:
            found[str(place.relative_to(DESK))] = parser.found
    assert not found


@pytest.mark.parametrize("language", ["fr"])
def test_french_has_unbreakable_spaces_before_double_signs(language: str) -> None:
    wrong = [
        form
        for area in AREAS
        for message in messages(area, language)
        for form in strings(message)
        if re.search(r"(?:(?<=\w)| )[;?!](?!\w)|(?<=\w) :| :(?=\s|$)", form)
        and not re.search(r"https?://|\?next", form)
    ]
    assert not wrong


def test_arabic_counts_in_six_forms() -> None:
    with translation.override("ar"):
        said = {
            ngettext("One thing to put right", "%(count)s things to put right", n) % {"count": n}
            for n in (0, 1, 2, 3, 11, 100)
        }
    assert len(said) == 6


def test_every_code_is_named_once() -> None:
    assert not words.repeated
