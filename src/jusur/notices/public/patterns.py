"""Matching names by what clients send: a part of a name, or a regular expression, in time linear in the text.

RE2 knows no backtracking; its memory is bounded, and so is the pattern's length. What does not compile is looked for
as it stands.
"""

import re
from collections.abc import Callable
from typing import Final

import re2

MAX_PATTERN: Final = 200
MAX_MEMORY: Final = 1 << 20
_PLAIN: Final = re.compile(r"[\w\s'\u2019-]*")

Matcher = Callable[[str], bool]


def matcher(wanted: str) -> Matcher:
    """What says whether a text (casefolded) holds ``wanted``, as a part of it or as a regular expression."""
    short = wanted[:MAX_PATTERN]
    part = short.casefold()
    if _PLAIN.fullmatch(short):
        return lambda text: part in text
    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = MAX_MEMORY
    options.log_errors = False
    options.never_capture = True
    try:
        pattern = re2.compile(short.encode(), options)
    except (re2.error, UnicodeEncodeError):
        return lambda text: part in text
    search = pattern.search
    return lambda text: search(text.encode()) is not None or part in text
