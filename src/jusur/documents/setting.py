"""Setting a Typst template with data. The data reach the template as JSON, never as markup."""

import json
import re
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import fontpkg
import typst

from jusur.documents.errors import DocumentError

_TEMPLATES: Final = Path(__file__).with_name("templates")
_FONTS: Final = ("Amiri", "Noto Sans")
_REPLACEMENT: Final = "\N{REPLACEMENT CHARACTER}"
# Joiners shape Arabic and Indic words; every other invisible format character could make text read as what it is not.
_KEPT: Final = frozenset("\n\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}")
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co"})
_MAX_TEXT: Final = 8000


def visible(text: str) -> str:
    """``text`` with nothing in it that hides, reorders or breaks the page: such characters are shown replaced."""
    shown = "".join(
        _REPLACEMENT if character not in _KEPT and unicodedata.category(character) in _HIDDEN else character
        for character in unicodedata.normalize("NFC", text[:_MAX_TEXT])
    )
    return shown + "…" if len(text) > _MAX_TEXT else shown


def said(text: str, *, run: int = 60) -> list[str]:
    """``visible`` text with the direction it reads in ("rtl", "ltr" or "", from its first strong character).

    A run of more than ``run`` characters without a space gets places where the line may break.
    """
    direction = ""
    for character in text[:_MAX_TEXT]:
        strong = unicodedata.bidirectional(character)
        if strong in {"L", "R", "AL"}:
            direction = "ltr" if strong == "L" else "rtl"
            break
    shown = re.sub(rf"\S{{{run}}}(?=\S)", lambda found: found.group() + "\N{ZERO WIDTH SPACE}", visible(text))
    return [shown, direction]


def set_pdf(template: str, data: dict[str, Any], *, made_at: datetime) -> bytes:
    """The PDF of ``template`` (a file name among the templates) with ``data``; the same bytes for the same input.

    Args:
        template: the file's name.
        data: plain data, available to the template as ``json(bytes(sys.inputs.data))``.
        made_at: the document's date.

    Raises:
        DocumentError: the template could not be set with these data.
    """
    try:
        made = typst.compile(
            _TEMPLATES / template,
            root=_TEMPLATES,
            font_paths=_font_folders(),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            timestamp=int(made_at.timestamp()),
        )
    except (RuntimeError, ValueError, OSError) as error:
        raise DocumentError(
            f"The document {template} could not be set: {str(error).splitlines()[0][:200]}.",
            fix="Report this: a template must take any data.",
        ) from error
    return bytes(made)


def _font_folders() -> list[Path]:
    try:
        return sorted({Path(fontpkg.path(name)).parent for name in _FONTS})
    except fontpkg.FontpkgError as error:
        raise DocumentError(
            "A font of the documents is not installed.", fix="Install fontpkg-amiri and fontpkg-noto-sans."
        ) from error
