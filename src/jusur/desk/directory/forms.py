"""The forms of the directory, of joining and of keys."""

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as said
from django.utils.translation import gettext_lazy as _

from jusur.desk.kit import language, words
from jusur.desk.kit.forms import Filters, Form
from jusur.directory import api as directory
from jusur.kernel import countries

MAX_PAPER: Final = 256 * 1024
"""Largest invitation or request, in bytes."""
MAX_ANSWER: Final = 64 * 1024 * 1024
"""Largest answer of the secretariat, in bytes: it brings directories."""
USES: Final = ("signing", "sealing", "evidence", "log", "tls", "seal")
_ANY: Final = [("", _("All"))]


class FilterForm(Filters):
    """Which members are wanted."""

    q = forms.CharField(label=_("Name or address"), required=False, max_length=100)
    region = forms.ChoiceField(label=_("Region"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    reachability = forms.ChoiceField(label=_("Reachability"), required=False)
    instrument = forms.ChoiceField(label=_("Legal instrument with us"), required=False)

    def __init__(self, *args: Any, instruments: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, vocabulary in (("region",) * 2, ("kind", "organisation-kind"), ("reachability",) * 2):
            self.fields[name].choices = _ANY + words.choices(vocabulary)  # type: ignore[attr-defined]
        self.fields["instrument"].choices = [*_ANY, *instruments]  # type: ignore[attr-defined]


class BetweenForm(Form):
    """Two countries and a day."""

    a = forms.ChoiceField(label=_("Requesting country"))
    b = forms.ChoiceField(label=_("Country asked"))
    on = forms.DateField(label=_("On the day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = ((code, countries.name(code, language.current())) for code in countries.codes())
        choices = sorted(named, key=lambda pair: pair[1])
        for name in ("a", "b"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class PaperForm(Form):
    """A paper of the ceremony, pasted or as a file; ``cleaned_data["paper"]`` is its bytes."""

    most = MAX_PAPER
    text = forms.CharField(
        label=_("Paste it here"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "ltr", "spellcheck": "false", "autocomplete": "off"}),
    )
    file = forms.FileField(label=_("or choose the file"), required=False)

    def clean(self) -> dict[str, Any]:
        """The paper, from whichever of the two was given."""
        cleaned: dict[str, Any] = super().clean() or {}
        cleaned["paper"] = self._paper(cleaned) if not self.errors else b""
        return cleaned

    def _paper(self, cleaned: dict[str, Any]) -> bytes:
        if (file := cleaned.get("file")) is not None:
            if file.size > self.most:
                raise ValidationError(said("The file is too large to be this paper."))
            return bytes(file.read())
        pasted = str(cleaned.get("text") or "").strip().encode("utf-8", "replace")
        if not pasted:
            raise ValidationError(said("Paste the paper, or choose its file."))
        if len(pasted) > self.most:
            raise ValidationError(said("The text is too long to be this paper."))
        return pasted


class InvitationForm(PaperForm):
    """The invitation, and how this node wants to join."""

    relay = forms.CharField(
        label=_("Relay"),
        required=False,
        max_length=16,
        help_text=_("Only where no gate of yours can be reached: the organisation that passes envelopes on."),
    )
    recovery = forms.BooleanField(
        label=_("Make a recovery key"),
        required=False,
        initial=True,
        help_text=_("It replaces stolen keys in minutes. It is shown once: lock it up away from this machine."),
    )
    online = forms.BooleanField(
        label=_("Send the request to the secretariat now"),
        required=False,
        help_text=_("Only where the invitation names an address to ask at."),
    )


class CompleteForm(Form):
    """The secretariat's welcome, and the words it reads out."""

    welcome = forms.FileField(label=_("Welcome (file)"), required=False)
    invitation = forms.CharField(
        label=_("or the invitation, to fetch the welcome online"),
        required=False,
        strip=False,
        max_length=MAX_PAPER,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr", "spellcheck": "false", "autocomplete": "off"}),
    )
    fingerprint = forms.CharField(
        label=_("Fingerprint of the directory key, as the secretariat reads it out"),
        max_length=400,
        help_text=_("Twelve words or six groups. Type what you hear; do not copy it from a file."),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "ltr", "spellcheck": "false", "autocomplete": "off"}),
    )

    def clean_welcome(self) -> bytes | None:
        """The file's bytes."""
        file = self.cleaned_data.get("welcome")
        if file is None:
            return None
        if file.size > MAX_ANSWER:
            raise ValidationError(said("The file is too large to be this paper."))
        return bytes(file.read())

    def clean(self) -> dict[str, Any]:
        """One of the two ways must be given."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and not cleaned.get("welcome") and not str(cleaned.get("invitation", "")).strip():
            raise ValidationError(said("Choose the welcome's file, or paste the invitation to fetch it online."))
        return cleaned


class NewKeysForm(Form):
    """Which keys are to be new, and whether in an emergency."""

    uses = forms.MultipleChoiceField(
        label=_("Keys"), widget=forms.CheckboxSelectMultiple, help_text=_("None chosen: all six."), required=False
    )
    emergency = forms.BooleanField(
        label=_("Emergency: keys were lost or stolen"),
        required=False,
        help_text=_("The keys replaced are revoked at once, and nothing by them counts any more."),
    )
    recovery = forms.FileField(
        label=_("Recovery key (file)"),
        required=False,
        help_text=_("Vouches for an emergency. Without it, the secretariat compares the words by telephone."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["uses"].choices = [(use, words.word("key-use", use)) for use in USES]  # type: ignore[attr-defined]

    def clean_recovery(self) -> bytes | None:
        """The file's bytes."""
        file = self.cleaned_data.get("recovery")
        if file is None:
            return None
        if file.size > MAX_PAPER:
            raise ValidationError(said("The file is too large to be this paper."))
        return bytes(file.read())


class AnswerForm(PaperForm):
    """The secretariat's answer to a request for new keys."""

    most = MAX_ANSWER
    text = None  # type: ignore[assignment] # an answer is too long to be pasted
    file = forms.FileField(label=_("The secretariat's answer (file)"))


class TypedForm(Form):
    """An act that cannot be taken back: the address is typed to confirm it."""

    typed = forms.CharField(
        label=_("Confirm"),
        max_length=16,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "dir": "ltr"}),
    )

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected
        self.fields["typed"].help_text = said("Type %(address)s to confirm.") % {"address": expected}

    def clean_typed(self) -> str:
        """The address typed must be the one meant."""
        typed = str(self.cleaned_data["typed"]).strip().upper()
        if typed != self.expected:
            raise ValidationError(said("This is not the address you are about to act on."))
        return typed


class ReasonForm(TypedForm):
    """Why, and the address typed."""

    reason = forms.CharField(label=_("Reason"), max_length=1000, help_text=_("Recorded in the ledger."))
    field_order = ("reason", "typed")


class RevokeForm(TypedForm):
    """Why a key is revoked, and from when nothing by it counts."""

    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("Recorded in the ledger."))
    since = forms.DateTimeField(
        label=_("Nothing by it counts from (UTC)"),
        required=False,
        help_text=_("The theft, as far as you know it. Empty: from now on."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )
    field_order = ("reason", "since", "typed")


class LimitForm(TypedForm):
    """What an organisation may send and be sent. Nothing is nothing."""

    sends = forms.CharField(
        label=_("May send"),
        required=False,
        max_length=4000,
        help_text=_("A kind of message a line: message.*, evidence.*, or * for all. Empty: nothing."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr", "spellcheck": "false"}),
    )
    receives = forms.CharField(
        label=_("May be sent"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "ltr", "spellcheck": "false"}),
    )
    classifications = forms.MultipleChoiceField(
        label=_("Classifications"), required=False, widget=forms.CheckboxSelectMultiple
    )
    field_order = ("sends", "receives", "classifications", "typed")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(code, words.word("classification", code)) for code in directory.CLASSIFICATIONS]
        self.fields["classifications"].choices = named  # type: ignore[attr-defined]

    def clean_sends(self) -> list[str]:
        """The kinds, one a line."""
        return str(self.cleaned_data["sends"]).split()

    def clean_receives(self) -> list[str]:
        """The kinds, one a line."""
        return str(self.cleaned_data["receives"]).split()


