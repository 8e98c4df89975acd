"""Forms of signing in, of an officer's factors, and of the administration of officers."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from jusur.accounts import api as accounts
from jusur.desk.kit.forms import Form
from jusur.desk.kit.words import choices
from jusur.desk.signin import factors
from jusur.kernel import canonical, languages
from jusur.kernel.errors import InvalidInputError

MAX_PASSWORD = 128
MAX_CODE = 32
MAX_SECRET = 128
MAX_CREDENTIAL = 16_000

_LTR = {"dir": "ltr", "spellcheck": "false", "autocapitalize": "none"}


class SignInForm(Form):
    """E-mail address and password."""

    email = forms.EmailField(
        label=_("E-mail address"), max_length=254, widget=forms.EmailInput({"autocomplete": "username", **_LTR})
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=MAX_PASSWORD,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password", **_LTR}),
    )


class CodeForm(Form):
    """A one-time code or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=MAX_CODE,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric", **_LTR}),
    )


class CredentialForm(Form):
    """What a passkey answered."""

    credential = forms.CharField(max_length=MAX_CREDENTIAL, widget=forms.HiddenInput)

    def clean_credential(self) -> dict[str, Any]:
        """A JSON object, parsed strictly."""
        try:
            value = canonical.decode(self.cleaned_data["credential"].encode(), max_bytes=4 * MAX_CREDENTIAL)
        except (InvalidInputError, UnicodeError):
            value = None
        if not isinstance(value, dict):
            raise ValidationError(_("The passkey could not be checked."))
        return value


class NewPasskeyForm(CredentialForm):
    """A passkey just made, and what its owner calls it."""

    name = forms.CharField(
        label=_("Name of this passkey"),
        help_text=_("So that you know it again, for example: office laptop."),
        max_length=factors.MAX_NAME,
        required=False,
    )


class InvitationForm(Form):
    """The secret of an invitation."""

    code = forms.CharField(
        label=_("Invitation code"), max_length=MAX_SECRET, widget=forms.TextInput({"autocomplete": "off", **_LTR})
    )


class NewPasswordForm(Form):
    """A new password."""

    password = forms.CharField(
        label=_("New password"),
        help_text=_("At least 12 characters; a sentence is good. Not one that is in common use."),
        max_length=MAX_PASSWORD,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password", **_LTR}),
    )

    def __init__(self, *args: Any, officer: accounts.Officer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.officer = officer

    def clean_password(self) -> str:
        """A password that is hard to guess."""
        password = str(self.cleaned_data["password"])
        validate_password(password, self.officer)
        return password


class NewCodeForm(Form):
    """The code that an authenticator app shows once it was given the secret."""

    code = forms.CharField(
        label=_("Code that the app shows"),
        max_length=MAX_CODE,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric", **_LTR}),
    )

    def __init__(self, *args: Any, secret: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.secret = secret

    def clean_code(self) -> str:
        """The code of now."""
        code = str(self.cleaned_data["code"])
        if not factors.code_matches(self.secret, code):
            raise ValidationError(_("That did not match. Check the time on your device and try again."))
        return code


class SetUpCodeForm(NewCodeForm, NewPasswordForm):
    """Password and authenticator app together."""

    field_order = ("password", "code")


class RolesForm(Form):
    """Which roles an officer holds."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        help_text=_("Several may be one person. Nobody approves their own act, whatever their roles."),
        choices=lambda: choices("role"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


class InviteForm(RolesForm):
    """A person to invite."""

    name = forms.CharField(label=_("Name"), help_text=_("As colleagues write it."), max_length=200)
    email = forms.EmailField(label=_("E-mail address"), max_length=254, widget=forms.EmailInput(_LTR))
    language = forms.ChoiceField(
        label=_("Language"),
        help_text=_("They can change it later."),
        choices=[(code, languages.NAMES[code]) for code in languages.LANGUAGES],
    )
    field_order = ("name", "email", "language", "roles")


def password_rules() -> list[str]:
    """What a password must be, in sentences."""
    return [str(rule) for rule in password_validators_help_texts()]
