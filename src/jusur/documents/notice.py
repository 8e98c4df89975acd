"""A notice on paper, in one of the four languages, with a code by which its present state is verified."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import segno

from jusur.documents.errors import DocumentError
from jusur.documents.notice_words import LANGUAGES, words
from jusur.documents.setting import said, set_pdf, visible

COLOURS: Final = {
    "red": "#b3202c",
    "blue": "#1f5fae",
    "green": "#217346",
    "yellow": "#a67c00",
    "black": "#1c1c1c",
    "purple": "#6b3fa0",
    "orange": "#b8560b",
    "un": "#2a7ab8",
    "silver": "#6f7780",
}
MAX_PICTURES: Final = 2
MAX_ROWS: Final = 60


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled value: the label's key in the words, or its own text; ``code`` values read left to right."""

    label: str
    value: str
    code: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """A text in the language it was written in, and its translation beside it."""

    heading: str
    original: str
    translation: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the paper: its heading's key, its rows, texts beside their translations."""

    heading: str
    rows: tuple[Row, ...] = ()
    texts: tuple[Beside, ...] = ()


@dataclass(frozen=True, slots=True)
class NoticePaper:
    """All that the paper says; words of the types and values are in the reader's language already.

    Attributes:
        code: what the QR code holds and the foot repeats.
        pictures: JPEG bytes.
        made_at: the paper's own date (aware).
    """

    type_name: str
    colour: str
    form: str
    reference: str
    title: str
    handling: str
    state: str
    request: str
    code: str
    made_at: datetime
    heads: tuple[Row, ...]
    parts: tuple[Part, ...]
    pictures: tuple[bytes, ...] = field(default=())


def build(paper: NoticePaper, language: str) -> bytes:
    """``paper`` as a PDF in ``language``; the same bytes for the same input.

    Raises:
        DocumentError: another language, or the page could not be set.
    """
    if language not in LANGUAGES:
        raise DocumentError(f"There is no paper in {language!r}.", fix="Choose ar, en, fr or es.")
    return set_pdf("notice.typ", _payload(paper, language), made_at=paper.made_at)


def _payload(paper: NoticePaper, language: str) -> dict[str, Any]:
    known = words(language)
    return {
        "language": language,
        "words": known,
        "type": said(paper.type_name),
        "colour": COLOURS.get(paper.colour, "#14213d"),
        "form": known[paper.form],
        "reference": visible(paper.reference),
        "title": said(paper.title, run=30),
        "handling": said(paper.handling),
        "state": known.get(paper.state, paper.state),
        "request": said(paper.request),
        "code": visible(paper.code),
        "made": paper.made_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC"),
        "date": [paper.made_at.year, paper.made_at.month, paper.made_at.day],
        "qr": _qr(paper.code),
        "heads": _rows(paper.heads, known),
        "parts": [
            {
                "heading": known.get(part.heading, part.heading),
                "rows": _rows(part.rows, known),
                "texts": [_beside(each) for each in part.texts[:MAX_ROWS]],
            }
            for part in paper.parts
        ],
        "pictures": [list(picture) for picture in paper.pictures[:MAX_PICTURES]],
    }


def _rows(rows: Sequence[Row], known: dict[str, str]) -> list[list[Any]]:
    return [
        [known.get(row.label, row.label), said(row.value, run=40), row.code] for row in rows[:MAX_ROWS] if row.value
    ]


def _beside(text: Beside) -> dict[str, Any]:
    return {
        "heading": said(text.heading),
        "original": said(text.original),
        "translation": said(text.translation),
        "note": said(text.note),
    }


def _qr(code: str) -> str:
    drawn = io.BytesIO()
    segno.make(code[:300], error="m", micro=False).save(drawn, kind="svg", border=0, dark="#14213d", xmldecl=False)
    return drawn.getvalue().decode("utf-8")
