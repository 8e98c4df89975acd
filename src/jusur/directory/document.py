"""The bytes of a directory document: canonical JSON (RFC 8785), strictly read."""

from typing import Any

import msgspec

from jusur.directory.errors import DirectoryDocumentError
from jusur.directory.form import check
from jusur.directory.schema import MAX_BYTES, Document
from jusur.kernel import canonical, text
from jusur.kernel.errors import JusurError


def encode(document: Document) -> bytes:
    """The canonical JSON of ``document``, checked: what cannot be accepted cannot be issued.

    Raises:
        DirectoryDocumentError: the document breaks a rule of the format, or is larger than `MAX_BYTES`.
    """
    check(document)
    payload = canonical.encode(msgspec.to_builtins(document))
    if len(payload) > MAX_BYTES:
        raise DirectoryDocumentError(f"The directory would have {len(payload)} bytes; at most {MAX_BYTES} are allowed.")
    return payload


def decode(payload: bytes) -> Document:
    """The document that ``payload`` spells.

    Raises:
        DirectoryDocumentError: not canonical JSON of this format.
    """
    try:
        value: Any = canonical.decode(payload, max_bytes=MAX_BYTES, max_depth=8)
        document = msgspec.convert(value, Document, strict=True)
        exact = canonical.encode(value) == payload
    except msgspec.ValidationError as error:
        shown = text.shown(str(error), max_length=200)
        raise DirectoryDocumentError(f"The directory document does not follow the format: {shown}.") from None
    except JusurError as error:
        raise DirectoryDocumentError(error.detail) from None
    if not exact:
        raise DirectoryDocumentError("The directory document is not canonical JSON (RFC 8785).")
    check(document)
    return document


def digest(payload: bytes) -> str:
    """The document's digest: SHA-256 of the canonical payload, lower-case hexadecimal."""
    return canonical.sha256_hex(payload)
