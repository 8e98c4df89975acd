"""Sentences with parts that vary, which can be said in another language later."""

from collections.abc import Callable, Mapping
from typing import Self


class Sentence(str):
    """A sentence in English, its parts put in; it remembers its form and its parts.

    It is a text like any other for who does not care. A part may be a sentence itself.
    """

    __slots__ = ("form", "parts")

    form: str
    parts: Mapping[str, str]

    def __new__(cls, text: str, form: str = "", parts: Mapping[str, str] | None = None) -> Self:
        """``text`` as it reads, its ``form`` with names in braces, and what stands for the names."""
        made = super().__new__(cls, text)
        made.form, made.parts = form or text, parts or {}
        return made

    def __getnewargs__(self) -> tuple[str, str, Mapping[str, str]]:  # type: ignore[override] # copies keep all of it
        """What makes a copy."""
        return str(self), self.form, self.parts

    def said(self, translate: Callable[[str], str]) -> str:
        """The sentence as ``translate`` says its form; each part keeps its own direction (Unicode FSI and PDI)."""
        parts = {
            name: f"\N{FIRST STRONG ISOLATE}{part.said(translate) if isinstance(part, Sentence) else part}"
            "\N{POP DIRECTIONAL ISOLATE}"
            for name, part in self.parts.items()
        }
        return translate(self.form).format(**parts) if parts else translate(self.form)


def sentence(form: str, /, **parts: object) -> Sentence:
    """``form`` with ``parts`` put in by their names."""
    kept = {name: part if isinstance(part, str) else str(part) for name, part in parts.items()}
    return Sentence(form.format(**kept), form, kept)
