"""Samples for the gallery: every component in all its states, on data that stand for nothing."""

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from jusur.desk.kit import words
from jusur.desk.kit.forms import Form
from jusur.kernel import clock

TONES: Final[tuple[words.Tone, ...]] = ("neutral", "info", "good", "due", "danger", "brand")


class SampleForm(Form):
    """A field of every shape."""

    line = forms.CharField(label=_("Line"), help_text=_("Why it is asked stands here."))
    text = forms.CharField(label=_("Text"), widget=forms.Textarea, required=False)
    select = forms.ChoiceField(label=_("Choice from a list"), choices=[("one", _("First")), ("two", _("Second"))])
    radio = forms.ChoiceField(
        label=_("One of a few"), choices=[("one", _("First")), ("two", _("Second"))], widget=forms.RadioSelect
    )
    several = forms.MultipleChoiceField(
        label=_("Several of a few"),
        choices=[("one", _("First")), ("two", _("Second")), ("three", _("Third"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    tick = forms.BooleanField(label=_("I have read the conditions of use"))
    file = forms.FileField(label=_("File"), required=False)
    day = forms.DateField(label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}))
    off = forms.CharField(label=_("Switched off"), disabled=True, required=False, initial="MA-2026-0017")


def samples() -> dict[str, Any]:
    """Everything that the gallery shows."""
    now = clock.now()
    wrong = SampleForm({"line": "", "select": "three", "day": "2026"}, prefix="wrong")
    wrong.is_valid()
    hours = {"start": now - timedelta(hours=10), "long": now + timedelta(days=9), "near": now + timedelta(hours=2)}
    return {
        "form": SampleForm(initial={"radio": "one"}),
        "wrong": wrong,
        "tones": [(tone, words.ICONS[tone]) for tone in TONES],
        "now": now,
        "past": now - timedelta(hours=3),
        "overdue": now - timedelta(hours=26),
        **hours,
        "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "fingerprint": ("acorn", "bishop", "canyon", "delta", "ember", "fjord"),
        "foreign": "احتيال منظم عبر مركز احتيال",
        "events": _events(now),
        "rows": _rows(),
        "page": {"items": [], "next": "0199f3a0-0000-7000-8000-000000000001"},
        "facts": [
            (_("Reference"), "MA-2026-0017"),
            (_("State"), _("Sent")),
            (_("Person"), "محمد بن عبد الله"),
        ],
        "vocabularies": [(name, list(table)) for name, table in words.vocabularies().items()],
        "icons": _icons(),
    }


def _events(now: Any) -> list[dict[str, Any]]:
    return [
        {"at": now - timedelta(hours=1), "title": _("Receipt signed"), "tone": "good", "icon": "seal", "by": "Oslo"},
        {"at": now - timedelta(hours=2), "title": _("Sent"), "tone": "brand", "icon": "send", "mark": _("Urgent")},
        {"at": now - timedelta(hours=3), "title": _("Drafted"), "icon": "edit", "by": "سلمى بناني"},
    ]


def _rows() -> list[dict[str, Any]]:
    return [
        {"label": _("Accounts"), "before": "+212 600 000 001", "after": "+212 600 000 001\n+212 600 000 002"},
        {"label": _("Urgency"), "before": _("Urgent"), "after": _("Urgent")},
    ]


def _icons() -> list[str]:
    import re

    from django.contrib.staticfiles import finders

    place = finders.find("kit/icons.svg")
    if not isinstance(place, str):
        return []
    with open(place, encoding="utf-8") as read:  # noqa: PTH123 - a finder gives a plain path
        return re.findall(r'<symbol id="([^"]+)"', read.read())
