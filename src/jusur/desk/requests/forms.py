"""The forms of requests: filters, the start of a draft, its contents, the emergency, the acts."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from jusur.desk.kit import words
from jusur.desk.kit.forms import Filters, Form
from jusur.desk.requests import examples
from jusur.desk.requests.drafts import PREFIX, SHORT, Needed
from jusur.desk.requests.law import Offer
from jusur.kernel import languages

ANY: Final = ("", _("Any"))
MAX_TEXT: Final = 16_000
MAX_REASON: Final = 4_000


class AwaitedField(forms.CharField):
    """What a request must say in the end, and a draft may not say yet."""

    def validate(self, value: Any) -> None:
        """Let an empty text pass: the check before submitting names it."""


class Narrowing(forms.ChoiceField):
    """A choice that narrows a list; none chosen, it does not."""

    def validate(self, value: Any) -> None:
        """Let none chosen pass."""
        if value:
            super().validate(value)


class FilterForm(Filters):
    """What to look for in the list."""

    side = forms.ChoiceField(required=False, widget=forms.HiddenInput)
    state = Narrowing(label=_("State"))
    partner = Narrowing(label=_("Bureau"))
    urgency = Narrowing(label=_("Urgency"))
    due = Narrowing(label=_("Deadline"), choices=[ANY, ("soon", _("Due within a day")), ("overdue", _("Overdue"))])
    case = AwaitedField(
        label=_("Case begins with"),
        max_length=100,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )

    def __init__(self, *args: Any, partners: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "side", [("", ""), *words.choices("request-side")])
        _choose(self, "state", [ANY, ("open", _("Open")), ("closed", _("Closed")), *words.choices("request-state")])
        _choose(self, "partner", [ANY, *partners])
        _choose(self, "urgency", [ANY, *words.choices("urgency")])

    def shown(self) -> list[Any]:
        """The fields that people see."""
        return self.visible_fields()


class StartForm(Form):
    """Whom, what, how urgent, for which case."""

    to = forms.ChoiceField(label=_("Whom do you ask?"))
    measure = forms.ChoiceField(label=_("What do you ask for?"), widget=forms.RadioSelect)
    urgency = forms.ChoiceField(label=_("How urgent is it?"), widget=forms.RadioSelect, initial="routine")
    case_reference = forms.CharField(
        label=_("Your case reference"),
        max_length=100,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    related = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, partners: Sequence[tuple[str, str]], offers: Sequence[Offer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offers = offers
        _choose(self, "to", [("", _("Choose a bureau")), *partners])
        _choose(self, "measure", [(one.measure, words.word("measure", one.measure)) for one in offers])
        _choose(self, "urgency", [(c, label) for c, label in reversed(words.choices("urgency"))])

    def measure_choices(self) -> list[dict[str, Any]]:
        """The measures with what the law offers for each."""
        offered = {offer.measure: offer for offer in self.offers}
        return [
            {"id": option.id_for_label, "tag": option.tag(), "offer": offered[str(option.data["value"])]}
            for option in self["measure"].subwidgets
        ]

    def clean_related(self) -> str:
        """The related request's identifier as the content carries it."""
        return str(self.cleaned_data["related"] or "")


