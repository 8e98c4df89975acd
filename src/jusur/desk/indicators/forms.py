"""What narrows the indicators."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jusur.desk.indicators import figures
from jusur.desk.kit import words
from jusur.desk.kit.forms import Filters
from jusur.indicators import api as indicators


class IndicatorForm(Filters):
    """Period, instrument, bureau and urgency; which stage is looked at, and by what it is divided."""

    period = forms.ChoiceField(label=_("Begun in"), required=False)
    partner = forms.ChoiceField(label=_("Bureau"), required=False)
    instrument = forms.ChoiceField(label=_("Legal instrument"), required=False)
    urgency = forms.ChoiceField(label=_("Urgency"), required=False)
    stage = forms.ChoiceField(label=_("Stage"), required=False)
    by = forms.ChoiceField(label=_("Divided by"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = indicators.known_groups()
        for name in ("partner", "instrument", "urgency"):
            self._choose(name, [("", _("All")), *figures.choices(name, known[name])])
        self._choose("period", words.choices("indicator-period"))
        self._choose("stage", words.choices("indicator-stage"))
        self._choose("by", words.choices("indicator-grouping"))

    def _choose(self, name: str, values: list[Any]) -> None:
        self.fields[name].choices = values  # type: ignore[attr-defined]

    def asked(self) -> figures.Asked:
        """What the reader wants to see; what is not among the choices counts as not said."""
        said = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        return figures.Asked(**{name: value for name, value in said.items() if value})
