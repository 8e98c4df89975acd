"""Photographs as they travel: decoded, turned upright, bounded, and written anew as JPEG without what cameras add.

What a file hides (metadata, appended data, another format's trick) does not survive; a file that is no picture, or
would unfold to more than it should, is refused.
"""

import base64
import io
import warnings
from hashlib import sha256
from typing import Any, Final

import msgspec
from PIL import Image, ImageOps, UnidentifiedImageError

from jusur.kernel.errors import InvalidInputError
from jusur.notices.content import NoticeContent, Photograph

MAX_UPLOAD: Final = 8 * 1024 * 1024
MAX_PIXELS: Final = 40_000_000
LONGEST_SIDE: Final = 640
MAX_BYTES: Final = 140_000
_FORMATS: Final = ("JPEG", "PNG", "WEBP")
_QUALITIES: Final = (82, 70, 55, 40)


def photograph(data: bytes, *, good: bool = False, caption: str = "") -> Photograph:
    """``data`` (JPEG, PNG or WebP) as a photograph of a notice.

    Raises:
        InvalidInputError: too large, not such a picture, or damaged.
    """
    encoded = reencode(data)
    return Photograph(
        sha256=sha256(encoded).hexdigest(), data=base64.b64encode(encoded).decode(), good=good, caption=caption
    )


def reencode(data: bytes) -> bytes:
    """``data`` as a JPEG of at most 640 pixels a side and 140,000 bytes.

    Raises:
        InvalidInputError: as `photograph`.
    """
    if len(data) > MAX_UPLOAD:
        raise InvalidInputError("The photograph is larger than 8 MiB.", fix="Give a smaller one.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
                if opened.width * opened.height > MAX_PIXELS:
                    raise InvalidInputError("The photograph has too many pixels.", fix="Give a smaller one.")
                upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning):
        raise InvalidInputError("The file is no whole JPEG, PNG or WebP picture.", fix="Give another one.") from None
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    for quality in _QUALITIES:
        written = io.BytesIO()
        upright.save(written, "JPEG", quality=quality, optimize=True)
        if written.tell() <= MAX_BYTES:
            break
    return written.getvalue()


def cleaned(content: NoticeContent, known: frozenset[str] = frozenset()) -> NoticeContent:
    """``content`` with every photograph written anew, except those ``known`` (SHA-256) to be of our own writing.

    Raises:
        InvalidInputError: one is no picture.
    """

    def each(shown: list[Photograph]) -> list[Photograph]:
        return [one if _ours(one, known) else _again(one) for one in shown]

    persons = [msgspec.structs.replace(person, photographs=each(person.photographs)) for person in content.persons]
    changes: dict[str, Any] = {"persons": persons}
    if content.body is not None:
        changes["body"] = msgspec.structs.replace(content.body, photographs=each(content.body.photographs))
    return msgspec.structs.replace(content, **changes)


def digests(content: NoticeContent) -> frozenset[str]:
    """The SHA-256 of every photograph in ``content``."""
    shown = [one for person in content.persons for one in person.photographs]
    return frozenset(one.sha256 for one in [*shown, *(content.body.photographs if content.body else [])])


def _ours(shown: Photograph, known: frozenset[str]) -> bool:
    return shown.sha256 in known and sha256(_bytes(shown)).hexdigest() == shown.sha256


def _again(shown: Photograph) -> Photograph:
    return photograph(_bytes(shown), good=shown.good, caption=shown.caption)


def _bytes(shown: Photograph) -> bytes:
    try:
        return base64.b64decode(shown.data, validate=True)
    except ValueError:
        raise InvalidInputError("A photograph is not Base64.", fix="Give its bytes in Base64.") from None
