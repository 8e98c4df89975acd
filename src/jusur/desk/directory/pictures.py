"""Fingerprints as pictures: a QR code that the other side's telephone reads, for those who meet or see each other."""

import segno


def qr(text: str) -> str:
    """A data URI of the QR code of ``text`` (an SVG picture)."""
    return str(segno.make(text, error="m").svg_data_uri(scale=4, border=2, dark="#000", light="#fff"))
