"""Fields of a form as the desk shows them: which shape the control has, what describes it, what is wrong with it."""

from typing import Any

from django import forms
from django.forms import BoundField

DJANGO_ROWS = "10"
"""Rows of a text field for which nobody chose a number."""

_SHAPES: tuple[tuple[tuple[type[forms.Widget], ...], str], ...] = (
    ((forms.HiddenInput, forms.MultipleHiddenInput), "hidden"),
    ((forms.CheckboxSelectMultiple, forms.RadioSelect), "choices"),
    ((forms.CheckboxInput,), "tick"),
    ((forms.Textarea,), "text"),
    ((forms.SplitDateTimeWidget, forms.MultiWidget), "several"),
    ((forms.Select,), "select"),
    ((forms.FileInput,), "file"),
)


def shape(widget: forms.Widget) -> str:
    """The shape of a control: hidden, choices, tick, text, several, select, file or line."""
    return next((name for kinds, name in _SHAPES if isinstance(widget, kinds)), "line")


def context(bound: BoundField, *, why: str = "", example: str = "") -> dict[str, Any]:
    """What the template of a field needs."""
    kind = shape(bound.field.widget)
    why = why or str(bound.help_text or "")
    described = [f"{bound.auto_id}_{part}" for part, there in _parts(bound, why, example) if there]
    return {
        "field": bound,
        "shape": kind,
        "why": why,
        "example": example,
        "described": " ".join(described),
        "optional": not bound.field.required
        and kind not in {"hidden", "tick"}
        and getattr(bound.form, "says_optional", True),
        "control": "" if kind == "choices" else _control(bound, kind, described),
    }


def _parts(bound: BoundField, why: str, example: str) -> tuple[tuple[str, bool], ...]:
    return (("why", bool(why)), ("example", bool(example)), ("error", bool(bound.errors)))


def _control(bound: BoundField, kind: str, described: list[str]) -> str:
    own = bound.field.widget.attrs
    attrs: dict[str, Any] = {} if kind == "tick" else {"class": f"{own.get('class', '')} control {kind}".strip()}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if kind == "text" and str(own.get("rows")) == DJANGO_ROWS:
        attrs["rows"] = 4
    if kind in {"line", "text"}:
        attrs["dir"] = own.get("dir", "auto")
    return str(bound.as_widget(attrs=attrs))


def faults(form: Any) -> list[tuple[str, str, str]]:
    """What is wrong with ``form``: the field's id ("" for the whole form), its label, the sentence."""
    found = [("", "", str(fault)) for fault in form.non_field_errors()]
    for bound in form:
        place = "" if bound.is_hidden else _place(bound)
        found += [(place, str(bound.label), str(fault)) for fault in bound.errors]
    return found


def _place(bound: BoundField) -> str:
    return f"{bound.auto_id}_0" if shape(bound.field.widget) == "choices" else str(bound.id_for_label)
