"""The evidence dossier: what was handed over, under what law, through whose hands, and how anyone can check it."""

import io
from datetime import UTC, datetime
from typing import Any, Final

import segno

from jusur.documents import labels
from jusur.documents.errors import DocumentError
from jusur.documents.records import CheckRow, CustodyRow, DossierData, FileRow
from jusur.documents.setting import said, set_pdf, visible

MAX_ROWS: Final = 2000
"""The most files listed; the rest are counted, and named by the package's own manifest."""


def build(data: DossierData, language: str) -> bytes:
    """``data`` as a PDF in ``language`` ("ar", "en", "fr", "es"); the same bytes for the same input.

    Raises:
        DocumentError: another language, or the page could not be set.
    """
    if language not in labels.LANGUAGES:
        raise DocumentError(f"There is no dossier in {language!r}.", fix="Choose ar, en, fr or es.")
    return set_pdf("dossier.typ", _payload(data, language), made_at=data.made_at)


def _payload(data: DossierData, language: str) -> dict[str, Any]:
    return {
        "language": language,
        "labels": labels.labels(language),
        "title": said(data.title, run=36),
        "handling": said(data.handling),
        "package": visible(data.package_id),
        "digest": visible(data.package_digest),
        "bytes": _number(data.package_bytes),
        "made": _moment(data.made_at),
        "date": [data.made_at.year, data.made_at.month, data.made_at.day],
        "qr": _qr(data.package_digest),
        "parties": [
            ["requesting", said(data.requesting.name, run=30), visible(data.requesting.address)],
            ["requested", said(data.requested.name, run=30), visible(data.requested.address)],
        ],
        "request": _request(data),
        "files": [_file(row) for row in data.files[:MAX_ROWS]],
        "more": max(0, len(data.files) - MAX_ROWS),
        "total": _number(sum(row.size for row in data.files)),
        "count": _number(len(data.files)),
        "custody": [_custody(row, language) for row in data.custody],
        "checks": [_check(row, language) for row in data.checks],
        "conditions": [said(text) for text in data.conditions],
        "checkpoint": _checkpoint(data),
    }


def _request(data: DossierData) -> list[list[Any]]:
    """Rows of label, value, and how the value is set: ``text`` or ``code``."""
    request = data.request
    rows = [
        ["reference", said(request.reference), "code"],
        ["case", said(request.case_reference), "code"],
        ["measure", said(request.measure), "text"],
        ["legal_basis", said(request.legal_basis), "text"],
        ["offence", said(request.offence), "text"],
        ["purpose", said(request.purpose), "text"],
        ["urgency", said(request.urgency), "text"],
        ["sent", [_moment(request.sent_at), ""], "code"],
    ]
    if request.due_at is not None:
        rows.append(["due", [_moment(request.due_at), ""], "code"])
    return rows


def _file(row: FileRow) -> dict[str, str]:
    return {"path": said(row.path, run=78)[0], "size": _number(row.size), "sha256": visible(row.sha256)}


def _custody(row: CustodyRow, language: str) -> dict[str, Any]:
    return {
        "at": _moment(row.at),
        "what": said(labels.event(row.kind, language), run=16),
        "who": said(row.who, run=20),
        "why": said(row.why, run=20),
        "ledger": "" if row.ledger_index is None else f"#{row.ledger_index}",
    }


def _check(row: CheckRow, language: str) -> dict[str, Any]:
    return {
        "name": said(labels.check(row.kind, language)),
        "outcome": row.outcome,
        "command": said(row.command, run=90)[0].split(" "),
        "detail": said(row.detail),
    }


def _checkpoint(data: DossierData) -> list[list[str]]:
    point = data.checkpoint
    if point is None:
        return []
    return [
        ["origin", visible(point.origin)],
        ["entries", _number(point.size)],
        ["root", visible(point.root)],
        ["signed", _moment(point.signed_at)],
    ]


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _number(value: int) -> str:
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def _qr(digest: str) -> str:
    drawn = io.BytesIO()
    code = segno.make(f"sha256:{digest}"[:200], error="m", micro=False)
    code.save(drawn, kind="svg", border=0, dark="#14213d", xmldecl=False)
    return drawn.getvalue().decode("utf-8")
