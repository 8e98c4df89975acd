"""Lists of choices look as Django draws them, and let no markup through."""

from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html
from django.utils.translation import gettext_lazy

from jusur.desk.kit.controls import Controls

CHOICES: list[Any] = [
    ("", gettext_lazy("All")),
    ("a&b", '<script>"x"'),
    ("Group <i>", [("1", "one"), ("2", "two")]),
    (None, "nothing"),
]


@pytest.mark.parametrize("value", ["", "a&b", "2", None])
@pytest.mark.parametrize(
    "attrs", [{}, {"class": 'control "select"', "aria-invalid": "true", "disabled": True, "hidden": False}]
)
@pytest.mark.parametrize("kind", [forms.Select, forms.SelectMultiple])
def test_a_list_is_drawn_as_django_draws_it(value: str | None, attrs: dict[str, Any], kind: type[forms.Select]) -> None:
    widget = kind(choices=CHOICES)
    given: Any = [value] if kind is forms.SelectMultiple else value
    ours = widget.render("field", given, attrs=attrs, renderer=Controls())
    theirs = widget.render("field", given, attrs=attrs, renderer=DjangoTemplates())
    assert parse_html(ours) == parse_html(theirs)
    assert "<script" not in ours
