"""What the checks of a package found, in the reader's language.

A finding is kept as the sentence that it was told in, for it is part of the record. Here its form is known again and
said anew; a sentence of an unknown form stays as it is, in English.
"""

import re
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from jusur.kernel.sentences import Sentence

FORMS: Final = (
    _("opened and authenticated to the last byte"),
    _("opened, as far as it was read"),
    _("not reached"),
    _("{files} files, {bytes} bytes of evidence"),
    _("{files} files and {tags} tag files are as listed"),
    _("stamped at {time} UTC by a demonstration authority"),
    _("stamped at {time} UTC"),
    _("sealed by {signer}"),
    _("signed by {bureau} over exactly these bytes"),
    _("conforms to CASE"),
    _("{count} events are in the log of {bureau}"),
    _("the conditions inside the package are those shown here"),
    _("The conditions inside the package are not those that this bureau shows."),
    _("The sealed file was altered or is incomplete: {why}."),
    _("The sealed file's header was altered."),
    _("The sealed file is not for this key, or its header was altered."),
    _("The archive in the package is cut short."),
    _("The archive in the package holds something other than plain files."),
    _("The package lacks {files}."),
    _("A file is not as {manifest} lists it: it was altered, added or is not listed."),
    _("{manifest} lists files that are not there."),
    _("The CMS signature does not fit: the signature or the content was altered."),
    _("The CMS signature is over another content."),
    _("The time-stamp is over something else."),
    _("The package's {part} is not what its sender stated."),
    _("The log's proofs do not hold: {why}"),
    _("The package holds no CASE file."),
    _("Not checked here: it has {size} bytes, more than {most}. Run the command."),
)
"""The longer of two forms that fit the same sentence stands first."""
MAX_LENGTH: Final = 2_000
_PATTERNS: Final = tuple(
    (form, re.compile(re.sub(r"\\\{([a-z]+)\\\}", r"(?P<\1>.{1,400}?)", re.escape(form)))) for form in FORMS
)


def said(finding: str) -> str:
    """``finding`` in the reader's language where its form is known, else as it is."""
    for form, pattern in _PATTERNS if len(finding) <= MAX_LENGTH else ():
        if found := pattern.fullmatch(finding):
            return Sentence(finding, form, found.groupdict()).said(gettext)
    return finding
