"""The forms of the settings."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as said
from django.utils.translation import gettext_lazy as _

from jusur.accounts import api as accounts
from jusur.desk.kit import words
from jusur.desk.kit.forms import Form
from jusur.web import webhooks

SYSTEM_ROLES: Final = ("officer", "examiner", "auditor")
"""Roles that a national system may hold: none that approves, releases or administers."""
DAYS: Final = (("30", _("30 days")), ("90", _("90 days")), ("365", _("One year")))


class DismissForm(Form):
    """Why an alarm is closed."""

    reason = forms.CharField(label=_("Why it is closed"), max_length=500, help_text=_("Recorded in the ledger."))


class SystemForm(Form):
    """A national system that is to act by tokens."""

    name = forms.CharField(label=_("Name of the system"), max_length=200)
    email = forms.EmailField(
        label=_("E-mail of those who run it"), max_length=254, widget=forms.EmailInput(attrs={"dir": "ltr"})
    )
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What its tokens may open at most. A system never approves or releases."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = [(role, words.word("role-name", role)) for role in SYSTEM_ROLES]  # type: ignore[attr-defined]


class TokenForm(Form):
    """A token: what it is for, what it opens, how long it lives."""

    name = forms.CharField(label=_("What it is for"), max_length=100)
    scopes = forms.MultipleChoiceField(
        label=_("What it opens"), widget=forms.CheckboxSelectMultiple, help_text=_("As little as the system needs.")
    )
    days = forms.ChoiceField(label=_("How long it lives"), choices=DAYS, initial="90")

    def __init__(self, *args: Any, system: accounts.Officer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acts = sorted(accounts.permitted_acts(system.roles))
        self.fields["scopes"].choices = [(act, words.word("token-act", act)) for act in acts]  # type: ignore[attr-defined]


class WebhookForm(Form):
    """Where a national system wants to be told, and of which events."""

    url = forms.CharField(
        label=_("Address"),
        max_length=webhooks.MAX_URL,
        help_text=_("https://… of the system. It is told that something happened, never what it contains."),
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Events"),
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("evidence.request.", _("Evidence requests")),
            ("exchange.", _("Messages and the exchange")),
            ("custody.", _("Custody of packages")),
        ],
    )

    def clean_url(self) -> str:
        """Without blanks around it."""
        url = str(self.cleaned_data["url"]).strip()
        if any(character.isspace() for character in url):
            raise ValidationError(said("An address holds no blanks."))
        return url
