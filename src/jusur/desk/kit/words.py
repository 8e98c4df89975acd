"""Codes of the domain in words: a table a vocabulary, each entry with the tone and icon of its state pill.

An area registers its own in its ``words.py``::

    words.register("request-state", {"sent": _("Sent"), …}, tones={"refused": "danger"}, icons={"sent": "send"})
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
Tone = Literal["neutral", "info", "good", "due", "danger", "brand"]
ICONS: Final[dict[Tone, str]] = {
    "neutral": "dot",
    "info": "info",
    "good": "check",
    "due": "clock",
    "danger": "alert",
    "brand": "arrow",
}
"""The icon of a tone where an entry names none of its own."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A code in words, with the tone and icon of its pill."""

    label: Text
    tone: Tone = "neutral"
    icon: str = "dot"


_tables: dict[str, dict[str, Entry]] = {}
repeated: list[str] = []
"""Codes that more than one area named."""


def register(
    vocabulary: str,
    labels: Mapping[str, Text],
    *,
    tones: Mapping[str, Tone] | None = None,
    icons: Mapping[str, str] | None = None,
) -> None:
    """Name the codes of ``vocabulary``. Where two areas name one code, the first holds (a test wants one alone).

    Raises:
        ValueError: a tone or icon stands for no code.
    """
    tones, icons = tones or {}, icons or {}
    if stray := (set(tones) | set(icons)) - set(labels):
        raise ValueError(f"{vocabulary}: no words for {', '.join(sorted(stray))}")
    table = _tables.setdefault(vocabulary, {})
    for code, label in labels.items():
        if code in table:
            repeated.append(f"{vocabulary}/{code}")
            continue
        tone = tones.get(code, "neutral")
        table[code] = Entry(label, tone, icons.get(code, ICONS[tone]))


def entry(vocabulary: str, code: str, *, default: Text | None = None) -> Entry:
    """The entry of ``code``; one without words is shown as it is written, so that nothing ever shows empty."""
    found = _tables.get(vocabulary, {}).get(str(code))
    return found or Entry(default if default is not None else str(code).replace("_", " ").replace("-", " "))


def word(vocabulary: str, code: str, *, default: Text | None = None) -> Text:
    """``code`` in words."""
    return entry(vocabulary, code, default=default).label


def choices(vocabulary: str) -> list[tuple[str, Text]]:
    """The codes and words of ``vocabulary`` in the order of registration, as a form's choices."""
    return [(code, found.label) for code, found in _tables.get(vocabulary, {}).items()]


def vocabularies() -> dict[str, dict[str, Entry]]:
    """Every vocabulary, for the gallery and the tests."""
    return {name: dict(table) for name, table in sorted(_tables.items())}


register(
    "problem",
    {
        "conflict": _("The state does not allow this"),
        "expired-form": _("This form is no longer valid"),
        "forbidden": _("Not allowed"),
        "invalid-input": _("The input is not valid"),
        "invalid-text": _("The text is not acceptable"),
        "not-found": _("Not found"),
        "not-signed-in": _("Sign-in needed"),
        "second-person-needed": _("A second person must decide"),
        "approval-missing": _("Not approved"),
        "unavailable": _("Temporarily unavailable"),
        "too-many-requests": _("Too many requests"),
    },
)
