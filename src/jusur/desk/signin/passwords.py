"""What a password must be, beside long and uncommon (NIST SP 800-63B-3, 5.1.1.2)."""

from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MIN_DIFFERENT: Final = 5


class Variety:
    """Refuses a password of very few different characters, such as one letter repeated."""

    def validate(self, password: str, _user: object = None) -> None:
        """Raise a ``ValidationError`` for a password of too few different characters."""
        if len(set(password)) < MIN_DIFFERENT:
            raise ValidationError(_("The password repeats too few characters."), code="password_too_uniform")

    def get_help_text(self) -> str:
        """The rule in a sentence."""
        return _("The password repeats too few characters.")
