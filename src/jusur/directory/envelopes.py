"""Signed envelopes (DSSE) as bytes: read strictly, written canonically."""

import base64
import binascii
from typing import Any

from jusur.directory.errors import DirectoryDocumentError
from jusur.directory.schema import MAX_ENVELOPE_BYTES
from jusur.kernel import canonical


def read(data: bytes, *, max_bytes: int = MAX_ENVELOPE_BYTES) -> dict[str, Any]:
    """The JSON object in ``data``; its signatures are not checked here.

    Raises:
        CanonicalJSONError: not strict JSON, or more than ``max_bytes``.
        DirectoryDocumentError: not an object.
    """
    value = canonical.decode(data, max_bytes=max_bytes, max_depth=8)
    if not isinstance(value, dict):
        raise DirectoryDocumentError("A signed envelope is a JSON object.")
    return value


def write(envelope: dict[str, Any]) -> bytes:
    """``envelope`` as canonical JSON."""
    return canonical.encode(envelope)


def unverified_payload(envelope: dict[str, Any]) -> bytes:
    """What ``envelope`` claims to hold, to find out by which key it asks to be checked. Trust nothing in it.

    Raises:
        DirectoryDocumentError: it holds no base64.
    """
    try:
        return base64.b64decode(envelope.get("payload", ""), validate=True)
    except (binascii.Error, ValueError, TypeError):
        raise DirectoryDocumentError("The envelope's payload is not base64.") from None


def payload(stored: bytes) -> bytes:
    """The payload of an envelope that this node checked before it stored it."""
    return unverified_payload(read(stored))
