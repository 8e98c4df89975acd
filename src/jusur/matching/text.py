"""A name as it came in, made fit to compare; what was changed is said.

Names arrive copied from web pages, messengers and scanned lists: with direction marks, invisible characters, letters of
another alphabet that look alike (UTS #39), full-width forms, stacked marks. None of it may hide a person. Everything is
bounded before any work is done on it.
"""

import re
import unicodedata
from dataclasses import dataclass

from jusur.matching.scripts import script_of
from jusur.matching.subject import MAX_NAME
from jusur.matching.tables import pairs

MAX_MARKS = 4
"""Most combining marks kept on one letter; the rest say nothing about the name."""

_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile(
    "[\xad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\U000e0000-\U000e0fff]"
)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufff0-\uffff]")
_MARK = "[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u064b-\u065f\u0e31-\u0e4e]"
_MARKS = re.compile(f"({_MARK}{{{MAX_MARKS}}}){_MARK}+")
_WORD = re.compile(r"[^\s,;()/.\-]+")


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A name fit to compare, and what had to be done to it."""

    text: str
    notices: tuple[str, ...] = ()
    """Of ``cut``, ``direction-marks``, ``invisible-characters``, ``control-characters``, ``stacked-marks``,
    ``look-alike-letters``."""


def clean(name: str) -> Cleaned:
    """``name`` in NFKC without what a reader cannot see, look-alike letters brought to the word's own alphabet."""
    notices: list[str] = []
    if len(name) > MAX_NAME:
        name = name[:MAX_NAME]
        notices.append("cut")
    if name.isascii():
        text = name if name.isprintable() else _without(_CONTROL, name, " ", "control-characters", notices)
        return Cleaned(text, tuple(notices))
    text = _without(_CONTROL, name, " ", "control-characters", notices)
    text = unicodedata.normalize("NFKC", text)
    text = _without(_DIRECTION, text, "", "direction-marks", notices)
    text = _without(_INVISIBLE, text, "", "invisible-characters", notices)
    text = _without(_MARKS, text, r"\1", "stacked-marks", notices)
    if len(text) > MAX_NAME:  # NFKC may make eighteen characters of one
        text = text[:MAX_NAME]
        notices.append("cut")
    unmixed = _WORD.sub(lambda word: _unmixed(word.group()), text)
    if unmixed != text:
        notices.append("look-alike-letters")
    return Cleaned(unmixed, tuple(dict.fromkeys(notices)))


def _without(pattern: re.Pattern[str], text: str, instead: str, notice: str, notices: list[str]) -> str:
    changed, count = pattern.subn(instead, text)
    if count:
        notices.append(notice)
    return changed


def _unmixed(word: str) -> str:
    """``word`` with the fewer letters of one alphabet replaced by look-alikes of the other, where all have one."""
    if word.isascii():
        return word
    scripts = [script_of(letter) for letter in word]
    present = {script for script in scripts if script in _LOOK_ALIKE_SCRIPTS}
    if len(present) < 2:  # noqa: PLR2004
        return word
    main = max(sorted(present), key=scripts.count)
    table = pairs(f"letters/look-alikes-{main}.txt")
    changed = [
        table.get(letter, "") if script in present and script != main else letter
        for letter, script in zip(word, scripts, strict=True)
    ]
    return "".join(changed) if all(changed) else word


_LOOK_ALIKE_SCRIPTS = frozenset({"latin", "cyrillic", "greek"})