class InviteForm(Form):
    """Whom the secretariat invites, and where they may ask."""

    address = forms.ChoiceField(label=_("Organisation"))
    join_url = forms.CharField(
        label=_("Address to ask at online"),
        required=False,
        max_length=255,
        help_text=_("This desk's public address, if the organisation can reach it. Empty: papers travel as files."),
        widget=forms.TextInput(attrs={"dir": "ltr"}),
    )

    def __init__(self, *args: Any, choices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["address"].choices = list(choices)  # type: ignore[attr-defined]

    def clean_join_url(self) -> str:
        """An address as invitations name it."""
        url = str(self.cleaned_data["join_url"]).strip()
        if url and not directory.is_join_url(url):
            raise ValidationError(said("Write it as https://host or https://host:port."))
        return url


class AdmitForm(TypedForm):
    """The words that the organisation reads out."""

    fingerprint = forms.CharField(
        label=_("Fingerprint, as the organisation reads it out"),
        max_length=400,
        help_text=_("Call them on a number you know. Type what you hear: twelve words or six groups."),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "ltr", "spellcheck": "false", "autocomplete": "off"}),
    )
    field_order = ("fingerprint", "typed")


class RefuseForm(Form):
    """Why a request is refused."""

    reason = forms.CharField(label=_("Reason"), max_length=1000, help_text=_("The organisation reads it."))


class GrantForm(PaperForm):
    """A request for new keys, and in an emergency what vouches for it."""

    emergency = forms.BooleanField(
        label=_("Emergency: the request replaces lost or stolen keys; those are revoked"), required=False
    )
    fingerprint = forms.CharField(
        label=_("Fingerprint, as the organisation reads it out"),
        required=False,
        max_length=400,
        help_text=_("Only in an emergency without a recovery key."),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "ltr", "spellcheck": "false", "autocomplete": "off"}),
    )
    reason = forms.CharField(label=_("What happened"), required=False, max_length=1000)

    def clean(self) -> dict[str, Any]:
        """An emergency needs its reason."""
        cleaned = super().clean()
        if cleaned.get("emergency") and not cleaned.get("reason"):
            self.add_error("reason", ValidationError(said("Say what happened.")))
        return cleaned


class RetireForm(TypedForm):
    """Retire a directory key, or revoke it."""

    revoke = forms.BooleanField(label=_("It was stolen or lost: list it as revoked, for good"), required=False)
    field_order = ("revoke", "typed")


class CloseForm(Form):
    """Why an alarm is closed."""

    reason = forms.CharField(label=_("Why it is closed"), max_length=1000, help_text=_("Recorded in the ledger."))
