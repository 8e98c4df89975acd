"""Readers of lists: each takes a binary stream and gives entities, and for what it cannot take, why (`Refused`).

All stream in bounded memory, keep original-script names and the quality of aliases, bring partial and swapped dates to
the model's form, and raise `InvalidListError` where the file as a whole is cut, of another kind or hostile: whoever
counts the entities of a list that raised knows that it is not complete.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, Final

from jusur.standards.lists import eu, ftm_lines, mapped, mrz_lines, notices, ofac, ofac_xml, un
from jusur.standards.lists.outcome import InvalidListError, Outcome, Refused

__all__ = ["READERS", "InvalidListError", "Outcome", "Refused", "mapped", "ofac"]

Reader = Callable[[BinaryIO], Iterator[Outcome]]

READERS: Final[Mapping[str, Reader]] = {
    "un": un.read,
    "ofac": ofac.read,
    "ofac-xml": ofac_xml.read,
    "eu": eu.read,
    "ftm": ftm_lines.read,
    "notices": notices.read,
    "mrz": mrz_lines.read,
}
"""Readers by format. `ofac.read` also takes aliases and addresses; tables are read by `mapped.read` with a mapping."""
