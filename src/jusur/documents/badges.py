"""Badges of delegates: ten a page of A4, each with its QR code."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import segno

from jusur.documents.errors import DocumentError
from jusur.documents.setting import said, set_pdf, visible

MAX_BADGES: Final = 5_000


@dataclass(frozen=True, slots=True)
class Badge:
    """One badge.

    Attributes:
        serial: its number in the session.
        name: the person's name, in its own script.
        function: what the person is.
        party: the country or organisation, in words.
        code: the party's code.
        kind: delegate or observer, in words.
        secret: what the QR code says at the door.
    """

    serial: int
    name: str
    function: str
    party: str
    code: str
    kind: str
    secret: str


def build(badges: Sequence[Badge], *, title: str, made_at: datetime) -> bytes:
    """The badges as a PDF to print and cut; the same bytes for the same input.

    Args:
        badges: in the order they are printed.
        title: the session's name on every badge.
        made_at: the document's date.

    Raises:
        DocumentError: none or too many, or the page could not be set.
    """
    if not 1 <= len(badges) <= MAX_BADGES:
        raise DocumentError(f"There are {len(badges)} badges to print.", fix=f"Print 1 to {MAX_BADGES} at once.")
    return set_pdf(
        "badges.typ",
        {
            "title": said(title, run=30),
            "date": [made_at.year, made_at.month, made_at.day],
            "badges": [
                {
                    "serial": f"{badge.serial:04d}",
                    "name": said(badge.name, run=24),
                    "function": said(badge.function, run=30),
                    "party": said(badge.party, run=30),
                    "code": visible(badge.code),
                    "kind": said(badge.kind, run=24),
                    "qr": _qr(badge.secret),
                }
                for badge in badges
            ],
        },
        made_at=made_at,
    )


def _qr(secret: str) -> str:
    drawn = io.BytesIO()
    segno.make(secret[:64], error="m", micro=False).save(drawn, kind="svg", border=0, dark="#14213d", xmldecl=False)
    return drawn.getvalue().decode("utf-8")
