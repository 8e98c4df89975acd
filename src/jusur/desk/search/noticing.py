"""What the search process noticed about a question, in the reader's language."""

import re
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jusur.desk.kit import words

_ZONE: Final = re.compile(r"The zone's (?P<what>.+)\.")
_NUMBER: Final = re.compile(r"(?P<kind>[a-z ]+): (?P<what>.+)", re.DOTALL)
_FAULTS: Final[dict[str, Promise]] = {
    "document number check digit": gettext_lazy("the check digit of the document number"),
    "birth date check digit": gettext_lazy("the check digit of the date of birth"),
    "expiry date check digit": gettext_lazy("the check digit of the expiry date"),
    "optional data check digit": gettext_lazy("the check digit of the optional data"),
    "composite check digit": gettext_lazy("the check digit over the whole zone"),
    "birth date": gettext_lazy("the date of birth"),
    "expiry date": gettext_lazy("the expiry date"),
}


def noticed(sentence: str) -> str:
    """``sentence`` in the reader's language; numbers that fail a check are told by their kind and the fault."""
    zone = _ZONE.fullmatch(sentence)
    if zone:
        what = _FAULTS.get(zone["what"], zone["what"])
        return _("Wrong in the machine-readable zone: %(what)s. Look at the document itself.") % {"what": what}
    number = _NUMBER.fullmatch(sentence)
    if number:
        kind = words.word("search-kind", number["kind"].strip().replace(" ", "_"))
        return f"{kind}: {_(number['what'])}"
    return _(sentence)
