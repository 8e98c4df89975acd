"""Components: what comes from outside is shown as text, isolated, and never as markup."""

from typing import Any

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation

from jusur.desk.kit import words
from jusur.desk.kit.forms import Form, show_error
from jusur.kernel.errors import ConflictError

HOSTILE = "<script>alert(1)</script>\"'\u202e"


def drawn(source: str, **values: Any) -> str:
    return Template("{% load kit %}" + source).render(Context(values))


@pytest.mark.parametrize(
    "source",
    [
        "{% person x %}",
        "{% person x x %}",
        "{% code x copy=1 %}",
        "{% code x short=5 %}",
        "{% pill x %}",
        "{% word 'none' x %}",
        "{% badge 'none' x %}",
        "{% crumbs x '/' x %}",
        "{% steps 1 x %}",
        "{% icon 'send' x %}",
    ],
)
def test_no_component_lets_markup_through(source: str) -> None:
    assert "<script" not in drawn(source, x=HOSTILE)


def test_names_and_codes_keep_their_own_direction() -> None:
    assert drawn("{% person x %}", x="محمد") == '<bdi class="person">محمد</bdi>'
    assert 'dir="ltr"' in drawn("{% code x %}", x="MA-1")


def test_sizes_and_numbers_are_written_with_the_reader_s_separators() -> None:
    with translation.override("fr"):
        assert "1,2 GB" in drawn("{% bytes x %}", x=1_234_567_890)
    with translation.override("en"):
        assert "1,234.5" in drawn("{% number x %}", x=1234.5)
        assert "999 B" in drawn("{% bytes x %}", x=999)


def test_a_code_without_words_is_shown_as_it_is_written() -> None:
    assert words.word("no-such-vocabulary", "in_execution") == "in execution"


def test_a_link_that_filters_keeps_the_other_filters() -> None:
    request = RequestFactory().get("/requests/?state=sent&cursor=abc&q=a%26b")
    assert drawn("{% query state='' %}", request=request) == "?cursor=abc&amp;q=a%26b"
    shown = drawn("{% pager page %}", request=request, page={"next": "def"})
    assert "state=sent" in shown
    assert "cursor=def" in shown


class Sample(Form):
    line = forms.CharField(help_text="why")
    choice = forms.ChoiceField(choices=[("a", HOSTILE)], widget=forms.RadioSelect)
    tick = forms.BooleanField(required=False)


def test_a_field_ties_its_words_and_its_errors_to_the_control() -> None:
    form = Sample({})
    shown = drawn("{% field form.line example='x' %}", form=form)
    assert 'aria-describedby="id_line_why id_line_example id_line_error"' in shown
    assert 'aria-invalid="true"' in shown
    for place in ("id_line_why", "id_line_example", "id_line_error"):
        assert f'id="{place}"' in shown
    choice = drawn("{% field form.choice %}", form=form)
    assert "<legend" in choice
    assert "<script" not in choice
    assert 'href="#id_choice_0"' in drawn("{% form_errors form %}", form=form)


def test_a_refusal_is_shown_at_the_form_with_what_to_do() -> None:
    form = Sample({"line": "x", "choice": "a"})
    show_error(form, ConflictError("It was sent already.", fix="Open it."))
    assert "It was sent already. Open it." in drawn("{% form_errors form %}", form=form)
