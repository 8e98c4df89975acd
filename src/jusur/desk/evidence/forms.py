"""Forms of the evidence pages. They gather what a person says; the services judge it."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jusur.desk.kit import language, words
from jusur.desk.kit.forms import Filters, Form
from jusur.directory import api as directory
from jusur.node import context

MAX_FILES = 100
"""Files taken in by one form."""


class FilterForm(Filters):
    """What narrows the list of packages."""

    state = forms.ChoiceField(label=_("State"), required=False)
    partner = forms.ChoiceField(label=_("Bureau"), required=False)
    case = forms.CharField(label=_("Case reference"), required=False, max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        state, partner = self.fields["state"], self.fields["partner"]
        state.choices = [("", _("All")), *words.choices("package-state")]  # type: ignore[attr-defined]
        partner.choices = [("", _("All")), *bureaus()]  # type: ignore[attr-defined]


class ConditionsFields(Form):
    """Conditions of use that bind every copy."""

    purposes = forms.CharField(
        label=_("May be used for"),
        help_text=_("One purpose a line. Nothing else is allowed; whoever opens the evidence must name one of them."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=8000,
    )
    forwarding = forms.MultipleChoiceField(
        label=_("May be passed on to"),
        help_text=_("Without a tick: to nobody."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    retention_days = forms.IntegerField(label=_("To be kept for, in days"), min_value=1, max_value=36525, initial=1826)
    at_end = forms.ChoiceField(
        label=_("At the end of that time"),
        choices=[("destroy", _("The receiving bureau destroys it")), ("return", _("The receiving bureau returns it"))],
        widget=forms.RadioSelect,
        initial="destroy",
    )
    text = forms.CharField(
        label=_("Further conditions"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=4000
    )

    def conditions(self) -> dict[str, Any]:
        """The conditions as the service takes them."""
        said = self.cleaned_data
        return {
            "purposes": [line.strip() for line in said["purposes"].splitlines() if line.strip()],
            "forwarding": said["forwarding"],
            "retention_days": said["retention_days"],
            "at_end": said["at_end"],
            "text": said["text"].strip(),
        }


class PackageForm(ConditionsFields):
    """A package of spontaneous information, or one that answers a request under conditions of its own."""

    to = forms.ChoiceField(label=_("For the bureau"))
    case_reference = forms.CharField(label=_("Case reference"), max_length=100)
    purpose = forms.CharField(label=_("Why it is sent"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=400)
    field_order = ("to", "case_reference", "purpose", "legal_basis")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = bureaus()
        self.fields["to"].choices = choices  # type: ignore[attr-defined]
        self.fields["forwarding"].choices = choices  # type: ignore[attr-defined]


class AnswerForm(ConditionsFields):
    """A package that answers a request: partner, case, purpose and legal basis are the request's."""

    completes = forms.ChoiceField(
        label=_("This package"),
        choices=[("yes", _("Completes the answer")), ("no", _("Answers a part; more will follow"))],
        widget=forms.RadioSelect,
        initial="yes",
    )
    field_order = ("completes",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["forwarding"].choices = bureaus()  # type: ignore[attr-defined]


class Uploads(forms.ClearableFileInput):
    """A file control that takes several files."""

    allow_multiple_selected = True


class CollectForm(Form):
    """What is taken in, and how it was acquired."""

    method = forms.CharField(
        label=_("How it was acquired"),
        help_text=_("The act, in words: it stands in the chain of custody and in the account of origin."),
        max_length=200,
    )
    tool = forms.CharField(
        label=_("With which tool and version"),
        help_text=_("A court asks whether the tool is known to work."),
        max_length=200,
    )
    names = forms.MultipleChoiceField(
        label=_("From the intake folder"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, entries: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["names"].choices = entries  # type: ignore[attr-defined]


class DecisionForm(Form):
    """The second person's word."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Stands in the chain of custody. Needed where you decline."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
    )


class PurposeForm(Form):
    """Why held evidence is opened: one of the purposes that its conditions of use name."""

    purpose = forms.ChoiceField(
        label=_("Purpose"),
        help_text=_("The conditions of use allow these purposes and no other. Your choice is recorded."),
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, purposes: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["purpose"].choices = [(purpose, purpose) for purpose in purposes]  # type: ignore[attr-defined]


class ExportForm(PurposeForm):
    """Opening a package into a folder of the node's exports."""

    folder = forms.CharField(
        label=_("Folder"),
        help_text=_("A folder of the node's exports; the package gets one of its own in it."),
        max_length=100,
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )


class ForwardForm(PurposeForm):
    """Passing a package on to a bureau that the originator has named."""

    to = forms.ChoiceField(label=_("To"), widget=forms.RadioSelect)
    field_order = ("to", "purpose")

    def __init__(self, *args: Any, allowed: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict(bureaus())
        self.fields["to"].choices = [(one, names.get(one, one)) for one in allowed]  # type: ignore[attr-defined]


class WhyForm(Form):
    """Why a package is given back or destroyed, in the officer's own words."""

    purpose = forms.CharField(
        label=_("Reason"),
        help_text=_("Stands in the chain of custody, and the sending bureau is told."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )


class DossierForm(Form):
    """The language of a dossier."""

    language = forms.ChoiceField(
        label=_("Language"),
        choices=[("ar", "العربية"), ("en", "English"), ("fr", "Français"), ("es", "Español")],
    )


def bureaus() -> list[tuple[str, str]]:
    """The other organisations that evidence may go to: address, and name in the reader's language with it."""
    own, code = context.current().address, language.current()
    others = (one for one in directory.organisations(status="active") if one.address != own)
    return sorted(((one.address, f"{getattr(one.name, code)} ({one.address})") for one in others), key=itemgetter(1))