class DraftForm(Form):
    """The contents that the instrument requires, and the conditions of use offered."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    iccs = forms.RegexField(
        label=_("Offence by ICCS code"),
        help_text=_("The United Nations' classification of crime (ICCS 1.0): two to eight digits."),
        regex=r"^[0-9]{2,8}$",
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "numeric"}),
        error_messages={"invalid": _("Two to eight digits.")},
    )
    maximum_penalty_months = forms.IntegerField(
        label=_("Maximum penalty in months"), required=False, min_value=0, max_value=12_000
    )
    directly_accessible = forms.BooleanField(
        label=_("The other authority reaches the data itself, without asking anybody else"),
        help_text=_("Some clocks are then shorter."),
        required=False,
    )
    classification = forms.ChoiceField(label=_("Classification"))
    purposes = forms.CharField(
        label=_("Purposes for which the data may be used"),
        help_text=_(
            "One a line. Left empty: the purpose above. An officer who opens the evidence must name one of them."
        ),
        required=False,
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    forwarding = forms.MultipleChoiceField(
        label=_("Organisations to which it may be passed on"),
        help_text=_("None chosen: to nobody."),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 4}),
    )
    retention_days = forms.IntegerField(label=_("Kept for how many days"), min_value=1, max_value=36_525)
    at_end = forms.ChoiceField(label=_("At the end"), widget=forms.RadioSelect)
    conditions_text = forms.CharField(
        label=_("Further conditions"),
        required=False,
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    language = forms.ChoiceField(label=_("Language of the request"))

    def __init__(
        self, *args: Any, needed: Sequence[Needed], organisations: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.needed = {one.name: one for one in needed}
        for one in needed:
            self.fields[one.name] = _content_field(one, AwaitedField)
        _choose(self, "classification", words.choices("classification"))
        _choose(self, "at_end", words.choices("at-end"))
        _choose(self, "forwarding", organisations)
        _choose(self, "language", [(code, languages.NAMES[code]) for code in languages.LANGUAGES])

    def contents(self) -> list[tuple[Any, Needed, str]]:
        """The contents in their order: the bound field, why it is asked, an example."""
        return [(self[name], one, str(examples.FIELDS.get(one.id, ""))) for name, one in self.needed.items()]

    def name_missing(self, missing: Sequence[Any]) -> None:
        """Say at each field what the instrument requires and the draft lacks."""
        for one in missing:
            name = one.id if one.id in self.fields else PREFIX + one.id
            self.add_error(name if name in self.fields else None, _("The instrument requires this."))


class EmergencyForm(Form):
    """One screen for danger to life or safety."""

    to = forms.ChoiceField(label=_("Whom do you ask?"))
    case_reference = forms.CharField(
        label=_("Your case reference"),
        max_length=100,
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )

    def __init__(
        self, *args: Any, partners: Sequence[tuple[str, str]], needed: Sequence[Needed], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        _choose(self, "to", [("", _("Choose a bureau")), *partners])
        self.needed = {one.name: one for one in needed}
        for one in needed:
            self.fields[one.name] = _content_field(one, forms.CharField, rows=2)

    def contents(self) -> list[tuple[Any, Needed, str]]:
        """The contents in their order: the bound field, why it is asked, an example."""
        return [(self[name], one, str(examples.FIELDS.get(one.id, ""))) for name, one in self.needed.items()]


class ReasonForm(Form):
    """The second officer's word."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )


class ReturnForm(ReasonForm):
    """Why a draft goes back to its drafter."""

    reason = forms.CharField(
        label=_("What is to be changed"),
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class ActForm(Form):
    """An act on a request under way: its text, ground and time, as far as the act takes them."""

    text = forms.CharField(
        label=_("Text for the other bureau"),
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    ground = forms.ChoiceField(label=_("Ground listed by the instrument"), widget=forms.RadioSelect)
    until = forms.DateTimeField(
        label=_("Until (UTC)"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "dir": "ltr"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
    )

    def __init__(self, act: str, *args: Any, grounds: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        kwargs.setdefault("prefix", act)
        super().__init__(*args, **kwargs)
        for name in ("text", "ground", "until"):
            if name not in TAKES[act]:
                del self.fields[name]
        if "text" in self.fields:
            self.fields["text"].required = act not in OPTIONAL_TEXT
            self.fields["text"].label = TEXT_LABELS.get(act, self.fields["text"].label)
        if "ground" in self.fields:
            _choose(self, "ground", grounds)

    def clean_until(self) -> datetime:
        """The time, which the form gives in UTC."""
        moment: datetime = self.cleaned_data["until"]
        return moment.replace(tzinfo=UTC)


TAKES: Final[dict[str, tuple[str, ...]]] = {
    "acknowledge": (),
    "accept": (),
    "ask_clarification": ("text",),
    "answer_clarification": ("text",),
    "extend": ("until", "text"),
    "confirm_preservation": ("until", "text"),
    "take_note": (),
    "refuse": ("ground", "text"),
    "withdraw": ("text",),
}
"""What each act takes beside the click."""
OPTIONAL_TEXT: Final = frozenset({"confirm_preservation", "refuse"})
TEXT_LABELS: Final = {
    "ask_clarification": _("Your question"),
    "answer_clarification": _("Your answer"),
    "extend": _("Why it takes longer"),
    "withdraw": _("Why it is withdrawn"),
    "refuse": _("Explanation"),
    "confirm_preservation": _("Remark"),
}


def _content_field(one: Needed, kind: type[forms.CharField], *, rows: int = 3) -> forms.CharField:
    widget: forms.Widget = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
    if one.id in SHORT:
        widget = forms.TextInput(attrs={"dir": "auto"})
    limit = {"purpose": 2_000, "offence": 4_000}.get(one.id, MAX_TEXT)
    return kind(label=one.label, required=one.required, max_length=limit, widget=widget)


def _choose(form: forms.Form, name: str, choices: Sequence[Any]) -> None:
    form.fields[name].choices = list(choices)  # type: ignore[attr-defined] # a field of choices
