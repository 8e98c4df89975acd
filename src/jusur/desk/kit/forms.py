"""The base of the desk's forms, and errors of the rooms shown where the form stands."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from jusur.desk.kit import faults
from jusur.desk.kit.controls import Controls
from jusur.kernel.errors import JusurError


class Form(forms.Form):
    """A form without colons after its labels, whose fields browsers leave to us to judge."""

    use_required_attribute = False
    says_optional = True
    default_renderer = Controls

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class Filters(Form):
    """What narrows a list: every field may be left as it is, so that none needs to say so."""

    says_optional = False


def show_error(form: forms.BaseForm, error: JusurError, field: str | None = None) -> None:
    """Show what a service refused at the form (or at one ``field``), with what to do about it."""
    said = faults.shown(error)
    sentence = f"{said['detail']} {said['fix']}".strip() or said["title"]
    if not hasattr(form, "cleaned_data"):
        form.full_clean()
    form.add_error(field, ValidationError(sentence, code=error.code))
