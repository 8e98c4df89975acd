"""The indicators on paper: charts, each with its table."""

from dataclasses import dataclass
from datetime import datetime

from jusur.documents import labels
from jusur.documents.errors import DocumentError
from jusur.documents.setting import said, set_pdf, visible


@dataclass(frozen=True, slots=True)
class Section:
    """A chart (SVG, or "" for none) and its table: the first column is words, the others are figures."""

    title: str
    chart: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything the paper says, in the reader's language.

    Attributes:
        made_at: when the figures were computed (aware); part of what makes the same bytes each time.
        made: the same in words.
        page: the word for a page.
        narrowed: which requests count, as label and value.
        note: how the figures are to be read.
    """

    language: str
    made_at: datetime
    title: str
    node: str
    made: str
    page: str
    narrowed: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    note: str


def build(paper: Paper) -> bytes:
    """``paper`` as a PDF.

    Raises:
        DocumentError: another language, or the page could not be set.
    """
    if paper.language not in labels.LANGUAGES:
        raise DocumentError(f"There is no paper in {paper.language!r}.", fix="Choose ar, en, fr or es.")
    return set_pdf(
        "indicators.typ",
        {
            "language": paper.language,
            "title": visible(paper.title),
            "node": said(paper.node),
            "made": visible(paper.made),
            "page": visible(paper.page),
            "of": labels.labels(paper.language)["of"],
            "date": [paper.made_at.year, paper.made_at.month, paper.made_at.day],
            "narrowed": [[visible(label), said(value)] for label, value in paper.narrowed],
            "sections": [_section(section) for section in paper.sections],
            "note": visible(paper.note),
        },
        made_at=paper.made_at,
    )


def _section(section: Section) -> dict[str, object]:
    return {
        "title": said(section.title),
        "chart": section.chart,
        "heads": [visible(head) for head in section.heads],
        "rows": [[said(cell, run=30) for cell in row] for row in section.rows],
    }
