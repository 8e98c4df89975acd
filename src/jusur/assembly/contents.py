"""The strict form of what comes from outside: titles, paragraphs, budget lines."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

import msgspec

from jusur.assembly.rules.amending import Paragraph
from jusur.kernel import canonical, text
from jusur.kernel.errors import InvalidInputError
from jusur.kernel.languages import LANGUAGES, Language

MAX_PARAGRAPHS = 200
MAX_TITLE = 300
MAX_PARAGRAPH = 8_000
Key = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


class Texts(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A text in the four languages; a version still to come is empty."""

    ar: str = ""
    en: str = ""
    fr: str = ""
    es: str = ""


class ParagraphForm(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A paragraph: its key (which stays when others come and go), whether it is operative, its versions."""

    key: Key
    operative: bool
    texts: Texts


class BudgetLine(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A figure of a budget or programme: an amount in the currency's smallest unit (below zero: income)."""

    labels: Texts
    amount: Annotated[int, msgspec.Meta(ge=-(2**53 - 1), le=2**53 - 1)]
    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$")]
    year: Annotated[int, msgspec.Meta(ge=1923, le=2200)]


Change = Literal["replace", "delete", "insert_after"]


def titles(value: Any) -> dict[str, str]:
    """A title in all four languages.

    Raises:
        InvalidInputError: a language is missing, or a text with forbidden characters.
    """
    form = _convert(value, Texts)
    return {code: text.line(getattr(form, code), max_length=MAX_TITLE, field=f"title ({code})") for code in LANGUAGES}


def paragraphs(value: Any) -> list[dict[str, Any]]:
    """A draft's paragraphs; versions may be missing as yet.

    Raises:
        InvalidInputError: none, too many, a key twice, nothing operative, or a text with forbidden characters.
    """
    forms = [paragraph(each) for each in _convert(value, list[ParagraphForm])]
    keys = [each["key"] for each in forms]
    if not 1 <= len(forms) <= MAX_PARAGRAPHS:
        raise InvalidInputError(f"A draft has 1 to {MAX_PARAGRAPHS} paragraphs.")
    if len(set(keys)) != len(keys):
        raise InvalidInputError("Two paragraphs have the same key.", fix="Give each its own.")
    if not any(each["operative"] for each in forms):
        raise InvalidInputError("A draft decides something: it has an operative paragraph.")
    return forms


def paragraph(value: Any) -> dict[str, Any]:
    """One paragraph.

    Raises:
        InvalidInputError: not of this form, no version at all, or a text with forbidden characters.
    """
    form = value if isinstance(value, ParagraphForm) else _convert(value, ParagraphForm)
    versions = {
        code: text.paragraph(
            getattr(form.texts, code), max_length=MAX_PARAGRAPH, field=f"{form.key} ({code})", required=False
        )
        for code in LANGUAGES
    }
    if not any(versions.values()):
        raise InvalidInputError(f"Paragraph {form.key} is empty in every language.")
    return {"key": form.key, "operative": form.operative, "texts": versions}


def budget(value: Any) -> list[dict[str, Any]]:
    """The figures of a budget or programme of activities.

    Raises:
        InvalidInputError: not of this form, or a label missing in a language.
    """
    lines = _convert(value, list[BudgetLine])
    return [
        {"labels": titles(each.labels), "amount": each.amount, "currency": each.currency, "year": each.year}
        for each in lines
    ]


def totals(lines: Iterable[dict[str, Any]]) -> dict[str, int]:
    """The sum of each year and currency: ``{"2026 EUR": 12345}``."""
    found: dict[str, int] = {}
    for line in lines:
        name = f"{line['year']} {line['currency']}"
        found[name] = found.get(name, 0) + line["amount"]
    return dict(sorted(found.items()))


def complete_in(language: Language, forms: Iterable[dict[str, Any]]) -> bool:
    """Whether every paragraph has its version in ``language``."""
    return all(each["texts"][language] for each in forms)


def as_paragraphs(forms: Iterable[dict[str, Any]]) -> tuple[Paragraph, ...]:
    """Stored paragraphs as the rules see them."""
    return tuple(Paragraph(each["key"], each["operative"], each["texts"]) for each in forms)


def stored(found: Iterable[Paragraph]) -> list[dict[str, Any]]:
    """Paragraphs of the rules in the form they are stored, operative ones numbered from 1."""
    forms, number = [], 0
    for each in found:
        number += each.operative
        forms.append(
            {
                "key": each.key,
                "operative": each.operative,
                "number": number if each.operative else None,
                "texts": dict(each.texts),
            }
        )
    return forms


def digest(value: Any) -> str:
    """What identifies a text: SHA-256 of its canonical JSON."""
    return canonical.sha256_hex(canonical.encode(value))


def _convert(value: Any, kind: Any) -> Any:
    try:
        return msgspec.convert(msgspec.to_builtins(value), kind, strict=True)
    except msgspec.ValidationError as error:
        raise InvalidInputError(f"The content is not valid: {error}.") from None
